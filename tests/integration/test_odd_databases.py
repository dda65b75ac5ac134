"""Autotask databases that look unlike most: no queue at all, hundreds of them, demands that no field answers."""

import contextlib

import pytest

from bot.autotask.facts import unstaffed_queues
from bot.domain.connections import ConnectionState, PicklistOption
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


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, ""),
        (500, '{"errors":["Authentication failed: the resource cannot be impersonated."]}'),
        (500, '{"Message":"An error has occurred."}'),
        (400, '{"Message":"The request is invalid."}'),
    ],
)
async def test_however_autotask_refuses_an_author_the_ticket_is_there_and_the_connection_stays(
    database_url, tmp_path, status, body
):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        here = Scene(found, clock)
        await here.saved_ticket()
        here.author = 29_682_886
        found.autotask.control.plan(Fault("fail", "Tickets", "POST", skip=1, status=status, body=body))
        await here.run_until_done()
        await here.assert_one_of_each()
        connection = await found.bot.services.connections.status(found.ctx)
        assert connection is not None
        assert connection.state is ConnectionState.ACTIVE


async def test_an_author_is_left_out_once_a_create_in_that_name_was_lost(database_url, tmp_path):
    """Whatever answered nothing of use may do so for as long as the name is sent."""
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        here = Scene(found, clock)
        await here.saved_ticket()
        here.author = 29_682_886
        useless = Fault("fail", "Tickets", "POST", path="V1.0/Tickets", count=1, skip=1, status=500, body="")
        found.autotask.control.plan(useless)
        with contextlib.suppress(BotError):
            await here.run()
        clock.advance(seconds=400)
        found.autotask.control.clear_log()
        await here.run_until_done()
        [row] = found.tickets_in_autotask()
        assert row["creatorResourceID"] == found.autotask.control.user().resource_id
