"""Billing periods of a contract."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.autotask.table import moment
from sandbox.autotask.values import Row

DAY = timedelta(days=1)
_MONTHS: Mapping[str, int] = {"m": 1, "q": 3, "s": 6, "y": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A billing period; `end` is its last day. `days` are those of the uncut period, for proration."""

    start: datetime
    end: datetime
    days: int


def periods(contract: Row, period_type: str) -> Iterator[Period]:
    """The billing periods from the contract's start, the last one cut at its end."""
    start, end = moment(contract, "startDate"), moment(contract, "endDate")
    if start is None or end is None:
        return
    step, index, begin = _MONTHS[period_type], 0, start
    while begin <= end:
        index += 1
        following = _months_later(start, index * step)
        yield Period(begin, min(end, following - DAY), (following - begin).days)
        begin = following


def _months_later(day: datetime, months: int) -> datetime:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
