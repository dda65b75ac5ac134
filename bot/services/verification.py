"""Verify: what Autotask grants the API user against what Deskhand needs, and the silent failures around it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.autotask import answers
from bot.autotask.client import AutotaskClient
from bot.autotask.entities import ENTITIES, BillingItem, Contract, Entity, Invoice, Resource, TimeEntry
from bot.autotask.pool import ClientFor
from bot.autotask.query import any_of, field
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.checks import (
    ADMIN,
    SECURITY_LEVELS,
    Answer,
    EntityAccess,
    Finding,
    Night,
    Verified,
    judge,
    next_night,
)
from bot.domain.connections import ZoneFacts
from bot.domain.context import Ctx, Right
from bot.errors import AutotaskRejected, AutotaskUnavailable, NotConnected, PermissionMissing, UpstreamError

NO_ACCESS = frozenset({"none", "0"})
"""How ``userAccessFor…`` says no: as text, or as the number that some databases give."""
NO_COSTS = "read cost"
"""In the name of the level that hides costs: “API User (system) Can't Read Costs (API-only)”."""
WITHIN: Final = 9.0
"""Seconds for the whole pass; a question beside the table that takes longer is told as not answered."""
SILENT: tuple[tuple[type[Entity], str], ...] = (
    (Contract, "contracts"),
    (BillingItem, "billing items"),
    (TimeEntry, "time entries"),
)
"""Entities of which a missing right or a line of business shows nothing at all, without an error."""
LEVEL = f"{ADMIN} ▸ Resources/Users (HR) ▸ Resources/Users ▸ the API user ▸ Security Level"
LINES = f"{ADMIN} ▸ Resources/Users (HR) ▸ Resources/Users ▸ the API user ▸ Line of Business"


@dataclass(frozen=True)
class _Asked:
    """Who asks: the client, and the API user's name."""

    client: AutotaskClient
    username: str
    access: Mapping[str, answers.EntityAccess]
    until: float
    """The event loop's time at which the pass is over."""


