"""What the rules of several entities need."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.autotask.table import number
from sandbox.autotask.write import Write


def nothing(_: Write) -> None:
    """The rule of an entity that needs none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`before` may refuse the write or complete its row; `after` does what follows from it."""

    before: Callable[[Write], None] = nothing
    after: Callable[[Write], None] = nothing


def touch(write: Write, reference: str) -> None:
    """Count a write as activity of the record it refers to."""
    target = write.database.by_singular(write.entity.by_lower_name[reference.lower()].reference or "")
    record_id = number(write.row, reference)
    if target is None or record_id is None or write.database.row(target.name, record_id) is None:
        return
    moments: dict[str, object] = {field.name: write.now for field in target.stamped("activity")}
    if moments:
        write.database.update(target.name, record_id, moments)
