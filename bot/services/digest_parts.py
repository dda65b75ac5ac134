"""The parts of a digest, each read from the database as the reader sees it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from bot.db.digest_facts import RunSum
from bot.db.session import UnitOfWork
from bot.domain.digest_lines import (
    LONGEST,
    about_review,
    detail,
    many,
    of_refused,
    of_ticket,
    of_time,
    priced,
    titled,
    within,
)
from bot.domain.digests import (
    MOST_LINES,
    STALE_AFTER,
    Ask,
    Digest,
    Line,
    Part,
    Period,
    Section,
    is_big,
    part,
)
from bot.domain.money import change_of
from bot.domain.problems import EventKind
from bot.domain.switches import Capability, Switches
from bot.domain.sync_logs import LogStatus
from bot.domain.syncs import SyncCounts, called
from bot.domain.texts import shortened
from bot.domain.tickets import TicketState
from bot.domain.time_entries import TimeState
from bot.domain.time_quality import WEEK_DAYS, days_before, together

MOST_ROWS = 500
"""Rows of one kind that one digest looks through."""
ENDS_WITHIN = (30, 60, 90)
"""Days ahead in which contracts that end are named (product 2.3)."""

_CAPABILITY = {
    Section.TICKETS: Capability.TICKETS,
    Section.CONTRACTS: Capability.CONTRACTS,
    Section.ENDING: Capability.CONTRACTS,
    Section.INVOICES: Capability.INVOICES,
    Section.TIME: Capability.TIME,
}


async def gather(uow: UnitOfWork, ask: Ask) -> Digest:
    """Every part that is wanted, and has something to say."""
    switches = await uow.switches.all()
    found = [await read(uow, ask) for section, read in _READERS.items() if _is_asked(section, ask, switches)]
    return Digest(
        ask.period,
        ask.since,
        ask.until,
        tuple(each for parts in found for each in parts),
        await _standing(uow, ask),
    )


def _is_asked(section: Section, ask: Ask, switches: Switches) -> bool:
    capability = _CAPABILITY.get(section)
    if capability is not None and not switches.may_read(capability):
        return False
    return ask.wants(section) and (ask.period is Period.WEEKLY or not section.is_weekly)


async def _standing(uow: UnitOfWork, ask: Ask) -> tuple[str, ...]:
    """How things are, whether or not something happened."""
    connection = await uow.connections.get()
    if connection is None:
        return ("Autotask is not connected.",)
    unmapped = await uow.organizations.unmapped_count()
    runs = await uow.digest_facts.runs(ask.since, ask.until)
    ran, failed = sum(each.runs for each in runs), sum(each.failed for each in runs)
    return tuple(
        line
        for line, is_said in (
            (f"Autotask connected (zone {connection.zone.name}).", True),
            (f"{ran:,} {many(ran, 'sync')} ran, none failed.", ran and not failed),
            (f"{unmapped:,} {many(unmapped, 'organization')} not mapped.", unmapped),
        )
        if is_said
    )


async def _sync(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    runs = await uow.digest_facts.runs(ask.since, ask.until)
    marked = await uow.digest_facts.warnings(ask.since, ask.until)
    lines = [_failure(each) for each in runs if each.failed]
    errors, warnings = marked.get(LogStatus.ERROR, 0), marked.get(LogStatus.WARNING, 0)
    if errors or warnings:
        counted = (
            f"{number:,} {many(number, word)}"
            for number, word in ((errors, "error"), (warnings, "warning"))
            if number
        )
        lines.append(Line(f"{' and '.join(counted)} in the log"))
    return _one(part(Section.SYNC, lines, more="logs"))


def _failure(run: RunSum) -> Line:
    said = f": {run.failed:,} of {run.runs:,} failed. {shortened(run.error, LONGEST)}".rstrip()
    return Line(said, called(run.name).capitalize())


async def _problems(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    found, total = await uow.problems.page(0, MOST_LINES, state=None, kind=None, since=ask.since)
    lines = [Line(detail(each.detail), each.title[:LONGEST], each.first_seen) for each in found]
    return _one(part(Section.PROBLEMS, lines, total=total, more="alerts"))


async def _approvals(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    if not ask.decides:
        return ()
    _, total = await uow.access_requests.waiting(0, 1)
    said = f"{total:,} {many(total, 'request')} for access"
    return _one(part(Section.APPROVALS, [Line(said)] if total else [], more="who"))


async def _tickets(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    recent = await uow.tickets.recent(MOST_ROWS)
    raised = [each for each in recent if within(each.created_at, ask)]
    failed = [each for each in recent if each.state is TicketState.FAILED]
    connection = await uow.connections.get()
    defaults = connection.defaults if connection else None
    closed = defaults.status_closed.label if defaults else "Complete"
    ageing, total = await uow.digest_facts.ageing(ask.until - STALE_AFTER, closed, MOST_LINES)
    old = [Line(f" {summary[:LONGEST]}", number) for number, summary in ageing]
    return (
        *titled(
            part(Section.TICKETS, [of_ticket(each) for each in raised], more="tickets"), "Tickets raised"
        ),
        *titled(
            part(Section.TICKETS, [of_refused(each) for each in failed], more="tickets"),
            "Tickets not created in Autotask",
        ),
        *titled(
            part(Section.TICKETS, old, total=total, more="tickets"),
            f"Tickets open for more than {STALE_AFTER.days} days",
            is_news=ask.period is Period.WEEKLY,
        ),
    )


async def _mapping(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    """By when each was mapped, however it was: by hand, by accepting suggestions, by a file, from a company."""
    names, total = await uow.digest_facts.mapped(ask.since, ask.until, MOST_LINES)
    connection = await uow.connections.get()
    is_new = connection is not None and within(connection.connected_at, ask)
    zone = connection.zone.name if connection else ""
    new = part(Section.MAPPING, [Line(f": zone {zone}", "Autotask connected")] if is_new else [])
    mapped = part(Section.MAPPING, [Line(each) for each in names], total=total, more="map")
    return (*titled(new, "Connection"), *titled(mapped, "Mapped"))


async def _reviews(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    found, _ = await uow.reviews.page(0, MOST_ROWS)
    begun = [Line(about_review(each)) for each in found if within(each.opened_at, ask)]
    done = [Line(about_review(each)) for each in found if within(each.completed_at, ask)]
    return (
        *titled(part(Section.REVIEWS, begun, more="reviews"), "Reviews started"),
        *titled(part(Section.REVIEWS, done, more="reviews"), "Reviews completed"),
    )


def _news(section: Section) -> "Reader":
    async def read(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
        kinds = [kind for kind in EventKind if kind.value == section.value]
        items = await uow.news.between(ask.since, ask.until, kinds=kinds, limit=MOST_LINES)
        sums = await uow.news.sums(since=ask.since, until=ask.until, kinds=kinds)
        total = sum(each.count for each in sums)
        worth = sum((each.amount for each in sums if each.amount is not None), Decimal(0))
        currency = await uow.contracts.currency()
        told = f"{section.label} ({change_of(worth, currency)} in all)"
        title = told if ask.money and worth else section.label
        lines = [Line(priced(each.news, ask, currency)) for each in items]
        return titled(part(section, lines, total=total, more="alerts"), title)

    return read


async def _time(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    """What waits, of all there is (product TE1, TE7), and the news of the stretch."""
    sums = {each.state: each for each in await uow.digest_facts.time()}
    lines = []
    for state in (TimeState.NOT_APPROVED, TimeState.UNLINKED, TimeState.AFTER_END):
        found = sums.get(state.value)
        if found is not None:
            days = (ask.today - found.oldest).days if found.oldest else 0
            said = f"{found.entries:,} {many(found.entries, 'entry', 'entries')} (oldest {days} {many(days, 'day')})"
            lines.append(Line(f": {said}", state.label))
    imported = sums.get(TimeState.IMPORTED.value)
    if imported is not None and imported.unbilled and ask.money:
        amount = f"{imported.unbilled:,.2f} {'/'.join(imported.currencies)}".rstrip()
        lines.append(Line(f": {amount}", "Unbilled"))
    used: list[Line] = []
    if ask.period is Period.WEEKLY:
        used = of_time(together(await uow.time_quality.workers(days_before(ask.today, WEEK_DAYS))))
    return (
        *await _news(Section.TIME)(uow, ask),
        *titled(part(Section.TIME, lines, more="time"), "Time entries that wait"),
        *titled(part(Section.TIME, used, more="time"), "Time worked in the last 7 days", is_news=False),
    )


async def _ending(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    parts: list[Part] = []
    first = ask.today
    for days in ENDS_WITHIN:
        last = ask.today + timedelta(days=days)
        found, total = await uow.digest_facts.ending(first, last, MOST_LINES)
        lines = [
            Line(f" {each.name[:LONGEST]} ends {each.ends_on.day} {each.ends_on:%b %Y}", each.organization)
            for each in found
        ]
        parts += titled(
            part(Section.ENDING, lines, total=total, more="contracts"),
            f"Contracts that end within {days} days",
        )
        first = last + timedelta(days=1)
    return tuple(parts)


async def _errors(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    found, total = await uow.digest_facts.errors(ask.since, ask.until, MOST_LINES)
    lines = [
        Line(f": {shortened(message, LONGEST)}", "Once" if count == 1 else f"{count:,} times")
        for message, count in found
    ]
    return _one(part(Section.ERRORS, lines, total=total, more="logs"))


async def _slow(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    """Half of a type's operations took at most the first figure, 95 of 100 at most the second (product SY12)."""
    lines = [
        Line(
            f": p50 {each.p50:,} ms · p95 {each.p95:,} ms · {each.slow:,} of {each.measured:,} over 500 ms",
            each.type.label,
        )
        for each in await uow.sync_logs.durations(ask.since, ask.until)
    ]
    return titled(part(Section.SLOW, lines, more="logs"), Section.SLOW.label, is_news=False)


