"""Northwind IT and Harbor IT have the same Deskhand; whatever either sends, it never reaches into the other."""

import asyncio
import hashlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from structlog.testing import capture_logs

import handlers
from bot.db.tables import metadata, organizations
from bot.domain.context import Role, Tenant
from handlers.command import Listener
from sandbox.slack.harbor import OWNER
from sandbox.slack.seed import ADMIN
from sandbox.slack.server import serve
from sandbox.slack.settings import SlackSettings
from tests.integration.filled import fill
from tests.integration.installing import HARBOR, HARBOR_DESK, NORTHWIND, Hosting, hosting, hosting_settings
from tests.integration.slack_world import DESK, MANIFEST

MARK = "ONLYNORTHWINDKNOWS"
"""Stands in every name of Northwind's; whoever reads it elsewhere has looked through the wall."""
NOTES = {"deliveries", "people", "user_groups", "consents", "tenants", "heartbeats"}
"""Tables that say who came by; everything else changes by acts."""
KEYS = (
    "review", "review_id", "question", "question_id", "organization", "organization_id", "ticket", "ticket_id",
    "template", "template_id", "draft", "draft_id", "page", "id", "group", "group_id", "batch", "number", "n",
)  # fmt: skip
"""Names under which forms keep ids in their metadata."""


@dataclass
class Forger:
    """Sends what Slack's own pages would never send."""

    host: Hosting
    user: str
    home: str
    team: str
    channel: str
    said: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def send_all(self, listeners: Sequence[Listener], value: str) -> None:
        """Several at a time; returns once all have been dealt with."""
        turns = asyncio.Semaphore(8)

        async def one(listener: Listener) -> None:
            async with turns:
                await self.send(listener, value)

        await asyncio.gather(*map(one, listeners))
        await self.host.bot.tools.inflight.idle()

    async def send(self, listener: Listener, value: str) -> None:
        payload = self._payload(listener, value)
        answer = await self.host.bot.bolt.async_dispatch(
            AsyncBoltRequest(body=json.dumps(payload), mode="socket_mode")
        )
        self.said.append(answer.body or "")

    def _payload(self, listener: Listener, value: str) -> Mapping[str, object]:
        name = sample(listener.id)
        common = {
            "team": {"id": self.team, "domain": "forged"},
            "user": {"id": self.user, "team_id": self.home},
            "api_app_id": "A0DESKHAND",
            "trigger_id": f"forged.{self.user}.{next(self._numbers)}",
            "view": self._view(name, value),
        }
        if listener.kind == "view":
            return common | {"type": "view_submission"}
        if listener.kind == "options":
            return common | {"type": "block_suggestion", "action_id": name, "block_id": "b", "value": ""}
        if listener.kind == "command":
            return {
                "command": listener.id, "text": value, "team_id": self.team, "user_id": self.user,
                "channel_id": self.channel, "trigger_id": common["trigger_id"],
            }  # fmt: skip
        place = {"container": {"type": "message", "channel_id": self.channel, "message_ts": "1.1"}}
        pressed = {"action_id": name, "block_id": value, "value": value, "action_ts": common["trigger_id"]}
        chosen = {"selected_option": {"value": value}, "selected_user": ADMIN}
        return common | place | {"type": "block_actions", "actions": [pressed | chosen]}

    def _view(self, name: str, value: str) -> Mapping[str, object]:
        ids = {key: int(value) if value.isdigit() else value for key in KEYS}
        return {
            "id": f"V{next(self._numbers)}", "hash": "h", "type": "modal", "callback_id": name, "blocks": [],
            "private_metadata": json.dumps(ids | {"channel": self.channel}), "state": {"values": {}},
            "app_installed_team_id": self.team,
        }  # fmt: skip


def sample(pattern: str) -> str:
    """A name that a listener's pattern takes."""
    if not pattern.startswith("^"):
        return pattern
    found = re.sub(r"\[a-z[^]]*\]\+", "all", pattern.replace("[0-9]+", "1")).strip("^$")
    while "(" in found:  # the first of each choice, the innermost choices first
        found = re.sub(r"\(([^()|]*)[^()]*\)\??", r"\1", found)
    assert re.search(pattern, found), pattern
    return found


def targets(host: Hosting) -> list[Listener]:
    """Every listener that a person can set off, the last resorts aside."""
    words = handlers.grammar()
    every = handlers.listeners(words, host.bot.settings.commands)
    return [
        each for each in every if each.kind in {"action", "view", "options", "command"} and each.id != "^"
    ]


