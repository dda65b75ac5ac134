"""Filters compiled to closures: every operator, the silent drops, the loud refusals."""

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.autotask.errors import missing_filter, rejected
from sandbox.autotask.schema import Entity, Field
from sandbox.autotask.table import comparable
from sandbox.autotask.values import UDF, Row, Value, from_filter

Predicate: TypeAlias = Callable[[Row], bool]
Json: TypeAlias = Mapping[str, object]

PAGE = 500
_MAX_ORS = 500
_ORDERING: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "beginsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": operator.contains,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One field compared with a value, or with a list of values for `in` and `notIn`."""

    op: str
    field: Field
    values: tuple[Value, ...]
    test: Predicate


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled query. `required` are the conditions that every row must meet, for the use of indexes."""

    required: tuple[Condition, ...]
    tests: tuple[Predicate, ...]
    fields: tuple[str, ...] | None
    udfs: tuple[str, ...]
    page: int


class _Compiler:
    """Walks one filter; counts what the API limits."""

    def __init__(self, entity: Entity, udfs: Mapping[str, Field]) -> None:
        self._entity = entity
        self._udfs = udfs
        self._ors = 0
        self._udf_filters = 0

    def all_of(self, nodes: Sequence[object]) -> tuple[list[Condition], list[Predicate]]:
        required: list[Condition] = []
        tests: list[Predicate] = []
        for node in map(_lowered, nodes):
            if node.get("op") == "and":
                inner = self.all_of(_items(node))
                required += inner[0]
                tests += inner[1]
            elif node.get("op") == "or":
                tests += self._any_of(_items(node))
            elif condition := self._condition(node):
                required.append(condition)
                tests.append(condition.test)
        return required, tests

    def _any_of(self, nodes: Sequence[object]) -> list[Predicate]:
        self._count_ors(len(nodes))
        branches = [tests for node in nodes if (tests := self.all_of([node])[1])]
        if not branches:
            return []
        return [lambda row: any(all(test(row) for test in tests) for tests in branches)]

    def _condition(self, node: Json) -> Condition | None:
        """The condition, or None: an unknown operator is dropped without a word."""
        op = node.get("op")
        if op not in _OPERATORS:
            return None
        field = self._field(node)
        raw = node.get("value")
        values = tuple(from_filter(field, each) for each in (raw if isinstance(raw, list) else [raw]))
        if isinstance(raw, list) != (op in ("in", "notIn")) and op not in ("exist", "notExist"):
            raise rejected(f"The value of field {field.name} does not suit the operator {op}.")
        if op in ("in", "notIn"):
            self._count_ors(len(values))
            self._ors -= len(values)
        if op in _TEXT and field.type != "string":
            raise rejected(f"The operator {op} needs a field of type string; {field.name} is not.")
        # An absent value is not a null one: a client in production sends {"op":"eq","field":"isActive"} unharmed.
        needs_value = op not in ("exist", "notExist") and "value" in node
        if needs_value and field.type == "boolean" and None in values:
            raise rejected(f"The value of field {field.name} must be true or false.")
        getter = _udf_getter(field.name) if node.get("udf") is True else _getter(field.name)
        return Condition(str(op), field, values, _OPERATORS[str(op)](getter, values))

    def _field(self, node: Json) -> Field:
        name = str(node.get("field", ""))
        if node.get("udf") is True:
            self._udf_filters += 1
            if self._udf_filters > 1:
                raise rejected("Only one user-defined field can be queried at a time.")
            found = self._udfs.get(name.lower())
        else:
            found = self._entity.find(name)
        if found is None or not found.queryable:
            raise unknown_field(self._entity, name)
        return found

    def _count_ors(self, count: int) -> None:
        self._ors += count
        if self._ors > _MAX_ORS:
            raise rejected("Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.")


def unknown_field(entity: Entity, name: str) -> Exception:
    """The refusal of a field that does not exist or cannot be queried."""
    return rejected(f"Unable to find {name} in the {entity.legacy} Entity.")


