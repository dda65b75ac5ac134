"""Answers as typed values: records, access rights, files."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from pydantic import ValidationError

from bot.autotask.entities import Entity
from bot.autotask.protocol import objects
from bot.autotask.wire import JsonObject
from bot.errors import AutotaskUnavailable

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class EntityAccess:
    """What an entity allows, and what the API user's security level allows on it (Autotask's own words)."""

    entity: str
    can_create: bool
    can_query: bool
    can_update: bool
    can_delete: bool
    user_access_for_create: str
    user_access_for_query: str
    user_access_for_update: str
    user_access_for_delete: str


def read_record(entity: type[E], row: JsonObject) -> E:
    """The row as a record.

    Raises:
        AutotaskUnavailable: it has no id, or a value of a kind that no such record has.
    """
    try:
        return entity.model_validate(row)
    except ValidationError:
        where = ", ".join(_unreadable(entity, row))
        raise AutotaskUnavailable(f"{entity.endpoint.name} has an unexpected shape: {where}") from None


@dataclass(frozen=True, slots=True)
class Odd:
    """A record that cannot be read: its id, and the fields that are to blame, in our words."""

    id: int
    fields: tuple[str, ...]


def read_or_odd(entity: type[E], row: JsonObject) -> E | Odd:
    """The row as a record where it can be read.

    Raises:
        AutotaskUnavailable: not even its id can.
    """
    try:
        return read_record(entity, row)
    except AutotaskUnavailable:
        fields = _unreadable(entity, row)
        if "id" in fields:
            raise
        return Odd(int(Decimal(str(row["id"]))), fields)


def _unreadable(entity: type[E], row: JsonObject) -> tuple[str, ...]:
    try:
        entity.model_validate(row)
    except ValidationError as error:
        return tuple(sorted({str(each["loc"][0]) for each in error.errors(include_input=False)}))
    return ()


def read_access(answer: JsonObject) -> Mapping[str, EntityAccess]:
    """Access by singular entity name, from the answer of ``EntityInformation``."""
    found = [row.get("info", row) for row in objects(answer.get("entityDescriptions"))]
    return {access.entity: access for access in map(_access, objects(found)) if access.entity}


def read_file(answer: JsonObject) -> bytes:
    """The bytes in a file answer: base64 in practice, although the Swagger document declares an array.

    Raises:
        AutotaskUnavailable: they are cut off.
    """
    data = answer.get("data")
    try:
        if isinstance(data, str):
            return base64.b64decode(data, validate=True)
        return bytes(int(str(each)) for each in data) if isinstance(data, Sequence) else b""
    except (binascii.Error, ValueError):
        raise AutotaskUnavailable("the file is cut off") from None


def _access(info: JsonObject) -> EntityAccess:
    def may(verb: str) -> bool:
        return str(info.get(f"can{verb}")).casefold() in {"true", "1"}

    def granted(verb: str) -> str:
        level = info.get(f"userAccessFor{verb}")
        return "" if level is None else str(level)  # 0 is a level: no access

    return EntityAccess(
        entity=str(info.get("name") or ""),
        can_create=may("Create"),
        can_query=may("Query"),
        can_update=may("Update"),
        can_delete=may("Delete"),
        user_access_for_create=granted("Create"),
        user_access_for_query=granted("Query"),
        user_access_for_update=granted("Update"),
        user_access_for_delete=granted("Delete"),
    )
