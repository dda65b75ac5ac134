"""A problem's one message, wherever it is shown: what is wrong, what to do, who is at it, and what to press."""

from collections.abc import Mapping
from datetime import timedelta

from blocks import catalogue, kit
from blocks.contracts import CUSTOMERS, EXPIRED
from blocks.kit import Block, Element, Message, Piece, View
from blocks.time_entries import RATES, list_id
from bot.domain.alerts import Shown
from bot.domain.codes import Code
from bot.domain.problems import Problem, ProblemState, Severity, Snooze
from bot.domain.time_entries import TimeState
from bot.errors import PermissionMissing

ACKNOWLEDGE, SNOOZE, ASSIGN = "alert_ack", "alert_snooze", "alert_assign"
RETRY, RESUME, MUTE, UNMUTE = "alert_retry", "alert_resume", "alert_mute", "alert_unmute"
OPEN = "alert_open"
_LONGEST_DETAIL = 1500
_MUTE_SURE = kit.confirm(
    "Mute this problem?",
    "Nobody hears of it any more, also when it comes back, until an Admin unmutes it. It stays in the list.",
    "Mute",
)
_SIGNS = {Severity.WARNING: "large_yellow_circle", Severity.ERROR: "red_circle"}
_SEVERITY = {Severity.WARNING: "Warning", Severity.ERROR: "Error"}

_WAYS: Mapping[str, tuple[str, str]] = {
    Code.CUSTOMER_MISSING: ("Approve or decline", CUSTOMERS),
    Code.CONTRACT_EXPIRED: ("See which, and end them", EXPIRED),
    PermissionMissing.code: ("Verify permissions", "run:verify"),
    Code.TIME_WITHOUT_CONTRACT: ("Pick contracts", list_id(TimeState.UNLINKED)),
    Code.TIME_AFTER_END: ("See which", list_id(TimeState.AFTER_END)),
    Code.TIME_UNAPPROVED: ("See which", list_id(TimeState.NOT_APPROVED)),
    Code.TIME_OUTSIDE_DAYS: ("See which", list_id(TimeState.OUTSIDE)),
    Code.TIME_WITHOUT_RATE: ("Set a rate", RATES),
}
"""Where a problem is dealt with that a retry does not mend."""


def card(shown: Shown) -> Message:
    """The one message of a problem, as it stands now."""
    problem = shown.problem
    if problem.is_over:
        return _recovered(shown)
    text = f"{_SEVERITY[problem.severity]}: {kit.escape(problem.title)}"
    return Message(text, (*_facts(shown), *_controls(shown)))


def view(shown: Shown, *, channel_id: str = "") -> View:
    """The same as a modal."""
    return kit.modal(
        "Alert",
        card(shown).blocks,
        close="Close",
        metadata={"problem": shown.problem.id, "channel": channel_id},
    )


def assigned(shown: Shown) -> Message:
    """What the person is told whom a problem was given to."""
    problem = shown.problem
    text = f"You are asked to look at: {kit.escape(problem.title)}"
    who = kit.person(problem.assigned_by)
    return Message(
        text,
        (
            kit.rich(kit.sign("point_right"), " ", who, " asks you to look at ", kit.strong(problem.title)),
            kit.actions(kit.button("Open", OPEN, value=str(problem.id), style="primary")),
        ),
    )


def follow_up(shown: Shown, what: str) -> Message:
    """The reply in the thread of its message: it recovered, it is back, or it is still there after a snooze."""
    problem = shown.problem
    if what == "recovered":
        pieces: tuple[Piece, ...] = (kit.sign("white_check_mark"), f" Recovered {_after(problem)}.")
    elif what == "reopened":
        pieces = (kit.sign(_SIGNS[problem.severity]), " It is back: ", kit.strong(problem.title))
    else:
        pieces = (kit.sign("alarm_clock"), " ", kit.person(problem.acted_by), ", it is still there: ")
        pieces = (*pieces, kit.strong(problem.title))
    words = {"recovered": "Recovered", "reopened": "It is back"}.get(what, "Still there")
    return Message(f"{words}: {kit.escape(problem.title)}", (kit.rich(*pieces),))


def said(text: str) -> Message:
    """One sentence of ours (mrkdwn)."""
    return Message(text, (kit.section(text),))


def state_words(problem: Problem) -> tuple[Piece, ...]:
    """Who is at it, or nothing."""
    if problem.acted_at is None or problem.state in {ProblemState.OPEN, ProblemState.RECOVERED}:
        return ()
    who, when = kit.person(problem.acted_by), kit.moment(problem.acted_at, "{time}")
    if problem.state is ProblemState.ACKNOWLEDGED:
        return ("Acknowledged by ", who, " ", when)
    if problem.snoozed_until is None:
        return ("Snoozed by ", who, " until it changes")
    return ("Snoozed by ", who, " until ", kit.moment(problem.snoozed_until))


def seen_words(problem: Problem) -> tuple[Piece, ...]:
    often = "Seen once" if problem.count == 1 else f"Seen {problem.count:,} times"
    if problem.count == 1:
        return (f"{often}, ", kit.moment(problem.first_seen))
    return (
        f"{often} · first ",
        kit.moment(problem.first_seen),
        " · last ",
        kit.moment(problem.last_seen),
    )


