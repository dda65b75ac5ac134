"""Create, update, delete: from the request's body to the stored row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sandbox.autotask import validation
from sandbox.autotask.database import Database, udf_values
from sandbox.autotask.errors import framework_error, rejected
from sandbox.autotask.login import Identity
from sandbox.autotask.rules import RULES
from sandbox.autotask.rules.shared import touch
from sandbox.autotask.schema import Entity, Field
from sandbox.autotask.values import UDF, Row, Value, default_row, from_body
from sandbox.autotask.write import Write


@dataclass(frozen=True, slots=True)
class Request:
    """A write as it arrived: its body, and the parent's id when it came by a child URL."""

    entity: Entity
    body: Mapping[str, object]
    parent_id: int | None = None


def body_of(text: str) -> Mapping[str, object]:
    """The JSON object of a request body; property names keep their case. Raises Refusal 400."""
    try:
        body = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise framework_error(400, "The request is invalid.") from None
    if not isinstance(body, dict):
        raise framework_error(400, "The request is invalid.")
    return body


def create(database: Database, identity: Identity, request: Request) -> int:
    """Validate and store a new record; returns its id. Raises Refusal."""
    entity = request.entity
    row = default_row(entity)
    sent = _sent(request, creating=True)
    row.update(sent)
    _set_parent(database, request, row)
    row["id"] = database.new_id(entity)
    write = Write(database, entity, identity, database.clock.now(), row, frozenset(sent))
    validation.check(write)
    _stamp(write)
    return _finish(write)


def update(database: Database, identity: Identity, request: Request, *, replace: bool) -> int:
    """Change a record: only what was sent, or with `replace` (PUT) every writable field."""
    entity = request.entity
    before = _existing(database, request)
    sent = _sent(request, creating=False)
    if replace:
        sent = {**{field.name: None for field in entity.fields if _writable(field, creating=False)}, **sent}
    row = {**before, **sent}
    if UDF in sent:
        row[UDF] = {**_held_udfs(before), **udf_values(sent[UDF])}
    write = Write(database, entity, identity, database.clock.now(), row, frozenset(sent), before)
    validation.check(write)
    _stamp(write)
    return _finish(write)


def delete(database: Database, entity: Entity, record_id: int, parent_id: int | None) -> int:
    """Remove a record; returns its id. Raises Refusal."""
    row = database.row(entity.name, record_id)
    if row is None or not _belongs(entity, row, parent_id):
        raise rejected(
            "No matching records found. The logged in Resource may not have the required permissions to delete the data."
        )
    database.delete(entity.name, record_id)
    return record_id


def _finish(write: Write) -> int:
    rules = RULES.get(write.entity.name)
    if rules:
        rules.before(write)
    write.database.put(write.entity, write.row)
    if rules:
        rules.after(write)
    if write.entity.bumps and (write.creating or write.entity.bumps in ("ticketID", "taskID")):
        touch(write, write.entity.bumps)
    return write.record_id


def _existing(database: Database, request: Request) -> Row:
    record_id = next((value for key, value in request.body.items() if key.lower() == "id"), None)
    if isinstance(record_id, str) and record_id.isdigit():
        record_id = int(record_id)
    row = database.row(request.entity.name, record_id) if isinstance(record_id, int) else None
    if row is None or not _belongs(request.entity, row, request.parent_id):
        raise rejected(
            "No matching records found. The logged in Resource may not have the required permissions."
        )
    return row


def _belongs(entity: Entity, row: Row, parent_id: int | None) -> bool:
    return parent_id is None or entity.child is None or row.get(entity.child.key) == parent_id


def _set_parent(database: Database, request: Request, row: dict[str, Value]) -> None:
    child = request.entity.child
    if child is None or request.parent_id is None:
        return
    row[child.key] = request.parent_id
    if database.row(child.parent, request.parent_id) is None:
        parent = database.entity(child.parent).singular
        raise rejected(
            f"Reference value on field: {child.key} of type: {parent} does not exist or is invalid."
        )


def _writable(field: Field, *, creating: bool) -> bool:
    return not field.readonly and (creating or not field.create_only)


def _sent(request: Request, *, creating: bool) -> dict[str, Value]:
    """The writable fields of the body; read-only and unknown ones vanish without a word."""
    sent: dict[str, Value] = {}
    for name, value in request.body.items():
        field = request.entity.find(name)
        if field is not None and _writable(field, creating=creating):
            sent[field.name] = from_body(field, value)
        elif name.lower() == UDF.lower() and request.entity.udf:
            sent[UDF] = udf_values(value)
    return sent


def _held_udfs(row: Row) -> dict[str, str | None]:
    held = row.get(UDF)
    return held if isinstance(held, dict) else {}


def _stamp(write: Write) -> None:
    """Write the moments and the people that the server keeps itself."""
    identity, row = write.identity, write.row
    moments = ("created", "modified", "activity") if write.creating else ("modified", "activity")
    for field in write.entity.stamped(*moments):
        row[field.name] = write.now
    people: dict[str, int | None] = {"editor": identity.author, "reimpersonator": identity.impersonator}
    if write.creating:
        people = {"editor": identity.author, "author": identity.author, "impersonator": identity.impersonator}
    for stamp, resource_id in people.items():
        for field in write.entity.stamped(stamp):
            row[field.name] = resource_id