def compile_query(entity: Entity, document: object, udfs: Mapping[str, Field]) -> Query:
    """Compile a query document. Raises Refusal as the API refuses it."""
    body = _lowered(document)
    nodes = body.get("filter")
    if not isinstance(nodes, list) or not nodes:
        raise missing_filter()
    required, tests = _Compiler(entity, udfs).all_of(nodes)
    names, udf_names = _included(entity, udfs, body.get("includefields"))
    return Query(tuple(required), tuple(tests), names, udf_names, _page(body.get("maxrecords")))


def _page(value: object) -> int:
    if value is None:
        return PAGE
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= PAGE:
        raise rejected(f"MaxRecords must be a whole number from 1 to {PAGE}.")
    return value


def _included(
    entity: Entity, udfs: Mapping[str, Field], names: object
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    if not isinstance(names, list) or not names:
        return None, ()
    fields: list[str] = []
    wanted_udfs: list[str] = []
    for name in map(str, names):
        if (field := entity.find(name)) is not None and field.queryable:
            fields.append(field.name)
        elif entity.udf and name.lower() in udfs:
            wanted_udfs.append(udfs[name.lower()].name)
        elif entity.udf and name.lower() == UDF.lower():
            wanted_udfs += [each.name for each in udfs.values()]
        else:
            raise unknown_field(entity, name)
    return tuple(fields), tuple(wanted_udfs)


def _lowered(node: object) -> Json:
    """Property names are case-insensitive."""
    if not isinstance(node, dict):
        return {}
    return {str(key).lower(): value for key, value in node.items()}


def _items(node: Json) -> Sequence[object]:
    items = node.get("items")
    return items if isinstance(items, list) else []


_Getter: TypeAlias = Callable[[Row], Value]


def _getter(name: str) -> _Getter:
    return lambda row: row.get(name)


def _udf_getter(name: str) -> _Getter:
    def get(row: Row) -> Value:
        held = row.get(UDF)
        return held.get(name) if isinstance(held, dict) else None

    return get


def _equal(get: _Getter, values: tuple[Value, ...]) -> Predicate:
    """Equality as SQL sees it: nothing equals null."""
    wanted = comparable(values[0])
    if isinstance(wanted, str):
        return lambda row: comparable(get(row)) == wanted
    return lambda row: wanted is not None and get(row) == wanted


def _not_equal(get: _Getter, values: tuple[Value, ...]) -> Predicate:
    wanted = comparable(values[0])
    return lambda row: (value := get(row)) is not None and comparable(value) != wanted


def _compare(op: str) -> Callable[[_Getter, tuple[Value, ...]], Predicate]:
    compare = _ORDERING[op]

    def build(get: _Getter, values: tuple[Value, ...]) -> Predicate:
        limit = comparable(values[0])
        return lambda row: (
            limit is not None and (value := get(row)) is not None and compare(comparable(value), limit)
        )

    return build


def _text(op: str) -> Callable[[_Getter, tuple[Value, ...]], Predicate]:
    match = _TEXT[op]

    def build(get: _Getter, values: tuple[Value, ...]) -> Predicate:
        part = str(values[0] or "").casefold()
        return lambda row: isinstance(value := get(row), str) and match(value.casefold(), part)

    return build


def _one_of(get: _Getter, values: tuple[Value, ...]) -> Predicate:
    wanted = _keys(values)
    return lambda row: (value := get(row)) is not None and comparable(value) in wanted


def _none_of(get: _Getter, values: tuple[Value, ...]) -> Predicate:
    wanted = _keys(values)
    return lambda row: (value := get(row)) is not None and comparable(value) not in wanted


def _keys(values: tuple[Value, ...]) -> Collection[Value]:
    return frozenset(comparable(value) for value in values)


def _exists(get: _Getter, _: tuple[Value, ...]) -> Predicate:
    return lambda row: get(row) is not None


def _missing(get: _Getter, _: tuple[Value, ...]) -> Predicate:
    return lambda row: get(row) is None


_OPERATORS: Mapping[object, Callable[[_Getter, tuple[Value, ...]], Predicate]] = {
    "eq": _equal,
    "noteq": _not_equal,
    **{op: _compare(op) for op in _ORDERING},
    **{op: _text(op) for op in _TEXT},
    "in": _one_of,
    "notIn": _none_of,
    "exist": _exists,
    "notExist": _missing,
}
