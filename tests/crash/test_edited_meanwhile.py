"""A ticket whose create had got through unseen is changed by its person: one ticket, with the words they gave last."""

import contextlib

import pytest

from bot.domain.tickets import TicketForm, TicketState
from bot.errors import BotError
from sandbox.autotask.faults import Fault
from tests.crash.deaths import Died, dies_at
from tests.crash.test_push_ticket import Scene
from tests.factories import FrozenClock
from tests.world import world


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        yield Scene(found, clock)


async def failed(here: Scene, *, lost: bool) -> None:
    """Autotask has the ticket, Deskhand holds it for not created."""
    await here.saved_ticket()
    if lost:
        here.world.autotask.control.plan(Fault("drop_reply", "Tickets", "POST", skip=1))
        here.world.autotask.control.lag("Tickets", reads=8)
    with contextlib.suppress(BotError, Died):
        await here.run(probe=dies_at("" if lost else "send"))
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        await uow.tickets.failed(here.ticket.id, "Autotask did not answer.", code="AT-301")
    here.clock.advance(seconds=400)


async def changed(here: Scene, summary: str, description: str) -> None:
    ticket = await here.world.bot.services.tickets.get(here.world.tenant.id, here.ticket.id)
    form = TicketForm("again", summary, description, ticket.queue_id, ticket.priority, ticket.organization_id)
    here.ticket = await here.world.bot.services.tickets.edit(here.world.ctx, ticket.id, form)


@pytest.mark.parametrize("lost", [True, False])
async def test_what_the_person_changed_meanwhile_reaches_the_ticket_that_was_there(here, lost):
    await failed(here, lost=lost)
    assert len(here.world.tickets_in_autotask()) == 1
    await changed(here, "Printer smells", "It smells, too.")
    await here.run_until_done()
    await here.assert_one_of_each()
    [row] = here.world.tickets_in_autotask()
    assert row["title"] == "Printer smells"
    assert str(row["description"]).startswith("It smells, too.")


async def test_who_tries_again_unchanged_overwrites_nothing_that_was_done_in_autotask(here):
    await failed(here, lost=True)
    [row] = here.world.tickets_in_autotask()
    here.world.autotask.database.update("Tickets", row["id"], {"title": "Renamed by dispatch"})
    await here.world.bot.services.tickets.retry(here.world.ctx, here.ticket.id)
    await here.run_until_done()
    [row] = here.world.tickets_in_autotask()
    assert row["title"] == "Renamed by dispatch"


async def test_what_may_not_be_changed_in_autotask_is_on_the_ticket_as_a_note(here):
    await failed(here, lost=True)
    await changed(here, "Printer smells", "It smells, too.")
    refusal = '{"errors":["The logged in Resource does not have the adequate permissions to update this entity type."]}'
    here.world.autotask.control.plan(Fault("fail", "Tickets", "PATCH", body=refusal))
    await here.run_until_done()
    stored = await here.world.bot.services.tickets.get(here.world.tenant.id, here.ticket.id)
    assert stored.state is TicketState.CREATED
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        [note] = await uow.ticket_notes.waiting(here.ticket.id)
    assert "It smells, too." in note.text
