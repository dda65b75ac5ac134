"""How syncs stand: cards, recent activity, the breakdown by type, each group, the API budget."""

from collections.abc import Mapping, Sequence
from typing import Final

from blocks import kit
from blocks.kit import Block, Element, Message
from blocks.logs import MARKS, line_pieces
from blocks.sync_counts import changes, standing
from blocks.syncs import AGAIN
from bot.domain.logs import LogFilter
from bot.domain.status import GroupStatus, Period, Ring, Status
from bot.domain.sync_logs import LogStatus
from bot.domain.syncs import Group, SyncRun, SyncState, SyncType

PERIOD: Final = "status_period"
FAILED: Final = "logs_show:failed"
LOGS: Final = "logs_show:type"
_TYPES_OF: Final[Mapping[Group, tuple[SyncType, ...]]] = {
    Group.COMPANIES: (SyncType.COMPANY,),
    Group.CONTRACTS: (SyncType.CONTRACT,),
    Group.TIME: (SyncType.TIME_ENTRY,),
    Group.INVOICES: (SyncType.INVOICE, SyncType.PAYMENT),
    Group.OPPORTUNITIES: (SyncType.OPPORTUNITY,),
    Group.TICKETS: (SyncType.TICKET,),
    Group.RESOURCES: (SyncType.RESOURCE,),
}
_MOST_RINGS: Final = 4
_LONGEST: Final = 90
"""Of a message in the list of recent activity: one line each."""
_COLUMNS: Final = (LogStatus.SUCCESS, LogStatus.ERROR, LogStatus.WARNING, LogStatus.SKIP)


def cards(status: Status) -> Block:
    """The four cards; the sign and the word say what the colour says."""
    tally = status.tally
    last = kit.ago(tally.last) if tally.last else "Never"
    return kit.fields(
        (
            (":large_blue_circle: Last Sync", last),
            (":white_circle: Total Syncs", f"{tally.total:,}"),
            (":large_green_circle: Successful", f"{tally.succeeded:,}"),
            (":red_circle: Failed", f"{tally.failed:,}"),
        )
    )


def on_home(status: Status) -> list[Block]:
    """The top of the Home tab: cards, the last ten operations, what is next, where to go."""
    return [
        kit.header("Sync status"),
        cards(status),
        *_recent(status),
        *_next(status.rings),
        kit.actions(*_links(failed=status.tally.failed), block_id="status_links"),
    ]


def footer(status: Status) -> str:
    """``API 1,240/10,000 · us 310`` with its time; "" before anything was asked of Autotask."""
    usage = status.usage
    return f"{usage} (as of {kit.date(usage.as_of, '{time}')})" if usage else ""


def page(status: Status, *, may_sync: bool) -> Message:
    """Everything about all groups."""
    top: list[Block] = [kit.header("Sync status"), cards(status), *_groups(status.groups)]
    retry = _retry(status.groups) if may_sync else []
    top += [kit.actions(*retry, block_id="status_retry")] if retry else []
    middle = [kit.section(f"*Sync Type Breakdown*, {status.period.label.lower()}")]
    end = [
        kit.actions(*_periods(status.period, ""), block_id="status_period"),
        kit.divider(),
        kit.section("*Recent Activity*"),
        *_recent(status),
        *_next(status.rings),
        kit.actions(*_links(failed=status.tally.failed), block_id="status_links"),
        _as_of(status),
    ]
    table, lines = _breakdown(status)
    return Message("Sync status", (*top, *middle, table, *end), (*top, *middle, lines, *end))


def group_page(
    status: Status, group: Group, *, may_sync: bool, frequencies: Sequence[Sequence[str]] = ()
) -> Message:
    """One group: how it stands, its types by status, and for invoices how often what is synced."""
    found = next(each for each in status.groups if each.group is group)
    shown = Status(
        status.as_of, status.tally, breakdown=_only(status, group), period=status.period, usage=status.usage
    )
    lines = [line for line in status.lines if line.entry.type in _TYPES_OF[group]]
    types = LogFilter(types=_TYPES_OF[group])
    start = [kit.button("Sync now", "run:sync", value=group.value)] if may_sync and not found.is_off else []
    top: list[Block] = [kit.header(f"Sync status: {group.label}"), *_groups([found])]
    end = [
        kit.actions(*_periods(status.period, group.value), block_id="status_period"),
        *([kit.section("*Recent Activity*"), kit.listed(map(line_pieces, lines))] if lines else []),
        kit.actions(
            *start, kit.button("View logs", LOGS, value=types.code), kit.button("All syncs", "run:status")
        ),
        _as_of(status),
    ]
    table, classic = _breakdown(shown)
    title = kit.section(f"*Sync Type Breakdown*, {status.period.label.lower()}")
    if not frequencies:
        return Message(
            f"Sync status: {group.label}", (*top, title, table, *end), (*top, title, classic, *end)
        )
    often = [kit.section("*How often*"), kit.table(_OFTEN, frequencies)]
    plain = [kit.section("*How often*"), kit.listed([(_often(row),) for row in frequencies])]
    both = (title, classic)  # a message takes one table
    return Message(f"Sync status: {group.label}", (*top, *both, *often, *end), (*top, *both, *plain, *end))


