"""Rows of the mirror from which time entries are decided, as short calls."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert

from bot.db import tables
from bot.db.session import UnitOfWork
from bot.domain.authors import AutotaskPerson
from bot.domain.organizations import Company
from bot.domain.time_entries import Decision, TimeLine
from tests.factories import NOON

TODAY = NOON.date()
USUAL = date(2026, 8, 23)
"""Ninety days before."""
PETRA, ACME, HIDDEN = 29, 1, 2


async def clients(uow: UnitOfWork) -> dict[int, int]:
    """Two mapped companies and a technician; the organizations' ids by company."""
    names = {ACME: "Acme", HIDDEN: "Quokka"}
    await uow.companies.upsert(
        [Company(key, f"{name} Inc", is_active=True) for key, name in names.items()], NOON
    )
    await uow.resources.save([AutotaskPerson(PETRA, "Petra Novak")], NOON)
    found = {}
    for company, name in names.items():
        organization = await uow.organizations.add(name, "U1", NOON)
        await uow.organizations.set_company(organization.id, company, "U1", NOON)
        found[company] = organization.id
    return found


async def contract(
    uow: UnitOfWork, key: int, company: int = ACME, *, end: date | None = None, place: str = "in"
) -> None:
    row = {
        "autotask_id": key,
        "name": f"Managed {key}",
        "company_id": company,
        "end_date": end,
        "is_default": False,
    }
    await uow.mirror.upsert(tables.contracts, [row], NOON)
    standing = {
        "tenant_id": uow.tenant_id,
        "contract_id": key,
        "place": place,
        "since": NOON,
        "terms": {"name": row["name"]},
    }
    await uow.connection.execute(insert(tables.contract_standings), standing)


async def entry(
    uow: UnitOfWork,
    key: int,
    worked: date = TODAY,
    *,
    hours: str = "5",
    contract: int | None = None,
    billable: bool = True,
    about: str = "the backup",
    at: datetime = NOON,
    who: int = PETRA,
    note: str | None = None,
) -> None:
    row = {
        "autotask_id": key,
        "resource_id": who,
        "ticket_id": 7000 + key,
        "task_id": None,
        "contract_id": contract,
        "contract_service_id": None,
        "date_worked": worked,
        "hours_worked": Decimal(hours),
        "hours_to_bill": Decimal(hours) if billable else Decimal(0),
        "is_non_billable": not billable,
        "summary": f"Worked on {about}" if note is None else note,
    }
    await uow.mirror.upsert(tables.time_entries, [row], at)


async def posted(
    uow: UnitOfWork, key: int, company: int = ACME, *, contract: int | None = None, invoice: int | None = None
) -> None:
    """The billing item that approving and posting the entry makes."""
    row = {
        "autotask_id": 9000 + key,
        "time_entry_id": key,
        "company_id": company,
        "contract_id": contract,
        "invoice_id": invoice,
        "non_billable": False,
    }
    await uow.mirror.upsert(tables.billing_items, [row], NOON)


async def decided(
    uow: UnitOfWork, asked_for: tuple[date, date] | None = None, today: date = TODAY
) -> list[Decision]:
    return await uow.time_imports.decide(today - (TODAY - USUAL), asked_for, NOON, most=200)


async def line(uow: UnitOfWork, key: int) -> TimeLine:
    found = await uow.time_entries.get(key)
    assert found is not None
    return found
