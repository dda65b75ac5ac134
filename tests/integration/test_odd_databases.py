"""Autotask databases that look unlike most: no queue at all, hundreds of them, demands that no field answers."""

import contextlib

import pytest

from bot.autotask.facts import unstaffed_queues
from bot.domain.connections import PicklistOption
from bot.errors import BotError
from sandbox.autotask.faults import Fault
from tests.crash.test_push_ticket import Scene
from tests.factories import FrozenClock
from tests.world import world


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


@pytest.mark.parametrize("many", [0, 501])
async def test_queues_that_no_one_query_can_ask_about_are_taken_for_staffed(office, many):
    client = await office.bot.clients(office.tenant.id)
    queues = [PicklistOption(str(29_683_000 + each), f"Queue {each}") for each in range(many)]
    assert await unstaffed_queues(client, queues) == frozenset()


async def test_a_demand_that_is_no_field_of_tickets_asks_nobody_for_anything(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        here = Scene(found, clock)
        await here.saved_ticket()
        body = '{"errors":["Missing Required Field: Business impact", "Missing Required Field: issueType"]}'
        found.autotask.control.plan(Fault("fail", "Tickets", "POST", skip=1, body=body))
        with contextlib.suppress(BotError):
            await here.run()
        async with found.bot.database.unit(found.tenant.id) as uow:
            assert [each.name for each in await uow.ticket_forms.demands()] == ["issueType"]
