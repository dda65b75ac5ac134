"""Whoever sees the organizations of one group sees and changes nothing of another's: every listener is asked for
it, with ids that no button of theirs ever had.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

import handlers
from bot.domain.context import Role
from bot.domain.groups import Member
from bot.domain.organizations import Company
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.reviews import Question
from bot.domain.switches import Capability, Mode
from handlers.command import Listener
from handlers.guard import guarded
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from sandbox.slack.settings import SlackSettings
from tests.integration import time_rows
from tests.integration.filled import SEALED, ZONE, ticket_form
from tests.integration.slack_world import DESK, Office, opened_office

HIDDEN = "quokka"
"""In the name of everything that belongs to the other group."""
NTH = count()
"""No two deliveries are alike: one that comes again is left alone."""
OURS, THEIRS = "1", "2"
VALUES = (THEIRS, f"{THEIRS}|{THEIRS}", f"{THEIRS}|0|push", f"{THEIRS}:{THEIRS}|")
NOT_ASKED = re.compile("connect|verify|removal|deskhand_settings")
"""Listeners that talk to Autotask, which is not there, and none of which is about an organization."""
METADATA = dict.fromkeys(
    (
        "review",
        "ticket",
        "organization",
        "question",
        "group",
        "request",
        "person",
        "template",
        "draft",
        "entry",
    ),
    THEIRS,
) | {"category": "0", "n": "1", "channel": DESK, "page": "0"}


@dataclass
class Heard:
    """Everything that an ack carried."""

    answers: list[object] = field(default_factory=list)

    async def __call__(self, answer: object = "") -> None:
        self.answers.append(answer)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Two organizations with a review and a ticket each; Marcus is in a group that sees the first."""
    limitless = SlackSettings(rate_limits=False)
    # ids that are nonsense to a listener make it break, and its log is slow to draw
    with capture_logs():
        async with opened_office(database_url, slack_settings=limitless) as opened:
            await set_up(opened)
            yield opened


async def set_up(opened: Office) -> None:
    await opened.give_role(ADMIN, Role.ADMIN)
    await opened.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
    tenant, now = await opened.tenant(), opened.bot.tools.clock.now()
    async with opened.bot.database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by=ADMIN, at=now)
        await uow.switches.set(Capability.TICKETS, Mode.ON, by=ADMIN, at=now)
        template = await uow.templates.ensure("it", "IT", [Question(0, "Backup", 1, "Is it tested?")])
        for number, name in enumerate(("Wombat", f"The {HIDDEN}"), start=1):
            await uow.companies.upsert([Company(number, f"{name} company", is_active=True)], now)
            organization = await uow.organizations.add(f"{name} zoo", ADMIN, now)
            await uow.organizations.set_company(organization.id, number, ADMIN, now)
            review, _ = await uow.reviews.add(
                organization.id, template.id, f"{name} review", categories=["Backup"], by=FULL_MEMBER, at=now,
                request_key=name,
            )  # fmt: skip
            form = ticket_form(organization.id, name, review_id=review.id)
            await uow.tickets.add(form, f"dh-{name}", number, by=FULL_MEMBER, by_name=f"{name} man", at=now)
            await uow.audit.record(at=now, by=ADMIN, action="create review", subject=f"{name} review")
            trouble = ProblemReport(
                f"t:{number}",
                EventKind.TICKETS,
                Severity.ERROR,
                f"{name} trouble",
                organization_id=organization.id,
            )
            assert await uow.problems.report(trouble, now) == number
            await uow.news.add(2, [News(EventKind.CONTRACTS, f"{name} ended", organization.id)], now)
            await time_rows.contract(uow, number, number)
            await time_rows.entry(uow, number, now.date(), about=name)
            await time_rows.posted(uow, number, number)
            assert [str(organization.id), str(review.id)] == [str(number)] * 2
        await time_rows.decided(uow, today=now.date())
        group = await uow.groups.add("Wombats", ADMIN, now)
        await uow.groups.put(group, [1])
        await uow.groups.join(group, [Member(FULL_MEMBER)])


def action_id(listener: Listener) -> str:
    """One id that the listener's pattern takes."""
    plain = listener.id.removeprefix("^").removesuffix("$")
    plain = re.sub(r"\(([^()|]*)[^()]*\)\??", r"\1", re.sub(r"\(([^()|]*)[^()]*\)\??", r"\1", plain))
    return plain.replace("[0-9]+", THEIRS).replace("[a-z]+", "all")


