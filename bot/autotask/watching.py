"""A conversation whose refused logins are told to somebody, whoever met them: a job, a form, a type-ahead."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeAlias

from bot.autotask.budget import Threshold, Urgency
from bot.autotask.calls import Call
from bot.autotask.exchange import Database, Exchange
from bot.autotask.gate import Login
from bot.autotask.wire import JsonObject
from bot.autotask.zones import Zone
from bot.errors import CredentialsRejected

Refused: TypeAlias = Callable[[CredentialsRejected], Awaitable[None]]


class Watched:
    """An ``Exchange`` for one tenant of those that may share the login."""

    def __init__(self, exchange: "Exchange | Watched", refused: Refused) -> None:
        self._exchange = exchange
        self._refused = refused

    @property
    def login(self) -> Login:
        return self._exchange.login

    @property
    def knows_zone(self) -> bool:
        return self._exchange.knows_zone

    def now(self) -> datetime:
        return self._exchange.now()

    async def zone(self) -> Zone:
        async with self._told():
            return await self._exchange.zone()

    async def database(self) -> Database:
        async with self._told():
            return await self._exchange.database()

    async def send(self, call: Call, *, urgency: Urgency) -> JsonObject:
        async with self._told():
            return await self._exchange.send(call, urgency=urgency)

    async def threshold(self, *, urgency: Urgency) -> Threshold:
        async with self._told():
            return await self._exchange.threshold(urgency=urgency)

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        try:
            yield
        except CredentialsRejected as error:
            await self._refused(error)
            raise
