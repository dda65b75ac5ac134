"""A database with at least one row in every table, written through the repositories as the bot does."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert

from bot.db import tables
from bot.db.credential_links import CredentialLink
from bot.db.session import Database, UnitOfWork
from bot.db.syncs import Cursor, Span
from bot.domain import alerts, mapping
from bot.domain.access import UserGroup
from bot.domain.authors import AutotaskPerson
from bot.domain.checks import Night
from bot.domain.connections import FieldFacts, PicklistOption, SealedCredentials, ZoneFacts
from bot.domain.context import Right, Role, Tenant
from bot.domain.contracts import Place, Standing, Terms
from bot.domain.digests import Subscription
from bot.domain.groups import Member
from bot.domain.imports import Fault, Line
from bot.domain.installations import Installation
from bot.domain.organizations import Company
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.reviews import Answer, Question
from bot.domain.settings import NO, SOURCE_OF_TRUTH, Change, Chosen
from bot.domain.status import ApiUsage
from bot.domain.switches import Capability, Mode
from bot.domain.sync_logs import Operation, succeeded
from bot.domain.syncs import SyncCounts, SyncState, SyncType
from bot.domain.ticket_forms import Demand, Typed
from bot.domain.tickets import TicketForm
from bot.domain.time_entries import Rate
from tests.factories import NOON

SEALED = SealedCredentials("api@example.com", b"sealed secret", b"sealed tracking id")
LEASE = timedelta(minutes=2)
INSTALLATION = Installation(b"sealed token", "A1", "UBOT", "B1", ("chat:write",), "U1", NOON)
ZONE = ZoneFacts("America East", "https://ww3.autotask.net/", "https://ww3.autotask.net/", 42)
QUESTIONS = (Question(0, "Backup", 1, "Are restores tested?"), Question(0, "Network", 2, "Is it patched?"))


async def fill(database: Database, team_id: str = "T1") -> Tenant:
    """One workspace that has used everything."""
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant(team_id, "Northwind IT", "Europe/Berlin")
        await directory.consents.add(team_id.encode(), b"browser", now=NOON, expires_at=NOON + LEASE)
        await directory.heartbeats.beat("process-1", NOON)
    async with database.unit(tenant.id) as uow:
        await _fill_settings(uow)
        await _fill_mirror(uow)
        await fill_review(uow, team_id)
        await _fill_traces(uow)
        await _fill_access(uow)
    return tenant


async def fill_review(uow: UnitOfWork, team_id: str = "T1") -> tuple[int, int]:
    """An organization, a review with an answer and a ticket; the ids of review and question."""
    organization = await uow.organizations.add("Acme", "U1", NOON)
    template = await uow.templates.ensure("it", "IT alignment", QUESTIONS)
    await uow.templates.set_queue("it", "Backup", 5, by="U1", at=NOON)
    await uow.templates.add_draft("it", "IT alignment", QUESTIONS, by="U1", at=NOON)
    review, _ = await uow.reviews.add(
        organization.id,
        template.id,
        "IT alignment",
        categories=["Backup"],
        by="U1",
        at=NOON,
        request_key="view:V0",
    )
    question = template.questions[0]
    await uow.reviews.answer(review.id, question.id, answer=Answer.MISALIGNED, note="never", by="U1", at=NOON)
    form = ticket_form(organization.id, "first", review_id=review.id, question_id=question.id)
    ticket, _ = await uow.tickets.add(form, f"dh-{team_id}-1", 1, by="U1", by_name="Dana Reyes", at=NOON)
    await uow.ticket_forms.demand([Demand("dueDateTime", "datetime")], NOON)
    await uow.ticket_forms.keep("view:V1", Typed("Test restores"), NOON)
    await uow.resources.save([AutotaskPerson(29, "Dana Reyes")], NOON)
    await uow.mirror.upsert(
        tables.ticket_mirror, [{"autotask_id": 7, "number": "T1", "title": "Printer"}], NOON
    )
    await uow.ticket_notes.add(
        ticket.id,
        key="review:1:completed",
        reference=f"dhn-{team_id}-1",
        title="Review completed",
        text="26 of 26 answered",
        by="U1",
        by_name="Dana Reyes",
        at=NOON,
    )
    return review.id, question.id


def ticket_form(
    organization_id: int, request_key: str, *, review_id: int | None = None, question_id: int | None = None
) -> TicketForm:
    return TicketForm(
        request_key,
        "Test restores",
        "",
        queue_id=5,
        priority=2,
        organization_id=organization_id,
        review_id=review_id,
        question_id=question_id,
    )


async def _fill_settings(uow: UnitOfWork) -> None:
    await uow.installations.save(INSTALLATION)
    await uow.people.set_role("U1", Role.ADMIN, "U1", NOON)
    await uow.switches.set(Capability.TICKETS, Mode.ON, by="U1", at=NOON)
    await uow.settings.prefer(SOURCE_OF_TRUTH, Chosen(NO, "No"), by="U1", at=NOON)
    await uow.settings.remember("b1", [Change(SOURCE_OF_TRUTH, None, Chosen(NO, "No"))], by="U1", at=NOON)
    await uow.connections.add_draft(SEALED, "U1", NOON)
    await uow.proofs.take_try(SEALED.username, NOON)
    await uow.verifications.save(Night("2026-11-21T02:30", ("Contracts:query",)), NOON)
    await uow.credential_links.add("digest", CredentialLink("U1", "C1"), NOON)
    await uow.connections.save(ZONE, SEALED, defaults=None, by="U1", at=NOON)
    for target in ("C1", "U1"):
        digest = Subscription(target, "U1")
        await uow.digests.save(digest)
        for schedule in digest.schedules(uow.tenant_id, "Europe/Berlin", NOON):
            await uow.schedules.save(schedule)
            await uow.schedules.claim_slot(schedule.name, "2026-11-21T08:00", NOON)


async def _fill_contracts(uow: UnitOfWork) -> None:
    """A recurring contract with a service and a bundle, their units, a milestone, and a customer to ask about."""
    contract = {"autotask_id": 70, "name": "Managed", "company_id": 1, "is_default": False}
    await uow.mirror.upsert(tables.contracts, [contract], NOON)
    for table in (tables.services, tables.service_bundles):
        await uow.mirror.upsert(table, [{"autotask_id": 71, "name": "Server", "is_active": True}], NOON)
    for table in (tables.contract_services, tables.contract_service_bundles):
        await uow.mirror.upsert(table, [{"autotask_id": 72, "contract_id": 70}], NOON)
    for table in (tables.contract_service_units, tables.contract_service_bundle_units):
        await uow.mirror.upsert(table, [{"autotask_id": 73, "contract_id": 70, "units": 2}], NOON)
    milestone = {"autotask_id": 74, "contract_id": 70, "title": "Start", "is_initial": True}
    await uow.mirror.upsert(tables.contract_milestones, [milestone], NOON)
    await uow.standings.save({70: Standing(Place.IN, Decimal(10), Terms("Managed", company_id=1))}, NOON)
    await uow.customers.ask(1, 70, NOON)


async def _fill_mirror(uow: UnitOfWork) -> None:
    queue = FieldFacts("Tickets", "queueID", options=(PicklistOption("5", "Service Desk"),))
    await uow.fields.replace("Tickets", [queue], NOON)
    await uow.companies.upsert([Company(1, "Acme Ünited", is_active=True)], NOON)
    await _fill_contracts(uow)
    run_id = await uow.syncs.start("companies", "manual", "U1", NOON)
    await uow.syncs.set_cursor("companies", Cursor("full", NOON, (Span(1, None),)))
    await uow.sync_logs.add(run_id, [succeeded(SyncType.COMPANY, Operation.CREATE, "Created Acme")], NOON)
    await uow.news.add(run_id, [News(EventKind.CONTRACTS, "A contract ended")], NOON)
    await uow.problems.report(
        ProblemReport("sync:companies", EventKind.SYNC, Severity.ERROR, "The sync failed"), NOON
    )
    await uow.sync_pauses.failed("companies", "slot-1", NOON)
    kinds = frozenset({EventKind.SYNC})
    await uow.alert_channels.save(alerts.Subscription("C1", kinds, changed_by="U1", changed_at=NOON))
    await uow.api_usage.note("web", ApiUsage(1_240, 10_000, 310, NOON))
    await uow.syncs.measure(run_id, "companies", {"companies": 1})
    await uow.syncs.finish(run_id, SyncState.SUCCEEDED, SyncCounts(inserted=1), at=NOON)
    await _fill_invoices(uow)
    await _fill_time(uow)


async def _fill_invoices(uow: UnitOfWork) -> None:
    for table, more in (
        (tables.invoices, {"is_voided": False}),
        (tables.billing_items, {"non_billable": False}),
        (tables.payment_terms, {}),
        (tables.currencies, {"is_internal": True, "is_active": True}),
        (tables.opportunities, {}),
    ):
        await uow.mirror.upsert(table, [{"autotask_id": 1, **more}], NOON)
    printed = {"invoice_id": 1, "stamp": "a", "content": b"%PDF", "size": 4, "fetched_at": NOON}
    for table, row in (
        (tables.invoice_files, {**printed, "used_at": NOON}),
        (tables.fetch_turns, {"kind": "new", "taken_at": NOON}),
    ):
        await uow.connection.execute(insert(table), {"tenant_id": uow.tenant_id, **row})


async def _fill_time(uow: UnitOfWork) -> None:
    """An entry, what became of it, what an hour is worth, a contract picked by hand, somebody who is reminded."""
    day = NOON.date()
    entry = {"autotask_id": 1, "date_worked": day, "hours_to_bill": Decimal(5), "is_non_billable": False}
    await uow.mirror.upsert(tables.time_entries, [entry], NOON)
    await uow.time_rates.add(Rate(Decimal(150), "USD", day, set_by="U1"), NOON)
    await uow.time_entries.pick(1, 1, "U1", NOON)
    await uow.time_imports.decide(day, None, NOON, most=1)
    await uow.time_nudges.replace(["U1"], "U1", NOON)


async def _fill_traces(uow: UnitOfWork) -> None:
    await uow.audit.record(at=NOON, by="U1", action="connect", subject="Autotask", after={"zone": "3"})
    await uow.deliveries.first_time("delivery-1", NOON)
    await uow.leases.take("dh-T1-1", "job-1", LEASE, NOON)
    await uow.messages.plan("ticket:1", "C1")
    await _fill_mapping(uow)
    await _fill_removal(uow)


async def _fill_access(uow: UnitOfWork) -> None:
    await uow.user_groups.save([UserGroup("S1", "finance", "Finance", ("U1",))], NOON)
    await uow.user_groups.bind("S1", Role.VIEWER, approves=True, by="U1", at=NOON)
    await uow.access_requests.add("U2", Right.CREATE_TICKETS, NOON)
    group = await uow.groups.add("Dentists", "U1", NOON)
    await uow.groups.put(group, [each.id for each in await uow.organizations.search("")])
    await uow.groups.join(group, [Member("U9")])


async def _fill_mapping(uow: UnitOfWork) -> None:
    """A mapping that can be undone, and a file that was read."""
    [organization] = await uow.organizations.search("acme")
    batch = await uow.mapping.open(mapping.Act.MAP, "U1", NOON)
    assert batch is not None
    before, after = mapping.Standing("Acme"), mapping.Standing("Acme", 1)
    await uow.mapping.add(batch, [mapping.Change(organization.id, before, after)])
    line, fault = Line(2, "Acme", 1), Fault(3, "", "no name and no company")
    await uow.imports.add(
        "file:1", "clients.csv", lines=[line], faults=[fault], channel_id="", by="U1", at=NOON
    )


async def _fill_removal(uow: UnitOfWork) -> None:
    """One that has ended; the ticket it was to close counts as created."""
    [ticket] = await uow.tickets.recent(1)
    await uow.tickets.known(ticket.id, 7001)
    begun = await uow.removals.begin(
        await uow.removals.inventory(),
        by="U1",
        by_name="Dana Reyes",
        channel_id="",
        close_tickets=True,
        mark_lost=False,
        status_closed=5,
        at=NOON,
    )
    assert begun is not None
    await uow.removals.plan_closings(begun.id)
    await uow.removals.finish(begun.id, NOON)
