"""Two MSPs at work in one Deskhand, each with its own Autotask, or both on one: neither ever sees the other's."""

import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.context import Ctx, Person
from bot.domain.context import Role as Standing
from bot.slack.web import serving
from sandbox.autotask.accounts import USERNAME, Credentials
from sandbox.autotask.database import Database as AutotaskDatabase
from sandbox.autotask.server import RunningAutotask
from sandbox.autotask.server import serve as serve_autotask
from sandbox.autotask.settings import ServerSettings
from sandbox.slack.harbor import OWNER
from sandbox.slack.seed import ADMIN
from sandbox.slack.server import RunningSlack
from sandbox.slack.server import serve as serve_slack
from sandbox.slack.settings import SlackSettings
from tests.factories import until
from tests.integration.installing import HARBOR, HARBOR_DESK, NORTHWIND, Hosting, hosting, hosting_settings
from tests.integration.slack_world import DESK, MANIFEST
from tests.world import World

HARBORS_LOGIN = "deskhand@harbor.example"


@dataclass
class Msp:
    """One of the two: its world, the mark in all its names, and what it has done so far."""

    world: World
    mark: str
    desk: str
    raised: list[str] = field(default_factory=list)

    async def work(self) -> None:
        """One more client, reviewed, and a ticket from it."""
        number = len(self.raised) + 1
        organization = await self.world.mapped(
            f"{self.mark} client {number}", f"{self.mark} company {number}"
        )
        review = await self.world.reviewed(organization, channel_id=self.desk)
        ticket = await self.world.ticket(review, request_key=f"{self.mark}-{number}")
        self.raised.append(ticket.reference)


async def autotask_of(stack: AsyncExitStack, mark: str, *, ci: int, username: str) -> RunningAutotask:
    database = AutotaskDatabase.minimal(ci)
    if username != USERNAME:
        owner = database.users.pop(USERNAME)
        database.add_user(username, owner.secret, resource_id=owner.resource_id)
    add_companies(database, mark)
    running = await stack.enter_async_context(serve_autotask(database, settings=ServerSettings(ci=ci)))
    return replace(running, credentials=Credentials(username=username))


def add_companies(database: AutotaskDatabase, mark: str) -> None:
    owner = next(row["id"] for row in database.rows("Resources") if row.get("isActive"))
    for number in range(1, 5):
        facts = {"companyName": f"{mark} company {number}", "companyType": 1, "phone": "1", "isActive": True}
        database.insert("Companies", facts | {"ownerResourceID": owner})


@asynccontextmanager
async def directory_of(ours: RunningAutotask, theirs: RunningAutotask) -> AsyncIterator[str]:
    """What webservices.autotask.net is: it knows in which database a user lives."""

    async def tell(request: Request) -> Response:
        home = theirs if request.query_params.get("user") == HARBORS_LOGIN else ours
        async with httpx.AsyncClient(trust_env=False) as client:
            said = await client.get(f"{home.url}{request.url.path.lstrip('/')}", params=request.query_params)
        return Response(said.content, said.status_code, media_type="application/json")

    async with serving(Starlette(routes=[Route("/{path:path}", tell)]), "127.0.0.1", 0) as address:
        yield address


async def msp(host: Hosting, autotask: RunningAutotask, team_id: str, user: str, **names: str) -> Msp:
    tenant = await host.tenant(team_id)
    assert tenant is not None
    async with host.bot.database.unit(tenant.id) as uow:
        await uow.people.set_role(user, Standing.ADMIN, user, host.bot.tools.clock.now())
    ctx = Ctx(tenant, Person(user, "Admin", Standing.ADMIN))
    return Msp(World(autotask, host.slack, host.bot, ctx), **names)


