"""Which contracts are taken in: prefixes, customers on demand and data filters, counted before they are saved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.audit import Done
from bot.db.contract_customers import create_customers, customer_lines
from bot.db.contract_judging import Occasion, count_matching, judge_contracts
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import PicklistOption
from bot.domain.context import Ctx, Right
from bot.domain.contract_lists import CustomerRequest
from bot.domain.contract_rules import (
    CUSTOMERS,
    LABELS,
    LONGEST_PREFIX,
    MATCHED,
    MOST_PREFIXES,
    NO_PREFIX,
    PREFIXES,
    Customers,
    FilterField,
    Matched,
    Rules,
    RulesOverview,
    prefixes_of,
    rules_of,
    shown_prefixes,
)
from bot.domain.settings import Change, Chosen, Saved
from bot.errors import AlreadyDone, InvalidInput

DEFAULTS: Mapping[str, Chosen] = {
    PREFIXES: Chosen("", NO_PREFIX),
    MATCHED: Chosen(Matched.CONTRACT.value, Matched.CONTRACT.label),
    CUSTOMERS: Chosen(Customers.CREATE.value, Customers.CREATE.label),
    **{each.value: Chosen("", "All") for each in FilterField},
}


class ContractRulesService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def overview(self, ctx: Ctx, typed: Mapping[str, str] | None = None) -> RulesOverview:
        """As it is set, or as it would be with what was ``typed``; the counts are of the mirror, nothing is asked.

        For Admins: the counts are of every organization.
        """
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            values, options = await _values(uow), await _options(uow)
            values |= {name: _chosen(name, value, options) for name, value in (typed or {}).items()}
            rules = rules_of(values)
            matching, total = await count_matching(uow, rules)
            return RulesOverview(values, matching, total, await _invoices(uow, rules), options)

    async def check(self, ctx: Ctx, typed: Mapping[str, str], *, shown: Mapping[str, str]) -> None:
        """Whether it could be saved now, at once: saving looks at every contract, which takes its time. Raises as that."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            await _differences(uow, typed, shown)

    async def save(self, ctx: Ctx, typed: Mapping[str, str], *, shown: Mapping[str, str]) -> Saved:
        """Saves what differs from what was ``shown`` and judges every contract anew, without asking Autotask.

        Raises ``InvalidInput`` for a prefix that cannot be, or where somebody else changed the same meanwhile.
        """
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            return await self._save(ctx, uow, await _differences(uow, typed, shown))

    async def customers(
        self, ctx: Ctx, *, offset: int = 0, limit: int = 10
    ) -> tuple[list[CustomerRequest], int]:
        """Companies that wait for a word: contracts match a prefix, and no organization has them."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            return await uow.customers.open(offset, limit)

    async def decide(self, ctx: Ctx, company_ids: Sequence[int], *, approve: bool) -> tuple[str, ...]:
        """Creates and maps the organizations, or leaves them out for good; the names. None given: all that wait.

        Raises ``AlreadyDone`` where somebody decided before.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        now, by = self._clock.now(), ctx.person.user_id
        async with self._database.unit_for(ctx) as uow:
            waiting = await uow.customers.waiting(company_ids or None)
            ids = [each.company_id for each in waiting]
            if not await uow.customers.decide(ids, "approved" if approve else "declined", by, now):
                raise AlreadyDone("Somebody has decided this already.")
            done = [Done(each.company, {"contract": each.contract}, each.company_id) for each in waiting]
            action = "approve customer" if approve else "decline customer"
            await uow.audit.record_each(done, at=now, by=by, action=action)
            if approve:
                made = await create_customers(
                    uow, {each.company_id: each.contract for each in waiting}, now, by=by
                )
                await uow.sync_logs.add(None, customer_lines(made), now)
                await judge_contracts(uow, replace(self._occasion(ctx), company_ids=tuple(ids)))
        return tuple(each.company for each in waiting)

    async def _save(self, ctx: Ctx, uow: UnitOfWork, changes: tuple[Change, ...]) -> Saved:
        if not changes:
            return Saved("", ())
        now, by, batch = self._clock.now(), ctx.person.user_id, uuid4().hex
        for change in changes:
            await uow.settings.prefer(change.name, change.after, by=by, at=now)
            assert change.before is not None
            await uow.audit.record(
                at=now,
                by=by,
                action="change setting",
                subject=LABELS[change.name],
                before={"value": change.before.label},
                after={"value": change.after.label},
            )
        await uow.settings.remember(batch, changes, by=by, at=now)
        await judge_contracts(uow, self._occasion(ctx))
        return Saved(batch, changes)

    def _occasion(self, ctx: Ctx) -> Occasion:
        """A rule that changed is no news about contracts."""
        now = self._clock.now()
        return Occasion(now, now.astimezone(ZoneInfo(ctx.tenant.timezone)).date(), tells=False)


