"""The verbs: what Deskhand asks of Autotask, for one login. And the only lines that know an HTTP library.

Every verb raises ``BotError``s only: CredentialsRejected, PermissionMissing, AutotaskRejected, AutotaskBusy (theirs
or our own budget) and AutotaskUnavailable, ``ambiguous`` when a write's reply was lost. ``PATIENCE`` bounds the waiting.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Final, TypeVar

import httpx

from bot.autotask import answers, calls, links, paging, picklists, protocol
from bot.autotask import query as q
from bot.autotask.answers import EntityAccess, Odd
from bot.autotask.budget import Standing, Threshold, Urgency, Usage
from bot.autotask.calls import Lost, Request, Response
from bot.autotask.entities import Entity, Invoice
from bot.autotask.exchange import Exchange
from bot.autotask.paging import Batch, Page
from bot.autotask.picklists import EntityFields
from bot.autotask.query import Condition
from bot.autotask.watching import Refused, Watched
from bot.autotask.wire import JsonObject, Value
from bot.autotask.zones import Zone
from bot.errors import AutotaskRejected, AutotaskUnavailable, PermissionMissing, UpstreamError
from bot.turns import Turns

E = TypeVar("E", bound=Entity)
TIMEOUT = httpx.Timeout(90.0, connect=10.0, pool=60.0)
"""Autotask itself gives a query up to five minutes; a person does not."""
MANY_ODD: Final = 10
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


class HttpTransport:
    """Carries requests by httpx: no redirects, no cookies, proxies from the environment except to this machine.

    ``plain``: nothing is ever asked by TLS, so no certificate is trusted (to load them all takes 20 ms).
    """

    def __init__(
        self, *, local: bool, plain: bool = False, beneath: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not local,
            verify=SSLContext(PROTOCOL_TLS_CLIENT) if plain else True,
            transport=beneath,
            # Connections are shared by tenants; a cookie would carry one tenant's session into another's request.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
            headers={"User-Agent": "Deskhand"},
        )

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status.

        Raises:
            Lost: no answer, or half of one.
        """
        if self._http.is_closed:
            raise Lost("the pool is closed", sent=False)
        try:
            found = await self._http.request(
                request.method, request.url, headers=request.headers, content=request.body
            )
        except NEVER_SENT as error:
            raise Lost(type(error).__name__, sent=False) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Lost(type(error).__name__, sent=True) from None
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Response(found.status_code, found.content, headers)

    async def aclose(self) -> None:
        await self._http.aclose()