_OFTEN: Final = ("What", "Way", "New", "Updates", "Last run", "Next run")


def _often(row: Sequence[str]) -> str:
    what, way, new, updates, last, following = row
    return f"{what} ({way}): new {new}, updates {updates} · last {last} · next {following}"


def _recent(status: Status) -> list[Block]:
    if not status.lines:
        return [kit.context("Nothing has been synced yet; the log begins with the first sync.")]
    return [kit.listed(line_pieces(line, _LONGEST) for line in status.lines)]


def _next(rings: Sequence[Ring]) -> list[Block]:
    if not rings:
        return []
    said = [
        f"{ring.title} {kit.date(ring.next_at, '{date_short_pretty} {time}')}" for ring in rings[:_MOST_RINGS]
    ]
    return [kit.context(f":alarm_clock: Next: {' · '.join(said)}")]


def _links(*, failed: int) -> list[Element]:
    errors = LogFilter(statuses=(LogStatus.ERROR,)).code
    return [
        kit.button("View logs", "run:logs"),
        *([kit.button("Errors", FAILED, value=errors)] if failed else []),
        kit.button("View statistics", "run:status:links"),
        kit.button("Configuration", "run:settings:status"),
    ]


def _groups(groups: Sequence[GroupStatus]) -> list[Block]:
    return [kit.listed(map(_group, groups))] if groups else []


def _group(found: GroupStatus) -> list[kit.Piece]:
    pieces: list[kit.Piece] = [kit.strong(found.group.label.capitalize()), ": ", *_state(found)]
    if found.next_at and not found.is_off and not found.is_paused:
        pieces += [" · next ", kit.moment(found.next_at, "{date_short_pretty} {time}")]
    return pieces


def _state(found: GroupStatus) -> list[kit.Piece]:
    """How the group stands, in words."""
    run = found.run
    if found.is_off:
        return ["⚪ switched off"]
    if found.is_paused:
        return ["⏸️ paused", *([f", {run.error}"] if run and run.error else [])]
    if run is None:
        return ["⏳ queued" if found.is_queued else "⚪ never run"]
    queued = [" · queued again"] if found.is_queued else []
    return [*_run(run, found), *queued]


def _run(run: SyncRun, found: GroupStatus) -> list[kit.Piece]:
    started = kit.moment(run.started_at, "{date_short_pretty} {time}")
    match run.state:
        case SyncState.RUNNING:
            return ["⏳ running since ", started, f", {run.counts.seen:,} so far"]
        case SyncState.RETRYING:
            again = [", again at ", kit.moment(found.again_at, "{time}")] if found.again_at else []
            return [f"🔁 retrying ({run.error})", *again]
        case SyncState.FAILED:
            return ["❌ failed ", started, f": {run.error}"]
    said = [*([_duration(run)] if run.finished_at else []), changes(run), *standing(run)]
    return [f"{MARKS[LogStatus.SUCCESS]} succeeded ", started, f" · {' · '.join(said)}"]


def _duration(run: SyncRun) -> str:
    if run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    return f"{seconds:,.1f} s" if seconds < 60 else f"{seconds // 60:,.0f} min {seconds % 60:.0f} s"


def _retry(groups: Sequence[GroupStatus]) -> list[Element]:
    failed = [
        each for each in groups if each.run and each.run.state is SyncState.FAILED and not each.is_queued
    ]
    return [
        kit.button(f"Retry {each.group.value}", f"{AGAIN}:{each.group.value}", value=each.group.value)
        for each in failed
    ]


def _periods(chosen: Period, group: str) -> list[Element]:
    return [
        kit.button(
            each.label,
            f"{PERIOD}:{each.value}",
            value=f"{each.value}|{group}",
            style="primary" if each is chosen else "",
        )
        for each in Period
    ]


def _only(status: Status, group: Group) -> Mapping[tuple[SyncType, LogStatus], int]:
    return {key: lines for key, lines in status.breakdown.items() if key[0] in _TYPES_OF[group]}


def _breakdown(status: Status) -> tuple[Block, Block]:
    """Type by status, as a table and as lines."""
    kinds = [each for each in SyncType if any(kind is each for kind, _ in status.breakdown)]
    if not kinds:
        empty = kit.context("No entries in the log in this time.")
        return empty, empty
    head = ("Sync Type", *(each.value.capitalize() for each in _COLUMNS), "Total")
    rows = []
    for kind in kinds:
        numbers = [status.breakdown.get((kind, each), 0) for each in _COLUMNS]
        rows.append((kind.label, *(f"{number:,}" for number in (*numbers, sum(numbers)))))
    listed = [(_counted(row),) for row in rows]
    return kit.table(head, rows), kit.listed(listed)


def _counted(row: Sequence[str]) -> str:
    label, *numbers, total = row
    parts = [f"{MARKS[each]} {number} {each.value}" for each, number in zip(_COLUMNS, numbers, strict=True)]
    return f"{label}: {' · '.join(parts)} · {total} in all"


def _as_of(status: Status) -> Block:
    said = f"As of {kit.date(status.as_of, '{date_short_pretty} {time_secs}')}"
    budget = footer(status)
    return kit.context(f"{said} · {budget}" if budget else said)