class VerificationService:
    def __init__(self, database: Database, client_for: ClientFor, *, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._clock = clock

    async def verify(self, ctx: Ctx) -> Verified:
        """Every right Deskhand needs in one request, the known silent failures in a few more (product CV10, CV25).

        Raises ``NotConnected``, ``CredentialsRejected``, or an ``UpstreamError`` when the rights cannot be read.
        """
        ctx.require(Right.READ)
        return await self.look(ctx.tenant.id)

    async def look(self, tenant_id: int) -> Verified:
        """The same for a job, which nobody asked for."""
        started = self._clock.now()
        client = await self._client_for(tenant_id)
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
        if connection is None:
            raise NotConnected
        until = asyncio.get_running_loop().time() + WITHIN
        try:
            async with asyncio.timeout_at(until):
                zone, access = await client.zone(), await client.entity_access()
        except TimeoutError:
            raise AutotaskUnavailable(f"no answer within {WITHIN:.0f} s") from None
        asked = _Asked(client, connection.username, access, until)
        level, findings = await asyncio.gather(
            _level(asked), asyncio.gather(*(ask(asked) for ask in _QUESTIONS))
        )
        return Verified(
            ZoneFacts(zone.name, zone.api_url, zone.web_url, zone.ci),
            judge(_access(asked.access)),
            (_costs(level), *findings, *_NEVER_TOLD),
            self._clock.now() - started,
            level,
        )

    async def night(self, tenant_id: int, slot: str) -> Night:
        """The slot's news. Looked for once: a job that runs again tells the same."""
        async with self._database.unit(tenant_id) as uow:
            last = await uow.verifications.last()
        if last is not None and last.slot == slot:
            return last
        found = await self.look(tenant_id)
        async with self._database.unit(tenant_id) as uow:
            last = await uow.verifications.last()
            if last is not None and last.slot == slot:
                return last
            night = next_night(last, slot, found.missing)
            await uow.verifications.save(night, self._clock.now())
        return night


def _access(reported: Mapping[str, answers.EntityAccess]) -> dict[str, EntityAccess]:
    """By collection: what the entity offers and the API user's security level lets through."""
    return {
        known.endpoint.collection: _granted(each)
        for known in ENTITIES
        if (each := reported.get(known.endpoint.name)) is not None
    }


def _granted(reported: answers.EntityAccess) -> EntityAccess:
    def open_to_us(offered: bool, level: str) -> bool:  # noqa: FBT001 - a pair of facts
        return offered and level.casefold() not in NO_ACCESS

    return EntityAccess(
        can_query=open_to_us(reported.can_query, reported.user_access_for_query),
        can_create=open_to_us(reported.can_create, reported.user_access_for_create),
        can_update=open_to_us(reported.can_update, reported.user_access_for_update),
    )


async def _level(asked: _Asked) -> str:
    """The name of the API user's security level, "" where Autotask does not show it.

    Autotask keeps the level in ``Resources.userType``; the API user is found by e-mail address or user name.
    """
    name = asked.username
    himself = any_of(
        field("email").eq(name), field("userName").eq(name), field("userName").eq(name.partition("@")[0])
    )
    try:
        async with asyncio.timeout_at(asked.until):
            user = await asked.client.first(Resource, himself)
            fields = await asked.client.fields(Resource)
    except (TimeoutError, UpstreamError, PermissionMissing, AutotaskRejected):
        return ""
    return (fields.label("userType", user.user_type) or "") if user else ""


def _costs(level: str) -> Finding:
    about, place = "Costs", LEVEL
    if not level:
        says = "Autotask does not show the security level through its API. With a level that cannot read costs, margins are off."
        return Finding(about, Answer.UNKNOWN, says, place)
    if NO_COSTS in level.casefold():
        says = (
            f"The level “{level}” hides costs: margins and variances in money are off, everything else works."
        )
        return Finding(about, Answer.UNKNOWN, says, place)
    return Finding(about, Answer.YES, f"The level “{level}” does not hide costs.")


async def _silent(asked: _Asked) -> Finding:
    """Whether something that may be read shows nothing at all."""
    about = "Line of business"
    counts = await asyncio.gather(*(_count(asked, kind) for kind, _ in SILENT))
    empty = [name for (_, name), count in zip(SILENT, counts, strict=True) if count == 0]
    if not empty:
        return Finding(about, Answer.YES, "Contracts, billing items and time entries are visible.")
    says = f"Autotask shows no {', no '.join(empty)}. If you have some, the API user's lines of business hide them, without an error."
    return Finding(about, Answer.UNKNOWN, says, LINES)


async def _non_billable(asked: _Asked) -> Finding:
    about = "Non-billable time"
    place = f"{SECURITY_LEVELS} ▸ Timesheets ▸ tick “Can view non-billable time entries”"
    try:
        async with asyncio.timeout_at(asked.until):
            found = await asked.client.first(TimeEntry, field("isNonBillable").eq(True))
    except (TimeoutError, UpstreamError, PermissionMissing, AutotaskRejected):
        found = None
    if found is not None:
        return Finding(about, Answer.YES, "Non-billable time entries are visible.")
    says = "Autotask shows no non-billable time. Either there is none, or the level may not see it: Autotask does not tell which."
    return Finding(about, Answer.UNKNOWN, says, place)


async def _invoice_pdf(asked: _Asked) -> Finding:
    about = "Invoice PDF"
    place = (
        f"{SECURITY_LEVELS} ▸ Contracts & Billing ▸ Invoices: allow all that concerns viewing and printing"
    )
    try:
        async with asyncio.timeout_at(asked.until):
            invoice = await asked.client.first(Invoice, field("id").gte(0))
    except (TimeoutError, UpstreamError, PermissionMissing, AutotaskRejected):
        return Finding(about, Answer.UNKNOWN, "It cannot be tried without reading invoices.", place)
    if invoice is None:
        says = "There is no invoice to try it with, or the API user's lines of business hide them."
        return Finding(about, Answer.UNKNOWN, says, place)
    return await _printed(asked, invoice, place)


async def _printed(asked: _Asked, invoice: Invoice, place: str) -> Finding:
    about = "Invoice PDF"
    try:
        async with asyncio.timeout_at(asked.until):
            await asked.client.invoice_pdf(invoice.id)
    except PermissionMissing:
        return Finding(about, Answer.NO, "The API user may not read invoices as PDF.", place)
    except (TimeoutError, UpstreamError, AutotaskRejected):
        return Finding(about, Answer.UNKNOWN, "Autotask did not give an invoice as PDF this time.", place)
    return Finding(about, Answer.YES, f"Invoice {invoice.id} was read as PDF.")


async def _webhooks(asked: _Asked) -> Finding:
    about = "Webhooks"
    place = f"{SECURITY_LEVELS} ▸ Other ▸ tick “Can create WebHooks”, and its maximum beside it"
    known = asked.access.get("TicketWebhook")
    if known is None:
        says = "Autotask does not tell through its API whether the level may create webhooks. Without them changes arrive by polling."
        return Finding(about, Answer.UNKNOWN, says, place)
    if not _granted(known).can_create:
        says = "The level may not create webhooks: changes arrive by polling, some minutes late."
        return Finding(about, Answer.NO, says, place)
    return Finding(
        about, Answer.YES, "Ticket webhooks may be created. The maximum is shown in Autotask only.", place
    )


async def _count(asked: _Asked, kind: type[Entity]) -> int | None:
    """How many there are; None where it cannot be told now."""
    try:
        async with asyncio.timeout_at(asked.until):
            return await asked.client.count(kind, field("id").gte(0))
    except (TimeoutError, UpstreamError, PermissionMissing, AutotaskRejected):
        return None


_QUESTIONS: tuple[Callable[[_Asked], Awaitable[Finding]], ...] = (
    _webhooks,
    _silent,
    _non_billable,
    _invoice_pdf,
)
_NEVER_TOLD = (
    Finding(
        "Impersonation, the API user's side",
        Answer.UNKNOWN,
        "Only a copy of the API level can allow it, entity by entity; Autotask does not tell through its API.",
        f"{SECURITY_LEVELS} ▸ Impersonation",
    ),
    Finding(
        "Impersonation, the person's side",
        Answer.UNKNOWN,
        "The person's own level must allow what is done in their name; Autotask tells only when it is tried.",
        f"{ADMIN} ▸ Resources/Users (HR) ▸ Security Levels ▸ the person's level ▸ Impersonation",
    ),
)
"""What no request can find out without changing something (autotask-api: impersonation needs both sides)."""
