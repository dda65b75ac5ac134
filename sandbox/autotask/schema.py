"""What an entity declares about itself: fields, URLs and the rules that need no code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DATA_TYPES = ("integer", "long", "short", "decimal", "double", "string", "datetime", "boolean")
WHOLE_NUMBERS = frozenset({"integer", "long", "short"})
STAMPS = frozenset({"created", "modified", "activity", "author", "editor", "impersonator", "reimpersonator"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity, as `entityInformation/fields` and the server's own rules know it.

    `create_only` fields are accepted by POST and silently dropped by PATCH and PUT, although the
    metadata calls them read-only. `stamp` names the moment at which the server writes the field.
    """

    name: str
    type: str
    length: int = 0
    required: bool = False
    readonly: bool = False
    create_only: bool = False
    queryable: bool = True
    picklist: bool = False
    parent: str | None = None
    reference: str | None = None
    of_company: bool = False
    date_only: bool = False
    default: str | None = None
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """The URL of a child collection: `{parent}/{id}/{segment}`, and the field that holds the parent's id."""

    parent: str
    segment: str
    key: str
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of the REST API: `name` is the plural of the URLs, `singular` the name in messages."""

    name: str
    singular: str
    legacy: str
    fields: tuple[Field, ...]
    root: frozenset[str]
    item: frozenset[str]
    child: Child | None
    udf: bool
    webhooks: bool
    bumps: str | None
    by_lower_name: Mapping[str, Field] = field(repr=False)

    def find(self, name: str) -> Field | None:
        """The field called `name` in any letter case, or None."""
        return self.by_lower_name.get(name.lower())

    def stamped(self, *stamps: str) -> tuple[Field, ...]:
        """The fields that the server writes at one of these moments."""
        return tuple(each for each in self.fields if each.stamp in stamps)

    def can(self, verb: str) -> bool:
        """Whether any URL of the entity takes the HTTP verb for writing."""
        return verb in self.root or verb in self.item or (self.child is not None and verb in self.child.verbs)

    @property
    def queryable(self) -> bool:
        """Adjustments can only be created; everything else can be queried."""
        return "GET" in self.item


def entity(
    name: str,
    singular: str,
    *,
    fields: str,
    root: str = "",
    item: str = "GET",
    under: str = "",
    legacy: str = "",
    udf: bool = False,
    webhooks: bool = False,
    bumps: str | None = None,
) -> Entity:
    """Declare an entity from its table.

    Each line of `fields` is `name type flags`; see README.md for the flags. `root` and `item` list
    the verbs of `{name}` and `{name}/{id}`; `under` is `Parent/Segment parentField VERBS`; `bumps`
    names the reference whose record counts a new row here as activity.
    """
    parsed = tuple(_field(line) for line in fields.strip().splitlines() if line.strip())
    return Entity(
        name=name,
        singular=singular,
        legacy=legacy or singular,
        fields=parsed,
        root=frozenset(root.split()),
        item=frozenset(item.split()),
        child=_child(under) if under else None,
        udf=udf,
        webhooks=webhooks,
        bumps=bumps,
        by_lower_name=MappingProxyType({each.name.lower(): each for each in parsed}),
    )


def _child(text: str) -> Child:
    url, key, *verbs = text.split()
    parent, segment = url.split("/")
    return Child(parent, segment, key, frozenset(verbs))


def _field(line: str) -> Field:
    name, kind, *flags = line.split()
    base, _, length = kind.rstrip(")").partition("(")
    if base not in DATA_TYPES:
        raise ValueError(f"{name}: unknown type {kind}")
    plain = {flag for flag in flags if "=" not in flag}
    valued = dict(flag.split("=", 1) for flag in flags if "=" in flag)
    stamps = plain & STAMPS
    unknown = plain - STAMPS - {"required", "readonly", "create", "nq", "picklist", "date", "company"}
    if unknown or set(valued) - {"ref", "parent", "default"} or len(stamps) > 1:
        raise ValueError(f"{name}: flags not understood: {flags}")
    return Field(
        name=name,
        type=base,
        length=int(length or 0),
        required="required" in plain,
        readonly="readonly" in plain,
        create_only="create" in plain,
        queryable="nq" not in plain,
        picklist="picklist" in plain,
        parent=valued.get("parent"),
        reference=valued.get("ref"),
        of_company="company" in plain,
        date_only="date" in plain,
        default=valued.get("default"),
        stamp=next(iter(stamps), None),
    )
