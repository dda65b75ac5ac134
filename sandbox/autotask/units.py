"""Numbers of units by billing period: generated rows, split by adjustments, priced as a whole.

A row holds the units of one service on one contract for one billing period, or for a part of it;
`price` and `cost` are the amounts of the whole row, prorated by days when it is only a part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sandbox.autotask.database import Database
from sandbox.autotask.errors import Refusal, rejected
from sandbox.autotask.periods import DAY, Period, periods
from sandbox.autotask.table import amount, moment, number, text
from sandbox.autotask.values import Row, money

RECURRING = 7
_POSTED = (
    "Unable to make changes as it would result in the deletion/modification of an already approved and posted"
    " contract period"
)


@dataclass(frozen=True, slots=True)
class Family:
    """The names by which services and bundles differ."""

    lines: str
    units: str
    products: str
    line_key: str
    product_key: str
    repeat: str


SERVICES = Family(
    "ContractServices",
    "ContractServiceUnits",
    "Services",
    "contractServiceID",
    "serviceID",
    "allowRepeatService",
)
BUNDLES = Family(
    "ContractServiceBundles",
    "ContractServiceBundleUnits",
    "ServiceBundles",
    "contractServiceBundleID",
    "serviceBundleID",
    "allowRepeatServiceBundle",
)


def generic_failure() -> Refusal:
    """The 500 that tells nothing, as for contracts that have not begun or have ended."""
    return rejected("An error has occurred. Please contact your system administrator.")


def generate_units(database: Database, line_id: int, *, units: int, family: Family = SERVICES) -> list[int]:
    """Make the rows of every billing period of a contract's service (or bundle); returns their ids."""
    return database.insert_many(family.units, planned_units(database, line_id, units=units, family=family))


def planned_units(
    database: Database, line_id: int, *, units: int, family: Family = SERVICES
) -> list[dict[str, object]]:
    """The rows that `generate_units` would make, so that many lines can be stored at once."""
    line = _line(database, family, line_id)
    contract = _contract(database, line)
    return [
        _unit_row(database, family, line, period, units=units)
        for period in periods(contract, period_type(database, family, line))
    ]


def period_type(database: Database, family: Family, line: Row) -> str:
    """The contract's period type, else the service's, else monthly."""
    product = _product(database, family, line)
    return text(_contract(database, line), "contractPeriodType") or text(product, "periodType") or "m"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A signed change of units from a day on."""

    line_id: int
    effective: datetime
    change: int
    family: Family = SERVICES


def adjust(database: Database, adjustment: Adjustment) -> None:
    """Apply an adjustment to the rows from its day on. Raises Refusal and changes nothing then."""
    family = adjustment.family
    line = _line(database, family, adjustment.line_id)
    check_contract(database, _contract(database, line), adjustment.effective)
    rows = [
        row for row in unit_rows(database, adjustment.line_id, family) if _end(row) >= adjustment.effective
    ]
    if any(row.get("approveAndPostDate") is not None for row in rows):
        raise rejected(_POSTED)
    if any((number(row, "units") or 0) + adjustment.change < 0 for row in rows):
        raise rejected("The adjustment would result in a negative number of units.")
    spans = {
        each.start: each for each in periods(_contract(database, line), period_type(database, family, line))
    }
    for row in rows:
        _apply(database, adjustment, row, _span_of(spans, _start(row)))


def check_contract(database: Database, contract: Row, effective: datetime) -> None:
    """Only running recurring contracts can be adjusted, and only within their dates."""
    start, end = moment(contract, "startDate"), moment(contract, "endDate")
    if contract.get("contractType") != RECURRING or start is None or end is None:
        raise generic_failure()
    if start > database.clock.now() or not start <= effective <= end:
        raise generic_failure()


def reprice(database: Database, line_id: int, family: Family, since: datetime) -> None:
    """Compute the amounts of the rows from a day on anew, after the line's price changed."""
    line = _line(database, family, line_id)
    spans = {
        each.start: each for each in periods(_contract(database, line), period_type(database, family, line))
    }
    for row in unit_rows(database, line_id, family):
        if _start(row) >= since and row.get("approveAndPostDate") is None:
            period = Period(_start(row), _end(row), _span_of(spans, _start(row)).days)
            changes = _amounts(database, family, line, period, units=number(row, "units") or 0)
            database.update(family.units, _id(row), changes)


def move_end(database: Database, contract: Row) -> None:
    """Cut or extend the rows of all lines of a contract whose end was moved. Raises Refusal."""
    end = moment(contract, "endDate")
    assert end is not None
    for family in (SERVICES, BUNDLES):
        for line_id in list(database.table(family.lines).having("contractID", contract["id"])):
            _cut(database, family, line_id, end)
            _extend(database, family, line_id)


def check_end(database: Database, contract: Row, end: datetime) -> None:
    """Refuse to move a contract's end before a posted row."""
    for family in (SERVICES, BUNDLES):
        table = database.table(family.units)
        rows = (table.rows[each] for each in table.having("contractID", contract["id"]))
        if any(row.get("approveAndPostDate") is not None and _end(row) > end for row in rows):
            raise rejected(_POSTED)


