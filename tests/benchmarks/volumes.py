"""An Autotask of exact size, the same for the same numbers: a company that has used it for years."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.autotask.database import Database
from sandbox.autotask.units import SERVICES, planned_units
from sandbox.data import build as building
from sandbox.data import msp, words
from sandbox.data.build import Build, midnight, month_start
from sandbox.data.companies import company_names

HISTORY_DAYS = 89
TICKET_TIME = 2
RUNNING_MONTHS = 24
_LABOUR, _SERVICE = (1, 1), (7, 12)
"""Billing item type and sub-type."""
Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Volumes:
    """Records of each entity."""

    companies: int = 2_000
    contracts: int = 5_000
    services: int = 20_000
    units: int = 60_000
    time_entries: int = 60_000
    invoices: int = 1_500
    billing_items: int = 9_000

    def scaled(self, share: float) -> "Volumes":
        return Volumes(*(round(getattr(self, each.name) * share) for each in fields(self)))


def fill(database: Database, volumes: Volumes, today: date) -> None:
    """The MSP's own company is one of ``volumes.companies``; units lie in the months around ``today``."""
    build = Build(database, Random("volumes"), today, building.Volumes(max(10, volumes.companies)))
    msp.establish(database)
    msp.add_msp(build)
    names = company_names(build, volumes.companies - 1)
    companies = build.add("Companies", [_company(build, name) for name in names])
    services, _ = msp.add_catalogue(build, companies[:20])
    contracts = build.add("Contracts", [_contract(build, companies, n) for n in range(volumes.contracts)])
    lines = build.add("ContractServices", _lines(build, contracts, list(services.values()), volumes.services))
    build.add("ContractServiceUnits", _units(build, lines, volumes.units))
    _add_time(build, companies, volumes)
    _add_billing(build, companies, volumes)


