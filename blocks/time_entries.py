"""Time: the summary card, the lists behind it, and the picker of a contract."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from blocks import kit
from blocks.organizations import LIST as MAP
from blocks.time_nudges import REMIND, SETTINGS
from bot.domain.time_entries import (
    TimeFilter,
    TimeLine,
    TimePage,
    TimeState,
    TimeSummary,
    TimeTotal,
    day_text,
    hours_text,
    sums_text,
)

LIST = "time_list"
PAGE = "time_page"
SUMMARY = "time_summary"
PICK = "time_pick"
PICK_CALLBACK = "time_pick_go"
CONTRACT_OPTIONS = "time_contract"
UNPICK = "time_unpick"
RATES = "time_rates"
QUALITY = "time_quality"

_LISTS = (
    (TimeState.IMPORTED, "Imported"),
    (TimeState.NOT_APPROVED, "Not approved"),
    (TimeState.UNLINKED, "Without contract"),
    (TimeState.UNMAPPED, "Not mapped"),
    (TimeState.AFTER_END, "After the end"),
    (TimeState.OUTSIDE, "Outside the days"),
    (TimeState.NOT_BILLABLE, "Not billable"),
)
_TITLES = dict(_LISTS)
_MEANING = {
    TimeState.IMPORTED: "Billable, approved and posted in Autotask, on a contract that had not ended.",
    TimeState.NOT_APPROVED: "No billing item proves that these were approved and posted in Autotask.",
    TimeState.UNLINKED: "Approved, but on no contract that Deskhand has taken in. Pick a contract, or link it in Autotask.",
    TimeState.UNMAPPED: "Approved, of companies that belong to no organization here. Map the companies whose time you want.",
    TimeState.AFTER_END: "Worked after their contract had ended: not imported.",
    TimeState.OUTSIDE: "Entered or changed in Autotask after they had left the days that are imported.",
    TimeState.NOT_BILLABLE: "Marked as not billable in Autotask.",
}
_NO_MISTAKE = frozenset({TimeState.UNMAPPED, TimeState.NOT_BILLABLE})
_WIDEST_MONTHS = 4
_LETTERS = "abcd"
"""What tells the months' buttons apart: action ids are letters."""


@dataclass(frozen=True)
class Shown:
    """Whose time a card shows, and what the reader may do."""

    organization_id: int | None = None
    organization: str = ""
    money: bool = True
    may_change: bool = False
    may_sync: bool = False
    may_link: bool = False
    may_compare: bool = False


def summary(found: TimeSummary, shown: Shown, today: date) -> kit.Message:
    title = f"Time: {shown.organization}" if shown.organization else "Time entries"
    if not found.by_state:
        return _nothing(found, shown, title)
    imported = found.of(TimeState.IMPORTED)
    return kit.Message(
        kit.escape(f"{title}: {_total(imported)} imported"),
        (
            kit.header(title),
            kit.section(f"*{_total(imported)}* imported of the last {found.window_days} days."),
            kit.section(f"*Ready for the next invoice:* {_total(found.ready)}."),
            *_rate_hint(found, shown),
            *_waiting(found, today),
            *_months(found, shown),
            kit.actions(*_list_buttons(found, shown), block_id="lists"),
            *_more(shown),
            kit.context(f"{_as_of(found.as_of)}. Days are those that were worked on."),
        ),
    )


def listing(page: TimePage, where: kit.Page, wanted: TimeFilter, shown: Shown) -> kit.Message:
    """One page; the filter stays while paging."""
    title = _title(wanted, shown.organization)
    rows = [
        block for line, url in zip(page.lines, page.urls, strict=True) for block in _row(line, url, shown)
    ]
    words = (kit.plain_context(f"Searched for: {wanted.words}"),) if wanted.words else ()
    empty = () if rows else (kit.section("There are none."),)
    return kit.Message(
        kit.escape(f"{title}: {where.total:,}"),
        (
            kit.header(f"{title}: {where.total:,}"),
            kit.context(_MEANING[wanted.state]),
            *words,
            *empty,
            *rows,
            kit.actions(
                *kit.page_buttons(where, PAGE, context_value=wanted.code),
                *_next_step(wanted, shown),
                kit.button("Summary", SUMMARY, value=str(wanted.organization_id or "")),
                *_other_lists(wanted),
            ),
            kit.context(f"Showing {where.label} · {_as_of(page.as_of)}" if rows else _as_of(page.as_of)),
        ),
    )


def _next_step(wanted: TimeFilter, shown: Shown) -> list[kit.Element]:
    if wanted.state is TimeState.NOT_APPROVED and shown.may_sync:
        return [kit.button("Remind approvers", REMIND)]
    if wanted.state is TimeState.UNMAPPED and shown.may_link:
        return [kit.button("Map organizations", MAP)]
    return []


def list_id(state: TimeState) -> str:
    """The action id of a button that leads to the state's list: letters alone."""
    return f"{LIST}:{state.value.replace('_', '')}"


def listed_by(action_id: str) -> TimeFilter:
    """The list that such a button leads to."""
    return next((TimeFilter(each) for each in TimeState if list_id(each) == action_id), TimeFilter())


def _nothing(found: TimeSummary, shown: Shown, title: str) -> kit.Message:
    text = (
        "No time entry was imported yet. They come every night, after the contracts; a sync brings them now."
        if found.as_of is None
        else f"There is no time entry of the last {found.window_days} days."
    )
    return kit.Message(
        kit.escape(title),
        (kit.header(title), kit.section(text), *_more(shown), kit.context(f"{_as_of(found.as_of)}.")),
    )


