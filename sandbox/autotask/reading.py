"""Items, queries, counts and pages as JSON text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from sandbox.autotask.database import Database
from sandbox.autotask.errors import Refusal, missing_filter, rejected
from sandbox.autotask.query import Query, compile_query
from sandbox.autotask.schema import Entity
from sandbox.autotask.search import count, find, find_before
from sandbox.autotask.table import Table
from sandbox.autotask.values import part_text


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read may see: `hidden` ids are not visible yet; without `visible` there is nothing to see."""

    database: Database
    entity: Entity
    hidden: frozenset[int] = frozenset()
    visible: bool = True

    @property
    def table(self) -> Table:
        """The entity's rows."""
        return self.database.tables[self.entity.name]

    def compiled(self, document: object) -> Query:
        """The query document, compiled. Raises Refusal."""
        return compile_query(self.entity, document, self.database.udf_fields(self.entity.name))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page starts: beyond `after`, or just before `before`."""

    size: int | None = None
    after: int | None = None
    before: int | None = None


def parsed(text: str | None) -> object:
    """The query document of a body or of `search`; nothing means no filter. Raises Refusal."""
    if not text:
        raise missing_filter()
    try:
        return json.loads(text)
    except ValueError:
        raise rejected("The search query is not valid JSON.") from None


def item(reading: Reading, record_id: int, *, parent_id: int | None, missing: str) -> str:
    """One record by id. Raises Refusal 404 when `missing` says so."""
    row = reading.table.rows.get(record_id)
    child = reading.entity.child
    elsewhere = (
        parent_id is not None and child is not None and row is not None and row.get(child.key) != parent_id
    )
    if row is None or elsewhere or record_id in reading.hidden or not reading.visible:
        if missing == "404":
            raise Refusal(404, json.dumps({"errors": ["Entity not found"]}))
        return '{"item":null}'
    return '{"item":' + reading.table.text(record_id) + "}"


def counted(reading: Reading, document: object) -> str:
    """How many rows a query matches."""
    query = reading.compiled(document)
    found = count(reading.table, query, hidden=reading.hidden) if reading.visible else 0
    return json.dumps({"queryCount": found})


def page(reading: Reading, document: object, *, links: "Links", position: Position) -> str:
    """One page of a query, with the addresses of its neighbours."""
    query = reading.compiled(document)
    size = position.size or query.page
    ids, more = _ids(reading, query, size, position)
    texts = _texts(reading, query, ids)
    first = position.after is None and position.before is None
    following = links.next(size, -1 if first else ids[0], ids[-1]) if more else None
    before = links.previous(size, ids[0], ids[-1]) if ids and not first else None
    details = {"count": len(ids), "requestCount": size, "prevPageUrl": before, "nextPageUrl": following}
    return '{"items":[' + ",".join(texts) + '],"pageDetails":' + json.dumps(details) + "}"


def children(reading: Reading, parent_id: int, *, links: "Links") -> str:
    """The child rows of one parent: the first page of a query for them."""
    child = reading.entity.child
    assert child is not None
    document = {"filter": [{"op": "eq", "field": child.key, "value": parent_id}]}
    return page(reading, document, links=links, position=Position())


def _ids(reading: Reading, query: Query, size: int, position: Position) -> tuple[list[int], bool]:
    if not reading.visible:
        return [], False
    if position.before is not None:
        return find_before(reading.table, query, before=position.before, hidden=reading.hidden), True
    found = list(islice(find(reading.table, query, after=position.after, hidden=reading.hidden), size + 1))
    return found[:size], len(found) > size


def _texts(reading: Reading, query: Query, ids: Iterable[int]) -> Iterable[str]:
    table = reading.table
    if query.fields is None:
        return map(table.text, ids)
    return [part_text(table.rows[record_id], query.fields, query.udfs) for record_id in ids]


@dataclass(frozen=True, slots=True)
class Links:
    """Page addresses. Those of a GET query carry its search; those of a POST query do not."""

    base: str
    search: str | None

    def next(self, size: int, first: int, last: int) -> str:
        """The page after id `last`."""
        return self._url("next", size, first, last)

    def previous(self, size: int, first: int, last: int) -> str:
        """The page before id `first`."""
        return self._url("previous", size, first, last)

    def _url(self, direction: str, size: int, first: int, last: int) -> str:
        paging = {"pageSize": size, "previousIds": [first], "nextIds": [last]}
        url = f"{self.base}/query/{direction}?paging={quote(json.dumps(paging, separators=(',', ':')), safe='')}"
        return url if self.search is None else f"{url}&search={quote(self.search, safe='')}"


def position_of(paging: str | None, direction: str) -> Position:
    """The position in a page address. Raises Refusal."""
    try:
        document = json.loads(paging or "")
        size, last, first = int(document["pageSize"]), document["nextIds"][0], document["previousIds"][0]
    except (ValueError, KeyError, IndexError, TypeError):
        raise rejected("The paging parameter is not valid.") from None
    if direction == "next":
        return Position(size=size, after=int(last))
    return Position(size=size, before=int(first))