async def _changes(uow: UnitOfWork, ask: Ask) -> tuple[Part, ...]:
    """What became of the mirror's records, beside the stretch before (product SY24)."""
    earlier = ask.since - (ask.until - ask.since)
    before = {each.name: each for each in await uow.digest_facts.runs(earlier, ask.since)}
    runs = [each for each in await uow.digest_facts.runs(ask.since, ask.until) if _changed(each.counts)]
    sizes = {each.name: await _size(uow, each.name) for each in runs}
    lines = [_change(each, before.get(each.name), sizes) for each in runs]
    return titled(part(Section.CHANGES, lines, more="logs"), Section.CHANGES.label, is_news=False)


async def _size(uow: UnitOfWork, group: str) -> int:
    """Records in all mirrors of the group; 0 where one of them is not counted."""
    last = await uow.syncs.last(group)
    parts = list(last.parts) if last else []
    sizes = await uow.digest_facts.sizes(parts)
    return sum(sizes.values()) if len(sizes) == len(parts) else 0


def _change(run: RunSum, before: RunSum | None, sizes: Mapping[str, int]) -> Line:
    counts, grown = run.counts, run.counts.inserted - run.counts.gone
    size = sizes.get(run.name, 0) - grown
    said = f": +{counts.inserted:,} -{counts.gone:,} · {counts.updated:,} changed"
    if size > 0:
        said += f" · Δ {grown / size:+.1%}"
    earlier = _changed(before.counts) if before else None
    if earlier is not None:
        said += f" (before: {earlier:,} changes)"
    big = earlier is not None and is_big(_changed(counts), earlier)
    return Line(said + (" ⚠️ far more than usual" if big else ""), called(run.name).capitalize())


def _changed(counts: SyncCounts) -> int:
    return counts.inserted + counts.updated + counts.gone


def _one(found: Part | None) -> tuple[Part, ...]:
    return (found,) if found else ()


Reader = Callable[[UnitOfWork, Ask], Awaitable[tuple[Part, ...]]]

_READERS: Mapping[Section, Reader] = {
    Section.SYNC: _sync,
    Section.PROBLEMS: _problems,
    Section.APPROVALS: _approvals,
    Section.TICKETS: _tickets,
    Section.CONTRACTS: _news(Section.CONTRACTS),
    Section.INVOICES: _news(Section.INVOICES),
    Section.OPPORTUNITIES: _news(Section.OPPORTUNITIES),
    Section.TIME: _time,
    Section.MAPPING: _mapping,
    Section.REVIEWS: _reviews,
    Section.ENDING: _ending,
    Section.ERRORS: _errors,
    Section.SLOW: _slow,
    Section.CHANGES: _changes,
}
