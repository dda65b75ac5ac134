"""The list of alerts, and who hears of what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from blocks import kit
from blocks.alerts import OPEN, seen_words, state_words
from blocks.form import Form, State, known
from blocks.kit import Block, Element, Message, Option, View
from bot.domain.alerts import Subscription, Threads
from bot.domain.organizations import Organization
from bot.domain.pauses import Thresholds
from bot.domain.problems import EventKind, Problem, ProblemState, Severity

PAGE: Final = "alerts_page"
STATE: Final = "alerts_state"
KIND: Final = "alerts_kind"
RETRY_ALL: Final = "alerts_retry_all"
CHANNELS: Final = "alerts_channels"
CHANNELS_PAGE: Final = "alerts_channels_page"
ADD, EDIT, REMOVE, TEST = "alerts_add", "alerts_edit", "alerts_remove", "alerts_test"
LIMITS: Final = "alerts_limits"
FORM_CALLBACK, LIMITS_CALLBACK = "alerts_channel_save", "alerts_limits_save"
ORGANIZATION_OPTIONS: Final = "alerts_organizations"
PAGE_SIZE: Final = 8
CHANNELS_PAGE_SIZE: Final = 8
ALL: Final = "all"
MONEY: Final = "money"
_MOST_ORGANIZATIONS: Final = 100
_STATES: Final = {
    ALL: "All open",
    ProblemState.OPEN.value: "Untouched",
    ProblemState.ACKNOWLEDGED.value: "Acknowledged",
    ProblemState.SNOOZED.value: "Snoozed",
    ProblemState.RECOVERED.value: "Recovered (7 days)",
}
_SIGNS: Final = {Severity.WARNING: "large_yellow_circle", Severity.ERROR: "red_circle"}


def listing(
    problems: Sequence[Problem],
    where: kit.Page,
    counts: Mapping[ProblemState, int],
    *,
    state: str,
    kind: str,
    is_admin: bool,
    as_of: datetime,
) -> Message:
    """One page of problems as they stood ``as_of``; every control keeps what narrows it."""
    text = f"Alerts: {kit.count(where.total, 'problem')}"
    rows = [block for each in problems for block in _row(each)]
    showing = f"Showing {where.label}, the worst and newest first · " if rows else ""
    return Message(
        text,
        (
            kit.header("Alerts"),
            kit.actions(*_tabs(counts, state, kind), block_id="states"),
            *(rows or [kit.section(_nothing(state, kind))]),
            kit.actions(*_ways(where, problems, state, kind, is_admin=is_admin)),
            kit.context(f"{showing}As of {kit.date(as_of)}"),
        ),
    )


def channels(
    subscriptions: Sequence[Subscription],
    where: kit.Page,
    limits: Thresholds,
    *,
    notice: str = "",
    channel_id: str = "",
) -> View:
    """Who hears of what, for Admins."""
    rows = [block for each in subscriptions for block in _subscription(each)]
    first = (
        "*Nobody has subscribed yet.* Until then each Admin is told directly of failing syncs, schedules that did not "
        "ring, a refused login and used-up API requests."
    )
    pauses = (
        f"A sync that failed {limits.warn} times in a row is warned of; after {limits.pause} it is paused until "
        "somebody resumes it."
    )
    steps = kit.page_buttons(where, CHANNELS_PAGE)
    return kit.modal(
        "Alert channels",
        (
            *([kit.section(notice)] if notice else []),
            *(rows or [kit.section(first)]),
            kit.actions(kit.button("Add a channel", ADD, style="primary"), *steps, block_id="add"),
            kit.divider(),
            kit.section(pauses, accessory=kit.button("Change", LIMITS)),
        ),
        close="Close",
        metadata={"channel": channel_id},
    )


def form(
    before: Subscription | None = None, chosen: Sequence[Organization] = (), *, channel_id: str = ""
) -> View:
    """A channel's wishes, new or changed."""
    wanted = before or Subscription(channel_id, frozenset())
    channel = kit.conversations_select("value", chosen=wanted.channel_id if before else "")
    hint = "In a private channel Deskhand must be a member: /invite @Deskhand"
    return kit.modal(
        "Who is told of what",
        (kit.input_block("channel", "Channel", channel, hint=hint), *_what(wanted, chosen), *_how(wanted)),
        callback_id=FORM_CALLBACK,
        submit="Save",
        metadata={"subscription": wanted.id, "channel": channel_id},
    )


