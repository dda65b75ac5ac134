"""The tenant's database in memory: tables, picklists, user-defined fields, API users."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from sandbox.autotask.accounts import SECRET, TRACKING_ID, USERNAME, ApiUser, copied
from sandbox.autotask.clock import SandboxClock
from sandbox.autotask.entities import ENTITIES
from sandbox.autotask.picklists import DEFAULTS, FROM_ENTITY, PicklistValue, parse
from sandbox.autotask.schema import Entity, Field
from sandbox.autotask.table import Table
from sandbox.autotask.values import UDF, Row, Value, default_row, stored

FIRST_ID = 29_682_800
"""Tenant-made records have ids from about here; smaller ones are Autotask's own."""


@dataclass(frozen=True, slots=True)
class UdfDefinition:
    """A user-defined field. All its values are strings on the wire."""

    name: str
    label: str = ""
    type: str = "string"
    queryable: bool = True
    values: tuple[PicklistValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a reset brings back."""

    users: Mapping[str, ApiUser]
    rows: Mapping[str, dict[int, Row]]
    picklists: Mapping[tuple[str, str], tuple[PicklistValue, ...]]
    next_ids: Mapping[str, int]
    tickets_of_day: Mapping[str, int]


class Database:
    """One Autotask customer database. The same seed gives the same random choices (`random`)."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.clock = SandboxClock()
        self.entities: dict[str, Entity] = {each.name.lower(): each for each in ENTITIES}
        self.tables: dict[str, Table] = {each.name: Table(each) for each in ENTITIES}
        self.users: dict[str, ApiUser] = {}
        self.tracking_ids: set[str] = {TRACKING_ID}
        self._by_singular = {each.singular: each for each in ENTITIES}
        self._picklists = {_pair(key): parse(values) for key, values in DEFAULTS.items()}
        self._udfs: dict[str, dict[str, UdfDefinition]] = {}
        self._defaults = {each.name: default_row(each) for each in ENTITIES}
        self._next_ids: dict[str, int] = {}
        self._tickets_of_day: dict[str, int] = {}

    @classmethod
    def minimal(cls, seed: int = 1) -> "Database":
        """A small valid tenant: one API user, a few resources, the own company (id 0), three queues."""
        from sandbox.autotask.minimal import fill

        database = cls(seed)
        fill(database)
        return database

    # Entities and tables

    def entity(self, name: str) -> Entity:
        """The entity by its plural name in any letter case. Raises KeyError."""
        return self.entities[name.lower()]

    def by_singular(self, singular: str) -> Entity | None:
        """The entity that a reference names, or None when it is not simulated."""
        return self._by_singular.get(singular)

    def table(self, name: str) -> Table:
        """The table of an entity. Raises KeyError."""
        return self.tables[self.entity(name).name]

    def rows(self, name: str) -> Iterator[Row]:
        """All rows of an entity, ascending by id; only fields that have a value are present."""
        table = self.table(name)
        return (table.rows[record_id] for record_id in list(table.ids))

    def row(self, name: str, record_id: int) -> Row | None:
        """One row, or None."""
        return self.table(name).rows.get(record_id)

    # Raw writing: no validation, no rules

    def insert(self, name: str, row: Mapping[str, object]) -> int:
        """Store a row as it is (types are checked, rules are not) and return its id.

        Missing stamps (created, modified, activity) become the row's creation or now, fields with a default
        get it unless given (None keeps them empty), and a ticket gets its number.
        """
        entity = self.entity(name)
        record_id, full = self._completed(entity, row)
        self.tables[entity.name].put(record_id, full)
        return record_id

    def insert_many(self, name: str, rows: Iterable[Mapping[str, object]]) -> list[int]:
        """`insert` for many rows at once."""
        entity = self.entity(name)
        made = [self._completed(entity, row) for row in rows]
        self.tables[entity.name].put_many(made)
        return [record_id for record_id, _ in made]

    def update(self, name: str, record_id: int, changes: Mapping[str, object]) -> None:
        """Change fields of a row as it is; None clears. Raises KeyError for an unknown id or field."""
        entity = self.entity(name)
        table = self.tables[entity.name]
        merged = {**table.rows[record_id], **_typed(entity, changes), "id": record_id}
        table.put(record_id, {key: value for key, value in merged.items() if value is not None})

    def put(self, entity: Entity, row: Row) -> None:
        """Store a complete, typed row under its own id."""
        record_id = row["id"]
        assert isinstance(record_id, int)
        self.tables[entity.name].put(
            record_id, {key: value for key, value in row.items() if value is not None}
        )

    def delete(self, name: str, record_id: int) -> None:
        """Remove a row. Raises KeyError."""
        self.table(name).remove(record_id)

    def new_id(self, entity: Entity) -> int:
        """The next free id; ids only grow."""
        ids = self.tables[entity.name].ids
        known = max(FIRST_ID, ids[-1] + 1 if ids else 0)
        found = max(self._next_ids.get(entity.name, 0), known)
        self._next_ids[entity.name] = found + 1
        return found

    def ticket_number(self, day: datetime) -> str:
        """The next `TYYYYMMDD.NNNN` of a UTC day."""
        key = day.strftime("T%Y%m%d")
        self._tickets_of_day[key] = self._tickets_of_day.get(key, 0) + 1
        return f"{key}.{self._tickets_of_day[key]:04d}"

    def _completed(self, entity: Entity, row: Mapping[str, object]) -> tuple[int, Row]:
        full = {**self._defaults[entity.name], **_typed(entity, row)}
        record_id = full.get("id")
        if not isinstance(record_id, int):
            record_id = self.new_id(entity)
        else:
            self._next_ids[entity.name] = max(self._next_ids.get(entity.name, 0), record_id + 1)
        now = self.clock.now()
        created = full.get(entity.stamped("created")[0].name) if entity.stamped("created") else None
        for field in entity.stamped("created", "modified", "activity"):
            full.setdefault(field.name, created or now)
        if entity.name == "Tickets" and full.get("ticketNumber") is None:
            moment = full["createDate"]
            full["ticketNumber"] = self.ticket_number(moment if isinstance(moment, datetime) else now)
        full["id"] = record_id
        return record_id, {key: value for key, value in full.items() if value is not None}

    # Picklists

    def picklist(self, entity: str, field: str) -> tuple[PicklistValue, ...]:
        """The values of a picklist in list order; () when nothing is configured."""
        source = FROM_ENTITY.get(f"{entity}.{field}")
        if source is not None:
            return tuple(_row_value(order, row) for order, row in enumerate(self.rows(source), start=1))
        return self._picklists.get((entity, field), ())

    def set_picklist(self, entity: str, field: str, values: Iterable[PicklistValue] | str) -> None:
        """Replace a picklist, by values or by a line like those in picklists.py."""
        self._picklists[entity, field] = parse(values) if isinstance(values, str) else tuple(values)

    def set_picklist_value_active(self, entity: str, field: str, value: str, *, active: bool) -> None:
        """Enable or disable one value; records that carry it keep it."""
        before = self._picklists[entity, field]
        self._picklists[entity, field] = tuple(
            replace(each, is_active=active) if each.value == value else each for each in before
        )

    # User-defined fields

    def define_udf(self, entity: str, definition: UdfDefinition) -> None:
        """Add a user-defined field to an entity."""
        self._udfs.setdefault(self.entity(entity).name, {})[definition.name.lower()] = definition

    def udfs(self, entity: str) -> Mapping[str, UdfDefinition]:
        """The user-defined fields of an entity by lower-case name."""
        return self._udfs.get(entity, {})

    def udf_fields(self, entity: str) -> Mapping[str, Field]:
        """The user-defined fields as the query compiler sees them."""
        return {
            key: Field(udf.name, "string", queryable=udf.queryable) for key, udf in self.udfs(entity).items()
        }

    # Users

    def add_user(self, username: str = USERNAME, secret: str = SECRET, *, resource_id: int) -> ApiUser:
        """Add an API user that acts as the given resource."""
        user = self.users[username.lower()] = ApiUser(username, secret, resource_id)
        return user

    # Reset

    def snapshot(self) -> Snapshot:
        """The content as it is now; cheap, since rows are never changed in place."""
        return Snapshot(
            {name: copied(user) for name, user in self.users.items()},
            {name: dict(table.rows) for name, table in self.tables.items()},
            dict(self._picklists),
            dict(self._next_ids),
            dict(self._tickets_of_day),
        )

    def restore(self, snapshot: Snapshot, *, rows: bool = True) -> None:
        """Bring a snapshot's users and picklists back, and its rows too unless told otherwise."""
        self.users = {name: copied(user) for name, user in snapshot.users.items()}
        self._picklists = dict(snapshot.picklists)
        if not rows:
            return
        for name, content in snapshot.rows.items():
            self.tables[name].replace_all(dict(content))
        self._next_ids = dict(snapshot.next_ids)
        self._tickets_of_day = dict(snapshot.tickets_of_day)


def _pair(key: str) -> tuple[str, str]:
    entity, _, field = key.partition(".")
    return entity, field


def _typed(entity: Entity, row: Mapping[str, object]) -> dict[str, Value]:
    typed: dict[str, Value] = {}
    for name, value in row.items():
        if name == UDF:
            typed[UDF] = udf_values(value)
            continue
        field = entity.find(name)
        if field is None:
            raise KeyError(f"{entity.name} has no field {name}")
        typed[field.name] = stored(field, value)
    return typed


def udf_values(value: object) -> dict[str, str | None]:
    """User-defined values by name, from a mapping or from the wire's list of name and value."""
    if isinstance(value, Mapping):
        pairs = [(str(name), each) for name, each in value.items()]
    elif isinstance(value, list):
        pairs = [(str(each.get("name")), each.get("value")) for each in value if isinstance(each, dict)]
    else:
        pairs = []
    return {name: None if each is None else str(each) for name, each in pairs}


def _row_value(order: int, row: Row) -> PicklistValue:
    return PicklistValue(
        str(row["id"]), str(row.get("name", "")), sort_order=order, is_active=row.get("isActive") is not False
    )
