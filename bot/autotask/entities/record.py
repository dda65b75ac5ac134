"""What every Autotask record has in common: how its class describes the entity, and how its values are read.

Values are read tolerantly, because the API is: a field may be absent (``includeFields``), null or empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

NEVER: Final = 1
"""The year in which Autotask's software writes what it has no date for (.NET's ``DateTime.MinValue``)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an entity lives and what it can do; names are Autotask's own."""

    collection: str
    """Path segment below ``v1.0/``, for queries and for root writes."""
    name: str
    """Singular name in metadata, error texts and thread limits."""
    parent: str = ""
    """Collection of the parent under which children are written."""
    child: str = ""
    """Path segment below the parent."""
    parent_field: str = ""
    """Field of the child that holds the parent's id."""
    modified_field: str | None = None
    """Field that moves with every change, or None: then only a full pass finds changes."""
    external_id_field: str | None = None
    """Writable field for our own reference."""
    deletable: bool = False
    queryable: bool = True

    def path(self, parent_id: int | None = None) -> str:
        """Path for writes.

        Raises:
            ValueError: the entity is a child and no parent is given.
        """
        if not self.parent:
            return self.collection
        if parent_id is None:
            raise ValueError(f"{self.name} is written below {self.parent}; its parent is missing")
        return f"{self.parent}/{parent_id}/{self.child}"


def _wire_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join("ID" if word == "id" else word.capitalize() for word in rest)


def _utc(value: datetime | None) -> datetime | None:
    """A value without zone is UTC (some answers leave the Z out)."""
    if value is None or value.year == NEVER:
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:  # the last day of all, in a zone whose clocks are behind
        return value.replace(tzinfo=UTC)


def _day(value: object) -> object:
    return value[:10] if isinstance(value, str) else value


def _some_day(value: date | None) -> date | None:
    return None if value is None or value.year == NEVER else value


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _or_no(value: object) -> object:
    return False if value is None else value


def _none_if_blank(value: object) -> object:
    return None if value == "" else value


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None or value == "" else str(value)


def _list(value: object) -> object:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]
"""Empty when Autotask has null or an empty string; it does not tell them apart itself."""
Flag = Annotated[bool, BeforeValidator(_or_no)]
"""No when Autotask has null; some entities write 0 and 1."""
Moment = Annotated[datetime | None, BeforeValidator(_none_if_blank), AfterValidator(_utc)]
"""Aware UTC."""
Day = Annotated[
    date | None, BeforeValidator(_none_if_blank), BeforeValidator(_day), AfterValidator(_some_day)
]
"""A date-only field: the literal date, whatever the time zone."""
Money = Annotated[Decimal | None, BeforeValidator(_none_if_blank)]
Number = Money
"""Hours, percentages, quantities."""


class UserDefinedField(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    name: Text = ""
    value: Annotated[str | None, BeforeValidator(_as_text)] = None


class Entity(BaseModel):
    """A row as Autotask returned it. Unknown fields are ignored, fields not asked for are empty or None."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=_wire_name,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
    )
    endpoint: ClassVar[Endpoint]

    id: int

    @model_validator(mode="before")
    @classmethod
    def _without_empty_texts(cls, row: object) -> object:
        """An empty text in any field is no value: the field keeps its default."""
        if not isinstance(row, (dict, Mapping)) or "" not in row.values():
            return row
        return {name: value for name, value in row.items() if value != ""}


class WithUserDefinedFields(Entity):
    user_defined_fields: Annotated[Sequence[UserDefinedField], BeforeValidator(_list)] = Field(default=())

    def udf(self, name: str) -> str | None:
        """The stored value of a user-defined field, None when it is empty or absent."""
        return next((entry.value for entry in self.user_defined_fields if entry.name == name), None)
