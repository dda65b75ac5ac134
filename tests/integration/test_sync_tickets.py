"""Tickets that were raised here follow Autotask: one request for all of them, and what is deleted there is known."""

import pytest

from bot.app import performer
from bot.domain.tickets import TicketState
from bot.jobs import Attempt, PushTicket, RunSync
from sandbox.autotask.faults import Fault
from tests.world import World, world


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


async def synced(office: World, key: str, *, full: bool = False) -> int:
    """Requests to tickets that a run took."""
    office.autotask.control.clear_log()
    job = RunSync(tenant_id=office.tenant.id, groups=("resources", "tickets"), run_key=key, full=full)
    await performer(office.bot)(job, Attempt(1, is_last=True, holder="test"))
    return len(office.autotask.control.log(entity="Tickets"))


async def raised(office: World):
    organization = await office.mapped()
    review = await office.reviewed(organization)
    tickets = []
    for index in range(2):
        ticket = await office.ticket(review, request_key=f"view:V{index}", index=index)
        job = PushTicket(tenant_id=office.tenant.id, ticket_id=ticket.id)
        await performer(office.bot)(job, Attempt(1, is_last=True, holder="push"))
        tickets.append(ticket.id)
    return tickets


async def known(office: World, ticket_id: int):
    async with office.bot.database.unit(office.tenant.id) as uow:
        return await uow.tickets.get(ticket_id)


async def test_a_ticket_follows_autotask_until_it_is_deleted_there(office: World):
    first, second = await raised(office)
    assert await synced(office, "one") == 1
    database = office.autotask.database
    row = database.row("Tickets", (await known(office, first)).autotask_id)
    people = [each for each in database.rows("Resources") if each.get("isActive")]
    done = next(each.value for each in database.picklist("Tickets", "status") if each.label == "Complete")
    changed = {"status": int(done), "title": "Edited there", "assignedResourceID": people[0]["id"],
               "lastActivityDate": office.bot.tools.clock.now()}  # fmt: skip
    database.update("Tickets", row["id"], changed)
    assert await synced(office, "two") == 1
    ticket = await known(office, first)
    assert (ticket.status_label, ticket.summary) == ("Complete", "Edited there")
    assert ticket.assigned_to == f"{people[0]['firstName']} {people[0]['lastName']}"
    assert ticket.state is TicketState.CREATED
    database.delete("Tickets", row["id"])
    assert await synced(office, "three") == 1
    assert (await known(office, first)).gone_at is None
    assert await synced(office, "four", full=True) == 1
    assert (await known(office, first)).gone_at is not None
    assert (await known(office, second)).gone_at is None


async def test_with_no_ticket_of_ours_nothing_is_asked(office: World):
    office.autotask.control.plan(Fault("fail", "Tickets"))
    assert await synced(office, "none") == 0