def lasted(time: timedelta) -> str:
    """``42 min``, ``1 h 20 min``, ``3 days 4 h``."""
    minutes = max(1, round(time.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{kit.count(days, 'day')} {hours_left} h"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _after(problem: Problem) -> str:
    """``after 42 min, seen 7 times``."""
    ended = problem.recovered_at or problem.last_seen
    often = "seen once" if problem.count == 1 else f"seen {problem.count:,} times"
    return f"after {lasted(ended - problem.first_seen)}, {often}"


def _recovered(shown: Shown) -> Message:
    problem = shown.problem
    assert problem.recovered_at is not None
    text = f"Recovered: {kit.escape(problem.title)}"
    head = kit.rich(
        kit.sign("white_check_mark"), " ", kit.strong(problem.title), *_about(shown),
        f"\nRecovered {_after(problem)} · ", kit.moment(problem.recovered_at),
    )  # fmt: skip
    detail = [kit.plain_context(kit.cut(problem.detail, _LONGEST_DETAIL))] if problem.detail else []
    return Message(text, (head, *detail))


def _facts(shown: Shown) -> list[Block]:
    problem = shown.problem
    kind = f" · {problem.kind.label}"
    found: list[Block] = [
        kit.rich(
            kit.sign(_SIGNS[problem.severity]), f" {_SEVERITY[problem.severity]}{kind}", *_about(shown), "\n",
            kit.strong(problem.title),
        )
    ]  # fmt: skip
    if problem.detail:
        found.append(kit.plain_section(kit.cut(problem.detail, _LONGEST_DETAIL)))
    if meaning := _meaning(problem):
        found.append(kit.section(meaning))
    if pause := _pause_words(shown):
        found.append(kit.section(pause))
    lines = [seen_words(problem), *_standing(problem)]
    pieces = [piece for line in lines for piece in ("\n", *line)]
    found.append(kit.rich(*pieces[1:]))
    return found


def _about(shown: Shown) -> tuple[Piece, ...]:
    return (" · ", shown.organization) if shown.organization else ()


def _meaning(problem: Problem) -> str:
    """What it means and what to do, as the catalogue has it."""
    entry = catalogue.entry(problem.code) if problem.code else None
    return f"{entry.meaning}\n*What to do:* {entry.todo}" if entry else ""


def _pause_words(shown: Shown) -> str:
    pause, limits = shown.pause, shown.limits
    if pause is None:
        return ""
    since = kit.date(pause.failing_since)
    if pause.paused_at is not None:
        paused = kit.date(pause.paused_at)
        return (
            f":double_vertical_bar: *Paused* {paused} after {kit.count(pause.failures, 'failed run')} since {since}. "
            "Schedules leave it out until somebody resumes it; a sync by hand that succeeds resumes it, too."
        )
    if pause.warns(limits):
        more = kit.count(pause.left(limits), "more failure")
        return f":warning: It fails since {since}, {pause.failures} runs in a row; after {more} it is paused."
    return ""


def _standing(problem: Problem) -> list[tuple[Piece, ...]]:
    found: list[tuple[Piece, ...]] = [state_words(problem)]
    if problem.assigned_to:
        found.append(("Assigned to ", kit.person(problem.assigned_to)))
    if problem.retried_at is not None and problem.retried_at >= problem.last_seen:
        when = kit.moment(problem.retried_at, "{time}")
        found.append((kit.person(problem.retried_by), " tries it again since ", when))
    if problem.reopened:
        found.append((f"Came back {kit.count(problem.reopened, 'time')} within a day",))
    if problem.muted_by:
        found.append(("Muted by ", kit.person(problem.muted_by)))
    return [line for line in found if line]


def _controls(shown: Shown) -> list[Block]:
    problem = shown.problem
    mine = f"alert:{problem.id}"
    hands = kit.users_select(ASSIGN, chosen=problem.assigned_to, placeholder="Assign to…")
    acts = [*_repairs(shown), *_quiet(problem)]
    rest = [hands, _mute(problem), *_further(problem)]
    return [kit.actions(*acts, block_id=mine), kit.actions(*rest, block_id=f"{mine}:more")]


def _repairs(shown: Shown) -> list[Element]:
    problem, pause = shown.problem, shown.pause
    if pause is not None and pause.paused_at is not None:
        resume = kit.button("Resume", RESUME, value=str(problem.id), style="primary")
        return [resume, kit.button(*_WAYS[PermissionMissing.code])]
    retry = [kit.button("Retry", RETRY, value=str(problem.id), style="primary")] if problem.retry else []
    if problem.code not in _WAYS:
        return retry
    label, action_id = _WAYS[problem.code]
    return [*retry, kit.button(label, action_id, style="" if retry else "primary")]


def _quiet(problem: Problem) -> list[Element]:
    options = [kit.option(each.label, f"{problem.id}|{each.value}") for each in Snooze]
    snooze = kit.static_select(SNOOZE, options, placeholder="Snooze…")
    known = problem.state is ProblemState.ACKNOWLEDGED
    return [*([] if known else [kit.button("Acknowledge", ACKNOWLEDGE, value=str(problem.id))]), snooze]


def _mute(problem: Problem) -> Element:
    if problem.muted_by:
        return kit.button("Unmute", UNMUTE, value=str(problem.id))
    return kit.button("Mute", MUTE, value=str(problem.id), confirm=_MUTE_SURE)


def _further(problem: Problem) -> list[Element]:
    words = "errors" if problem.severity is Severity.ERROR else "warnings"
    see = kit.button("See log", "run:logs", value=f"{words} 7d")
    help_ = [kit.button(f"Help {problem.code}", "run:help", value=problem.code)] if problem.code else []
    return [see, *help_]
