"""Whatever a control, a form or its metadata carries that this version never wrote: everybody is answered in words,
and what is refused has changed nothing.
"""

import asyncio
import inspect
import json
import re
import sys
import types
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import tables
from bot.domain.context import Role
from handlers.command import Listener
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.slack_world import DESK
from tests.integration.test_sight_everywhere import METADATA, OURS, payload
from tests.integration.trying import Trying, known, tried

ODD = ("x", "9" * 40, "99999999999999999", "3000000000", "-1", "²", "1\x00", "1\ud800", "")
"""Words, more than the database counts to in eight bytes and in four, less than nothing, other people's digits."""
SHAPES = (
    "1|{}", "{}|1", "1|1|{}", "{}|1|1", "1|{}|1", "1|1|1|{}", "1|1|1|1|{}", "{}:1|", "1:{}|", "card|{}|", "1|card:{}"
)  # fmt: skip
"""Too few parts for some, too many for others."""
NOT_TRIED = frozenset({"^", "connect_credentials", "verify_run", "settings_tickets", "settings_refresh"})
"""What nobody listens to; and what goes to Autotask, which is not there, and carries nothing of ours."""
HEARD = [each for each in known() if each.kind not in {"command", "event"} and each.id not in NOT_TRIED]
READ = re.compile(
    r'\.(?:choices?|required_choice|text|required_text|number|chosen_numbers?|files)\(\s*"([a-z_]+)"'
)
GOOD = {
    "role": "viewer", "tickets": "on", "standing": "any", "state": "on", "at": "09:00", "weekday": "0",
    "what": "contracts", "person": FULL_MEMBER, "channel": DESK, "empty": "nothing", "timezone": "Europe/Berlin",
    "valid_from": "2026-11-21", "currency": "USD", "rate": "150", "threads": "always", "severity": "warning",
    "expired": "expired", "whose": "all", "first": "2026-11-20", "last": "2026-11-21", "sections": "money",
    "kinds": "tickets", "periods": "daily",
}  # fmt: skip
"""What fits a field; the others take an id."""
GIVEN = METADATA | {
    "subscription": "1", "version": "1", "import": "1", "ticket": "0", "sure": "1", "companies": "1", "at": "card:1",
    "target": FULL_MEMBER, "name": "nightly-sync", "groups": "contracts",
}  # fmt: skip
"""What fits in metadata."""
ADMINS = (ADMIN, FULL_MEMBER)
"""Each has modals of their own."""
DO_THEIR_OWN = frozenset(
    {
        "review_new",
        "^(ticket_archive|ticket_unarchive)$",
        "^fetch_start:(new|unpaid)$",
        "removal_export",
        "groups:leave",
        "audit_export",
        "logs_export",
        "logs_export_plain",
    }
)
"""Without a value, with one that is words, or with one of the odd ones that does fit."""
UNSEEN = frozenset({"deliveries", "messages", "people", "user_groups", "heartbeats"})
"""What every delivery may write."""
MADE = [name for name, each in tables.metadata.tables.items() if "tenant_id" in each.c and name not in UNSEEN]
ROWS = "SELECT '{0}', md5(string_agg(x::text, '|' ORDER BY x::text)) FROM {0} x"
PICTURE = text(" UNION ALL ".join(ROWS.format(name) for name in MADE))


@pytest.fixture
async def trying(database_url: str) -> AsyncIterator[Trying]:
    async with tried(database_url) as opened:
        yield opened


def carrying(
    listener: Listener, value: str, given: Mapping[str, object] = GIVEN, fields: Mapping[str, str] = GOOD
) -> dict[str, Any]:
    """What Slack would deliver of a modal that another version has drawn, or somebody made up."""
    body = payload(listener, "", value)
    view = body.setdefault("view", {})
    view["private_metadata"] = json.dumps(given)
    view["state"] = {"values": {name: {"value": chosen(each)} for name, each in fields.items()}}
    for act in body.get("actions", ()):
        act["block_id"] = f"row:{value}:{value}"
    return body


