"""A write on its way into the database: what was sent, what stands there, who writes."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.autotask.database import Database
from sandbox.autotask.login import Identity
from sandbox.autotask.schema import Entity
from sandbox.autotask.values import Row, Value


@dataclass(slots=True)
class Write:
    """A create (`before` is None) or an update. `row` is the record as it would be stored.

    `sent` names the writable fields that the client sent; rules may change `row`.
    """

    database: Database
    entity: Entity
    identity: Identity
    now: datetime
    row: dict[str, Value]
    sent: frozenset[str]
    before: Row | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def creating(self) -> bool:
        """Whether the record is new."""
        return self.before is None

    @property
    def record_id(self) -> int:
        """The record's id."""
        record_id = self.row["id"]
        assert isinstance(record_id, int)
        return record_id

    def becomes(self, name: str, value: Value) -> bool:
        """Whether field `name` has `value` now and had not before."""
        return self.row.get(name) == value and (self.before is None or self.before.get(name) != value)

    def changed(self, name: str) -> bool:
        """Whether an update gives the field another value."""
        return self.before is not None and self.before.get(name) != self.row.get(name)

    def referenced(self, name: str) -> Row | None:
        """The row that a reference field points to."""
        reference = self.entity.by_lower_name[name.lower()].reference
        target = self.database.by_singular(reference) if reference else None
        record_id = self.row.get(name)
        if target is None or not isinstance(record_id, int):
            return None
        return self.database.row(target.name, record_id)
