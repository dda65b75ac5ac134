"""Fetching by hand: both buttons or how long they rest, and what the last fetch corrected."""

from datetime import datetime
from math import ceil
from typing import Final

from blocks import kit
from bot.domain.fetches import Correction, Fetch, FetchPage, Turn

STARTS: Final = {Fetch.NEW: "fetch_start:new", Fetch.UNPAID: "fetch_start:unpaid"}
SHOW: Final = "fetch_show"
_WHAT: Final = {
    Fetch.NEW: "Customers and invoices that were created or changed since they were last read. Once an hour.",
    Fetch.UNPAID: "Every unpaid invoice is held against Autotask's; what differs is overwritten from there."
    " Once in 12 hours.",
}


def page(shown: FetchPage) -> kit.Message:
    """How both fetches stand, and what the last one of unpaid invoices corrected."""
    if not shown.is_primary:
        text = (
            "Autotask is not your source of truth: another system decides, so nothing is fetched by hand. The"
            " hourly and daily syncs go on. An Admin can change that in the settings."
        )
        return kit.Message(
            "Nothing is fetched by hand", (kit.header("Fetch from Autotask"), kit.section(text))
        )
    return kit.Message(
        "Fetch from Autotask",
        (
            kit.header("Fetch from Autotask"),
            *(block for fetch in Fetch for block in _row(fetch, shown)),
            *_corrected(shown),
        ),
    )


def resting(turn: Turn, now: datetime) -> kit.Message:
    """Somebody was first: who, when, and when it can be done again."""
    text = f":stopwatch: *{turn.fetch.label}* {_rest(turn, now)}"
    return kit.Message(f"{turn.fetch.label}: again in {wait(turn, now)}", (kit.section(text), _show()))


def started(turn: Turn) -> kit.Message:
    text = f":hourglass_flowing_sand: *{turn.fetch.label}* has started. The message about it says when it is through."
    return kit.Message(f"{turn.fetch.label} has started", (kit.section(text), _show()))


def wait(turn: Turn, now: datetime) -> str:
    """``37 min``, ``11 h 5 min``."""
    minutes = max(1, ceil((turn.again_at - now).total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _row(fetch: Fetch, shown: FetchPage) -> tuple[kit.Block, ...]:
    turn = shown.turn(fetch)
    if turn is not None and turn.holds(shown.now):
        return (kit.section(f"*{fetch.label}*\n{_WHAT[fetch]}\n:stopwatch: {_rest(turn, shown.now)}"),)
    again = " The last one failed and gave its turn back." if turn is not None and turn.is_free else ""
    button = kit.button(
        fetch.label, STARTS[fetch], value=fetch.value, style="primary" if fetch is Fetch.NEW else ""
    )
    return (
        kit.section(f"*{fetch.label}*\n{_WHAT[fetch]}{again}"),
        kit.actions(button, block_id=f"fetch:{fetch.value}"),
    )


def _rest(turn: Turn, now: datetime) -> str:
    return (
        f"again in {wait(turn, now)} ({kit.date(turn.again_at)}). {kit.mention(turn.taken_by)} started it"
        f" {kit.date(turn.taken_at)}."
    )


def _corrected(shown: FetchPage) -> tuple[kit.Block, ...]:
    turn = shown.turn(Fetch.UNPAID)
    if turn is None or turn.is_free:
        return ()
    if not shown.corrections:
        return (kit.context(f"The fetch of unpaid invoices of {kit.date(turn.taken_at)} corrected nothing."),)
    head = f"*Corrected from Autotask, old → new* ({kit.date(turn.taken_at)})"
    rest = shown.corrected - len(shown.corrections)
    more = (kit.context(f"And {rest:,} more: `/autotask logs invoice` lists them."),) if rest else ()
    return (kit.divider(), kit.section(head), kit.listed(list(map(_line, shown.corrections))), *more)


def _line(correction: Correction) -> tuple[kit.Piece, ...]:
    return (correction.text,)


def _show() -> kit.Block:
    return kit.actions(kit.button("Fetch from Autotask", SHOW))
