"""The crash matrix of ReconcileTickets: twins are told once, lost tickets are found, whenever it dies."""

import contextlib

import pytest

from bot.app import performer
from bot.domain.tickets import TicketState
from bot.errors import BotError
from bot.jobs import Attempt, PushTicket, ReconcileTickets
from bot.services.ticket_reconcile import TicketReconcile
from bot.workflows.reconcile_tickets import STEPS, ReconcileTicketsWorkflow
from tests.crash.deaths import Died, dies_at, goes_on
from tests.factories import FrozenClock
from tests.world import World, admins_of, world


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        yield await Scene(found, clock).set()


class Scene:
    """A world with one ticket in Autotask."""

    def __init__(self, found: World, clock: FrozenClock) -> None:
        self.world = found
        self.clock = clock

    async def set(self) -> "Scene":
        self.ticket = await self.world.ticket(await self.world.reviewed(await self.world.mapped()))
        await self.push()
        self.clock.advance(hours=2)
        return self

    async def push(self) -> None:
        job = PushTicket(tenant_id=self.world.tenant.id, ticket_id=self.ticket.id)
        await performer(self.world.bot)(job, Attempt(1, is_last=False, holder="push"))

    async def run(self, after=goes_on) -> None:
        bot = self.world.bot
        reconcile = TicketReconcile(bot.database, bot.clients, jobs=bot.jobs, clock=self.clock)
        workflow = ReconcileTicketsWorkflow(
            reconcile, admins_of(bot), tenant_of=bot.tools.workspaces.by_id, after=after
        )
        job = ReconcileTickets(tenant_id=self.world.tenant.id, slot="2026-11-21T03:00")
        await workflow.run(job, Attempt(1, is_last=False, holder="reconcile"))

    def twin(self) -> dict:
        """As somebody makes one who copies a ticket in Autotask."""
        [row] = self.world.tickets_in_autotask()
        copy = {name: value for name, value in row.items() if name != "id"}
        self.world.autotask.database.insert("Tickets", {**copy, "ticketNumber": "T20261121.9999"})
        return row

    def told(self) -> list[str]:
        slack = self.world.slack
        direct = slack.workspace.direct(self.world.ctx.person.user_id, slack.workspace.bot.id)
        texts = [str(message) for message in direct.messages.values()]
        return [text for text in texts if "more than once" in text]

    async def stored(self):
        return await self.world.bot.services.tickets.get(self.world.tenant.id, self.ticket.id)


@pytest.mark.parametrize("step", STEPS)
async def test_twins_are_told_once_however_often_it_dies_there(here, step):
    here.twin()
    for _ in range(3):
        with contextlib.suppress(Died, BotError):
            await here.run(after=dies_at(step))
    await here.run()
    [text] = here.told()
    assert "T20261121.9999" in text


async def test_a_single_ticket_is_nobodys_news(here):
    await here.run()
    assert here.told() == []


async def test_a_ticket_that_failed_here_and_exists_there_is_adopted(here):
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        await uow.tickets.failed(here.ticket.id, "lost", code="AT-301")
    before = await here.world.bot.jobs.count("todo")
    await here.run()
    assert await here.world.bot.jobs.count("todo") == before + 1
    await here.push()
    assert (await here.stored()).state is TicketState.CREATED
    assert len(here.world.tickets_in_autotask()) == 1


async def test_a_ticket_that_failed_and_is_not_there_stays_as_it_is(here):
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        await uow.tickets.failed(here.ticket.id, "The contract is closed.", code="AT-401")
    [row] = here.world.tickets_in_autotask()
    here.world.autotask.database.delete("Tickets", row["id"])
    before = await here.world.bot.jobs.count("todo")
    await here.run()
    assert await here.world.bot.jobs.count("todo") == before
    assert (await here.stored()).state is TicketState.FAILED


async def test_a_ticket_that_is_created_while_the_night_looks_stays_created(here):
    bot, tenant_id = here.world.bot, here.world.tenant.id
    async with bot.database.unit(tenant_id) as uow:
        await uow.tickets.failed(here.ticket.id, "lost", code="AT-301")

    async def while_it_looks(_tenant_id: int):
        async with bot.database.unit(tenant_id) as uow:
            await uow.tickets.retry(here.ticket.id)
        await here.push()
        return await bot.clients(tenant_id)

    await TicketReconcile(bot.database, while_it_looks, jobs=bot.jobs, clock=here.clock).run(
        tenant_id, here.world.tenant.team_id
    )
    assert (await here.stored()).state is TicketState.CREATED