@asynccontextmanager
async def both(database_url, folder, *, shared: bool) -> AsyncIterator[tuple[Msp, Msp]]:
    async with AsyncExitStack() as stack:
        ours = await autotask_of(stack, "alpha", ci=1, username=USERNAME)
        theirs = ours if shared else await autotask_of(stack, "omega", ci=2, username=HARBORS_LOGIN)
        if shared:
            add_companies(ours.database, "omega")
        discovery = await stack.enter_async_context(directory_of(ours, theirs))
        slack = await stack.enter_async_context(
            serve_slack(manifest=MANIFEST, settings=SlackSettings(rate_limits=False))
        )
        settings = hosting_settings(slack, database_url, folder, autotask_url=discovery)
        host = await stack.enter_async_context(hosting(slack, settings))
        await host.install(OWNER)
        northwind = await msp(host, ours, NORTHWIND, ADMIN, mark="alpha", desk=DESK)
        harbor = await msp(host, theirs, HARBOR, OWNER, mark="omega", desk=HARBOR_DESK)
        for each in (northwind, harbor):
            await each.world.connected()
        yield northwind, harbor


async def play(msps: Sequence[Msp], *, seed: int, rounds: int = 6) -> None:
    """Both work, in an order of chance; returns once every ticket is in Autotask and told."""
    order = random.Random(seed)
    for _ in range(rounds):
        await order.choice(msps).work()
    raised = sum(len(each.raised) for each in msps)

    async def settled() -> bool:
        there = {id(each.world.autotask.database): len(each.world.tickets_in_autotask()) for each in msps}
        idle = await msps[0].world.bot.jobs.count("todo", "doing") == 0
        return idle and sum(there.values()) == raised

    await until(settled, within=60)


def seen_in(slack: RunningSlack, team_id: str) -> str:
    """Whatever anybody of a workspace can read, and what the app has sent there."""
    channels = slack.workspace_of(team_id).channels.values()
    shown = [
        message.text + json.dumps(message.blocks) for each in channels for message in each.messages.values()
    ]
    sent = [json.dumps(call.args) for call in slack.journal.calls if call.team == team_id]
    return "\n".join((*shown, *sent))


def assert_apart(one: Msp, other: Msp) -> None:
    slack, team_id = one.world.slack, one.world.tenant.team_id
    seen = seen_in(slack, team_id)
    assert (one.mark in seen, other.mark in seen) == (True, False)
    foreign = set(slack.workspace_of(other.world.tenant.team_id).channels)
    used = {call.args.get("channel") for call in slack.journal.calls if call.team == team_id}
    assert not used & foreign


async def known(each: Msp) -> set[str]:
    async with each.world.bot.database.unit(each.world.tenant.id) as uow:
        return {ticket.reference for ticket in await uow.tickets.recent(100)}


@pytest.mark.parametrize("seed", [3, 8])
async def test_each_with_its_own_autotask(database_url, tmp_path, seed):
    async with both(database_url, tmp_path, shared=False) as msps:
        await play(msps, seed=seed)
        for one, other in (msps, msps[::-1]):
            assert_apart(one, other)
            there = {str(row["externalID"]) for row in one.world.tickets_in_autotask()}
            assert there == set(one.raised) == await known(one)
            log = one.world.autotask.control.log()
            assert log
            assert {entry.status for entry in log} == {200}  # the other's login would be refused here
            assert not any(other.mark in entry.filter for entry in log)


async def test_both_on_one_autotask(database_url, tmp_path):
    async with both(database_url, tmp_path, shared=True) as msps:
        await play(msps, seed=5)
        northwind, harbor = msps
        assert await known(northwind) == set(northwind.raised)
        assert await known(harbor) == set(harbor.raised)
        there = {str(row["externalID"]) for row in northwind.world.tickets_in_autotask()}
        assert there == {*northwind.raised, *harbor.raised}
        assert all(f"-{NORTHWIND}-" in each for each in northwind.raised)
        assert all(f"-{HARBOR}-" in each for each in harbor.raised)
        for one, other in (msps, msps[::-1]):
            said = seen_in(one.world.slack, one.world.tenant.team_id)
            assert f"{other.mark} client" not in said
            assert not any(each in said for each in other.raised)
