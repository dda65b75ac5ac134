"""Field metadata: which values a picklist has, how long a text may be, what is required.

Labels and most numbers belong to the tenant, so they are read from Autotask and never assumed.
Source: ``GET {Entity}/entityInformation/fields`` in the Swagger document.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.autotask.protocol import objects
from bot.autotask.wire import Json, JsonObject
from bot.errors import AutotaskUnavailable

LIFETIME = timedelta(hours=20)
NUMBERS = frozenset({"integer", "long", "short"})


@dataclass(frozen=True, slots=True)
class PicklistValue:
    value: int | str
    """As records hold it: a number for number fields, although the metadata writes a text."""
    label: str
    is_active: bool
    """Inactive values stay on old records and are refused for new ones."""
    is_default: bool
    sort_order: int
    parent: int | str | None
    """Value of the parent picklist that this one belongs to, as a sub-issue belongs to an issue."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    name: str
    data_type: str
    max_length: int | None
    """For texts; None for everything else."""
    required: bool
    read_only: bool
    """For updates: some such fields must be sent on create."""
    queryable: bool
    reference: str | None
    """Singular name of the entity that the field points to."""
    picklist: tuple[PicklistValue, ...]
    picklist_parent: str | None


@dataclass(frozen=True, slots=True)
class EntityFields:
    """The fields of one entity; names are found in any case."""

    entity: str
    fields: Mapping[str, FieldInfo]

    def field(self, name: str) -> FieldInfo | None:
        return self.fields.get(name.lower())

    def picklist(self, name: str) -> tuple[PicklistValue, ...]:
        """All values in Autotask's order, inactive ones too; empty for a plain or unknown field."""
        found = self.field(name)
        return found.picklist if found else ()

    def choices(self, name: str, *, parent: int | str | None = None) -> tuple[PicklistValue, ...]:
        """The values that a new record may have, optionally those of one parent value."""
        values = (value for value in self.picklist(name) if value.is_active)
        return tuple(value for value in values if parent is None or value.parent == parent)

    def label(self, name: str, value: int | str | None) -> str | None:
        """The tenant's word for a stored value, inactive ones included."""
        return next((entry.label for entry in self.picklist(name) if str(entry.value) == str(value)), None)

    def default(self, name: str) -> int | str | None:
        """The value that Autotask itself would choose."""
        return next((entry.value for entry in self.choices(name) if entry.is_default), None)

    def max_length(self, name: str) -> int | None:
        found = self.field(name)
        return found.max_length if found else None

    @property
    def required(self) -> tuple[str, ...]:
        """Fields that a create must bring; conditional rules of the API come on top."""
        return tuple(entry.name for entry in self.fields.values() if entry.required)


class FieldCache:
    """Field metadata of one database, kept about a day.

    Loads run one after the other: a burst of cold reads at start would run into the thread limit.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, EntityFields]] = {}
        self._loading = asyncio.Lock()

    async def get(
        self,
        entity: str,
        load: Callable[[], Awaitable[EntityFields]],
        now: datetime,
        *,
        fresh: bool = False,
    ) -> EntityFields:
        """The entity's fields, loaded when unknown, old or wanted ``fresh``."""
        async with self._loading:
            at, fields = self._known.get(entity, (None, None))
            if fresh or fields is None or at is None or now - at > LIFETIME:
                fields = await load()
                self._known[entity] = (now, fields)
            return fields

    def forget(self, entity: str) -> None:
        """The next reader loads afresh, because Autotask refused a value that we thought good."""
        self._known.pop(entity, None)


def read_fields(entity: str, answer: JsonObject) -> EntityFields:
    """From the answer of ``entityInformation/fields``.

    Raises:
        AutotaskUnavailable: the answer describes no field.
    """
    found = [_field(row) for row in objects(answer.get("fields"))]
    if not found:
        raise AutotaskUnavailable(f"no field metadata for {entity}")
    return EntityFields(entity, {entry.name.lower(): entry for entry in found})


def _field(row: JsonObject) -> FieldInfo:
    data_type = str(row.get("dataType") or "").lower()
    numeric = data_type in NUMBERS
    length = _int(row.get("length"))
    picklist = tuple(_value(value, numeric=numeric) for value in objects(row.get("picklistValues")))
    return FieldInfo(
        name=str(row.get("name") or ""),
        data_type=data_type,
        max_length=length if data_type == "string" and length else None,
        required=row.get("isRequired") is True,
        read_only=row.get("isReadOnly") is True,
        queryable=row.get("isQueryable") is not False,
        reference=_text(row.get("referenceEntityType")),
        picklist=tuple(sorted(picklist, key=lambda value: value.sort_order)),
        picklist_parent=_text(row.get("picklistParentValueField")),
    )


def _value(row: JsonObject, *, numeric: bool) -> PicklistValue:
    parent = _text(row.get("parentValue"))
    return PicklistValue(
        value=_stored(_text(row.get("value")) or "", numeric=numeric),
        label=str(row.get("label") or ""),
        is_active=row.get("isActive") is not False,
        is_default=row.get("isDefaultValue") is True,
        sort_order=_int(row.get("sortOrder")),
        parent=None if parent is None else _stored(parent, numeric=True),
    )


def _stored(text: str, *, numeric: bool) -> int | str:
    try:
        return int(text) if numeric else text
    except ValueError:  # contract period types are declared numbers and have been letters
        return text


def _text(value: Json) -> str | None:
    return str(value) if value not in (None, "") else None


def _int(value: Json) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
