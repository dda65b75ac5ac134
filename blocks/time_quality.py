"""Utilisation and notes: a table of people, and the entries whose note says too little."""

from datetime import datetime
from typing import Final

from blocks import kit
from blocks.time_entries import QUALITY, SUMMARY
from bot.domain.time_entries import day_text, hours_text
from bot.domain.time_quality import (
    ENOUGH_WORDS,
    WEEK_DAYS,
    Days,
    PoorNote,
    PoorNotes,
    QualityCard,
    Worker,
    percent_text,
)

PAGE: Final = "time_quality_page"
NOTES: Final = "time_notes"
NOTES_PAGE: Final = "time_notes_page"
_HOW: Final = (
    "Utilisation is hours to bill divided by hours worked; what is marked as not billable has none to bill."
)
_SHORT: Final = (
    f"A note is short with fewer than {ENOUGH_WORDS} words. Only entries that are to be billed are looked at."
)


def card(found: QualityCard, where: kit.Page, words: str) -> kit.Message:
    """One page of people; ``words`` are what was searched for, and stay while paging."""
    length = (found.days.last - found.days.first).days + 1
    top = (kit.header("Time quality"), kit.section(_together(found.together, length)), *_searched(words))
    end = (
        kit.actions(*_buttons(found, where, words)),
        kit.context(_HOW),
        kit.context(_SHORT),
        *_part(found),
        kit.context(f"{_period(found.days)} · {_as_of(found.as_of)}"),
    )
    text = f"Utilisation {percent_text(found.together.month.utilisation)}"
    if not found.workers:
        return kit.Message(text, (*top, kit.section("There is no time of these days."), *end))
    table = kit.table(_heads(length), [_cells(each) for each in found.workers], wrapped=("Person",))
    return kit.Message(
        text, (*top, table, *end), (*top, kit.listed(map(_in_words, found.workers)), *end)
    )  # fmt: skip


def notes(found: PoorNotes, where: kit.Page, words: str) -> kit.Message:
    """One page of the entries, each leading to Autotask, where its note is written."""
    title = f"Notes that say too little: {where.total:,}"
    rows = [block for each in found.notes for block in _row(each)]
    empty = () if rows else (kit.section("There are none: every entry to bill has a note of its own."),)
    shown = f"Showing {where.label} · " if rows else ""
    return kit.Message(
        title,
        (
            kit.header(title),
            kit.context(f"{_SHORT} Change them in Autotask; the next sync takes them over."),
            *_searched(words),
            *empty,
            *rows,
            kit.actions(
                *kit.page_buttons(where, NOTES_PAGE, context_value=words),
                kit.button("Everybody's time", f"{QUALITY}:back", value=words),
            ),
            kit.context(f"{shown}{_period(found.days)} · {_as_of(found.as_of)}"),
        ),
    )


def _together(all_: Worker, length: int) -> str:
    lines = [
        f"*The last {length} days:* {_hours(all_, week=False)}",
        f"*The last {WEEK_DAYS} days:* {_hours(all_, week=True)}",
        f"*Notes:* {_notes(all_)}",
    ]
    return "\n".join(lines)


def _hours(worker: Worker, *, week: bool) -> str:
    hours = worker.week if week else worker.month
    share = f"utilisation {percent_text(hours.utilisation)}"
    return f"{hours_text(hours.worked)} worked, {hours_text(hours.to_bill)} to bill, {share}"


def _notes(worker: Worker) -> str:
    found = worker.notes
    if not found.entries:
        return "no entries to bill"
    return f"{found.missing:,} without and {found.short:,} too short, of {kit.count(found.entries, 'entry', 'entries')}"


def _heads(length: int) -> tuple[str, ...]:
    return (
        "Person", f"{length} days: worked", "To bill", "Utilisation",
        f"{WEEK_DAYS} days: worked", "Utilisation, 7 days", "No note", "Short note",
    )  # fmt: skip


def _cells(worker: Worker) -> tuple[str, ...]:
    return (
        worker.name or "Somebody",
        hours_text(worker.month.worked),
        hours_text(worker.month.to_bill),
        percent_text(worker.month.utilisation),
        hours_text(worker.week.worked),
        percent_text(worker.week.utilisation),
        f"{worker.notes.missing:,}",
        f"{worker.notes.short:,}",
    )


def _in_words(worker: Worker) -> tuple[kit.Piece, ...]:
    week = f"{WEEK_DAYS} days: {_hours(worker, week=True)}"
    said = f": {_hours(worker, week=False)} · {week} · notes: {_notes(worker)}"
    return (kit.strong(worker.name or "Somebody"), said)


def _buttons(found: QualityCard, where: kit.Page, words: str) -> tuple[kit.Element, ...]:
    poor = found.together.notes.poor
    return (
        *kit.page_buttons(where, PAGE, context_value=words),
        *([kit.button(f"Notes to improve ({poor:,})", NOTES, value=words, style="primary")] if poor else []),
        *([kit.button("Everybody", f"{QUALITY}:all")] if words else []),
        kit.button("Summary", SUMMARY),
    )


def _row(note: PoorNote) -> list[kit.Block]:
    head = f"{day_text(note.worked_on)} · {hours_text(note.hours)} to bill"
    facts = " · ".join(part for part in (note.resource or "Somebody", note.company) if part)
    said = note.note.strip()
    second: tuple[kit.Piece, ...] = (facts, "\n", kit.soft(said) if said else "No note")
    link = kit.link_button("View in Autotask", note.url, action_id=f"link:time:{note.id}")
    return [kit.row(head, *second), *([kit.actions(link)] if note.url else [])]


def _searched(words: str) -> tuple[kit.Block, ...]:
    return (kit.plain_context(f"Searched for: {words}"),) if words else ()


def _part(found: QualityCard) -> tuple[kit.Block, ...]:
    if not found.is_part:
        return ()
    return (kit.context("Only time for the clients you see: neither others' nor internal hours are in it."),)


def _period(days: Days) -> str:
    return f"Worked from {day_text(days.first)} to {day_text(days.last)}; today is not over"


def _as_of(moment: datetime | None) -> str:
    return f"As of {kit.date(moment)}" if moment else "Never synced"
