"""Connecting a workspace to Autotask: prove, choose, save; verify; say how it stands."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pydantic import SecretStr

from bot.autotask import answers
from bot.autotask.entities import ENTITIES, Ticket
from bot.autotask.picklists import EntityFields
from bot.autotask.pool import AutotaskPool, ClientFor, Credentials
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.checks import Check, EntityAccess, judge
from bot.domain.connections import (
    Choice,
    Connection,
    FieldFacts,
    PicklistOption,
    SealedCredentials,
    TicketDefaults,
    ZoneFacts,
)
from bot.domain.context import Ctx, Right
from bot.domain.schedules import DAILY_DIGEST, Schedule
from bot.errors import BotError, InvalidInput, MappingMissing, NotConnected, NotFound, UpstreamError
from bot.jobs import Jobs, MirrorCompanies, ProveConnection, PushTicket
from bot.secretbox import SecretBox

TICKET_FIELDS = ("queueID", "status", "priority", "title", "description")
"""What the ticket form and the connect form need to know of Autotask's Tickets."""

NEEDED_CHOICES = {"queueID": "ticket queue", "status": "ticket status", "priority": "ticket priority"}
LONGEST_TRACKING_ID = 60
NO_ACCESS = frozenset({"none", "0"})
"""How ``userAccessFor…`` says no: as text, or as the number that some databases give."""
LEAST_SECRET = 8
SETUP_CODES = "AT-2"
"""The family of errors that a connection set right mends; tickets that met one go on by themselves."""
MOST_RESUMED = 500


@dataclass(frozen=True)
class CredentialsForm:
    """What a person typed; ``SecretStr`` keeps it out of every repr, log and error."""

    username: str
    secret: SecretStr
    tracking_id: SecretStr


@dataclass(frozen=True)
class Proven:
    """Autotask accepted the credentials: its zone, and what may be chosen for tickets."""

    draft_id: str
    zone: ZoneFacts
    queues: tuple[PicklistOption, ...]
    statuses: tuple[PicklistOption, ...]
    priorities: tuple[PicklistOption, ...]


@dataclass(frozen=True)
class ChosenDefaults:
    queue: str
    status_new: str
    status_updated: str
    status_closed: str
    priority: str


@dataclass(frozen=True)
class Verified:
    zone: ZoneFacts
    checks: tuple[Check, ...]
    took: timedelta


