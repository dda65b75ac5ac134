"""What was approved and posted, and the invoices made of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.autotask.values import Row
from sandbox.data import msp
from sandbox.data.build import Build, midnight, month_start
from sandbox.data.contracts import BILLED

_LABOUR, _SERVICE, _BUNDLE, _MILESTONE = (1, 1), (7, 12), (9, 14), (11, 16)
"""Billing item type and sub-type."""
_TAX = Decimal("0.07")
MONTHS = 3
_FEW, _LEAST = 50, 9
"""One of so many items of labour waits though its month is over; of all, so many wait at least."""

_Item = dict[str, object]
_Key = tuple[int, datetime]


def add_billing(build: Build) -> None:
    """Add the billing items of the last three months and one invoice per customer and month.

    Labour that was posted lately is on no invoice yet: its items name none, which Autotask shows as 0 or null.
    """
    first, limit = midnight(month_start(build.today, -MONTHS)), midnight(month_start(build.today))
    posted = [
        item for item in _posted(build) if first <= _day(item) and (_day(item) < limit or _is_labour(item))
    ]
    waiting = _waiting([item for item in posted if _is_labour(item)], limit)
    items: dict[_Key, list[_Item]] = defaultdict(list)
    for item in posted:
        if item.get("timeEntryID") not in waiting:
            items[_company(item), midnight(month_start(_day(item)))].append(item)
    keys = sorted(items, key=lambda key: (key[1], key[0]))
    invoices = [_invoice(build, number, key, items[key]) for number, key in enumerate(keys, start=1)]
    for number, key in zip(build.add("Invoices", invoices), keys, strict=True):
        for item in items[key]:
            item["invoiceID"] = number
    build.add("BillingItems", [item for key in keys for item in items[key]])
    build.add("BillingItems", [item for item in posted if item.get("timeEntryID") in waiting])


def _waiting(labour: Sequence[_Item], limit: datetime) -> set[object]:
    """The time entries that nobody has invoiced: all of this month, and a few, the latest, of the one before.

    At the start of a month, before last month's invoices are made, they are more: a ninth of all at least.
    """
    latest = sorted(labour, key=lambda item: (_day(item), str(item.get("timeEntryID"))), reverse=True)
    current = sum(_day(item) >= limit for item in latest)
    few = len(latest) // _FEW
    return {item.get("timeEntryID") for item in latest[: max(current + few, len(latest) // _LEAST)]}


def _is_labour(item: _Item) -> bool:
    return item.get("timeEntryID") is not None


def _day(item: _Item) -> datetime:
    day = item["itemDate"]
    assert isinstance(day, datetime)
    return day


def _company(item: _Item) -> int:
    company = item["companyID"]
    assert isinstance(company, int)
    return company


def _posted(build: Build) -> Iterator[_Item]:
    company: dict[object, object] = {row["id"]: row["companyID"] for row in build.database.rows("Contracts")}
    yield from _periods(build, company, "ContractServiceUnits", "contractServiceID")
    yield from _periods(build, company, "ContractServiceBundleUnits", "contractServiceBundleID")
    yield from _milestones(build, company)
    yield from _labour(build)


def _periods(build: Build, company: Mapping[object, object], units: str, line_key: str) -> Iterator[_Item]:
    service = units == "ContractServiceUnits"
    product_key, products = ("serviceID", "Services") if service else ("serviceBundleID", "ServiceBundles")
    period_key = "contractServicePeriodID" if service else "contractServiceBundlePeriodID"
    names = {row["id"]: str(row["name"]) for row in build.database.rows(products)}
    since = midnight(month_start(build.today, -MONTHS))
    for row in build.database.rows(units):
        posted, begin = row.get("approveAndPostDate"), row["startDate"]
        assert isinstance(begin, datetime)
        if posted is None or begin < since or not row["units"]:
            continue
        price, count = row["price"], row["units"]
        assert isinstance(price, Decimal)
        assert isinstance(count, int)
        item = _item(
            company[row["contractID"]], names[row[product_key]], _SERVICE if service else _BUNDLE, begin
        )
        yield (
            item
            | _priced(price, Decimal(count))
            | {
                "contractID": row["contractID"],
                line_key: row[line_key],
                product_key: row[product_key],
                period_key: row["id"],
                "billingCodeID": msp.RECURRING,
                "ourCost": row["cost"],
            }
        )


def _milestones(build: Build, company: Mapping[object, object]) -> Iterator[_Item]:
    for row in build.database.rows("ContractMilestones"):
        due, amount = row["dateDue"], row["amount"]
        assert isinstance(due, datetime)
        assert isinstance(amount, Decimal)
        if row["status"] == BILLED:
            item = _item(company[row["contractID"]], str(row["title"]), _MILESTONE, due)
            linked = {"contractID": row["contractID"], "milestoneID": row["id"]}
            yield item | _priced(amount, Decimal(1)) | linked


def _labour(build: Build) -> Iterator[_Item]:
    rates = {row["id"]: row["hourlyRate"] for row in build.database.rows("Roles")}
    tickets, tasks = build.database.table("Tickets").rows, build.database.table("Tasks").rows
    projects = build.database.table("Projects").rows
    for row in build.database.rows("TimeEntries"):
        hours, rate, begin = row.get("hoursToBill"), rates.get(row.get("roleID")), row["startDateTime"]
        if row.get("billingApprovalDateTime") is None or not isinstance(hours, Decimal) or not hours:
            continue
        work = _work(row, tickets) or _work_of_task(row, tasks, projects)
        assert isinstance(rate, Decimal)
        assert isinstance(begin, datetime)
        item = _item(work["companyID"], str(row["summaryNotes"])[:255], _LABOUR, midnight(begin.date()))
        linked = {key: row.get(key) for key in _LABOUR_LINKS}
        yield item | _priced(hours * rate, hours) | linked | {"timeEntryID": row["id"]}


_LABOUR_LINKS = ("contractID", "ticketID", "taskID", "roleID", "billingCodeID")


def _work(entry: Row, tickets: Mapping[int, Row]) -> Row | None:
    ticket = entry.get("ticketID")
    return tickets[ticket] if isinstance(ticket, int) else None


def _work_of_task(entry: Row, tasks: Mapping[int, Row], projects: Mapping[int, Row]) -> Row:
    task = entry["taskID"]
    assert isinstance(task, int)
    project = tasks[task]["projectID"]
    assert isinstance(project, int)
    return projects[project]


def _item(company: object, name: str, kinds: tuple[int, int], day: datetime) -> _Item:
    return {
        "companyID": company,
        "itemName": name,
        "description": name,
        "billingItemType": kinds[0],
        "subType": kinds[1],
        "itemDate": day,
        "postedDate": day + timedelta(days=2),
        "postedOnTime": day + timedelta(days=2, hours=15),
        "nonBillable": 0,
    }


def _priced(total: Decimal, quantity: Decimal) -> _Item:
    total = total.quantize(Decimal("0.01"))
    rate = (total / quantity).quantize(Decimal("0.0001"))
    tax = (total * _TAX).quantize(Decimal("0.01"))
    return {
        "quantity": quantity,
        "rate": rate,
        "extendedPrice": total,
        "totalAmount": total,
        "taxDollars": tax,
        "internalCurrencyRate": rate,
        "internalCurrencyExtendedPrice": total,
        "internalCurrencyTotalAmount": total,
        "internalCurrencyTaxDollars": tax,
    }


def _invoice(build: Build, number: int, key: _Key, items: list[_Item]) -> _Item:
    company, begin = key
    end = midnight(month_start(begin, 1)) - timedelta(days=1)
    made = end + timedelta(days=2, hours=9)
    due = made + timedelta(days=30)
    total, tax = _sum(items, "totalAmount"), _sum(items, "taxDollars")
    paid = midnight(build.day(0)) > due and build.chance(0.85)
    return {
        "companyID": company,
        "invoiceNumber": f"{begin:%Y%m}-{number:05d}",
        "batchID": int(f"{begin:%Y%m}"),
        "invoiceDateTime": made,
        "createDateTime": made,
        "creatorResourceID": build.owners[0],
        "fromDate": begin,
        "toDate": end,
        "dueDate": due,
        "paymentTerm": 1,
        "invoiceTotal": total + tax,
        "totalTaxValue": tax,
        "isVoided": False,
        "paidDate": due - timedelta(days=build.random.randrange(1, 20)) if paid else None,
    }


def _sum(items: list[_Item], name: str) -> Decimal:
    amounts = (item[name] for item in items)
    return sum((each for each in amounts if isinstance(each, Decimal)), Decimal(0))
