"""What each kind of route answers, as JSON text; no HTTP, no waiting."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.autotask import documents, metadata, reading, writing
from sandbox.autotask.accounts import ApiUser
from sandbox.autotask.errors import missing_filter, rejected, wrong_verb
from sandbox.autotask.login import impersonate, require
from sandbox.autotask.reading import Links, Position, Reading
from sandbox.autotask.routes import Route
from sandbox.autotask.schema import Entity
from sandbox.autotask.state import Sandbox

API_PATH = "ATServicesRest/V1.0"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: where it goes, from whom, with what."""

    sandbox: Sandbox
    route: Route
    verb: str
    origin: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: str

    @property
    def entity(self) -> Entity:
        """The entity of the route."""
        assert self.route.entity is not None
        return self.route.entity


Endpoint: TypeAlias = Callable[[Call, ApiUser], str]


def zone(call: Call) -> str:
    """Zone discovery; needs no login, but a user that exists."""
    name = {key.lower(): value for key, value in call.params.items()}.get("user", "")
    if name.lower() not in call.sandbox.database.users:
        raise rejected("Zone information could not be determined.")
    settings = call.sandbox.settings
    return json.dumps(
        {
            "zoneName": settings.zone_name,
            "url": f"{call.origin}/ATServicesRest/",
            "webUrl": f"{call.origin}/",
            "ci": settings.ci,
        }
    )


def versions(_: Call) -> str:
    """The API versions; needs no login."""
    return json.dumps({"apiVersions": ["1.0"]})


def answer(call: Call, user: ApiUser) -> str:
    """The reply of any endpoint that needs a login. Raises Refusal."""
    return _ENDPOINTS[call.route.kind](call, user)


def _version(_: Call, __: ApiUser) -> str:
    return json.dumps({"majorVersion": "2026", "minorVersion": "4", "build": "1", "customerType": "Sandbox"})


def _threshold(call: Call, _: ApiUser) -> str:
    sandbox, settings = call.sandbox, call.sandbox.settings
    return json.dumps(
        {
            "externalRequestThreshold": settings.request_threshold,
            "requestThresholdTimeframe": settings.threshold_minutes,
            "currentTimeframeRequestCount": sandbox.threshold.count(
                sandbox.database.clock.now(), settings.threshold_minutes
            ),
        }
    )


def _everything(call: Call, user: ApiUser) -> str:
    return metadata.everything(call.sandbox.database, user)


def _info(call: Call, user: ApiUser) -> str:
    return metadata.entity_info(call.entity, user)


def _fields(call: Call, _: ApiUser) -> str:
    return metadata.fields(call.sandbox.database, call.entity)


def _udfs(call: Call, _: ApiUser) -> str:
    return metadata.user_defined_fields(call.sandbox.database, call.entity)


def _reading(call: Call, user: ApiUser) -> Reading:
    database = call.sandbox.database
    visible = require(user, call.entity.name, "query")
    hidden = call.sandbox.lag.hidden(call.entity.name, database.clock.now())
    return Reading(database, call.entity, hidden, visible)


def _item(call: Call, user: ApiUser) -> str:
    record_id = call.route.record_id
    assert record_id is not None
    if call.verb == "DELETE":
        return _delete(call, user, record_id)
    missing = call.sandbox.settings.missing_item
    return reading.item(_reading(call, user), record_id, parent_id=call.route.parent_id, missing=missing)


def _delete(call: Call, user: ApiUser, record_id: int) -> str:
    require(user, call.entity.name, "delete")
    done = writing.delete(call.sandbox.database, call.entity, record_id, call.route.parent_id)
    return json.dumps({"itemId": done})


def _document(call: Call) -> object:
    return reading.parsed(call.params.get("search") if call.verb == "GET" else call.body)


def _links(call: Call, search: str | None) -> Links:
    return Links(f"{call.origin}/{API_PATH}/{call.entity.name}", search)


def _query(call: Call, user: ApiUser) -> str:
    search = call.params.get("search") if call.verb == "GET" else None
    return reading.page(
        _reading(call, user), _document(call), links=_links(call, search), position=Position()
    )


def _count(call: Call, user: ApiUser) -> str:
    return reading.counted(_reading(call, user), _document(call))


def _page(call: Call, user: ApiUser) -> str:
    """A next or previous page: a GET query's by GET, a POST query's by POST with the same body again."""
    search = call.params.get("search")
    if call.verb == "GET" and search is None:
        raise wrong_verb("GET")
    if call.verb == "POST" and not call.body:
        raise missing_filter()
    position = reading.position_of(call.params.get("paging"), call.route.kind)
    document = reading.parsed(search if call.verb == "GET" else call.body)
    links = _links(call, search if call.verb == "GET" else None)
    return reading.page(_reading(call, user), document, links=links, position=position)


def _collection(call: Call, user: ApiUser) -> str:
    if call.verb == "GET":
        return _children(call, user)
    entity, database = call.entity, call.sandbox.database
    request = writing.Request(entity, writing.body_of(call.body), call.route.parent_id)
    header = call.headers.get("impersonationresourceid")
    require(user, entity.name, "create" if call.verb == "POST" else "update")
    identity = impersonate(database, call.sandbox.settings, user, entity.name, header=header)
    if call.verb != "POST":
        return json.dumps({"itemId": writing.update(database, identity, request, replace=call.verb == "PUT")})
    record_id = writing.create(database, identity, request)
    call.sandbox.lag.created(entity.name, record_id, database.clock.now())
    return json.dumps({"itemId": record_id})


def _children(call: Call, user: ApiUser) -> str:
    child, parent_id = call.entity.child, call.route.parent_id
    assert child is not None
    assert parent_id is not None
    search = json.dumps({"filter": [{"op": "eq", "field": child.key, "value": parent_id}]})
    return reading.children(_reading(call, user), parent_id, links=_links(call, search))


def _invoice_document(call: Call, user: ApiUser) -> str:
    require(user, "Invoices", "query")
    assert call.route.record_id is not None
    return documents.invoice_document(call.sandbox.database, call.route.record_id, call.route.document)


_ENDPOINTS: Mapping[str, Endpoint] = {
    "version": _version,
    "threshold": _threshold,
    "everything": _everything,
    "info": _info,
    "fields": _fields,
    "udfs": _udfs,
    "item": _item,
    "query": _query,
    "count": _count,
    "next": _page,
    "previous": _page,
    "collection": _collection,
    "document": _invoice_document,
}