def chosen(value: str) -> dict[str, object]:
    """In whatever element the field is."""
    option = {"value": value, "text": {"type": "plain_text", "text": value}}
    return {"value": value, "selected_option": option, "selected_options": [option]}


def fields_of(listener: Listener) -> list[str]:
    """Every field that its module's forms read."""
    home = sys.modules[listener.run.__module__]
    drawn = [each for each in vars(home).values() if isinstance(each, types.ModuleType)]
    forms = [each for each in (home, *drawn) if each.__name__.startswith(("blocks.", "handlers."))]
    return sorted({name for each in forms for name in READ.findall(inspect.getsource(each))})


def given_to(listener: Listener) -> list[str]:
    """Every name in metadata that its module speaks of; the conversation is Slack's word and not ours."""
    source = inspect.getsource(sys.modules[listener.run.__module__])
    return [name for name in GIVEN if f'"{name}"' in source and name != "channel"]


def odd_forms(nth: Iterator[int], listener: Listener) -> Iterator[dict[str, Any]]:
    """One thing odd at a time, in a form that is as it should be otherwise."""
    good = {name: GOOD.get(name, OURS) for name in fields_of(listener)}
    for name in good:
        yield carrying(listener, OURS, fields=good | {name: ODD[next(nth) % len(ODD)]})
    for name in given_to(listener):
        yield carrying(listener, OURS, GIVEN | {name: ODD[next(nth) % len(ODD)]}, good)


def odd_controls(nth: Iterator[int], listener: Listener) -> Iterator[dict[str, Any]]:
    """In its value and in the id of its block."""
    for _ in ADMINS:
        n = next(nth)
        yield carrying(listener, ("{}", *SHAPES)[n % (len(SHAPES) + 1)].format(ODD[n % len(ODD)]))


def around(listener: Listener) -> Iterator[dict[str, Any]]:
    """A control that is as it should be, in a modal that is not."""
    for name in given_to(listener) if "metadata" in inspect.getsource(listener.run) else ():
        yield carrying(listener, OURS, GIVEN | {name: "x"})


async def picture(trying: Trying) -> set[tuple[object, ...]]:
    async with trying.office.bot.database.unit(1) as uow:
        return {tuple(each) for each in await uow.connection.execute(PICTURE)}


async def tried_on(trying: Trying, listener: Listener, bodies: Sequence[dict[str, Any]]) -> None:
    """One after the other: what is refused changes nothing."""
    before = await picture(trying)
    for body in bodies:
        logged = len(trying.logs)
        await trying.deliver(ADMIN, listener, body)
        after, said = await picture(trying), [line["event"] for line in trying.logs[logged:]]
        if "refused" in said and after != before:
            trying.troubles.append(f"{listener.id} was refused and has changed {after - before}: {body}")
        before = after


async def test_whatever_a_control_carries_is_answered_and_changes_nothing(trying: Trying):
    for person in ADMINS:
        await trying.office.give_role(person, Role.ADMIN)
    nth, before = count(), await picture(trying)
    for each in (each for each in HEARD if each.kind != "view"):
        tries = zip(ADMINS, odd_controls(nth, each), strict=True)
        await asyncio.gather(*(trying.deliver(person, each, body) for person, body in tries))
        after = await picture(trying)
        if after != before and each.id not in DO_THEIR_OWN:
            trying.troubles.append(f"{each.id} has changed {after - before}")
        before = after
    assert trying.troubles == []


async def test_whatever_a_modal_carries_is_answered_and_refused_before_anything_changes(trying: Trying):
    nth = count()
    for each in HEARD:
        if bodies := list(odd_forms(nth, each) if each.kind == "view" else around(each)):
            await tried_on(trying, each, bodies)
    assert trying.troubles == []
