"""Two workspaces in one database: whatever either does, neither ever observes the other's rows."""

import asyncio
from contextlib import suppress
from datetime import time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.session import Database
from bot.db.syncs import Cursor
from bot.domain.access import RequestState, UserGroup
from bot.domain.connections import FieldFacts, SealedCredentials, ZoneFacts
from bot.domain.context import Right, Role
from bot.domain.groups import Member
from bot.domain.installations import Installation
from bot.domain.organizations import Company
from bot.domain.reviews import Answer, Question
from bot.domain.schedules import Schedule
from bot.domain.syncs import SyncCounts
from bot.errors import BotError
from tests.factories import NOON
from tests.integration.filled import LEASE, ticket_form

# Both use the same small numbers and names on purpose: only the tenant tells their rows apart. Whatever text a
# tenant writes holds its mark, and whatever it reads may hold no other.
NUMBERS = st.integers(1, 3)


async def add_organization(uow, mark, n):
    await uow.organizations.add(f"{mark} organization {n}", mark, NOON)


async def map_organization(uow, mark, n):
    await uow.companies.upsert([Company(n, f"{mark} company", is_active=True)], NOON)
    for organization in await uow.organizations.search("organization"):
        await uow.organizations.set_company(organization.id, n, mark, NOON)


async def map_any_organization(uow, mark, n):
    await uow.companies.upsert([Company(n, f"{mark} company", is_active=True)], NOON)
    await uow.organizations.set_company(n, n, mark, NOON)


async def mark_gone(uow, mark, n):
    await uow.companies.mark_gone(NOON.replace(minute=n))


async def set_role(uow, mark, n):
    await uow.people.set_role(f"U{n}", Role.ADMIN, mark, NOON)


async def claim(uow, mark, n):
    await uow.people.claim_first_admin(f"U{n}", NOON)


async def connect(uow, mark, n):
    sealed = SealedCredentials(mark, mark.encode(), mark.encode())
    await uow.connections.save(ZoneFacts(mark, mark, mark, n), sealed, defaults=None, by=mark, at=NOON)
    await uow.connections.add_draft(sealed, mark, NOON)


async def disconnect(uow, mark, n):
    await uow.connections.remove()


async def start_review(uow, mark, n):
    template = await uow.templates.ensure("it", f"{mark} template", [Question(0, "Backup", 1, mark)])
    (organization, *_) = await uow.organizations.search("") or [await uow.organizations.add(mark, mark, NOON)]
    await uow.reviews.add(
        organization.id,
        template.id,
        mark,
        categories=["Backup"],
        by=mark,
        at=NOON,
        request_key=f"{mark}-{uuid4()}",
    )


async def answer_any(uow, mark, n):
    for review in (await uow.reviews.page(0, 10))[0]:
        for question in review.template.questions:
            await uow.reviews.answer(
                review.id, question.id, answer=Answer.ALIGNED, note=mark, by=mark, at=NOON
            )


async def complete_any(uow, mark, n):
    await uow.reviews.complete(n, NOON)


async def raise_ticket(uow, mark, n):
    for organization in await uow.organizations.search(""):
        form = ticket_form(organization.id, f"press-{n}")
        await uow.tickets.add(form, f"dh-{n}", n, by=mark, by_name=mark, at=NOON)


async def fail_any_ticket(uow, mark, n):
    if await uow.tickets.get(n):
        await uow.tickets.failed(n, mark)


async def send_any_ticket(uow, mark, n):
    if await uow.tickets.get(n):
        await uow.tickets.sending(n, NOON)


async def lease(uow, mark, n):
    await uow.leases.take(f"dh-{n}", mark, LEASE, NOON)


async def message(uow, mark, n):
    await uow.messages.plan(f"ticket:{n}", mark)
    await uow.messages.mark(f"ticket:{n}", "posted", mark)


async def schedule(uow, mark, n):
    await uow.schedules.save(Schedule(uow.tenant_id, f"digest-{n}", time(8), "UTC", mark))
    await uow.schedules.claim_slot(f"digest-{n}", f"2026-11-{20 + n}T08:00", NOON)


async def sync(uow, mark, n):
    run_id = await uow.syncs.start(f"sync-{n}", "manual", mark, NOON)
    await uow.syncs.progress(run_id, SyncCounts(inserted=n))
    await uow.syncs.set_cursor(f"sync-{n}", Cursor(since=NOON, seen=n))


async def replace_fields(uow, mark, n):
    await uow.fields.replace("Tickets", [FieldFacts("Tickets", mark, n)], NOON)


