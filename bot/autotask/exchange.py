"""One login's conversation with Autotask: which zone, how many at once, what to send again, when to stop.

Everything here is policy; what goes over the wire is ``protocol``'s, and a ``Transport`` carries it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Protocol, TypeVar

from bot.autotask import protocol, zones
from bot.autotask.budget import AT_ONCE, Budget, Limits, Threshold, Urgency
from bot.autotask.calls import Call, Credentials, Failure, Lost, Request, Response, get_info
from bot.autotask.gate import Gate, Login, Spread
from bot.autotask.picklists import FieldCache
from bot.autotask.wire import JsonObject, encode
from bot.autotask.zones import Discovery, Zone
from bot.clock import Clock
from bot.errors import (
    AutotaskBusy,
    AutotaskRejected,
    AutotaskUnavailable,
    CredentialsRejected,
    PermissionMissing,
    UpstreamError,
)
from bot.log import Redactor

T = TypeVar("T")
ZONE_LIFETIME = timedelta(hours=12)
ZONE_DOUBT = timedelta(minutes=5)
"""After a look at a zone that had not moved, how long the next refusal does not look again."""
PATIENCE = {
    Urgency.PERSON: timedelta(seconds=10),
    Urgency.BILLING: timedelta(seconds=90),
    Urgency.BACKGROUND: timedelta(seconds=90),
}
"""How long one call may wait in all, for its budget and between tries; then its caller decides."""


class Transport(Protocol):
    async def send(self, request: Request) -> Response:
        """The answer to one request.

        Raises:
            Lost: none came.
        """
        ...


@dataclass(slots=True)
class Database:
    """What every login to one Autotask database shares."""

    limits: Limits
    budget: Budget
    fields: FieldCache = field(default_factory=FieldCache)
    _gates: dict[str, Gate] = field(default_factory=dict)

    def gate(self, entity: str) -> Gate:
        """The gate before one entity's endpoints, child addresses and metadata included."""
        return self._gates.setdefault(entity, Gate(self.limits.at_once))


@dataclass(frozen=True, slots=True)
class Pauses:
    """How waiting is done."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = SystemRandom().random
    """Between 0 and 1, to spread the tries of many."""
    longest: float = 100.0
    """Seconds that a person's call may take in all, with its tries, its places in queues and its answers."""