def _what(wanted: Subscription, chosen: Sequence[Organization]) -> tuple[Block, Block]:
    kinds = [kit.option(each.label, each.value) for each in EventKind]
    organizations = kit.multi_external_select(
        ORGANIZATION_OPTIONS,
        placeholder="All organizations",
        at_most=_MOST_ORGANIZATIONS,
        chosen=options(chosen),
    )
    return (
        kit.input_block(
            "kinds",
            "Hears of",
            kit.checkboxes("value", kinds, chosen=[each.value for each in wanted.kinds]),
        ),
        kit.input_block(
            "organizations",
            "Organizations",
            organizations,
            hint="None chosen means all. What concerns no organization is always told.",
            optional=True,
        ),
    )


def _how(wanted: Subscription) -> tuple[Block, ...]:
    threads = [kit.option(each.label, each.value) for each in Threads]
    severities = [
        kit.option("Warnings and errors", Severity.WARNING.value),
        kit.option("Errors only", Severity.ERROR.value),
    ]
    money = [kit.option("Amounts of money", MONEY)]
    return (
        kit.input_block(
            "threads",
            "Replies in the thread, too",
            kit.radio("value", threads, chosen=wanted.threads.value),
            hint="Each problem is one message that is edited. A reply says in addition that it recovered or is back.",
        ),
        kit.input_block("severity", "At least", kit.radio("value", severities, chosen=wanted.severity.value)),
        kit.input_block(
            "money",
            "Show there",
            kit.checkboxes("value", money, chosen=[MONEY] if wanted.money else []),
            hint="In the channel's news. Everybody in the channel reads them.",
            optional=True,
        ),
    )


def read_form(state: State, subscription_id: int) -> Subscription:
    """Raises ``InvalidInput`` without a channel or a kind."""
    typed = Form(state)
    return Subscription(
        typed.required_choice("channel", "Choose a channel."),
        frozenset(known(EventKind, each, "kinds") for each in typed.choices("kinds")),
        frozenset(typed.chosen_numbers("organizations")) or None,
        known(Threads, typed.choice("threads") or Threads.ALWAYS.value, "threads"),
        known(Severity, typed.choice("severity") or Severity.WARNING.value, "severity"),
        money=MONEY in typed.choices("money"),
        id=subscription_id,
    )


def limits_form(limits: Thresholds) -> View:
    hint = "Runs that failed for good, one after the other, each after its automatic attempts."
    return kit.modal(
        "Failing syncs",
        (
            kit.input_block(
                "warn",
                "Warn after",
                kit.number_input("value", initial=str(limits.warn), minimum="1"),
                hint=hint,
            ),
            kit.input_block(
                "pause",
                "Pause after",
                kit.number_input("value", initial=str(limits.pause), minimum="2"),
                hint="Schedules leave a paused sync out. Who starts it by hand may; success resumes it.",
            ),
        ),
        callback_id=LIMITS_CALLBACK,
        submit="Save",
    )


def read_limits(state: State) -> Thresholds:
    """Raises ``InvalidInput`` for what is no whole number."""
    typed = Form(state)
    return Thresholds(typed.number("warn"), typed.number("pause"))


def test_message(user_id: str) -> Message:
    text = "This is a test: alerts arrive here."
    return Message(text, (kit.rich(kit.sign("bell"), f" {text} Asked for by ", kit.person(user_id), "."),))