class ConnectionsService:
    def __init__(
        self,
        database: Database,
        autotask: AutotaskPool,
        client_for: ClientFor,
        *,
        secrets: SecretBox,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._database = database
        self._autotask = autotask
        self._client_for = client_for
        self._secrets = secrets
        self._jobs = jobs
        self._clock = clock

    async def status(self, ctx: Ctx) -> Connection | None:
        """The workspace's connection, or None before it is connected."""
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.connections.get()

    async def save_draft(self, ctx: Ctx, form: CredentialsForm) -> str:
        """Keeps the credentials encrypted until they are proven; returns the draft's id.

        Raises ``InvalidInput`` naming the field that cannot be right (product CV5).
        """
        ctx.require(Right.CONNECT)
        checked = check_credentials(form)
        sealed = SealedCredentials(
            checked.username,
            self._secrets.seal(checked.secret.get_secret_value()),
            self._secrets.seal(checked.tracking_id.get_secret_value()),
        )
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.connections.add_draft(sealed, ctx.person.user_id, self._clock.now())

    async def prove(self, ctx: Ctx, draft_id: str) -> Proven:
        """Finds the zone, logs in, and reads what may be chosen for tickets.

        Raises ``CredentialsRejected`` (with the field), ``PermissionMissing`` or an ``UpstreamError``.
        """
        ctx.require(Right.CONNECT)
        credentials = self._open(await self._draft(ctx, draft_id))
        zone = await self._autotask.prove(credentials)
        key = ("draft", draft_id)
        try:
            fields = await self._autotask.for_connection(key, credentials).fields(Ticket)
        finally:
            self._autotask.forget(key)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.fields.replace("Tickets", ticket_facts(fields), self._clock.now())
        facts = {fact.name: fact.options for fact in ticket_facts(fields)}
        for name, what in NEEDED_CHOICES.items():
            if not active(facts[name]):
                raise MappingMissing(f"an active {what} in Autotask")
        return Proven(
            draft_id,
            ZoneFacts(zone.name, zone.api_url, zone.web_url, zone.ci),
            queues=active(facts["queueID"]),
            statuses=active(facts["status"]),
            priorities=active(facts["priority"]),
        )

    def begin_proof(self, ctx: Ctx, draft_id: str) -> asyncio.Task[Proven]:
        """Starts proving. It is never broken off: Autotask counts a login whose answer nobody waits for, too."""
        return asyncio.create_task(self.prove(ctx, draft_id))

    async def proven_within(
        self, ctx: Ctx, draft_id: str, proof: asyncio.Task[Proven], *, seconds: float | None = None
    ) -> Proven | None:
        """The proof's answer, if it comes in time and is this call's to give; None leaves it to a job.

        Raises ``CredentialsRejected`` with the field whose value Autotask refused, ``PermissionMissing``.
        """
        await asyncio.wait({proof}, timeout=seconds)
        if not proof.done():
            return None
        try:
            proven = proof.result()
        except UpstreamError:
            return None
        except BotError:
            await self.answer(ctx, draft_id)
            await self.drop_draft(ctx, draft_id)
            raise
        return proven if await self.answer(ctx, draft_id) else None

    async def prove_later(
        self, ctx: Ctx, draft_id: str, *, view_id: str, channel_id: str, after: timedelta = timedelta()
    ) -> None:
        """Leaves the proof to a job, which redraws the modal or sends a direct message."""
        ctx.require(Right.CONNECT)
        job = ProveConnection(
            tenant_id=ctx.tenant.id,
            draft_id=draft_id,
            user_id=ctx.person.user_id,
            view_id=view_id,
            channel_id=channel_id,
        )
        async with self._database.unit(ctx.tenant.id) as uow:
            await self._jobs.enqueue(uow, job, at=self._clock.now() + after if after else None)

    async def answer(self, ctx: Ctx, draft_id: str) -> bool:
        """True for the one who may tell the person how the proof ended."""
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.deliveries.first_time(_answered(draft_id), self._clock.now())

    async def is_answered(self, ctx: Ctx, draft_id: str) -> bool:
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.deliveries.seen(_answered(draft_id))

    async def drop_draft(self, ctx: Ctx, draft_id: str) -> None:
        """Forgets credentials that were refused."""
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.connections.drop_draft(draft_id)

    async def finish(self, ctx: Ctx, draft_id: str, zone: ZoneFacts, chosen: ChosenDefaults) -> Connection:
        """Saves the proven connection with its ticket defaults and starts the first company mirror."""
        ctx.require(Right.CONNECT)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            sealed = await uow.connections.draft(draft_id)
            if sealed is None:
                raise NotFound("connection draft", draft_id)
            facts = await uow.fields.entity("Tickets")
            defaults = choose_defaults(facts, chosen)
            await uow.connections.save(zone, sealed, defaults=defaults, by=ctx.person.user_id, at=now)
            await uow.connections.drop_draft(draft_id)
            await uow.syncs.set_cursor("companies", None, None)  # it may be another database than before
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="connect",
                subject=f"Autotask database {zone.ci}",
                after={"zone": zone.name, "username": sealed.username, "queue": defaults.queue.label},
            )
            await self._jobs.enqueue(
                uow,
                MirrorCompanies(tenant_id=ctx.tenant.id, requested_by=ctx.person.user_id, run_key=draft_id),
            )
            await uow.schedules.add_if_missing(_first_digest(ctx, now))
            for ticket in await uow.tickets.kept_from_autotask(SETUP_CODES, MOST_RESUMED):
                await uow.tickets.retry(ticket.id)
                await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket.id))
            saved = await uow.connections.get()
        self._autotask.forget(ctx.tenant.id)
        if saved is None:
            raise NotConnected
        return saved

    async def options(self, ctx: Ctx, field: str) -> tuple[PicklistOption, ...]:
        """Active values of one ticket picklist from the local copy, in Autotask's order."""
        async with self._database.unit(ctx.tenant.id) as uow:
            facts = await uow.fields.get("Tickets", field)
        return active(facts.options) if facts else ()

    async def verify(self, ctx: Ctx) -> Verified:
        """Every right Deskhand needs against what Autotask grants, in one request (product CV10)."""
        ctx.require(Right.READ)
        started = self._clock.now()
        client = await self._client_for(ctx.tenant.id)
        zone = await client.zone()
        reported = await client.entity_access()
        access = {
            known.endpoint.collection: _granted(each)
            for known in ENTITIES
            if (each := reported.get(known.endpoint.name)) is not None
        }
        facts = ZoneFacts(zone.name, zone.api_url, zone.web_url, zone.ci)
        return Verified(facts, judge(access), self._clock.now() - started)

    async def _draft(self, ctx: Ctx, draft_id: str) -> SealedCredentials:
        async with self._database.unit(ctx.tenant.id) as uow:
            sealed = await uow.connections.draft(draft_id)
        if sealed is None:
            raise NotFound("connection draft", draft_id)
        return sealed

    def _open(self, sealed: SealedCredentials) -> Credentials:
        return Credentials(
            sealed.username, self._secrets.open(sealed.secret), self._secrets.open(sealed.tracking_id)
        )