class AutotaskClient:
    """One login's Autotask. Made by ``AutotaskPool``; safe to use from many tasks at once."""

    def __init__(self, exchange: Exchange | Watched, *, at_once: int = 2, turns: Turns | None = None) -> None:
        self._exchange = exchange
        self._at_once = at_once
        self.turns: Final = turns or Turns()
        """In which many records are read, and what else is done with them."""

    def watched(self, refused: Refused) -> "AutotaskClient":
        """The same client for one tenant, whose refused logins are told to ``refused`` before they are raised."""
        return AutotaskClient(Watched(self._exchange, refused), at_once=self._at_once, turns=self.turns)

    async def zone(self) -> Zone:
        """Where the database lives."""
        return await self._exchange.zone()

    async def link(self, entity: type[Entity], record_id: int) -> str | None:
        """Address of the record in Autotask's web pages, None for what has no page."""
        return links.link((await self.zone()).web_url, entity, record_id)

    async def get(self, entity: type[E], record_id: int, *, urgency: Urgency = Urgency.PERSON) -> E | None:
        """The entity, or None when there is none; one created a moment ago can be invisible for a while."""
        call = calls.get_record(entity.endpoint.name, entity.endpoint.collection, record_id)
        row = protocol.item(await self._exchange.send(call, urgency=urgency))
        return None if row is None else answers.read_record(entity, row)

    def pages(
        self,
        entity: type[E],
        condition: Condition,
        *,
        fields: Sequence[str] | None = None,
        after_id: int | None = None,
        page_size: int = q.MOST,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> AsyncIterator[Page[E]]:
        """Every matching record in ascending id; stop anywhere, resume with ``after_id=page.last_id``.

        With ``fields`` (Autotask's names) all others stay empty; the id always comes.
        """

        async def fetch(narrowed: Condition) -> Batch[E]:
            return await self.page(entity, narrowed, fields=fields, page_size=page_size, urgency=urgency)

        return paging.walk(fetch, condition, after_id)

    async def page(
        self,
        entity: type[E],
        condition: Condition,
        *,
        fields: Sequence[str] | None = None,
        page_size: int = q.MOST,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> Batch[E]:
        """One query: the matching records with the lowest ids, and whether there are more."""
        found, more = await self._queried(
            entity, condition, fields=fields, page_size=page_size, urgency=urgency
        )
        read = partial(answers.read_record, entity)
        waits = urgency is Urgency.BACKGROUND
        return Batch(await self.turns.each(read, found) if waits else list(map(read, found)), more)

    async def mirrored_page(
        self,
        entity: type[E],
        condition: Condition,
        *,
        fields: Sequence[str] | None = None,
        page_size: int = q.MOST,
    ) -> Batch[E]:
        """The same for who mirrors everything: what cannot be read is named beside what can.

        Raises:
            AutotaskUnavailable: most of many cannot be read, which is no odd record but another API.
        """
        found, more = await self._queried(entity, condition, fields=fields, page_size=page_size)
        read = await self.turns.each(partial(answers.read_or_odd, entity), found, first=True)
        odd = [each for each in read if isinstance(each, Odd)]
        if len(odd) >= MANY_ODD and len(odd) * 2 > len(read):
            raise AutotaskUnavailable(
                f"{entity.endpoint.name} has an unexpected shape: {', '.join(odd[0].fields)}"
            )
        return Batch([each for each in read if not isinstance(each, Odd)], more, odd)

    async def _queried(
        self,
        entity: type[Entity],
        condition: Condition,
        *,
        fields: Sequence[str] | None,
        page_size: int,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> tuple[list[JsonObject], bool]:
        document = q.document(condition, fields=fields, page_size=page_size)
        call = calls.query(entity.endpoint.name, entity.endpoint.collection, document)
        answer = await self._exchange.send(call, urgency=urgency)
        found = protocol.items(answer)
        return found, protocol.more_follows(answer, full=len(found) >= page_size)

    async def list_all(
        self,
        entity: type[E],
        condition: Condition,
        *,
        limit: int,
        fields: Sequence[str] | None = None,
        urgency: Urgency = Urgency.PERSON,
    ) -> list[E]:
        """The first ``limit`` matching records in ascending id."""
        found: list[E] = []
        size = min(limit, q.MOST)
        async for page in self.pages(entity, condition, fields=fields, page_size=size, urgency=urgency):
            found += page.items
            if len(found) >= limit:
                break
        return found[:limit]

    async def first(
        self, entity: type[E], condition: Condition, *, urgency: Urgency = Urgency.PERSON
    ) -> E | None:
        """The matching record with the lowest id, or None."""
        return next(iter(await self.list_all(entity, condition, limit=1, urgency=urgency)), None)

    async def count(
        self, entity: type[Entity], condition: Condition, *, urgency: Urgency = Urgency.PERSON
    ) -> int:
        """How many records match."""
        call = calls.count(entity.endpoint.name, entity.endpoint.collection, q.document(condition))
        return protocol.number(await self._exchange.send(call, urgency=urgency), "queryCount")

    def by_parents(
        self,
        entity: type[E],
        parent_field: str,
        ids: Sequence[int],
        *,
        condition: Condition | None = None,
        fields: Sequence[str] | None = None,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> AsyncIterator[Page[E]]:
        """The records whose ``parent_field`` is one of ``ids``: 500 parents a query, queries side by side.

        Pages come in no order; each is ascending within its own 500 parents.
        """

        def walks() -> Iterator[AsyncIterator[Page[E]]]:
            for some in q.chunks(list(dict.fromkeys(ids))):
                one_of = q.field(parent_field).in_(some)
                narrowed = one_of if condition is None else q.all_of(condition, one_of)
                yield self.pages(entity, narrowed, fields=fields, urgency=urgency)

        return paging.side_by_side(walks(), self._at_once)

    def by_ranges(
        self,
        entity: type[E],
        condition: Condition,
        bounds: Sequence[int],
        *,
        fields: Sequence[str] | None = None,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> AsyncIterator[Page[E]]:
        """Every matching entity, by ranges of ids walked side by side.

        ``bounds`` are ascending ids at which to cut, best taken from the mirror of the last run: ids are far from dense.
        """
        narrowed = (q.all_of(condition, span) for span in paging.between(bounds))
        walks = (self.pages(entity, each, fields=fields, urgency=urgency) for each in narrowed)
        return paging.side_by_side(walks, self._at_once)

    async def create(
        self,
        entity: type[Entity],
        values: Mapping[str, Value],
        *,
        parent_id: int | None = None,
        impersonate: int | None = None,
        urgency: Urgency = Urgency.PERSON,
    ) -> int:
        """The new record's id. Never sent twice: after ``AutotaskUnavailable.ambiguous``, look before trying again.

        ``impersonate`` is the resource who shall appear as author. Children need ``parent_id`` or their parent's field.
        """
        endpoint = entity.endpoint
        path = endpoint.path(_parent(entity, values, parent_id))
        answer = await self._write(
            calls.create(endpoint.name, path, values, impersonate=impersonate), urgency
        )
        try:
            return protocol.item_id(answer)
        except AutotaskUnavailable as error:
            raise AutotaskUnavailable(error.detail, ambiguous=True) from None

    async def update(
        self,
        entity: type[Entity],
        record_id: int,
        values: Mapping[str, Value],
        *,
        parent_id: int | None = None,
        impersonate: int | None = None,
        urgency: Urgency = Urgency.PERSON,
    ) -> None:
        """Change only ``values``; None clears. Autotask ignores read-only fields without a word."""
        endpoint = entity.endpoint
        path = endpoint.path(_parent(entity, values, parent_id))
        call = calls.update(endpoint.name, path, {**values, "id": record_id}, impersonate=impersonate)
        await self._write(call, urgency)

    async def fields(
        self, entity: type[Entity], *, urgency: Urgency = Urgency.PERSON, fresh: bool = False
    ) -> EntityFields:
        """Field metadata and picklists, kept about a day and re-read after Autotask refused a picklist value.

        ``fresh`` reads them again now, and all who share the database see the new ones.
        """
        endpoint = entity.endpoint
        call = calls.get_info(
            endpoint.name, f"{endpoint.collection}/entityInformation/fields", expects="fields"
        )

        async def load() -> EntityFields:
            return picklists.read_fields(endpoint.name, await self._exchange.send(call, urgency=urgency))

        database = await self._exchange.database()
        return await database.fields.get(endpoint.name, load, self._exchange.now(), fresh=fresh)

    async def threshold(self) -> Threshold:
        """What everybody together has used of this hour's requests."""
        return await self._exchange.threshold(urgency=Urgency.PERSON)

    @property
    def is_at_home(self) -> bool:
        """Whether the zone is known, as it is after the first request."""
        return self._exchange.knows_zone

    async def usage(self) -> Usage:
        """The last such reading and our own part, without a request of its own."""
        return (await self._exchange.database()).budget.usage(self._exchange.now())

    async def standing(self) -> Standing:
        """How the hour's requests stand, read anew where a reading is due; while Autotask refuses, the last one."""
        budget, now = (await self._exchange.database()).budget, self._exchange.now()
        if budget.reading_due(now):
            budget.read_later(now)
            with suppress(UpstreamError, PermissionMissing, AutotaskRejected):
                await self._exchange.threshold(urgency=Urgency.PERSON)
        return budget.standing(self._exchange.now())

    async def entity_access(self) -> Mapping[str, EntityAccess]:
        """Every entity's access for this API user, by singular name."""
        call = calls.get_info(
            calls.ENTITY_INFORMATION, calls.ENTITY_INFORMATION, expects="entityDescriptions"
        )
        answer = await self._exchange.send(call, urgency=Urgency.PERSON)
        return answers.read_access(answer)

    async def invoice_pdf(self, invoice_id: int) -> bytes:
        """The invoice as Autotask prints it."""
        path = f"{Invoice.endpoint.collection}/{invoice_id}/InvoicePdf"
        call = calls.get_info(Invoice.endpoint.name, path, expects="data")
        return answers.read_file(await self._exchange.send(call, urgency=Urgency.PERSON))

    @property
    def at_once(self) -> int:
        """How many requests of one entity may be under way."""
        return self._at_once

    @property
    def held(self) -> bool:
        """Whether a refusal has stopped this login; nothing is sent until ``resume``."""
        return self._exchange.login.held

    def resume(self) -> None:
        """Someone has looked at the credentials: try again."""
        self._exchange.login.resume()

    async def _write(self, call: calls.Call, urgency: Urgency) -> JsonObject:
        try:
            return await self._exchange.send(call, urgency=urgency)
        except AutotaskRejected as error:
            if any(re.search("picklist", reason, re.IGNORECASE) for reason in error.reasons):
                (await self._exchange.database()).fields.forget(error.entity)
            raise


def _parent(entity: type[Entity], values: Mapping[str, Value], parent_id: int | None) -> int | None:
    if parent_id is not None or not entity.endpoint.parent:
        return parent_id
    found = values.get(entity.endpoint.parent_field)
    return found if isinstance(found, int) else None
