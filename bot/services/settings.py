"""The workspace's settings: shown to everybody, changed by Admins, each change on its own and undone if wished."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.autotask.entities import Ticket
from bot.autotask.facts import ticket_facts, unstaffed_queues
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.contract_judging import Occasion, judge_contracts
from bot.db.session import Database, UnitOfWork
from bot.domain.authors import AS_PERSON
from bot.domain.connections import (
    Choice,
    ConnectionState,
    FieldFacts,
    PicklistOption,
    TicketDefaults,
    with_staffing,
)
from bot.domain.context import Ctx, Right
from bot.domain.contract_setting_names import NAMESPACE
from bot.domain.invoices import IDENTIFIER, Identifier
from bot.domain.logs import RETENTION, USUALLY_KEPT, is_retention
from bot.domain.settings import (
    NO,
    SOURCE_OF_TRUTH,
    UNDO_WITHIN,
    YES,
    Change,
    Chosen,
    Problem,
    Saved,
    TicketSetting,
    WorkspaceSettings,
    capability_of,
    problems_of,
    setting_label,
    switch_name,
)
from bot.domain.switches import Capability, Mode
from bot.errors import AlreadyDone, InvalidInput, MappingMissing, NotConnected, SwitchedOff
from bot.jobs import Jobs, NoteTicket, PushTicket, RefreshChoices

MOST_RESUMED = 500


class SettingsService:
    def __init__(self, database: Database, client_for: ClientFor, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock

    async def overview(self, ctx: Ctx) -> WorkspaceSettings:
        """How everything is set, from the database alone. Everybody who may read may see it."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await _read(uow)

    async def change(self, ctx: Ctx, shown: Mapping[str, str], wanted: Mapping[str, str]) -> Saved:
        """Saves what differs from what the form had ``shown``; what others changed meanwhile stays theirs.

        Raises ``InvalidInput`` naming the setting when it is no longer what the form showed, or its value is
        not (any more) one of Autotask's.
        """
        ctx.require(Right.CHANGE_SETTINGS)
        touched = {name: value for name, value in wanted.items() if value != shown.get(name, "")}
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            state = await _read(uow)
            if state.connection is None or state.connection.state is ConnectionState.REMOVING:
                raise NotConnected
            changes = tuple(
                change
                for name, value in touched.items()
                if (change := _change(state, name, value, shown.get(name, ""))) is not None
            )
            return await self._save(ctx, uow, state, changes)

    async def undo(self, ctx: Ctx, batch: str) -> Saved:
        """Takes a change back. Raises ``AlreadyDone`` when it is older than ten minutes or was changed since."""
        ctx.require(Right.CHANGE_SETTINGS)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            made, at = await uow.settings.batch(batch)
            if at is None:
                raise AlreadyDone("This change was taken back already.")
            if now - at > UNDO_WITHIN:
                raise AlreadyDone(
                    "A change can be undone for ten minutes. Change it in the settings instead."
                )
            state = await _read(uow)
            back = tuple(_reversed(state, change) for change in made)
            await uow.settings.undone(batch, now)
            return await self._save(ctx, uow, state, back, action="undo setting")

    async def refresh(self, ctx: Ctx) -> WorkspaceSettings:
        """Reads queues, statuses and priorities from Autotask again, now."""
        ctx.require(Right.CHANGE_SETTINGS)
        state = await self.refresh_for(ctx.tenant.id)
        if state.problems:
            async with self._database.unit(ctx.tenant.id) as uow:
                await self._jobs.enqueue(uow, RefreshChoices(tenant_id=ctx.tenant.id))
        return state

    async def refresh_for(self, tenant_id: int) -> WorkspaceSettings:
        """The same on nobody's behalf."""
        client = await self._client_for(tenant_id)
        facts = ticket_facts(await client.fields(Ticket, fresh=True))
        queues = next((fact.options for fact in facts if fact.name == "queueID"), ())
        marked = with_staffing(
            facts, await unstaffed_queues(client, [each for each in queues if each.is_active])
        )
        async with self._database.unit(tenant_id) as uow:
            await uow.fields.replace("Tickets", marked, self._clock.now())
            return await _read(uow)

    async def problems(self, tenant_id: int) -> tuple[Problem, ...]:
        """The chosen values that Autotask no longer offers, as of when it was last read."""
        async with self._database.unit(tenant_id) as uow:
            return (await _read(uow)).problems

    async def _save(
        self,
        ctx: Ctx,
        uow: UnitOfWork,
        state: WorkspaceSettings,
        changes: tuple[Change, ...],
        *,
        action: str = "change setting",
    ) -> Saved:
        if not changes:
            return Saved("", ())
        now, by, batch = self._clock.now(), ctx.person.user_id, uuid4().hex
        await _write(uow, state, changes, by=by, at=now)
        await uow.settings.remember(batch, changes, by=by, at=now)
        for change in changes:
            await uow.audit.record(
                at=now,
                by=by,
                action=action,
                subject=setting_label(change.name),
                before={"value": change.before.label} if change.before else None,
                after={"value": change.after.label},
            )
        if any(change.name.startswith(NAMESPACE) for change in changes):
            today = now.astimezone(ZoneInfo(ctx.tenant.timezone)).date()
            await judge_contracts(uow, Occasion(now, today, tells=False))
        return Saved(batch, changes, await self._resume(ctx, uow, changes))

    async def _resume(self, ctx: Ctx, uow: UnitOfWork, changes: tuple[Change, ...]) -> int:
        """Tickets and notes that met the switch go on by themselves once it is on."""
        on = Chosen(Mode.ON.value, Mode.ON.label)
        if not any(each.name == switch_name(Capability.TICKETS) and each.after == on for each in changes):
            return 0
        waiting = await uow.tickets.kept_from_autotask(SwitchedOff.code, MOST_RESUMED)
        for ticket in waiting:
            await uow.tickets.retry(ticket.id)
            await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket.id))
        for note in await uow.ticket_notes.kept_from_autotask(SwitchedOff.code, MOST_RESUMED):
            await uow.ticket_notes.retry(note.id)
            await self._jobs.enqueue(uow, NoteTicket(tenant_id=ctx.tenant.id, note_id=note.id))
        return len(waiting)


