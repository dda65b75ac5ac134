"""The worst that a workspace can hold: names of 200 odd characters, amounts of 12 digits, 60 of everything."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert

from bot.db import tables
from bot.db.session import UnitOfWork
from bot.domain.alerts import Subscription as AlertChannel
from bot.domain.digests import Subscription as DigestChannel
from bot.domain.organizations import Company
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.switches import Capability, Mode
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from bot.domain.time_entries import Rate
from sandbox.slack.seed import ADMIN
from tests.integration import time_rows
from tests.integration.slack_world import Office

MANY = 60
GROUP = 1
CHANNELS = 50
FIRST = 3
"""What stands below is in the office already."""
ODD = ("<!channel> <@U1> *b* `x` _i_ ~s~ &amp; \u202e" + 'W&<>"ü\U0001f600' * 60)[:200]
DAYS = (date(2026, 1, 1), date.max, date(2, 1, 1), date(2026, 11, 21))
MOMENTS = (datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(2, 1, 1, tzinfo=UTC))
SIGNS = (1, -1)
DETAILS = {f"k{n}": "v`" * 50 for n in range(9_000)}
"""About a megabyte."""


async def fill(office: Office) -> None:
    tenant, now = await office.tenant(), office.bot.tools.clock.now()
    async with office.bot.database.unit(tenant.id) as uow:
        for capability in (Capability.CONTRACTS, Capability.INVOICES, Capability.TIME, Capability.TICKETS):
            await uow.switches.set(capability, Mode.ON, by=ADMIN, at=now)
        for n in range(FIRST, MANY):
            await _client(uow, n, now)
            await _records(uow, n, now)
            await _told(uow, n, now)
        for n in range(FIRST, CHANNELS + FIRST):
            await _channel(uow, n, now)
        await uow.groups.put(GROUP, range(1, MANY))  # so that its member draws all of it
        await time_rows.decided(uow, today=now.date())
        lines = [_line(DETAILS if n == 0 else {"a": ODD}) for n in range(MANY)]
        await uow.sync_logs.add(1, lines, now)


async def _client(uow: UnitOfWork, n: int, now: datetime) -> None:
    await uow.companies.upsert([Company(n, f"{ODD[:195]}{n}", is_active=True)], now)
    organization = await uow.organizations.add(f"{n}{ODD[:196]}", ADMIN, now)
    await uow.organizations.set_company(organization.id, n, ADMIN, now)
    await uow.customers.ask(n, n, now)


async def _records(uow: UnitOfWork, n: int, now: datetime) -> None:
    await uow.mirror.upsert(tables.contracts, [_contract(n)], now)
    await uow.connection.execute(insert(tables.contract_standings), {
        "tenant_id": uow.tenant_id, "contract_id": n, "place": "in", "since": now,
        "terms": {"name": ODD, "end_date": day(n).isoformat(), "start_date": day(n + 1).isoformat()},
        "monthly": Decimal("123456789.123") * SIGNS[n % 2],
    })  # fmt: skip
    await uow.mirror.upsert(tables.invoices, [_invoice(n)], now)
    await uow.mirror.upsert(tables.opportunities, [_opportunity(n)], now)
    await time_rows.entry(uow, n, now.date() if n % 2 else day(n), about=ODD, contract=n)
    await uow.mirror.upsert(tables.contract_services, [_line_of(n)], now)
    await uow.mirror.upsert(tables.contract_service_units, [_units_of(n)], now)
    await uow.mirror.upsert(tables.contract_milestones, [_milestone(n)], now)


async def _told(uow: UnitOfWork, n: int, now: datetime) -> None:
    kinds = list(EventKind)
    trouble = ProblemReport(
        f"odd:{n}", kinds[n % len(kinds)], Severity.ERROR, ODD, ODD * 20, code="AT-401", organization_id=n,
        retry={"job": "run_sync", "groups": ["companies"]},
    )  # fmt: skip
    await uow.problems.report(trouble, now)
    await uow.news.add(2, [News(EventKind.CONTRACTS, ODD * 2, n, Decimal("-12345678.91"))], now)


async def _channel(uow: UnitOfWork, n: int, now: datetime) -> None:
    everybody, channel = frozenset(range(1, MANY)), f"C0CHAN{n}"
    await uow.alert_channels.save(AlertChannel(channel, frozenset(EventKind), everybody, changed_at=now))
    await uow.digests.save(DigestChannel(channel, ADMIN, organizations=everybody))
    since = date(2026, 1, 1) + timedelta(days=n)
    await uow.time_rates.add(Rate(Decimal("99999.9999"), "USD", since), now)


def _contract(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "name": ODD, "search_name": ODD, "company_id": n, "start_date": day(n + 1),
        "end_date": day(n), "is_default": False,
    }  # fmt: skip


def day(n: int) -> date:
    return DAYS[n % len(DAYS)]


def _invoice(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "number": ODD, "search_number": ODD, "company_id": n, "due_on": day(n),
        "invoiced_at": MOMENTS[n % len(MOMENTS)], "from_on": day(n), "to_on": day(n + 1), "tax": Decimal(1),
        "total": Decimal("123456789012.99") * SIGNS[n % 2], "is_voided": False,
    }  # fmt: skip


def _opportunity(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "title": ODD, "search_title": ODD, "company_id": n, "owner_id": 29, "stage": 1,
        "status": 1, "amount": Decimal("99999999999.99") * SIGNS[n % 2], "probability": 50, "close_on": day(n),
        "created_at": MOMENTS[n % len(MOMENTS)], "last_activity": MOMENTS[n % len(MOMENTS)],
    }  # fmt: skip


def _line_of(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "contract_id": n, "service_id": n, "unit_price": Decimal("-99999999999.99"),
        "invoice_description": ODD, "internal_description": ODD, "identifier": ODD[:100], "search_text": ODD,
    }  # fmt: skip


def _units_of(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "contract_id": n, "contract_service_id": n, "start_date": date(2, 1, 1),
        "end_date": date.max, "units": 2**31 - 1, "price": Decimal("-99999999999.99"),
        "posted_at": MOMENTS[n % len(MOMENTS)],
    }  # fmt: skip


def _milestone(n: int) -> dict[str, object]:
    return {
        "autotask_id": n, "contract_id": n, "title": ODD, "description": ODD * 10, "amount": Decimal(-1),
        "due_date": day(n), "status": 99, "is_initial": True,
    }  # fmt: skip


def _line(details: dict[str, str]) -> LogEntry:
    return LogEntry(
        SyncType.CONTRACT, Operation.UPDATE, LogStatus.ERROR, ODD * 25, duration_ms=10**9, details=details,
        code="AT-401", record_id=10**15, organization_id=FIRST,
    )  # fmt: skip