async def fingerprint(host: Hosting, tenant: Tenant) -> Mapping[str, str]:
    """What each table holds for a workspace, in short."""
    async with host.bot.database.unit(tenant.id) as uow:
        found = {}
        for name, table in metadata.tables.items():
            if name not in NOTES and "tenant_id" in table.c:
                rows = sorted(repr(tuple(row)) for row in await uow.connection.execute(table.select()))
                found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Forged requests break listeners by the dozen; drawing each traceback is what would take the time."""
    with capture_logs():
        yield


@pytest.fixture
async def host(database_url, tmp_path) -> AsyncIterator[Hosting]:
    """Northwind has used everything, under names of its own; Harbor has just installed, Hannah is Admin there."""
    async with serve(manifest=MANIFEST, settings=SlackSettings(rate_limits=False)) as slack:
        settings = hosting_settings(slack, database_url, tmp_path)
        async with hosting(slack, settings, role="web") as opened:
            tenant = await fill(opened.bot.database, NORTHWIND)
            async with opened.bot.database.unit(tenant.id) as uow:
                await uow.connection.execute(organizations.update().values(name=MARK))
            assert (await opened.install(OWNER)).status_code == 200
            harbor = await opened.tenant(HARBOR)
            async with opened.bot.database.unit(harbor.id) as uow:
                await uow.people.set_role(OWNER, Role.ADMIN, OWNER, opened.bot.tools.clock.now())
            yield opened


def leaks(host: Hosting, forger: Forger, team_id: str) -> list[str]:
    """Where Northwind's mark stands in what the app has sent into a workspace, or answered."""
    sent = (json.dumps(call.args) for call in host.slack.journal.calls if call.team == team_id)
    return [
        found for text in (*sent, *forger.said) for found in re.findall(f".{{0,80}}{MARK}.{{0,40}}", text)
    ]


async def test_ids_of_another_workspace_open_nothing_and_change_nothing(host: Hosting):
    """Harbor's Admin presses every button there is, with Northwind's numbers in it."""
    northwind = await host.tenant(NORTHWIND)
    before = await fingerprint(host, northwind)
    forger = Forger(host, OWNER, HARBOR, HARBOR, HARBOR_DESK)
    await forger.send_all(targets(host), "1")
    assert await fingerprint(host, northwind) == before
    assert leaks(host, forger, HARBOR) == []
    assert len(forger.said) > 100


async def test_the_same_presses_by_its_own_admin_do_reach_it(host: Hosting):
    """Else the tests around this one would prove nothing."""
    northwind = await host.tenant(NORTHWIND)
    async with host.bot.database.unit(northwind.id) as uow:
        await uow.people.set_role(ADMIN, Role.ADMIN, ADMIN, host.bot.tools.clock.now())
    before = await fingerprint(host, northwind)
    forger = Forger(host, ADMIN, NORTHWIND, NORTHWIND, DESK)
    await forger.send_all(targets(host), "1")
    after = await fingerprint(host, northwind)
    assert len([name for name in after if after[name] != before[name]]) >= 5
    assert leaks(host, forger, NORTHWIND)


async def test_an_admin_elsewhere_is_nobody_here(host: Hosting):
    """In a shared channel Hannah presses Northwind's buttons. She is Admin at home, and once was a member here."""
    northwind = await host.tenant(NORTHWIND)
    async with host.bot.database.unit(northwind.id) as uow:
        now = host.bot.tools.clock.now()
        await uow.people.set_role(OWNER, Role.ADMIN, ADMIN, now)
        await uow.people.save_profile(
            OWNER, name="Hannah", timezone="UTC", is_workspace_admin=True, is_guest=False,
            is_outsider=False, is_deactivated=False, at=now,
        )  # fmt: skip
    before = await fingerprint(host, northwind)
    forger = Forger(host, OWNER, HARBOR, NORTHWIND, DESK)
    pressed = [each for each in targets(host) if each.kind != "command"]  # a command names no home
    await forger.send_all(pressed, "1")
    assert await fingerprint(host, northwind) == before
    assert leaks(host, forger, NORTHWIND) == []


async def test_a_workspace_that_is_not_named_is_not_guessed_from_the_person(host: Hosting):
    """A delivery of a workspace without Deskhand, by somebody who has it at home: it is for nobody."""
    both = [await host.tenant(team_id) for team_id in (NORTHWIND, HARBOR)]
    before = [await fingerprint(host, tenant) for tenant in both]
    forger = Forger(host, OWNER, HARBOR, "T0NOWHERE", "C0NOWHERE")
    await forger.send_all(targets(host), "1")
    assert [await fingerprint(host, tenant) for tenant in both] == before


async def test_what_the_environment_gives_is_for_its_own_workspace(database_url, tmp_path):
    """BOT_ADMINS and an Autotask login of the environment mean the workspace of SLACK_BOT_TOKEN."""
    login = {
        "autotask_username": "api@northwind.example",
        "autotask_secret": "s3cret!!",
        "autotask_tracking_id": "X" * 27,
    }
    async with serve(manifest=MANIFEST) as slack:
        settings = hosting_settings(slack, database_url, tmp_path, admins=(OWNER, ADMIN), **login)
        async with hosting(slack, settings, role="web") as host:
            await host.install(OWNER)
            await host.people.type_command(OWNER, HARBOR_DESK, "/autotask")
            await host.people.wait_for(OWNER, HARBOR_DESK, "Become the first Admin")
            await host.people.type_command(ADMIN, DESK, "/autotask")
            seen = await host.people.wait_for(ADMIN, DESK, "Connect Autotask")
            assert "first Admin" not in json.dumps(seen.blocks)