async def _values(uow: UnitOfWork) -> dict[str, Chosen]:
    kept = await uow.settings.preferences()
    return {name: kept.get(name, usual) for name, usual in DEFAULTS.items()}


async def _differences(
    uow: UnitOfWork, typed: Mapping[str, str], shown: Mapping[str, str]
) -> tuple[Change, ...]:
    values, options = await _values(uow), await _options(uow)
    return tuple(
        Change(name, values[name], _chosen(name, value, options))
        for name, value in typed.items()
        if value != values[name].value and _is_free(name, values[name], shown)
    )


async def _invoices(uow: UnitOfWork, rules: Rules) -> tuple[int, int]:
    """Invoices are narrowed by their company's type and classification."""
    chosen = rules.filters or {}
    companies = await uow.contracts.companies_let_in(
        chosen.get(FilterField.COMPANY_TYPE, ()), chosen.get(FilterField.CLASSIFICATION, ())
    )
    return await uow.invoices.count_of(companies), await uow.invoices.count_of()


async def _options(uow: UnitOfWork) -> dict[FilterField, tuple[PicklistOption, ...]]:
    """What this Autotask database offers; what it has no values for is not offered."""
    found: dict[FilterField, tuple[PicklistOption, ...]] = {}
    for each in FilterField:
        entity, name = each.source
        if each is FilterField.LINE_OF_BUSINESS:
            numbers = await uow.contracts.lines_of_business()
            found[each] = tuple(
                PicklistOption(str(number), f"Line of business {number}") for number in numbers
            )
        else:
            found[each] = await uow.fields.active(entity, name)
    return {each: options for each, options in found.items() if options}


def _is_free(name: str, now: Chosen, shown: Mapping[str, str]) -> bool:
    if now.value == shown.get(name, now.value):
        return True
    raise InvalidInput(
        name, f"Somebody changed this to “{now.label}” meanwhile. Close this form and open it again."
    )


def _chosen(name: str, value: str, options: Mapping[FilterField, Sequence[PicklistOption]]) -> Chosen:
    if name == PREFIXES:
        return _prefixes(value)
    if name in _SETTINGS:
        return _one_of(_SETTINGS[name], name, value)
    labels = {each.value: each.label for each in options.get(FilterField(name), ())}
    chosen = [part for part in value.split(",") if part]
    if unknown := [part for part in chosen if part not in labels]:
        raise InvalidInput(name, f"Autotask no longer offers {unknown[0]}. Please choose another.")
    return Chosen(",".join(chosen), ", ".join(labels[part] for part in chosen) or "All")


_SETTINGS: Mapping[str, type[Matched | Customers]] = {MATCHED: Matched, CUSTOMERS: Customers}


def _one_of(offered: type[Matched | Customers], name: str, value: str) -> Chosen:
    for each in offered:
        if each.value == value:
            return Chosen(value, each.label)
    raise InvalidInput(name, "Please choose one of the list.")


def _prefixes(typed: str) -> Chosen:
    found = prefixes_of(typed)
    if len(found) > MOST_PREFIXES:
        raise InvalidInput(PREFIXES, f"At most {MOST_PREFIXES} prefixes; these are {len(found)}.")
    if longest := next((each for each in found if len(each) > LONGEST_PREFIX), ""):
        raise InvalidInput(PREFIXES, f"A prefix has at most {LONGEST_PREFIX} characters: {longest[:20]}…")
    shown = shown_prefixes(typed)
    return Chosen("" if shown == NO_PREFIX else shown, shown)
