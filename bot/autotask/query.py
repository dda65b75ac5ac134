"""Filters for Autotask queries, checked here because Autotask drops what it does not understand.

An unknown operator is silently ignored by the API and returns the unfiltered set, so operators exist only as
methods. Source: help pages "Basic Query Calls" and "Advanced Query Features"; limits in their SOAP twin.

    all_of(field("companyID").eq(42), field("status").not_in([5]), field("title").contains("printer"))
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

from bot.autotask.wire import Scalar, Value

MOST = 500
"""Rows on a page, values in a list and OR conditions in a call: the same limit for each."""

Operator = Literal[
    "eq",
    "noteq",
    "gt",
    "gte",
    "lt",
    "lte",
    "beginsWith",
    "endsWith",
    "contains",
    "exist",
    "notExist",
    "in",
    "notIn",
]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison of one field."""

    op: Operator
    field: str
    value: Scalar | tuple[Scalar, ...] | None = None
    udf: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions that must all hold, or of which one must."""

    op: Literal["and", "or"]
    items: tuple["Condition", ...]


Condition: TypeAlias = Clause | Group


@dataclass(frozen=True, slots=True)
class Field:
    """A field to compare; its methods are the operators that Autotask knows.

    Raises ValueError or TypeError for values that the API would misread: None, floats, naive datetimes,
    an empty or over-long list, an empty text to search for.
    """

    name: str
    udf: bool = False

    def eq(self, value: Scalar) -> Clause:
        return self._clause("eq", _scalar(value))

    def noteq(self, value: Scalar) -> Clause:
        """Rows whose value differs; rows without a value are probably left out, as in SQL."""
        return self._clause("noteq", _scalar(value))

    def gt(self, value: Scalar) -> Clause:
        return self._clause("gt", _scalar(value))

    def gte(self, value: Scalar) -> Clause:
        return self._clause("gte", _scalar(value))

    def lt(self, value: Scalar) -> Clause:
        return self._clause("lt", _scalar(value))

    def lte(self, value: Scalar) -> Clause:
        return self._clause("lte", _scalar(value))

    def begins_with(self, text: str) -> Clause:
        return self._clause("beginsWith", _text(text))

    def ends_with(self, text: str) -> Clause:
        return self._clause("endsWith", _text(text))

    def contains(self, text: str) -> Clause:
        return self._clause("contains", _text(text))

    def exists(self) -> Clause:
        return self._clause("exist")

    def not_exists(self) -> Clause:
        return self._clause("notExist")

    def in_(self, values: Sequence[Scalar]) -> Clause:
        """One of up to 500 values; cut longer lists with ``chunks``."""
        return self._clause("in", _several(values))

    def not_in(self, values: Sequence[Scalar]) -> Clause:
        return self._clause("notIn", _several(values))

    def _clause(self, op: Operator, value: Scalar | tuple[Scalar, ...] | None = None) -> Clause:
        return Clause(op, self.name, value, self.udf)


def field(name: str) -> Field:
    """A field by Autotask's own name, such as ``companyName``."""
    return Field(_named(name))


def udf(name: str) -> Field:
    """A user-defined field by its name; a query can filter by one of them."""
    return Field(_named(name), udf=True)


def all_of(*conditions: Condition) -> Condition:
    """Rows that meet every condition."""
    return _group("and", conditions)


def any_of(*conditions: Condition) -> Condition:
    """Rows that meet at least one condition."""
    return _group("or", conditions)


def everything() -> Condition:
    """Every row. Autotask demands a filter, and company 0 (the MSP itself) is a row."""
    return field("id").gte(0)


def document(
    condition: Condition, *, fields: Sequence[str] | None = None, page_size: int | None = None
) -> dict[str, Value]:
    """The query document for a POST; ``fields`` always brings the id along, without which paging fails.

    Raises:
        ValueError: more than 500 OR conditions, a second user-defined field, a page size outside 1 to 500.
    """
    _check_limits(condition)
    found: dict[str, Value] = {"filter": [_to_json(condition)]}
    if fields is not None:
        found["includeFields"] = ["id", *(name for name in fields if name.lower() != "id")]
    if page_size is not None:
        found["maxRecords"] = _page_size(page_size)
    return found


def chunks(values: Sequence[T], size: int = MOST) -> Iterator[Sequence[T]]:
    """``values`` in order, in pieces of at most ``size``."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _to_json(condition: Condition) -> dict[str, Value]:
    if isinstance(condition, Group):
        return {"op": condition.op, "items": [_to_json(item) for item in condition.items]}
    found: dict[str, Value] = {"op": condition.op, "field": condition.field}
    if condition.value is not None:
        found["value"] = condition.value
    return {**found, "udf": True} if condition.udf else found


def _check_limits(condition: Condition) -> None:
    leaves = list(_leaves(condition))
    if sum(either for _, either in leaves) > MOST:
        raise ValueError("Autotask takes at most 500 OR conditions in one query")
    if len({clause.field for clause, _ in leaves if clause.udf}) > 1:
        raise ValueError("Autotask filters by one user-defined field in one query")


def _leaves(condition: Condition, either: bool = False) -> Iterator[tuple[Clause, bool]]:  # noqa: FBT001, FBT002 - private walk
    if isinstance(condition, Clause):
        yield condition, either
        return
    for item in condition.items:
        yield from _leaves(item, either or condition.op == "or")


def _group(op: Literal["and", "or"], conditions: tuple[Condition, ...]) -> Condition:
    if not conditions:
        raise ValueError(f"an empty {op!r} would let every row through")
    return conditions[0] if len(conditions) == 1 else Group(op, conditions)


def _named(name: str) -> str:
    if not name.strip():
        raise ValueError("a field has a name")
    return name


def _scalar(value: Scalar) -> Scalar:
    if not isinstance(value, str | int | Decimal | date):
        raise TypeError(
            f"{type(value).__name__} cannot be compared with in Autotask; use exists() or Decimal"
        )
    return value


def _text(text: str) -> str:
    if not text:
        raise ValueError("an empty text is part of every text")
    return text


def _several(values: Sequence[Scalar]) -> tuple[Scalar, ...]:
    if isinstance(values, str):
        raise TypeError("a list of values, not one text")
    if not 0 < len(values) <= MOST:
        raise ValueError(f"between 1 and {MOST} values, not {len(values)}; see chunks()")
    return tuple(_scalar(value) for value in values)


def _page_size(size: int) -> int:
    if not 1 <= size <= MOST:
        raise ValueError(f"a page holds 1 to {MOST} rows, not {size}")
    return size