@dataclass(slots=True)
class Errand:
    """A call on its way, and whether Autotask may have it although no answer has come."""

    call: Call
    urgency: Urgency = Urgency.PERSON
    under_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a conversation needs from outside, chosen once for all of them."""

    transport: Transport
    discovery: Discovery
    clock: Clock
    limits: Limits
    pauses: Pauses
    databases: dict[int, Database] = field(default_factory=dict)

    def database(self, ci: int) -> Database:
        return self.databases.setdefault(ci, Database(self.limits, Budget(self.limits)))


class Exchange:
    """Sends calls for one login. Reads are tried again when that can help; writes only if surely not carried out."""

    def __init__(self, credentials: Credentials, around: Surroundings) -> None:
        self._credentials = credentials
        self._around = around
        self._redactor = _redactor_of(credentials)
        self._zone: Zone | None = None
        self._zone_read_at: datetime | None = None
        self._doubted_at: datetime | None = None
        self._discovering = asyncio.Lock()
        self._flight = Gate(around.limits.in_flight, kept=1)
        self._spread = Spread(around.pauses.sleep)
        self.login = Login(around.clock.now)

    async def zone(self) -> Zone:
        """The zone of these credentials, asked for about twice a day.

        Raises:
            CredentialsRejected: nobody has this user name. AutotaskUnavailable: no answer.
        """
        async with self._within_reason(Errand(zones.DISCOVERY)), self._discovering:
            if self._zone is None or self._long_ago(self._zone_read_at, ZONE_LIFETIME):
                return self._settle(await self._discover_or_keep())
            return self._zone

    @property
    def knows_zone(self) -> bool:
        return self._zone is not None

    async def database(self) -> Database:
        return self._around.database((await self.zone()).ci)

    async def send(self, call: Call, *, urgency: Urgency) -> JsonObject:
        """The answer to ``call``; empty for a record that does not exist.

        Raises:
            BotError: see ``protocol.RULES``; AutotaskBusy also when our own budget refuses.
        """
        self.login.check()
        errand = Errand(call, urgency)
        async with self._within_reason(errand):
            database = await self.database()
            return await self._persist(lambda: self._once(errand, database), urgency)

    async def threshold(self, *, urgency: Urgency, introduces: bool = False) -> Threshold:
        """What everybody has used of the hour's requests; the budget takes note."""
        call = get_info(
            "ThresholdInformation",
            "ThresholdInformation",
            expects="externalRequestThreshold",
            introduces=introduces,
        )
        answer = await self.send(call, urgency=urgency)
        found = Threshold(
            used=protocol.number(answer, "currentTimeframeRequestCount"),
            limit=protocol.number(answer, "externalRequestThreshold"),
            window=timedelta(minutes=protocol.number(answer, "requestThresholdTimeframe")),
        )
        (await self.database()).budget.observe(found, self.now())
        return found

    @asynccontextmanager
    async def _within_reason(self, errand: Errand) -> AsyncIterator[None]:
        longest = self._around.pauses.longest if errand.urgency is Urgency.PERSON else None
        try:
            async with asyncio.timeout(longest):
                yield
        except TimeoutError:
            ambiguous = errand.call.writes and errand.under_way
            raise AutotaskUnavailable(f"no answer within {longest} s", ambiguous) from None

    async def _once(self, errand: Errand, database: Database) -> JsonObject:
        await self._afford(database.budget, errand.urgency)
        async with (
            database.gate(errand.call.entity).inside(errand.urgency),
            self._flight.inside(errand.urgency),
        ):
            await self._spread.turn(errand.urgency, self._flight.under_way)
            return await self._admitted(errand, database)

    async def _admitted(self, errand: Errand, database: Database) -> JsonObject:
        async with self.login.turn():
            try:
                return await self._in_zone(errand)
            except Failure as failure:
                if failure.for_all:
                    database.budget.close(failure.pause, self.now())
                raise

    async def _in_zone(self, errand: Errand) -> JsonObject:
        """Ask in the zone we know; where the login is refused, in the zone it has moved to, if it has."""
        zone = await self.zone()
        while True:
            try:
                request = protocol.prepare(errand.call, zone.api_url, self._credentials)
                answer = await self._ask(errand, request)
            except Failure as failure:
                if not isinstance(failure.error, CredentialsRejected):
                    raise
                zone = await self._moved_from(zone, failure)
            else:
                self.login.accepted()
                return answer

    async def _moved_from(self, zone: Zone, failure: Failure) -> Zone:
        """Where the zone is now; the failure itself when it is still there."""
        self.login.doubt()
        async with self._discovering:
            if self._zone == zone and self._long_ago(self._doubted_at, ZONE_DOUBT):
                self._doubted_at = self.now()
                self._settle(await self._discover_or_keep())
            now = self._zone
        if (now is None or now == zone) and isinstance(failure.error, CredentialsRejected):
            self.login.refused(failure.error)
            raise failure
        return now or zone

    async def _discover_or_keep(self) -> Zone:
        request = protocol.zone_request(self._around.discovery.url, self._credentials.username)
        try:
            answer = await self._persist(lambda: self._ask(Errand(zones.DISCOVERY), request), Urgency.PERSON)
            return self._around.discovery.read(answer)
        except (UpstreamError, CredentialsRejected):
            # A zone that works is worth more than a discovery that does not; it says itself if we are unwelcome.
            if self._zone is None:
                raise
            return self._zone

    def _settle(self, zone: Zone) -> Zone:
        if self._zone is not None and self._zone.ci != zone.ci:
            # Every id that we hold belongs to the former database; nothing may be written to another one.
            raise CredentialsRejected("username", f"it now belongs to another database ({zone.ci})")
        self._zone, self._zone_read_at = zone, self.now()
        return zone

    def _long_ago(self, moment: datetime | None, age: timedelta) -> bool:
        return moment is None or self.now() - moment > age

    async def _ask(self, errand: Errand, request: Request) -> JsonObject:
        errand.under_way = True  # and stays so when we are cut off while waiting
        try:
            response = await self._around.transport.send(request)
        except Lost as loss:
            errand.under_way = False
            raise protocol.lost(errand.call, loss) from None
        errand.under_way = False
        return protocol.decipher(errand.call, self._without_login(response))

    def _without_login(self, response: Response) -> Response:
        """A refusal may repeat the login, and its words go into logs, alerts and messages."""
        if response.status < 300:
            return response
        said = self._redactor.text(response.body.decode(errors="replace"))
        return replace(response, body=said.encode())

    async def _afford(self, budget: Budget, urgency: Urgency) -> None:
        waited = AT_ONCE
        while wait := await self._price(budget, urgency):
            if waited + wait > PATIENCE[urgency] or budget.rests(urgency):
                raise AutotaskBusy(wait)  # what rests may rest for hours: nobody stands and waits for it
            await self._around.pauses.sleep(wait.total_seconds())
            waited += wait

    async def _price(self, budget: Budget, urgency: Urgency) -> timedelta:
        if urgency is not Urgency.PERSON and budget.reading_due(self.now()):
            await self._read_threshold(budget)
        return budget.take(urgency, self.now())

    async def _read_threshold(self, budget: Budget) -> None:
        budget.read_later(self.now())
        try:
            await self.threshold(urgency=Urgency.PERSON)
        except (UpstreamError, PermissionMissing, AutotaskRejected):
            return  # the last reading stands; the next one is due in a minute

    async def _persist(self, attempt: Callable[[], Awaitable[T]], urgency: Urgency) -> T:
        """The result of ``attempt``, tried again as its failures advise and as long as patience lasts."""
        waited, tried = AT_ONCE, 0
        while True:
            try:
                return await attempt()
            except Failure as failure:
                pause = pause_after(failure, tried, self._around.pauses.jitter())
                if pause is None or waited + pause > PATIENCE[urgency]:
                    raise failure.error from None
            await self._around.pauses.sleep(pause.total_seconds())
            waited, tried = waited + pause, tried + 1

    def now(self) -> datetime:
        """The clock's moment, by which budgets and caches count."""
        return self._around.clock.now()


def _redactor_of(credentials: Credentials) -> Redactor:
    """Masks the login's values as they are, and as they stand in JSON."""
    secrets = (credentials.secret.get_secret_value(), credentials.tracking_id.get_secret_value())
    values = (credentials.username, *secrets)
    return Redactor((*values, *(encode(each)[1:-1] for each in values)))


def pause_after(failure: Failure, tried: int, jitter: float) -> timedelta | None:
    """How long to wait before the next try, twice as long each time and spread by ``jitter``; None to give up."""
    if tried >= failure.retries:
        return None
    growth = 1 if failure.for_all else 2**tried
    return failure.pause * growth * (1 + jitter / 2)