def _rate_hint(found: TimeSummary, shown: Shown) -> list[kit.Block]:
    if not shown.money:
        return []
    if not found.has_rate:
        return [
            kit.context(":information_source: No hourly rate is set yet, so there are hours, but no sums.")
        ]
    unpriced = found.of(TimeState.IMPORTED).unpriced
    return (
        [
            kit.context(
                f":information_source: {kit.count(unpriced, 'entry', 'entries')} without a rate of that day."
            )
        ]
        if unpriced
        else []
    )


def _waiting(found: TimeSummary, today: date) -> list[kit.Block]:
    """What is not imported, and why: counted, never dropped."""
    lines = []
    for state in (
        TimeState.NOT_APPROVED,
        TimeState.UNLINKED,
        TimeState.UNMAPPED,
        TimeState.AFTER_END,
        TimeState.OUTSIDE,
        TimeState.NOT_BILLABLE,
    ):
        total = found.of(state)
        if total.entries:
            mark = ":white_circle:" if state in _NO_MISTAKE else ":warning:"
            oldest = found.oldest_unapproved if state is TimeState.NOT_APPROVED else None
            age = f" (oldest {kit.count((today - oldest).days, 'day')})" if oldest else ""
            hours = f", {hours_text(total.hours)}" if total.hours else ""
            lines.append(f"{mark} {total.entries:,} {state.label}{age}{hours}")
    return [kit.section("\n".join(lines))] if lines else []


def _months(found: TimeSummary, shown: Shown) -> list[kit.Block]:
    if not found.months:
        return []
    months = found.months[:_WIDEST_MONTHS]
    buttons = [
        kit.button(
            f"{month:%b %Y}",
            f"{LIST}:month{_LETTERS[number]}",
            value=TimeFilter(organization_id=shown.organization_id, month=month).code,
        )
        for number, (month, _) in enumerate(months)
    ]
    lines = [f"*{month:%B %Y}:* {_total(total)}" for month, total in months]
    return [kit.section("\n".join(lines)), kit.actions(*buttons, block_id="months")]


def _list_buttons(found: TimeSummary, shown: Shown) -> list[kit.Element]:
    ready = TimeFilter(organization_id=shown.organization_id, ready=True)
    buttons = [kit.button(f"Ready to bill ({found.ready.entries:,})", f"{LIST}:ready", value=ready.code)]
    for state, label in _LISTS:
        count = found.of(state).entries
        if count:
            code = TimeFilter(state, shown.organization_id).code
            buttons.append(kit.button(f"{label} ({count:,})", list_id(state), value=code))
    return buttons


def _other_lists(wanted: TimeFilter) -> list[kit.Element]:
    """What was searched for may be in any of them."""
    if not wanted.words:
        return []
    return [
        kit.button(label, list_id(state), value=replace(wanted, state=state).code)
        for state, label in _LISTS
        if state is not wanted.state
    ]


def _more(shown: Shown) -> list[kit.Block]:
    buttons = []
    if shown.may_sync:
        buttons.append(kit.button("Sync time", "run:sync", value="time"))
    if shown.may_change:
        buttons += [kit.button("Rates and days", RATES), kit.button("Reminders", SETTINGS)]
    if shown.may_compare and shown.organization_id is None:
        buttons.append(kit.button("Quality", QUALITY))
    return [kit.actions(*buttons, block_id="more")] if buttons else []


def _row(line: TimeLine, url: str, shown: Shown) -> list[kit.Block]:
    amount = f" · {sums_text([line.amount])}" if line.amount and shown.money else ""
    head = f"{day_text(line.worked_on)} · {hours_text(line.hours)}{amount}"
    facts = [line.resource or "Somebody", line.company, line.contract, line.summary]
    second: list[kit.Piece] = [" · ".join(part for part in facts if part), *_reason(line)]
    buttons = [kit.link_button("View in Autotask", url, action_id=f"link:time:{line.id}")] if url else []
    if line.state is TimeState.UNLINKED and shown.may_link:
        buttons.append(kit.button("Pick a contract", PICK, value=str(line.id)))
    return [kit.row(head, *second), *([kit.actions(*buttons)] if buttons else [])]


def _reason(line: TimeLine) -> tuple[kit.Piece, ...]:
    if line.state is TimeState.AFTER_END and line.contract_end:
        return (f"\nThe contract ended on {day_text(line.contract_end)}.",)
    if line.late:
        return (f"\nIn Autotask it is {line.late} now; not taken over.",)
    if line.state is TimeState.UNLINKED:
        return ("\nIts contract is not taken in." if line.contract_id else "\nNo contract.",)
    if line.invoice_id:
        return (f"\nOn invoice {line.invoice or line.invoice_id}.",)
    return ("\nContract picked by ", kit.person(line.picked_by)) if line.picked_by else ()


def _title(wanted: TimeFilter, organization: str) -> str:
    name = "Ready to bill" if wanted.ready else _TITLES.get(wanted.state, "Time entries")
    month = f", {wanted.month:%B %Y}" if wanted.month else ""
    whose = f" · {organization}" if organization else ""
    return f"{name}{month}{whose}"


def _total(total: TimeTotal) -> str:
    """``1,204 entries, 380.5 h, $57,075.00``."""
    sums = f", {sums_text(total.sums)}" if total.sums else ""
    return f"{kit.count(total.entries, 'entry', 'entries')}, {hours_text(total.hours)}{sums}"


def _as_of(moment: datetime | None) -> str:
    return f"As of {kit.date(moment)}" if moment else "Never synced"