async def _read(uow: UnitOfWork) -> WorkspaceSettings:
    connection = await uow.connections.get()
    switches = await uow.switches.all()
    facts = await uow.fields.entity("Tickets")
    values = {
        SOURCE_OF_TRUTH: Chosen(YES, "Yes"),
        AS_PERSON: Chosen(NO, "No"),
        RETENTION: Chosen(str(USUALLY_KEPT), f"{USUALLY_KEPT} days"),
        IDENTIFIER: Chosen(Identifier.NUMBER.value, Identifier.NUMBER.label),
    } | await uow.settings.preferences()
    for capability in Capability:
        mode = switches.mode(capability)
        values[switch_name(capability)] = Chosen(mode.value, mode.label)
    if connection is not None and connection.defaults is not None:
        for setting in TicketSetting:
            choice: Choice = getattr(connection.defaults, setting.value)
            values[setting.value] = Chosen(str(choice.value), choice.label)
    return WorkspaceSettings(
        connection,
        switches,
        values,
        {name: _active(each) for name, each in facts.items()},
        problems_of(connection.defaults if connection else None, facts),
        await uow.settings.picklists_as_of(),
        await uow.invoices.naming() if switches.may_read(Capability.INVOICES) else None,
    )


def _change(state: WorkspaceSettings, name: str, value: str, shown: str) -> Change | None:
    """What the person changed; None where it is so already."""
    before = state.values.get(name)
    if before is not None and before.value == value:
        return None
    if before is not None and before.value != shown:
        raise InvalidInput(
            name, f"Somebody changed this to “{before.label}” meanwhile. Close this form and open it again."
        )
    return Change(name, before, _valid(state, name, value))


def _valid(state: WorkspaceSettings, name: str, value: str) -> Chosen:
    """The value with its label. Raises ``InvalidInput`` for one that cannot be."""
    if capability_of(name) is not None and value in set(Mode):
        return Chosen(value, Mode(value).label)
    if name == IDENTIFIER and value in set(Identifier):
        return Chosen(value, Identifier(value).label)
    if name == RETENTION and is_retention(value):
        return Chosen(str(int(value)), f"{int(value)} days")
    if name in {SOURCE_OF_TRUTH, AS_PERSON} and value in {YES, NO}:
        return Chosen(value, value.capitalize())
    if name in set(TicketSetting):
        options = state.options.get(TicketSetting(name).picklist, ())
        found = next((option for option in options if option.value == value), None)
        if found is not None:
            return Chosen(found.value, found.label)
        raise InvalidInput(name, "Autotask no longer offers this value. Please choose another.")
    raise InvalidInput(name, "This setting cannot be changed so.")


def _reversed(state: WorkspaceSettings, made: Change) -> Change:
    current = state.values.get(made.name)
    if current is None or current.value != made.after.value:
        raise AlreadyDone(f"{setting_label(made.name)} was changed again since.")
    if made.before is None:
        raise AlreadyDone(f"{setting_label(made.name)} had no value before.")
    return Change(made.name, made.after, made.before)


async def _write(
    uow: UnitOfWork, state: WorkspaceSettings, changes: tuple[Change, ...], *, by: str, at: datetime
) -> None:
    chosen: dict[str, Choice] = {}
    for change in changes:
        capability = capability_of(change.name)
        if capability is not None:
            await uow.switches.set(capability, Mode(change.after.value), by=by, at=at)
        elif change.name in set(TicketSetting):
            chosen[change.name] = Choice(int(change.after.value), change.after.label)
        else:
            await uow.settings.prefer(change.name, change.after, by=by, at=at)
    if chosen:
        assert state.connection is not None
        await uow.connections.set_defaults(_defaults(state.connection.defaults, chosen))


def _defaults(before: TicketDefaults | None, chosen: Mapping[str, Choice]) -> TicketDefaults:
    if before is not None:
        return replace(before, **chosen)
    if len(chosen) < len(TicketSetting):
        raise MappingMissing("the queue for new tickets")
    return TicketDefaults(**chosen)


def _active(facts: FieldFacts) -> tuple[PicklistOption, ...]:
    found = (option for option in facts.options if option.is_active)
    return tuple(sorted(found, key=lambda option: (not option.is_staffed, option.sort_order, option.label)))
