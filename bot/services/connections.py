"""The workspace's connection to Autotask: how it stands, and saving one that was proven."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.autotask.pool import AutotaskPool
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.db.zones import adopt_zone
from bot.domain.alerts import CONNECTION_PAUSED
from bot.domain.connections import (
    Choice,
    Connection,
    FieldFacts,
    PicklistOption,
    TicketDefaults,
    with_staffing,
)
from bot.domain.context import Ctx, Right
from bot.domain.digests import Subscription
from bot.domain.proofs import Proof, active
from bot.domain.schedules import STANDING
from bot.domain.switches import Capability, Mode, Switches
from bot.domain.syncs import FIRST, Group
from bot.errors import InvalidInput, NotConnected, NotFound
from bot.jobs import Jobs, MirrorCompanies, NoteTicket, PushTicket, RunSync, TellProblem

SETUP_CODES = "AT-2"
"""The family of errors that a connection set right mends; tickets that met one go on by themselves."""
MOST_RESUMED = 500


@dataclass(frozen=True)
class ChosenDefaults:
    """What new tickets get, and what Deskhand may do; None leaves a switch as it is (product CV14, CV18)."""

    queue: str
    status_new: str
    status_updated: str
    status_closed: str
    priority: str
    tickets: Mode | None = None
    sync_contracts: bool | None = None


class ConnectionsService:
    def __init__(self, database: Database, autotask: AutotaskPool, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._autotask = autotask
        self._jobs = jobs
        self._clock = clock

    async def status(self, ctx: Ctx) -> Connection | None:
        """The workspace's connection, or None before it is connected."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.connections.get()

    async def switches(self, ctx: Ctx) -> Switches:
        """What Deskhand may do in Autotask for this workspace."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.switches.all()

    async def finish(self, ctx: Ctx, draft_id: str, chosen: ChosenDefaults) -> Connection:
        """Saves the proven connection with its choices and starts the first company mirror.

        What was connected before works until this moment, and what waited for a good login goes on.
        Raises ``InvalidInput`` for a choice that is gone, ``NotFound`` for a draft that was not proven.
        """
        ctx.require(Right.CONNECT)
        now = self._clock.now()
        if await self.status(ctx) is None:
            ctx = await adopt_zone(self._database, ctx, now)
        async with self._database.unit(ctx.tenant.id) as uow:
            proof = await _proof(uow, draft_id)
            defaults = choose_defaults({fact.name: fact for fact in proof.fields}, chosen)
            await self._save(uow, ctx, draft_id, defaults=defaults)
            await uow.fields.replace("Tickets", with_staffing(proof.fields, proof.unstaffed), now)
            await _switch(uow, ctx, chosen, at=now)
            await self._set_going(uow, ctx, draft_id)
            saved = await uow.connections.get()
        self._autotask.forget(ctx.tenant.id)
        if saved is None:
            raise NotConnected
        return saved

    async def options(self, ctx: Ctx, field: str) -> tuple[PicklistOption, ...]:
        """Active values of one ticket picklist from the local copy, in Autotask's order."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            facts = await uow.fields.get("Tickets", field)
        return active(facts.options) if facts else ()

    async def _save(self, uow: UnitOfWork, ctx: Ctx, draft_id: str, *, defaults: TicketDefaults) -> None:
        now, by = self._clock.now(), ctx.person.user_id
        proof, sealed = await _proof(uow, draft_id), await uow.connections.draft(draft_id)
        before = await uow.connections.get()
        assert sealed is not None
        await uow.connections.save(proof.zone, sealed, defaults=defaults, by=by, at=now)
        await uow.connections.drop_draft(draft_id)
        problem_id = await uow.problems.recover(CONNECTION_PAUSED, now)
        if problem_id is not None:
            await self._jobs.enqueue(uow, TellProblem(tenant_id=ctx.tenant.id, problem_id=problem_id))
        if before is None or before.username != sealed.username:
            await uow.verifications.forget()
        await uow.audit.record(
            at=now,
            by=by,
            action="update connection" if before else "connect",
            subject=f"Autotask database {proof.zone.ci}",
            before=_said(before.zone.name, before.username, before.defaults) if before else None,
            after=_said(proof.zone.name, sealed.username, defaults),
        )

    async def _set_going(self, uow: UnitOfWork, ctx: Ctx, run_key: str) -> None:
        """The first mirror, whatever else there is to fetch after it, the schedules, and the tickets that waited for a good login."""
        tenant_id, now = ctx.tenant.id, self._clock.now()
        await uow.syncs.forget_cursor("companies")
        mirror = MirrorCompanies(tenant_id=tenant_id, requested_by=ctx.person.user_id, run_key=run_key)
        await self._jobs.enqueue(uow, mirror)
        first = RunSync(
            tenant_id=tenant_id,
            groups=tuple(group.value for group in Group if group is not Group.COMPANIES),
            run_key=f"{FIRST}:{run_key}",
            requested_by=ctx.person.user_id,
            options=(FIRST,),
        )
        await self._jobs.enqueue(uow, first)
        await _schedule(uow, ctx, now)
        await uow.ticket_forms.forget_demands()
        for ticket in await uow.tickets.kept_from_autotask(SETUP_CODES, MOST_RESUMED):
            await uow.tickets.retry(ticket.id)
            await self._jobs.enqueue(uow, PushTicket(tenant_id=tenant_id, ticket_id=ticket.id))
        for note in await uow.ticket_notes.kept_from_autotask(SETUP_CODES, MOST_RESUMED):
            await uow.ticket_notes.retry(note.id)
            await self._jobs.enqueue(uow, NoteTicket(tenant_id=tenant_id, note_id=note.id))


