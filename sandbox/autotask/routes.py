"""URLs to endpoints, in any letter case, with the web framework's 404 and 405."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox.autotask.entities import ENTITIES
from sandbox.autotask.errors import framework_error, no_such_route, wrong_verb
from sandbox.autotask.schema import Entity

Kind: TypeAlias = Literal[
    "zone", "versions", "version", "threshold", "everything", "collection", "item", "query", "count",
    "next", "previous", "info", "fields", "udfs", "document",
]  # fmt: skip

_METADATA: Mapping[tuple[str, ...], Kind] = {
    ("entityinformation",): "info",
    ("entityinformation", "fields"): "fields",
    ("entityinformation", "userdefinedfields"): "udfs",
}
_QUERIES: Mapping[tuple[str, ...], Kind] = {
    ("query",): "query",
    ("query", "count"): "count",
    ("query", "next"): "next",
    ("query", "previous"): "previous",
}
_SPECIAL: Mapping[str, tuple[Kind, str]] = {
    "zoneinformation": ("zone", "ZoneInformation"),
    "version": ("version", "Version"),
    "thresholdinformation": ("threshold", "ThresholdInformation"),
    "entityinformation": ("everything", "EntityInformation"),
}
DOCUMENTS = {
    "invoicepdf": "InvoicePdf",
    "invoicemarkuphtml": "InvoiceMarkupHtml",
    "invoicemarkupxml": "InvoiceMarkupXml",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. `endpoint` is the object endpoint whose threads it occupies."""

    kind: Kind
    endpoint: str
    verbs: frozenset[str]
    entity: Entity | None = None
    record_id: int | None = None
    parent_id: int | None = None
    document: str = ""


_ROOTS: Mapping[str, Entity] = {entity.name.lower(): entity for entity in ENTITIES}
_CHILDREN: Mapping[tuple[str, str], Entity] = {
    (entity.child.parent.lower(), entity.child.segment.lower()): entity for entity in ENTITIES if entity.child
}
_GET = frozenset({"GET"})


def resolve(path: str, verb: str) -> Route:
    """The route of a path, checked for the verb. Raises Refusal 404 or 405."""
    parts = [part for part in path.lower().split("/") if part]
    route = _find(parts) if parts[:1] == ["atservicesrest"] else None
    if route is None or not route.verbs:
        raise no_such_route(path)
    if verb not in route.verbs:
        raise wrong_verb(verb)
    return route


def _find(parts: Sequence[str]) -> Route | None:
    if parts[1:] == ["versioninformation"]:
        return Route("versions", "Version", _GET)
    if len(parts) < 3 or parts[1] != "v1.0":
        return None
    name, rest = parts[2], tuple(parts[3:])
    if name in _SPECIAL and not rest:
        kind, endpoint = _SPECIAL[name]
        return Route(kind, endpoint, _GET)
    entity = _ROOTS.get(name)
    return _of_entity(entity, rest) if entity else None


def _of_entity(entity: Entity, rest: tuple[str, ...]) -> Route | None:
    if not rest:
        return Route("collection", entity.name, entity.root, entity)
    if rest in _METADATA:
        return Route(_METADATA[rest], entity.name, _GET, entity)
    if rest in _QUERIES:
        verbs = frozenset({"GET", "POST"}) if entity.queryable else frozenset[str]()
        return Route(_QUERIES[rest], entity.name, verbs, entity)
    if len(rest) == 1:
        return Route("item", entity.name, entity.item, entity, record_id=_number(rest[0]))
    if entity.name == "Invoices" and len(rest) == 2 and rest[1] in DOCUMENTS:
        return Route(
            "document", entity.name, _GET, entity, record_id=_number(rest[0]), document=DOCUMENTS[rest[1]]
        )
    return _of_child(_CHILDREN.get((entity.name.lower(), rest[1])), rest)


def _of_child(child: Entity | None, rest: tuple[str, ...]) -> Route | None:
    if child is None or child.child is None:
        return None
    parent_id = _number(rest[0])
    verbs = child.child.verbs
    tail = rest[2:]
    if not tail:
        return Route("collection", child.name, verbs - {"DELETE"}, child, parent_id=parent_id)
    if tail in _METADATA:
        return Route(_METADATA[tail], child.name, _GET, child, parent_id=parent_id)
    if len(tail) == 1:
        verbs = verbs & {"GET", "DELETE"}
        return Route("item", child.name, verbs, child, record_id=_number(tail[0]), parent_id=parent_id)
    return None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise framework_error(400, "The request is invalid.") from None