def _granted(reported: answers.EntityAccess) -> EntityAccess:
    """What the entity offers and the API user's security level lets through."""

    def open_to_us(offered: bool, level: str) -> bool:  # noqa: FBT001 - a pair of facts
        return offered and level.casefold() not in NO_ACCESS

    return EntityAccess(
        can_query=open_to_us(reported.can_query, reported.user_access_for_query),
        can_create=open_to_us(reported.can_create, reported.user_access_for_create),
        can_update=open_to_us(reported.can_update, reported.user_access_for_update),
    )


def _answered(draft_id: str) -> str:
    return f"proof:{draft_id}"


def _first_digest(ctx: Ctx, now: datetime) -> Schedule:
    """A daily digest at eight, that person's time, to who connected, until an Admin chooses a channel."""
    return Schedule(
        ctx.tenant.id, DAILY_DIGEST, time(8, 0), ctx.person.timezone, ctx.person.user_id, since=now
    )


def check_credentials(form: CredentialsForm) -> CredentialsForm:
    """Trims the three values and refuses what is empty or sits in the wrong field (product CV5)."""
    username = form.username.strip()
    secret = form.secret.get_secret_value().strip()
    tracking = form.tracking_id.get_secret_value().strip()
    for field, value in (("username", username), ("secret", secret), ("tracking_id", tracking)):
        if not value:
            raise InvalidInput(field, "Please fill this in.")
    if any(char.isspace() for char in tracking):
        raise InvalidInput("tracking_id", "A tracking identifier has no spaces. Copy it again from Autotask.")
    if "@" in tracking or len(tracking) > LONGEST_TRACKING_ID:
        raise InvalidInput(
            "tracking_id", "This does not look like a tracking identifier. Is it the username?"
        )
    if secret == username:
        raise InvalidInput("secret", "This is the username again. Paste the secret (password) here.")
    if len(secret) < LEAST_SECRET:
        raise InvalidInput("secret", "This is too short for a secret. Generate a new one if you lost it.")
    return CredentialsForm(username, SecretStr(secret), SecretStr(tracking))


def ticket_facts(fields: EntityFields) -> list[FieldFacts]:
    """Autotask's field information as the form needs it."""
    return [
        FieldFacts(
            "Tickets",
            name,
            max_length=fields.max_length(name) or 0,
            options=tuple(
                PicklistOption(
                    str(each.value),
                    each.label,
                    each.is_active,
                    each.is_default,
                    each.sort_order,
                    str(each.parent or ""),
                )
                for each in fields.picklist(name)
            ),
        )
        for name in TICKET_FIELDS
    ]


def active(options: tuple[PicklistOption, ...]) -> tuple[PicklistOption, ...]:
    return tuple(
        sorted((each for each in options if each.is_active), key=lambda each: (each.sort_order, each.label))
    )


def choose_defaults(facts: Mapping[str, FieldFacts], chosen: ChosenDefaults) -> TicketDefaults:
    """Turns the chosen numbers into labelled choices; raises ``InvalidInput`` for one that is gone."""

    def choice(form_field: str, field: str, value: str) -> Choice:
        options = active(facts[field].options) if field in facts else ()
        for option in options:
            if option.value == value:
                return Choice(int(option.value), option.label)
        raise InvalidInput(form_field, "Autotask no longer offers this value. Please choose another.")

    return TicketDefaults(
        queue=choice("queue", "queueID", chosen.queue),
        status_new=choice("status_new", "status", chosen.status_new),
        status_updated=choice("status_updated", "status", chosen.status_updated),
        status_closed=choice("status_closed", "status", chosen.status_closed),
        priority=choice("priority", "priority", chosen.priority),
    )