def payload(listener: Listener, user: str, value: str) -> dict[str, Any]:
    """What Slack would deliver, had somebody made the ids up."""
    chosen = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    act = {
        "action_id": action_id(listener),
        "value": value,
        "selected_option": chosen,
        "type": "button",
        "action_ts": f"{next(NTH)}.0",
    }
    view = {
        "id": f"V0FORGED{next(NTH)}",
        "type": "modal",
        "callback_id": listener.id,
        "private_metadata": json.dumps(METADATA),
        "state": {"values": dict(_fields(chosen))},
    }
    common = {
        "team": {"id": "T0NORTHWD"},
        "user": {"id": user, "team_id": "T0NORTHWD"},
        "trigger_id": f"{next(NTH)}.2.forged",
    }
    match listener.kind:
        case "options":
            return common | {"value": HIDDEN[:3], "action_id": act["action_id"], "view": view}
        case "view" | "view_closed":
            return common | {"view": view}
        case _:
            return common | {"actions": [act], "channel": {"id": DESK}}


def _fields(chosen: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in (
        "organization",
        "company",
        "companies",
        "template",
        "queue",
        "priority",
        "answer",
        "whose",
        "show",
    ):
        yield name, {"value": {"selected_option": chosen, "selected_options": [chosen]}}
    for name in ("name", "title", "summary", "description", "note", "text", "words"):
        yield name, {"value": {"value": "typed"}}


async def deliver(office: Office, listener: Listener, body: dict[str, Any]) -> Heard:
    heard = Heard()
    await guarded(listener.kind, listener.run, office.bot.tools)(heard, body)  # type: ignore[arg-type]
    return heard


async def everything_asked(office: Office, user: str, values: tuple[str, ...] = VALUES) -> str:
    """All that acks and calls of Slack's Web API carried while the person tried everything."""
    office.slack.journal.calls.clear()
    known = handlers.listeners(handlers.grammar(), ("/autotask",))
    asked = [
        (each, payload(each, user, value))
        for each in known
        if each.kind in {"action", "options", "view"} and not NOT_ASKED.search(each.id) and each.id != "^"
        for value in (values if each.kind == "action" else values[:1])
    ]
    heard: list[object] = []
    for start in range(0, len(asked), 12):
        some = [deliver(office, listener, body) for listener, body in asked[start : start + 12]]
        heard += [each.answers for each in await asyncio.gather(*some)]
    return repr(heard) + repr([call.args for call in office.slack.journal.calls])


async def everything_typed(office: Office, user: str) -> str:
    office.slack.journal.calls.clear()
    command = next(
        each for each in handlers.listeners(handlers.grammar(), ("/autotask",)) if each.kind == "command"
    )
    lines = [
        f"{each.noun} {words}".strip()
        for each in handlers.grammar().commands
        if not NOT_ASKED.search(each.noun)
        for words in ("", "the", "all", THEIRS, "can see the")
    ]
    for line in ("", *lines):
        body = {
            "command": "/autotask", "text": line, "user_id": user, "team_id": "T0NORTHWD", "channel_id": DESK,
            "trigger_id": f"{next(NTH)}.2.forged",
        }  # fmt: skip
        await deliver(office, command, body)
    return repr([call.args for call in office.slack.journal.calls])


async def of_the_other_group(office: Office) -> str:
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        return repr(
            [
                await uow.organizations.get(2),
                await uow.reviews.get(2),
                await uow.tickets.get(2),
                await uow.groups.with_organization(2),
                await uow.time_entries.get(2),
            ]
        )


async def test_no_forged_button_form_or_search_shows_or_changes_what_another_group_has(office: Office):
    before = await of_the_other_group(office)
    said = await everything_asked(office, FULL_MEMBER)
    assert HIDDEN not in said.lower(), _around(said)
    assert await of_the_other_group(office) == before


async def test_no_command_and_no_home_shows_what_another_group_has(office: Office):
    said = await everything_typed(office, FULL_MEMBER)
    office.people.open_home(FULL_MEMBER)
    await office.people.wait_for_home(FULL_MEMBER, "Wombat")
    said += repr([call.args for call in office.slack.journal.calls])
    assert HIDDEN not in said.lower(), _around(said)
    assert "Wombat" in said


async def test_an_admin_is_shown_all_of_it_by_the_same_means(office: Office):
    """So that the tests above could fail."""
    async with office.bot.database.unit((await office.tenant()).id) as uow:
        await uow.people.set_approver(ADMIN, approves=True)
    assert HIDDEN in (await everything_typed(office, ADMIN)).lower()
    assert (await everything_asked(office, ADMIN, VALUES[:1])).lower().count(HIDDEN) > 10


async def test_the_list_of_an_organizations_people_is_for_who_sees_it(office: Office):
    assert "Wombats" in repr(
        (await office.answer(FULL_MEMBER, "/autotask who can see wombat", "Who can see Wombat zoo")).blocks
    )


def _around(said: str) -> str:
    where = said.lower().index(HIDDEN)
    return said[max(0, where - 1500) : where + 100]
