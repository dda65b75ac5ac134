"""Clients for as many tenants as there are, with what they share per login and per Autotask database."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from types import TracebackType
from typing import Self, TypeAlias

from bot.autotask import calls
from bot.autotask import query as q
from bot.autotask.budget import Limits, Urgency, Usage
from bot.autotask.calls import Credentials
from bot.autotask.client import AutotaskClient, HttpTransport
from bot.autotask.entities import Company
from bot.autotask.exchange import Exchange, Pauses, Surroundings
from bot.autotask.zones import DEFAULT_DISCOVERY, Discovery, Zone
from bot.clock import Clock, SystemClock
from bot.turns import Turns

__all__ = ["AutotaskPool", "ClientFor", "Credentials", "Limits", "Pauses"]

ClientFor: TypeAlias = Callable[[int], Awaitable[AutotaskClient]]
"""A tenant's client by the tenant's id; raises NotConnected when it has none."""


class AutotaskPool:
    """Lives as long as the application: ``async with AutotaskPool(address) as pool``.

    Tenants with the same credentials share one conversation, logins to the same database share its limits.

    Raises:
        ValueError: the discovery address is neither HTTPS nor on this machine.
    """

    def __init__(
        self,
        discovery: str = DEFAULT_DISCOVERY,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        address = Discovery.at(discovery)
        self._transport = HttpTransport(local=address.on_this_machine, plain=address.is_plain)
        self._around = Surroundings(
            transport=self._transport,
            discovery=address,
            clock=clock or SystemClock(),
            limits=limits or Limits(),
            pauses=pauses or Pauses(),
        )
        self._clients: dict[Hashable, AutotaskClient] = {}
        self._credentials: dict[Hashable, Credentials] = {}
        self._proofs: dict[Hashable, datetime] = {}
        self._turns = Turns()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; what is under way fails."""
        self._clients.clear()
        self._credentials.clear()
        self._proofs.clear()
        await self._transport.aclose()

    def for_connection(
        self, key: Hashable, credentials: Credentials, *, proven_at: datetime | None = None
    ) -> AutotaskClient:
        """The tenant's client; the same one as long as the credentials are the same.

        ``proven_at`` is when the connection was last proven, here or in another process: a change ends a hold.
        """
        known = key in self._credentials
        if self._credentials.get(key) != credentials:
            self._clients[key] = self._sharing(credentials) or self._new(credentials)
            self._credentials[key] = credentials
        if proven_at is not None and self._proofs.get(key) != proven_at:
            self._proofs[key] = proven_at
            # A tenant seen for the first time brings no news: else each one that shares a login would cost a try.
            if known:
                self._clients[key].resume()
        return self._clients[key]

    async def usages(self) -> dict[Hashable, Usage]:
        """What each tenant's Autotask database was last known to have used; nothing is asked for it."""
        return {key: await client.usage() for key, client in list(self._clients.items()) if client.is_at_home}

    def forget(self, key: Hashable) -> None:
        """Drop the tenant's client and, unless another tenant shares them, the credentials with it."""
        self._clients.pop(key, None)
        self._credentials.pop(key, None)
        self._proofs.pop(key, None)

    async def prove(self, credentials: Credentials) -> Zone:
        """Where these credentials lead, after one request that needs them and one that reads a record.

        A login that was held after refusals is free again afterwards.

        Raises:
            CredentialsRejected: naming the field to look at. PermissionMissing: companies cannot be read.
        """
        exchange = Exchange(credentials, self._around)
        zone = await exchange.zone()
        await exchange.threshold(urgency=Urgency.PERSON, introduces=True)
        own_company = q.document(q.field("id").eq(0), fields=["id"], page_size=1)
        companies = Company.endpoint
        await exchange.send(
            calls.query(companies.name, companies.collection, own_company), urgency=Urgency.PERSON
        )
        if held := self._sharing(credentials):
            held.resume()
        return zone

    def _new(self, credentials: Credentials) -> AutotaskClient:
        at_once = self._around.limits.at_once
        return AutotaskClient(Exchange(credentials, self._around), at_once=at_once, turns=self._turns)

    def _sharing(self, credentials: Credentials) -> AutotaskClient | None:
        keys = (key for key, known in self._credentials.items() if known == credentials)
        return next((self._clients[key] for key in keys), None)