def unit_rows(database: Database, line_id: int, family: Family = SERVICES) -> list[Row]:
    """The rows of one line in order of time."""
    table = database.table(family.units)
    return sorted((table.rows[each] for each in table.having(family.line_key, line_id)), key=_start)


def _apply(database: Database, adjustment: Adjustment, row: Row, span: Period) -> None:
    family, begin = adjustment.family, _start(row)
    line = _line(database, family, adjustment.line_id)
    units = (number(row, "units") or 0) + adjustment.change
    if begin >= adjustment.effective:
        changes = _amounts(database, family, line, Period(begin, _end(row), span.days), units=units)
        database.update(family.units, _id(row), changes)
        return
    before = Period(begin, adjustment.effective - DAY, span.days)
    kept = _amounts(database, family, line, before, units=number(row, "units") or 0)
    database.update(family.units, _id(row), {**kept, "endDate": before.end})
    after = Period(adjustment.effective, _end(row), span.days)
    database.insert(family.units, _unit_row(database, family, line, after, units=units))


def _cut(database: Database, family: Family, line_id: int, end: datetime) -> None:
    line = _line(database, family, line_id)
    for row in unit_rows(database, line_id, family):
        if _start(row) > end:
            database.delete(family.units, _id(row))
        elif _end(row) > end:
            whole = _whole_days(database, family, line, row)
            period = Period(_start(row), end, whole)
            changes = _amounts(database, family, line, period, units=number(row, "units") or 0)
            database.update(family.units, _id(row), {**changes, "endDate": end})


def _extend(database: Database, family: Family, line_id: int) -> None:
    """Lengthen the last, cut row to its period's end and add the periods that follow."""
    line, rows = _line(database, family, line_id), unit_rows(database, line_id, family)
    if not rows:
        return
    last, units = rows[-1], number(rows[-1], "units") or 0
    for period in periods(_contract(database, line), period_type(database, family, line)):
        if period.start > _end(last):
            database.insert(family.units, _unit_row(database, family, line, period, units=units))
        elif period.start <= _start(last) <= period.end and period.end > _end(last):
            longer = Period(_start(last), period.end, period.days)
            changes = _amounts(database, family, line, longer, units=units)
            database.update(family.units, _id(last), {**changes, "endDate": period.end})
            last = {**last, "endDate": period.end}


def _whole_days(database: Database, family: Family, line: Row, row: Row) -> int:
    spans = {
        each.start: each for each in periods(_contract(database, line), period_type(database, family, line))
    }
    return _span_of(spans, _start(row)).days


def _span_of(spans: Mapping[datetime, Period], day: datetime) -> Period:
    return spans[max(start for start in spans if start <= day)]


def _unit_row(
    database: Database, family: Family, line: Row, period: Period, *, units: int
) -> dict[str, object]:
    row = {
        "contractID": line["contractID"],
        family.line_key: line["id"],
        family.product_key: line[family.product_key],
        "startDate": period.start,
        "endDate": period.end,
        **_amounts(database, family, line, period, units=units),
    }
    if family is SERVICES:
        row["vendorCompanyID"] = _product(database, family, line).get("vendorCompanyID")
    return row


def _amounts(
    database: Database, family: Family, line: Row, period: Period, *, units: int
) -> dict[str, object]:
    product = _product(database, family, line)
    price = _first(unit_price(line), amount(product, "unitPrice"))
    cost = _first(amount(line, "unitCost"), amount(product, "unitCost"))
    share = Decimal((period.end - period.start).days + 1) / period.days * units
    total = money(price * share)
    return {
        "units": units,
        "price": total,
        "internalCurrencyPrice": total,
        "cost": money(cost * share),
    }


def _first(*candidates: Decimal | None) -> Decimal:
    return next((each for each in candidates if each is not None), Decimal(0))


def _product(database: Database, family: Family, line: Row) -> Row:
    return database.row(family.products, number(line, family.product_key) or -1) or {}


def unit_price(line: Row) -> Decimal | None:
    """What one unit of a line costs its customer per period."""
    for name in ("internalCurrencyAdjustedPrice", "adjustedPrice", "unitPrice"):
        if (price := amount(line, name)) is not None:
            return price
    return None


def _line(database: Database, family: Family, line_id: int) -> Row:
    line = database.row(family.lines, line_id)
    if line is None:
        raise generic_failure()
    return line


def _contract(database: Database, line: Row) -> Row:
    contract = database.row("Contracts", number(line, "contractID") or -1)
    if contract is None:
        raise generic_failure()
    return contract


def _id(row: Row) -> int:
    return number(row, "id") or 0


def _start(row: Row) -> datetime:
    start = moment(row, "startDate")
    assert start is not None
    return start


def _end(row: Row) -> datetime:
    end = moment(row, "endDate")
    assert end is not None
    return end
