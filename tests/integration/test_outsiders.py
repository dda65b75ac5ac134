"""Guests, people of other workspaces, deactivated members and bots: every way in refuses, and shows nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

import handlers
from bot.domain.context import Role
from handlers.command import Listener
from handlers.guard import guarded
from sandbox.slack.seed import ADMIN, BOT_USER_ID, DEACTIVATED, EXTERNAL, GUEST
from sandbox.slack.settings import SlackSettings
from tests.factories import NOON
from tests.integration.slack_world import DESK, Office, opened_office

KNOWN = handlers.listeners(handlers.grammar(), ("/autotask", "/at"))
CLIENT = "Wombat"
STRANGERS = (GUEST, EXTERNAL, DEACTIVATED, BOT_USER_ID)
NTH = count()


class Heard(list):
    async def __call__(self, answer: object = "") -> None:
        self.append(answer)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """One client is known; each stranger was given the role of an Admin, which helps none of them."""
    with capture_logs():
        async with opened_office(
            database_url, slack_settings=SlackSettings(rate_limits=False), admins=GUEST
        ) as opened:
            for user in (*STRANGERS, ADMIN):
                await opened.give_role(user, Role.ADMIN)
            async with opened.bot.database.unit((await opened.tenant()).id) as uow:
                await uow.organizations.add(f"{CLIENT} zoo", ADMIN, NOON)
                for user in STRANGERS:
                    await uow.people.set_approver(user, approves=True)
            yield opened


def payload(listener: Listener, user: str, team: str) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "team": {"id": "T0NORTHWD"},
        "user": {"id": user, "team_id": team},
        "trigger_id": f"{next(NTH)}.2.x",
    }
    act = {
        "action_id": listener.id.strip("^$"),
        "value": "1",
        "type": "button",
        "action_ts": f"{next(NTH)}.1",
    }
    view = {
        "id": f"V{next(NTH)}",
        "type": "modal",
        "private_metadata": json.dumps({"review": "1", "group": "1"}),
    }
    match listener.kind:
        case "command":
            line = {"command": listener.id, "text": "map", "user_id": user, "team_id": "T0NORTHWD"}
            return shared | line | {"channel_id": DESK}
        case "view" | "view_closed":
            return shared | {"view": view | {"state": {"values": {}}}}
        case "options":
            return shared | {"value": "wom", "action_id": act["action_id"], "view": view}
        case "event":
            event = {"type": listener.id, "user": user, "tab": "home", "channel": DESK, "text": "map"}
            return shared | {"event": event, "team_id": "T0NORTHWD", "event_id": f"Ev{next(NTH)}"}
        case _:
            return shared | {"actions": [act], "channel": {"id": DESK}, "message": {"text": "x", "ts": "1.1"}}


async def trail(office: Office) -> list[str]:
    async with office.bot.database.unit((await office.tenant()).id) as uow:
        return [act.action for act in await uow.audit.recent(100)]


async def tried(office: Office, listener: Listener, user: str, team: str) -> Heard:
    """What the listener answered, which is something."""
    heard = Heard()
    await guarded(listener.kind, listener.run, office.bot.tools)(heard, payload(listener, user, team))  # type: ignore[arg-type]
    assert heard, f"{listener.kind} {listener.id} was never acknowledged"
    if listener.kind == "options":
        assert heard == [{"options": []}], listener.id
    return heard


@pytest.mark.parametrize("user", STRANGERS)
async def test_every_way_in_refuses_and_shows_nothing(office: Office, user: str):
    team = "T0ACMECORP" if user == EXTERNAL else "T0NORTHWD"
    before = await trail(office)
    office.slack.journal.calls.clear()
    heard = await asyncio.gather(*(tried(office, listener, user, team) for listener in KNOWN))
    acks = [answer for each in heard for answer in each]
    said = repr(acks) + repr([call.args for call in office.slack.journal.calls])
    assert CLIENT not in said
    assert "Request access" not in said
    assert "You may not use Deskhand" in said
    assert await trail(office) == before
    opened = [call for call in office.slack.journal.calls if call.method in {"views.open", "views.push"}]
    assert opened == []


async def test_the_same_ways_let_an_admin_in(office: Office):
    """So that the test above could fail."""
    office.slack.journal.calls.clear()
    command = next(each for each in KNOWN if each.kind == "command")
    await guarded("command", command.run, office.bot.tools)(Heard(), payload(command, ADMIN, "T0NORTHWD"))  # type: ignore[arg-type]
    assert CLIENT in repr([call.args for call in office.slack.journal.calls])


async def test_a_workspace_that_did_not_install_us_gets_nothing_at_all(office: Office):
    command = next(each for each in KNOWN if each.kind == "command")
    body = payload(command, EXTERNAL, "T0ACMECORP") | {"team_id": "T0ACMECORP", "team": {"id": "T0ACMECORP"}}
    office.slack.journal.calls.clear()
    await guarded("command", command.run, office.bot.tools)(Heard(), body)  # type: ignore[arg-type]
    assert CLIENT not in repr([call.args for call in office.slack.journal.calls])
