"""The sync log: a page of it as a table or as lines, what narrows it, and where one can go from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import Final

from blocks import kit
from blocks.kit import Block, Element, Message
from bot.domain.logs import PAGE_SIZES, SLOW_MS, LogFilter, LogPage
from bot.domain.sync_logs import LogLine, LogStatus
from bot.domain.syncs import SyncType
from bot.domain.texts import shortened

PAGE: Final = "logs_page"
SHOW: Final = "logs_show"
SIZE: Final = "logs_size"
DETAILS: Final = "logs_details"
FILTER: Final = "logs_filter"
EXPORT: Final = "logs_export"
SHARE: Final = "logs_share"
MARKS: Final = {
    LogStatus.SUCCESS: "✅",
    LogStatus.WARNING: "⚠️",
    LogStatus.ERROR: "❌",
    LogStatus.SKIP: "➡️",
}
SLOW: Final = "🐢"
_HEAD: Final = ("Time", "Type", "Operation", "Status", "Duration (ms)", "Message", "Details")
_STEPS: Final = (("first", "⏮ First"), ("back", "◀ Previous"), ("next", "Next ▶"), ("last", "Last ⏭"))
_LONGEST_MESSAGE: Final = {10: 160, 25: 120, 50: 70}
"""By page size: all cells of a table together have 10,000 characters at Slack."""
_MOST_BUTTONS: Final = 25


@dataclass(frozen=True)
class Listing:
    """A page and what is said around it; ``organization`` is the name of the one that the filter names."""

    page: LogPage
    zone: tzinfo
    organization: str = ""
    guesses: Sequence[tuple[str, str]] = ()
    is_shared: bool = False

    @property
    def filter(self) -> LogFilter:
        return self.page.filter


def listing(shown: Listing) -> Message:
    """One page, the newest line first; the same without a table for modals."""
    if not shown.page.lines:
        return _nothing(shown)
    text = f"Sync log: {kit.count(shown.page.total, 'entry', 'entries')}{_about(shown)}"
    top = [kit.header("Sync log"), *_narrowed(shown), *_guessed(shown)]
    end = [*_ways(shown), *_as_of(shown)]
    return Message(
        kit.escape(text),
        (*top, _table(shown), *_view_select(shown), *end),
        (*top, *_lines(shown), *end),
    )


def status_words(status: LogStatus) -> str:
    """The sign and the word: nobody has to tell colours apart."""
    return f"{MARKS[status]} {status.value.capitalize()}"


def in_words(wanted: LogFilter, organization: str = "") -> str:
    """What the filter asks for, such as "errors and warnings of contracts, 14 to 20 Nov 2026"."""
    kinds = " and ".join(f"{each.label.lower()}" for each in wanted.types)
    statuses = " and ".join(_STATUS_WORDS[each] for each in wanted.statuses)
    parts = (
        statuses,
        f"type {kinds}" if kinds else "",
        _days(wanted.first_day, wanted.last_day),
        f"containing “{wanted.words}”" if wanted.words else "",
        f"slower than {SLOW_MS} ms" if wanted.is_slow else "",
        f"of {organization or 'one organization'}" if wanted.organization_id else "",
        f"of run {wanted.run_id}" if wanted.run_id else "",
    )
    return ", ".join(part for part in parts if part)


def line_pieces(line: LogLine, longest: int = 200) -> list[kit.Piece]:
    """One line in a list: time relative, type, operation, status, for how many if several, message."""
    entry = line.entry
    head = f" · {entry.type.label} · {entry.operation.value} · {status_words(entry.status)}"
    code = f" · {entry.code}" if entry.code else ""
    times = f" \u00d7 {line.alike:,}" if line.alike > entry.count else ""
    said = shortened(entry.message, longest)
    return [kit.moment(line.at, "{ago}"), f"{head}{code}{times}{_slow(line)} · {said}"]


_STATUS_WORDS = {
    LogStatus.SUCCESS: "successes",
    LogStatus.WARNING: "warnings",
    LogStatus.ERROR: "errors",
    LogStatus.SKIP: "skips",
}


def _about(shown: Listing) -> str:
    said = in_words(shown.filter, shown.organization)
    return f": {said}" if said else ""


def _narrowed(shown: Listing) -> list[Block]:
    page = shown.page
    where = f"{kit.count(page.total, 'entry', 'entries')} · page {page.spot.number + 1:,} of {page.pages:,}"
    said = in_words(shown.filter, shown.organization)
    return [kit.plain_context(f"Filter: {said}" if said else "All entries", where)]


def _guessed(shown: Listing) -> list[Block]:
    """Unknown words are looked for in the messages; where one is nearly a word we know, that is offered."""
    if not shown.guesses:
        return []
    words = shown.filter.words
    buttons = []
    for word, near in shown.guesses[:3]:
        typed = " ".join(near if each == word else each for each in words.split())
        buttons.append(kit.button(f"Did you mean {near}?", f"run:logs:{near}", value=typed))
    return [kit.actions(*buttons)]


def _table(shown: Listing) -> Block:
    cells = [_cells(line, shown) for line in shown.page.lines]
    return kit.table(_HEAD, cells, wrapped=("Message",))


def _cells(line: LogLine, shown: Listing) -> tuple[str, ...]:
    entry = line.entry
    longest = _LONGEST_MESSAGE.get(shown.filter.per_page, 70)
    return (
        f"{line.at.astimezone(shown.zone):%d %b %H:%M:%S}",
        entry.type.label,
        entry.operation.value,
        status_words(entry.status),
        _duration(line),
        kit.cut(entry.message, longest),
        f"{entry.code} #{line.id}".strip(),
    )


def _duration(line: LogLine) -> str:
    taken = line.entry.duration_ms
    return "" if taken is None else f"{taken:,}{_slow(line)}"


def _slow(line: LogLine) -> str:
    taken = line.entry.duration_ms
    return f" {SLOW} slow" if taken is not None and taken > SLOW_MS * line.entry.count else ""


def _lines(shown: Listing) -> list[Block]:
    """Each with its *View*; more than a message has room for stand under one select."""
    lines = shown.page.lines
    if len(lines) > _MOST_BUTTONS or shown.is_shared:
        size = 10
        parts = [lines[start : start + size] for start in range(0, len(lines), size)]
        return [*(kit.listed([line_pieces(each) for each in part]) for part in parts), *_view_select(shown)]
    return [_row(line, shown) for line in lines]


def _row(line: LogLine, shown: Listing) -> Block:
    time, kind, operation, status, duration, _, code = _cells(line, shown)
    facts = " · ".join(
        part for part in (time, kind, operation, status, duration and f"{duration} ms", code) if part
    )
    view = kit.button("View", DETAILS, value=str(line.id))
    return kit.plain_section(f"{facts}\n{kit.cut(line.entry.message, 400)}", accessory=view)


def _view_select(shown: Listing) -> list[Block]:
    """The seventh column: a cell of a table takes no button."""
    if shown.is_shared:
        return []
    options = [
        kit.option(
            kit.cut(
                f"{MARKS[each.entry.status]} {each.at.astimezone(shown.zone):%H:%M:%S} {each.entry.message}",
                75,
            ),
            str(each.id),
        )
        for each in shown.page.lines
    ]
    return [
        kit.actions(kit.static_select(DETAILS, options, placeholder="View details of…"), block_id="logs_view")
    ]


def _ways(shown: Listing) -> list[Block]:
    if shown.is_shared:
        return []
    code, steps = shown.filter.code, shown.page.steps
    turns = [
        kit.button(text, f"{PAGE}:{name}", value=f"{steps[name].code}|{code}")
        for name, text in _STEPS
        if name in steps
    ]
    sizes = [
        kit.button(f"{size} per page", f"{SIZE}:{size}", value=with_size(shown.filter, size).code)
        for size in PAGE_SIZES
        if size != shown.filter.per_page
    ]
    more = (
        kit.button("Filter", FILTER, value=code),
        kit.button("CSV", EXPORT, value=code),
        kit.button("Share here", SHARE, value=f"{shown.page.spot.code}|{code}"),
        *sizes,
    )
    paging = [kit.actions(*turns, block_id="logs_turn")] if turns else []
    return [*paging, kit.actions(*more, block_id="logs_ways"), *_presets(shown)]


def _presets(shown: Listing) -> list[Block]:
    today = shown.page.as_of.astimezone(shown.zone).date()
    return [kit.actions(*preset_buttons(today), *links(), block_id="logs_presets")]


def preset_buttons(today: date) -> tuple[Element, ...]:
    """Errors, contracts of seven days, yesterday: what people look at most."""
    yesterday = today - timedelta(days=1)
    presets = (
        ("Errors", LogFilter(statuses=(LogStatus.ERROR,))),
        ("Contracts 7 d", LogFilter(types=(SyncType.CONTRACT,), first_day=today - timedelta(days=7))),
        ("Yesterday", LogFilter(first_day=yesterday, last_day=yesterday)),
    )
    return tuple(
        kit.button(text, f"{SHOW}:{number}", value=wanted.code)
        for number, (text, wanted) in enumerate(presets)
    )


def links() -> tuple[Element, ...]:
    return (
        kit.button("View statistics", "run:status:logs"),
        kit.button("Configuration", "run:settings:logs"),
    )


def _as_of(shown: Listing) -> list[Block]:
    zone = getattr(shown.zone, "key", "UTC")
    return [
        kit.context(
            f"As of {kit.date(shown.page.as_of, '{date_short_pretty} {time_secs}')} · times in {zone}"
        )
    ]


def _nothing(shown: Listing) -> Message:
    """No errors are good news; a filter that finds nothing says which it was."""
    wanted = shown.filter
    said = in_words(wanted, shown.organization)
    if wanted.is_empty:
        text = ":seedling: Nothing has been synced yet, so the log is empty."
        buttons = [kit.button("Start a sync", "run:sync"), kit.button("View statistics", "run:status:logs")]
        return Message(text, (kit.section(text), kit.actions(*buttons)))
    only_bad = bool(wanted.statuses) and set(wanted.statuses) <= {LogStatus.ERROR, LogStatus.WARNING}
    good = only_bad and not wanted.words
    text = f"🎉 Good news: no {said}." if good else f"🔍 Nothing in the log: {said}."
    everything = kit.button("All entries", f"{SHOW}:all", value=LogFilter(per_page=wanted.per_page).code)
    filter_button = kit.button("Filter", FILTER, value=wanted.code)
    today = shown.page.as_of.astimezone(shown.zone).date()
    return Message(
        kit.escape(text),
        (
            kit.plain_section(text),
            *_guessed(shown),
            kit.actions(filter_button, everything),
            kit.actions(*preset_buttons(today), *links(), block_id="logs_presets"),
            *_as_of(shown),
        ),
    )


def with_size(wanted: LogFilter, size: int) -> LogFilter:
    return replace(wanted, per_page=size) if size in PAGE_SIZES else wanted


def place_of(value: str) -> tuple[str, str]:
    """A page button's value: where to, and the filter."""
    spot, _, code = value.partition("|")
    return spot, code


def _days(first: date | None, last: date | None) -> str:
    if first and first == last:
        return f"on {_day(first)}"
    if first and last:
        return f"{_day(first)} to {_day(last)}"
    if first:
        return f"since {_day(first)}"
    return f"until {_day(last)}" if last else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