async def leave_traces(uow, mark, n):
    await uow.audit.record(at=NOON, by=mark, action=mark, subject=mark)
    await uow.deliveries.first_time(f"{mark}-{n}", NOON)


async def install(uow, mark, n):
    sealed = mark.encode()
    await uow.installations.save(Installation(sealed, mark, mark, mark, (mark,), mark, NOON))


async def uninstall(uow, mark, n):
    await uow.installations.remove(until=NOON)


async def join_user_group(uow, mark, n):
    await uow.user_groups.save([UserGroup(f"S{n}", mark, mark, (f"U{n}",))], NOON)
    await uow.user_groups.bind(f"S{n}", Role.VIEWER, approves=True, by=mark, at=NOON)


async def group_organizations(uow, mark, n):
    group = await uow.groups.add(f"{mark} group {n}", mark, NOON)
    await uow.groups.put(group, [1, 2, 3, *(each.id for each in await uow.organizations.search(""))])
    await uow.groups.join(group, [Member(f"U{n}"), Member(f"S{n}", is_user_group=True)])


async def empty_any_group(uow, mark, n):
    await uow.groups.take_out(n, n)
    await uow.groups.leave(n, f"U{n}")
    await uow.groups.rename(n, f"{mark} renamed {n}")


async def ask_for_access(uow, mark, n):
    await uow.access_requests.add(mark, Right.CREATE_TICKETS, NOON)
    await uow.access_requests.decide(n, RequestState.DECLINED, role=None, by=mark, at=NOON)


ACTS = [
    install, uninstall,
    add_organization, map_organization, map_any_organization, mark_gone, set_role, claim, connect, disconnect,
    start_review, answer_any, complete_any, raise_ticket, fail_any_ticket, send_any_ticket, lease, message,
    schedule, sync, replace_fields, leave_traces, join_user_group, group_organizations, empty_any_group,
    ask_for_access,
]  # fmt: skip


async def everything(uow):
    """All that a workspace can read, by every reading method there is."""
    ids = range(1, 6)
    return [
        await uow.installations.get(), await uow.audit.recent(100), await uow.companies.search(""), await uow.companies.count(),
        [await uow.companies.get(n) for n in ids], await uow.connections.get(),
        await uow.connections.credentials(), await uow.fields.entity("Tickets"),
        await uow.organizations.page(0, 100), await uow.organizations.unmapped_count(),
        [await uow.organizations.get(n) for n in ids], await uow.people.admins(),
        [await uow.people.get(f"U{n}") for n in ids], await uow.reviews.page(0, 100),
        [await uow.reviews.get(n) for n in ids], await uow.schedules.all(), await uow.schedules.last_slots(),
        [await uow.syncs.last(f"sync-{n}") for n in ids], [await uow.syncs.cursor(f"sync-{n}") for n in ids],
        await uow.templates.all(), await uow.tickets.recent(100), [await uow.tickets.get(n) for n in ids],
        [await uow.tickets.by_reference(f"dh-{n}") for n in ids],
        [await uow.messages.get(f"ticket:{n}") for n in ids],
        [await uow.leases.holds(f"dh-{n}", 1, NOON) for n in ids],
        await uow.user_groups.search(), await uow.user_groups.bindings(), await uow.groups.page(0, 100),
        [await uow.groups.organizations(n, 0, 100) for n in ids], [await uow.groups.members(n) for n in ids],
        [await uow.groups.seen_by(f"U{n}") for n in ids], await uow.access_requests.waiting(0, 100),
        [await uow.access_requests.get(n) for n in ids], [await uow.user_groups.bindings_of(f"U{n}") for n in ids],
    ]  # fmt: skip


@pytest.fixture
async def two(database_url):
    async with Database(database_url) as database, database.directory() as directory:
        return [await directory.ensure_tenant(f"T{n}", f"Tenant {n}") for n in (1, 2)]


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(ACTS), NUMBERS), max_size=30))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_workspace_ever_observes_the_other(database_url, two, acts):
    asyncio.run(play(database_url, two, acts))


async def play(url, tenants, acts):
    """Each act may change what its own workspace reads; what the other reads stays as it was, to the letter."""
    marks = ("alpha", "omega")
    async with Database(url) as database:
        for who, act, n in acts:
            other = tenants[1 - who].id
            before = await read(database, other)
            with suppress(BotError):
                async with database.unit(tenants[who].id) as uow:
                    await act(uow, marks[who], n)
            assert await read(database, other) == before
            assert marks[1 - who] not in await read(database, tenants[who].id)


async def read(database, tenant_id):
    async with database.unit(tenant_id) as uow:
        return repr(await everything(uow))
