"""Every contract of the mirror is looked at: taken in or left out, worth how much, and what is told about it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.db.contract_customers import Customer, create_customers, customer_lines
from bot.db.session import UnitOfWork
from bot.domain.codes import Code
from bot.domain.contract_changes import Turn, ended_line, lines_of, news_of, stands
from bot.domain.contract_lists import Expired
from bot.domain.contract_rules import Customers, Matched, Rules, rules_of
from bot.domain.contracts import RECURRING, Found, Place, Terms, UnitRow, monthly
from bot.domain.problems import News
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import Group, SyncType

AT_ONCE: Final = 250
MOST_LINES: Final = 500
"""Lines of the log that one look at all contracts writes; how many more there were is one line."""


@dataclass(frozen=True)
class Occasion:
    """When contracts are looked at, and why. ``today`` is the day in the workspace's zone.

    ``company_ids``: those of these companies alone. ``tells``: what differs is news, too.
    """

    now: datetime
    today: date
    run_id: int | None = None
    company_ids: tuple[int, ...] | None = None
    tells: bool = True


@dataclass
class Judged:
    """What came of it, as it grows."""

    places: dict[Place, int] = field(default_factory=dict)
    customers: list[Customer] = field(default_factory=list)
    asked: int = 0
    lines: list[LogEntry] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    left_out: int = 0

    def tell(self, lines: Sequence[LogEntry]) -> None:
        room = MOST_LINES - len(self.lines)
        self.lines += lines[:room]
        self.left_out += max(0, len(lines) - room)


async def judge_contracts(uow: UnitOfWork, occasion: Occasion) -> Judged:
    """Part of the caller's transaction, which must see every organization. Doing it again tells nothing again."""
    if occasion.company_ids is None:
        await uow.syncs.alone(Group.CONTRACTS)  # or both would tell what is new
    rules = rules_of(await uow.settings.preferences())
    is_news = occasion.tells and await uow.standings.synced_at() is not None
    judged, after = Judged(), -1
    while batch := await uow.contracts.batch(after, AT_ONCE, occasion.company_ids):
        started = time.perf_counter()
        turns = await _turns(uow, rules, batch, occasion, judged=judged)
        changed = {turn.found.id: turn.after for turn in turns if turn.after != turn.before}
        await uow.standings.save(changed, occasion.now)
        took = round((time.perf_counter() - started) * 1000 / len(batch))
        judged.tell([replace(line, duration_ms=took) for turn in turns for line in lines_of(turn)])
        if is_news:
            judged.news += [each for turn in turns for each in news_of(turn)]
        after = batch[-1].id
        await asyncio.sleep(0)  # thousands of contracts must not keep the loop to themselves
    await _write(uow, occasion, judged)
    return judged


async def count_matching(uow: UnitOfWork, rules: Rules) -> tuple[int, int]:
    """How many contracts of the mirror the rules would let in, mapped or not; and how many there are."""
    matching, total, after = 0, 0, -1
    while batch := await uow.contracts.batch(after, AT_ONCE):
        present = [each for each in await _with_products(uow, rules, batch) if not each.is_gone]
        matching += sum(rules.judge(each) in {Place.IN, Place.UNMAPPED} for each in present)
        total, after = total + len(present), batch[-1].id
        await asyncio.sleep(0)
    return matching, total


async def end_contracts(
    uow: UnitOfWork, expired: Sequence[Expired], occasion: Occasion, *, by: str
) -> list[LogEntry]:
    """Marks expired contracts as ended here; the log has a line for each. Nothing is written to Autotask."""
    await uow.standings.end(expired, by, occasion.now)
    lines = [
        ended_line(
            Found(each.id, Terms(each.name), each.organization_id, each.organization), each.end_date, by
        )
        for each in expired
    ]
    await uow.sync_logs.add(occasion.run_id, lines, occasion.now)
    return lines


# --- inside ---


async def _turns(
    uow: UnitOfWork, rules: Rules, batch: Sequence[Found], occasion: Occasion, *, judged: Judged
) -> list[Turn]:
    ids = [each.id for each in batch]
    contracts = await _with_products(uow, rules, batch)
    contracts = await _with_customers(uow, rules, contracts, occasion, judged=judged)
    units, before = await uow.contracts.unit_rows(ids, occasion.today), await uow.standings.of(ids)
    currency = await uow.contracts.currency()
    turns = []
    for found in contracts:
        place, worth = rules.judge(found), _worth(found, units)
        judged.places[place] = judged.places.get(place, 0) + 1
        was = before.get(found.id)
        turns.append(Turn(found, was, stands(found, place, worth, was, today=occasion.today), currency))
    return turns


async def _with_products(uow: UnitOfWork, rules: Rules, batch: Sequence[Found]) -> list[Found]:
    if not rules.prefixes or rules.matched is Matched.CONTRACT:
        return list(batch)
    skus = rules.matched is Matched.SKU
    products = await uow.contracts.products([each.id for each in batch], skus=skus)
    return [replace(each, products=products.get(each.id, ())) for each in batch]


async def _with_customers(
    uow: UnitOfWork, rules: Rules, contracts: Sequence[Found], occasion: Occasion, *, judged: Judged
) -> list[Found]:
    """Customers on demand: only for contracts that match a prefix; without prefixes nobody is created (MP11)."""
    homeless = [each for each in contracts if rules.prefixes and rules.judge(each) is Place.UNMAPPED]
    if not homeless or rules.customers is Customers.LEAVE:
        return list(contracts)
    wanted = {each.terms.company_id: each for each in homeless if each.terms.company_id}
    if rules.customers is Customers.ASK:
        for company_id, each in wanted.items():
            judged.asked += await uow.customers.ask(company_id, each.id, occasion.now)
        return list(contracts)
    made = await create_customers(uow, {key: each.terms.name for key, each in wanted.items()}, occasion.now)
    judged.customers += made
    judged.tell(customer_lines(made))
    return with_organizations(contracts, made)


def with_organizations(contracts: Sequence[Found], made: Sequence[Customer]) -> list[Found]:
    """The contracts, those of new customers with their organization."""
    new = {each.company_id: each for each in made}
    return [
        replace(each, organization_id=new[company].organization_id, organization=new[company].name)
        if (company := each.terms.company_id) in new and company is not None
        else each
        for each in contracts
    ]


def _worth(found: Found, units: Mapping[int, Sequence[UnitRow]]) -> Decimal | None:
    if found.id in units:
        return monthly(units[found.id])
    return Decimal(0) if found.terms.contract_type == RECURRING else None


async def _write(uow: UnitOfWork, occasion: Occasion, judged: Judged) -> None:
    if judged.left_out:
        text = f"{judged.left_out:,} more changes of contracts: only the first {MOST_LINES} have a line"
        judged.lines.append(_left_out(judged.left_out, text))
    await uow.sync_logs.add(occasion.run_id, judged.lines, occasion.now)
    await uow.news.add(occasion.run_id, judged.news, occasion.now)


def _left_out(number: int, text: str) -> LogEntry:
    return LogEntry(
        SyncType.CONTRACT,
        Operation.UPDATE,
        LogStatus.SUCCESS,
        text,
        code=Code.LINES_LEFT_OUT,
        count=number,
    )