def spread(random: Random, total: int, count: int) -> list[int]:
    """``total`` in ``count`` uneven parts of at least one each."""
    cuts = sorted(random.sample(range(1, total), count - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


def _company(build: Build, name: str) -> dict[str, object]:
    dice = build.random
    return {
        "companyName": name,
        "companyType": dice.choice((1, 1, 1, 2, 3)),
        "companyNumber": f"NW-{dice.randrange(10_000, 99_999)}",
        "phone": "555-0100",
        "city": dice.choice(words.CITIES)[0],
        "ownerResourceID": dice.choice(build.owners),
        "isActive": not build.chance(0.05),
        "createDate": build.work_moment(dice.randrange(100, 2_000)),
    }


def _contract(build: Build, companies: Sequence[int], number: int) -> dict[str, object]:
    start = month_start(build.today, -build.random.randrange(3, 12))
    return {
        "companyID": companies[number % len(companies)],
        "contractName": f"Managed Services Agreement {number}",
        "contractNumber": f"C-{number:05d}",
        "contractType": 7,
        "contractPeriodType": "m",
        "contractCategory": 12,
        "startDate": midnight(start),
        "endDate": midnight(month_start(start, RUNNING_MONTHS) - timedelta(days=1)),
        "status": 1,
        "billingPreference": 2,
        "timeReportingRequiresStartAndStopTimes": 1,
        "isCompliant": True,
        "lastModifiedDateTime": build.work_moment(build.random.randrange(2, 300)),
    }


def _lines(build: Build, contracts: Sequence[int], services: Sequence[int], total: int) -> Rows:
    counts = spread(build.random, total, len(contracts))
    return [
        {
            "contractID": contract,
            "serviceID": services[number % len(services)],
            "invoiceDescription": "As agreed",
            "unitPrice": (price := Decimal(build.random.randrange(400, 20_000)) / 100),
            "unitCost": price / 2,
            "internalCurrencyUnitPrice": price,
            "internalCurrencyAdjustedPrice": price,
        }
        for contract, count in zip(contracts, counts, strict=True)
        for number in range(count)
    ]


def _units(build: Build, lines: Sequence[int], total: int) -> Rows:
    """As many months of each line as it takes: those around today, the last one posted."""
    months, rest = divmod(total, len(lines))
    since, current = midnight(month_start(build.today, -1)), midnight(month_start(build.today))
    found: Rows = []
    for number, line in enumerate(lines):
        count = build.random.randrange(1, 40)
        planned = planned_units(build.database, line, units=count, family=SERVICES)
        recent = [row for row in planned if _moment(row, "startDate") >= since]
        found += recent[: months + (number < rest)]
    for row in found:
        end = _moment(row, "endDate")
        row["approveAndPostDate"] = end + timedelta(days=1) if end < current else None
    return found


def _add_time(build: Build, companies: Sequence[int], volumes: Volumes) -> None:
    """About five entries a ticket; most tickets belong to a contract, many entries to one of its services."""
    contracts = list(build.database.rows("Contracts"))
    count = max(1, volumes.time_entries // 5)
    begun = sorted(build.work_moment(build.random.randrange(1, HISTORY_DAYS)) for _ in range(count))
    rows = [_ticket(build, contracts[n % len(contracts)], moment, n) for n, moment in enumerate(begun)]
    tickets = list(zip(build.add("Tickets", rows), rows, strict=True))
    entries = (
        _entry(build, *tickets[n * count // volumes.time_entries], n) for n in range(volumes.time_entries)
    )
    build.add("TimeEntries", list(entries))


def _ticket(build: Build, contract: Mapping[str, object], moment: datetime, number: int) -> dict[str, object]:
    return {
        "companyID": contract["companyID"],
        "contractID": contract["id"] if number % 8 else None,
        "title": build.random.choice(words.TICKETS)[0],
        "status": 5,
        "priority": 2,
        "queueID": msp.QUEUES[0],
        "createDate": moment,
        "lastActivityDate": moment,
    }


def _entry(build: Build, ticket: int, row: Mapping[str, object], number: int) -> dict[str, object]:
    worker = build.technicians[number % len(build.technicians)]
    begin = _moment(row, "createDate") + timedelta(minutes=7 * (number % 30))
    hours = Decimal(build.random.choice((1, 1, 2, 3, 4, 6))) / 4
    end = begin + timedelta(hours=float(hours))
    billable, approved = number % 3 != 0, begin < midnight(month_start(build.today))
    services = build.database.table("ContractServices").having("contractID", row["contractID"])
    return {
        "ticketID": ticket,
        "contractID": row["contractID"],
        "contractServiceID": services[0] if services and number % 4 == 0 else None,
        "resourceID": worker.id,
        "roleID": worker.role,
        "billingCodeID": msp.REMOTE,
        "timeEntryType": TICKET_TIME,
        "summaryNotes": f"Worked on: {row['title']}",
        "startDateTime": begin,
        "endDateTime": end,
        "dateWorked": begin,
        "hoursWorked": hours,
        "hoursToBill": hours if billable else Decimal(0),
        "isNonBillable": not billable,
        "createDateTime": end,
        "lastModifiedDateTime": end,
        "billingApprovalDateTime": end + timedelta(days=2) if approved else None,
        "billingApprovalResourceID": build.owners[0] if approved else None,
        "billingApprovalLevelMostRecent": 0,
    }


def _add_billing(build: Build, companies: Sequence[int], volumes: Volumes) -> None:
    """Invoices of the last two months; every other line is labour that names its time entry."""
    made = [build.work_moment(build.random.randrange(2, 60)) for _ in range(volumes.invoices)]
    rows = [_invoice(companies[n % len(companies)], moment, n) for n, moment in enumerate(sorted(made))]
    invoices = list(zip(build.add("Invoices", rows), rows, strict=True))
    counts = spread(build.random, volumes.billing_items, volumes.invoices)
    build.add("BillingItems", list(_items(build, invoices, counts)))


def _invoice(company: int, made: datetime, number: int) -> dict[str, object]:
    return {
        "companyID": company,
        "invoiceNumber": f"{made:%Y%m}-{number:05d}",
        "batchID": int(f"{made:%Y%m}"),
        "invoiceDateTime": made,
        "createDateTime": made,
        "dueDate": made + timedelta(days=30),
        "paymentTerm": 1,
        "invoiceTotal": Decimal("1070.00"),
        "totalTaxValue": Decimal("70.00"),
        "isVoided": False,
        "paidDate": None if number % 3 else made + timedelta(days=1),
    }


def _items(
    build: Build, invoices: Sequence[tuple[int, Mapping[str, object]]], counts: Sequence[int]
) -> Iterator[dict[str, object]]:
    labour, services = list(build.database.rows("TimeEntries")), list(build.database.rows("ContractServices"))
    number = 0
    for (invoice, row), count in zip(invoices, counts, strict=True):
        for _ in range(count):
            number += 1
            worked, line = labour[number % len(labour)], services[number % len(services)]
            linked = (
                {
                    "timeEntryID": worked["id"],
                    "ticketID": worked["ticketID"],
                    "contractID": worked.get("contractID"),
                }
                if number % 2
                else {
                    "contractID": line["contractID"],
                    "contractServiceID": line["id"],
                    "serviceID": line["serviceID"],
                }
            )
            yield _item(row, _LABOUR if number % 2 else _SERVICE, number) | linked | {"invoiceID": invoice}


def _item(invoice: Mapping[str, object], kinds: tuple[int, int], number: int) -> dict[str, object]:
    total, day = (
        Decimal(number % 500) + Decimal("12.34"),
        midnight(_moment(invoice, "invoiceDateTime").date()),
    )
    return {
        "companyID": invoice["companyID"],
        "itemName": f"Item {number}",
        "description": f"What was agreed, number {number}",
        "billingItemType": kinds[0],
        "subType": kinds[1],
        "itemDate": day,
        "postedDate": day,
        "postedOnTime": day + timedelta(hours=15),
        "quantity": Decimal(1),
        "rate": total,
        "extendedPrice": total,
        "totalAmount": total,
        "taxDollars": Decimal(0),
        "internalCurrencyExtendedPrice": total,
        "internalCurrencyTotalAmount": total,
        "nonBillable": 0,
    }


def _moment(row: Mapping[str, object], name: str) -> datetime:
    found = row[name]
    assert isinstance(found, datetime)
    return found