async def _proof(uow: UnitOfWork, draft_id: str) -> Proof:
    standing = await uow.proofs.standing(draft_id)
    if standing is None or not isinstance(standing.outcome, Proof):
        raise NotFound("connection draft", "")
    return standing.outcome


async def _switch(uow: UnitOfWork, ctx: Ctx, chosen: ChosenDefaults, *, at: datetime) -> None:
    """Contracts that are switched on stay on; the form only asks whether they are read at all."""
    wanted: dict[Capability, Mode] = {}
    if chosen.tickets is not None:
        wanted[Capability.TICKETS] = chosen.tickets
    before = await uow.switches.all()
    if chosen.sync_contracts is not None and chosen.sync_contracts != before.may_read(Capability.CONTRACTS):
        wanted[Capability.CONTRACTS] = Mode.READ_ONLY if chosen.sync_contracts else Mode.OFF
    for capability, mode in wanted.items():
        await uow.switches.set(capability, mode, by=ctx.person.user_id, at=at)
        if mode is not before.mode(capability):
            await uow.audit.record(
                at=at,
                by=ctx.person.user_id,
                action="switch",
                subject=capability.label,
                before={"mode": before.mode(capability).label},
                after={"mode": mode.label},
            )


def _said(zone: str, username: str, defaults: TicketDefaults | None) -> dict[str, object]:
    """What the audit trail keeps of a connection: names, nothing secret."""
    return {"zone": zone, "username": username, "queue": defaults.queue.label if defaults else ""}


async def _schedule(uow: UnitOfWork, ctx: Ctx, now: datetime) -> None:
    """What every connected workspace has, and a digest for who connected, by their own clock; kept as changed."""
    for standing in STANDING:
        await uow.schedules.add_if_missing(standing.made(ctx.tenant.id, ctx.tenant.timezone, now))
    by = ctx.person.user_id
    digest = Subscription(by, by, money=True)
    if not await uow.digests.all() and await uow.digests.add_if_missing(digest):
        for each in digest.schedules(ctx.tenant.id, ctx.person.timezone, now):
            await uow.schedules.add_if_missing(each)


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
