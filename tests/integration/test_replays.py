"""Somebody keeps a copy of every signed request and sends them all again: each act happens once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import running
from bot.db.tables import metadata
from bot.slack.web import serving
from sandbox.slack.seed import FULL_MEMBER
from tests.factories import until
from tests.integration.steps import (
    DESK,
    connect,
    map_acme,
    open_first_category,
    raise_ticket,
    start_review,
)
from tests.world import World, admin_of, sandboxes, settings_for

NOT_ACTS = {"deliveries", "people", "tenants", "user_groups"}
"""Tables that note who came by, and what Slack said of them."""


@dataclass
class Recorder:
    """Stands between Slack and the application and keeps whatever passes."""

    target: str
    copies: int = 1
    kept: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def pass_on(self, request: Request) -> Response:
        headers = {
            name: value for name, value in request.headers.items() if name not in {"host", "content-length"}
        }
        body = await request.body()
        self.kept.append((headers, body))
        answers = await asyncio.gather(*(self.send(headers, body) for _ in range(self.copies)))
        answer = max(answers, key=lambda each: len(each.content))
        return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})

    async def send(self, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            return await client.post(self.target, headers=dict(headers), content=body)


@asynccontextmanager
async def recorded(database_url, folder) -> AsyncIterator[tuple[World, Recorder]]:
    async with sandboxes() as (autotask, slack):
        settings = settings_for(autotask, slack, database_url, folder, mode="http", host="127.0.0.1")
        async with running(settings) as bot:
            recorder = Recorder(f"{bot.address}/slack/events")
            app = Starlette(routes=[Route("/slack/events", recorder.pass_on, methods=["POST"])])
            async with serving(app, "127.0.0.1", 0) as address:
                slack.hub.delivery.http.request_url = f"{address}/slack/events"
                slack.hub.delivery.mode = "http"
                yield World(autotask, slack, bot, await admin_of(bot, slack)), recorder


@pytest.fixture
async def taped(database_url, tmp_path) -> AsyncIterator[tuple[World, Recorder]]:
    async with recorded(database_url, tmp_path) as opened:
        yield opened


async def rows(office: World) -> dict[str, int]:
    """How much there is in each table."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        names = [name for name, table in metadata.tables.items() if "tenant_id" in table.c]
        return {
            name: len((await uow.connection.execute(metadata.tables[name].select())).all())
            for name in names
            if name not in NOT_ACTS
        }


def shown(office: World) -> dict[str, int]:
    """How many messages there are in each conversation, whispers included."""
    channels = office.slack.workspace.channels.values()
    return {channel.id: len(channel.messages) + len(channel.ephemerals) for channel in channels}


async def quiet(office: World) -> None:
    async def look() -> bool:
        return await office.bot.jobs.count("todo", "doing") == 0

    await until(look)


async def test_requests_that_are_sent_again_do_nothing(taped: tuple[World, Recorder]):
    office, recorder = taped
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    await office.slack.people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    await quiet(office)
    before = (await rows(office), shown(office), len(office.tickets_in_autotask()))
    again = list(recorder.kept)
    assert len(again) > 10
    assert before[0]["tickets"] == 1
    for headers, body in again:
        assert (await recorder.send(headers, body)).status_code == 200
    await quiet(office)
    assert (await rows(office), shown(office), len(office.tickets_in_autotask())) == before


async def test_requests_that_arrive_twice_at_once_are_one_act_each(taped: tuple[World, Recorder]):
    office, recorder = taped
    recorder.copies = 2
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    await office.slack.people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    await quiet(office)
    there = await rows(office)
    assert (there["organizations"], there["reviews"], there["tickets"]) == (1, 1, 1)
    assert len(office.tickets_in_autotask()) == 1
