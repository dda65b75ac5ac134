"""Records that are put aside: what Autotask has in some field cannot be read, or is more than the mirror can hold.

One odd record shall not keep thousands of others out. It leaves what is mirrored of it as it was, and a line in the log.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import BigInteger, Integer, Numeric, Table

from bot.autotask.answers import Odd
from bot.domain.codes import Code
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.syncs.declared import Row, Sync

Limits = Mapping[str, int | Decimal]
"""The largest number that each of a mirror's columns can hold."""
NAMED: Final = 5
"""Fields that a line names; its details have all."""
BIGGEST: Final = 2**63 - 1
_NUMBERS: Final = (int, Decimal)
_LARGEST: Final = Decimal(10) ** 30
"""Far above any amount, and far below what makes arithmetic slow."""


def limits_of(table: Table) -> Limits:
    found = {column.name: _most(column.type) for column in table.columns}
    return {name: most for name, most in found.items() if most is not None}


def _most(kind: object) -> int | Decimal | None:
    if isinstance(kind, BigInteger):  # an Integer, too
        return BIGGEST
    if isinstance(kind, Integer):
        return 2**31 - 1
    return _LARGEST if isinstance(kind, Numeric) else None


def too_large(limits: Limits, content: Mapping[str, object]) -> tuple[str, ...]:
    """The columns whose number has no place there."""
    return tuple(
        name
        for name, most in limits.items()
        if isinstance(value := content.get(name), _NUMBERS) and not -most <= value <= most
    )


def lines(sync: Sync[Row], odd: Sequence[Odd]) -> list[LogEntry]:
    """One for each; the values themselves stay out of the log."""
    return [
        LogEntry(
            sync.kind,
            Operation.SKIP,
            LogStatus.WARNING,
            f"{sync.entity.endpoint.name} {each.id} was put aside: {_named(each.fields)} cannot be read",
            details={"sync": sync.name, "fields": list(each.fields)},
            code=Code.RECORD_UNREADABLE.value,
            record_id=each.id if abs(each.id) <= BIGGEST else None,
        )
        for each in odd
    ]


def _named(fields: Sequence[str]) -> str:
    rest = len(fields) - NAMED
    return ", ".join(fields[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