def options(organizations: Sequence[Organization]) -> list[Option]:
    return [kit.option(each.name, str(each.id)) for each in organizations]


def words_of(text: str) -> tuple[str, str]:
    """State and kind that somebody typed: ``acknowledged``, ``recovered syncs``; what is not understood is left out."""
    words = text.lower().replace("_", " ").split()
    states = [each for each in _STATES if each in words]
    kinds = [each.value for each in EventKind if {each.value, *each.label.lower().split()} & set(words)]
    return (states[0] if states else ALL), (kinds[0] if kinds else ALL)


def _row(problem: Problem) -> tuple[Block, Block]:
    sign = "white_check_mark" if problem.is_over else _SIGNS[problem.severity]
    muted = (" · muted",) if problem.muted_by else ()
    who = state_words(problem)
    standing = ("\n", *who) if who else ()
    line = kit.rich(
        kit.sign(sign), " ", kit.strong(problem.title), f"\n{problem.kind.label} · ", *seen_words(problem), *muted,
        *standing,
    )  # fmt: skip
    return line, kit.actions(kit.button("Open", OPEN, value=str(problem.id)))


def _tabs(counts: Mapping[ProblemState, int], chosen: str, kind: str) -> list[Element]:
    there = {each.value: counts.get(each, 0) for each in ProblemState}
    there[ALL] = sum(number for state, number in there.items() if state != ProblemState.RECOVERED.value)
    tabs: list[Element] = [
        kit.button(
            f"{label} ({there[state]})",
            f"{STATE}:{state}",
            value=f"{state}|{kind}",
            style="primary" if state == chosen else "",
        )
        for state, label in _STATES.items()
    ]
    kinds = [kit.option("All kinds", f"{chosen}|{ALL}")]
    kinds += [kit.option(each.label, f"{chosen}|{each.value}") for each in EventKind]
    return [*tabs, kit.static_select(KIND, kinds, chosen=f"{chosen}|{kind}", placeholder="Kind")]


def _ways(
    where: kit.Page, problems: Sequence[Problem], state: str, kind: str, *, is_admin: bool
) -> list[Element]:
    found = list(kit.page_buttons(where, PAGE, context_value=f"{state}|{kind}"))
    if any(each.retry and not each.is_over for each in problems):
        question = kit.confirm("Retry them all?", "Whatever can be tried again is, once each.", "Retry all")
        found.append(kit.button("Retry all", RETRY_ALL, value=f"{state}|{kind}", confirm=question))
    if is_admin:
        found.append(kit.button("Channels", CHANNELS))
    return [*found, kit.button("View logs", "run:logs", value="errors 7d")]


def _nothing(state: str, kind: str) -> str:
    if state == ALL and kind == ALL:
        return ":white_check_mark: Nothing is wrong that Deskhand knows of."
    return "Nothing of that kind here. Choose another filter above."


def _subscription(each: Subscription) -> tuple[Block, Block]:
    kinds = ", ".join(kind.label for kind in EventKind if kind in each.kinds)
    about = (
        "all organizations"
        if each.organizations is None
        else kit.count(len(each.organizations), "organization")
    )
    least = "" if each.severity is Severity.WARNING else " · errors only"
    amounts = " · with amounts" if each.money else ""
    question = kit.confirm(
        "Remove it?",
        "Nothing new is told there. Messages that are there stay, and still change with their problem.",
        "Remove",
        danger=True,
    )
    value = str(each.id)
    return (
        kit.rich(
            kit.place(each.channel_id),
            f"\n{kinds}\n{about}{least}{amounts} · in the thread: {each.threads.label.lower()}",
        ),
        kit.actions(
            kit.button("Change", EDIT, value=value),
            kit.button("Send a test", TEST, value=value),
            kit.button("Remove", REMOVE, value=value, style="danger", confirm=question),
        ),
    )
