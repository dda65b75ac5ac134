"""The form of one digest: when, what, and when not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time

from blocks import kit
from blocks.form import Form, State, known
from bot.domain.digests import Period, Section, Subscription
from bot.domain.schedules import WEEKDAYS, weekday_of
from bot.errors import InvalidInput

CALLBACK = "digest_save"
ORGANIZATIONS = "digest_organizations"

_NONE = "none"
_HALF_HOURS = tuple(time(n // 2, n % 2 * 30) for n in range(48))


def form(
    subscription: Subscription, *, zone: str, names: Mapping[int, str] | None = None, is_new: bool = False
) -> kit.View:
    """A person's or a channel's; ``names`` are the chosen organizations'. ``is_new``: the channel is still to be chosen."""
    blocks = [
        *([_channel()] if is_new else []),
        _periods(subscription),
        _time(subscription.at, zone),
        _weekday(subscription.weekday),
        _sections(subscription),
        *(_quiet(subscription) if subscription.is_person else _for_channels(names or {}, subscription)),
        _when_empty(says_nothing=subscription.says_nothing),
    ]
    return kit.modal(
        "My digest" if subscription.is_person else "Channel's digest",
        blocks,
        callback_id=CALLBACK,
        submit="Save",
        metadata={"target": subscription.target},
    )


def read(state: State, before: Subscription, *, owner: str) -> Subscription:
    """What was chosen. Raises ``InvalidInput`` where something is missing."""
    chosen = Form(state)
    periods = chosen.choices("periods")
    wanted = replace(
        before,
        owner=owner,
        daily=Period.DAILY.value in periods,
        weekly=Period.WEEKLY.value in periods,
        at=known(_clock, chosen.required_choice("at"), "at"),
        weekday=known(weekday_of, chosen.required_choice("weekday"), "weekday"),
        sections=frozenset(known(Section, each, "sections") for each in chosen.choices("sections")),
        says_nothing=known({"nothing": True, "line": False}.get, chosen.choice("empty") or "line", "empty"),
    )
    if wanted.is_person:
        return _with_quiet_hours(wanted, chosen)
    about = frozenset(chosen.chosen_numbers("organizations"))
    return replace(wanted, organizations=about or None, money="money" in chosen.choices("money"))


def read_channel(state: State) -> str:
    return Form(state).required_choice("channel", "Choose a channel.")


def _with_quiet_hours(wanted: Subscription, chosen: Form) -> Subscription:
    begins, ends = chosen.choice("quiet_from"), chosen.choice("quiet_until")
    if _NONE in (begins, ends) or not begins or not ends:
        if {begins, ends} - {_NONE, ""}:
            raise InvalidInput("quiet_until", "Choose both, or neither.")
        return replace(wanted, quiet_from=None, quiet_until=None)
    return replace(
        wanted, quiet_from=known(_clock, begins, "quiet_from"), quiet_until=known(_clock, ends, "quiet_until")
    )


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _channel() -> kit.Block:
    return kit.input_block(
        "channel",
        "Post it in",
        kit.conversations_select("value"),
        hint="Deskhand must be a member of a private channel: /invite @Deskhand",
    )


def _periods(subscription: Subscription) -> kit.Block:
    options = [kit.option("Every day", "daily"), kit.option("Every week", "weekly")]
    chosen = [
        *(["daily"] if subscription.daily else []),
        *(["weekly"] if subscription.weekly else []),
    ]
    face = kit.checkboxes("value", options, chosen=chosen)
    return kit.input_block("periods", "Send it", face, optional=True, hint="None ticked: it is not sent.")


def _time(at: time, zone: str) -> kit.Block:
    hint = f"By the clock of {zone}."
    return kit.input_block(
        "at", "At", kit.static_select("value", _hours(at), chosen=f"{at:%H:%M}"), hint=hint
    )


def _weekday(weekday: int) -> kit.Block:
    options = [kit.option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    return kit.input_block(
        "weekday", "The weekly one on", kit.static_select("value", options, chosen=str(weekday))
    )


def _sections(subscription: Subscription) -> kit.Block:
    options = [
        kit.option(each.label, each.value, description="weekly" if each.is_weekly else "") for each in Section
    ]
    chosen = [each.value for each in subscription.sections]
    face = kit.multi_static_select("value", options, chosen=chosen, placeholder="Everything")
    return kit.input_block("sections", "What is in it", face, optional=True, hint="None chosen: everything.")


def _quiet(subscription: Subscription) -> list[kit.Block]:
    return [
        kit.input_block(
            "quiet_from",
            "Quiet from",
            kit.static_select(
                "value", _or_none(subscription.quiet_from), chosen=_or(subscription.quiet_from)
            ),
            optional=True,
            hint="Nothing is sent to you in these hours; it waits until they end.",
        ),
        kit.input_block(
            "quiet_until",
            "Quiet until",
            kit.static_select(
                "value", _or_none(subscription.quiet_until), chosen=_or(subscription.quiet_until)
            ),
            optional=True,
        ),
    ]


def _for_channels(names: Mapping[int, str], subscription: Subscription) -> list[kit.Block]:
    money = [kit.option("Amounts of money", "money")]
    chosen = ["money"] if subscription.money else []
    organizations = kit.multi_external_select(ORGANIZATIONS, chosen=_named(names), placeholder="All of them")
    return [
        kit.input_block(
            "organizations",
            "About these organizations",
            organizations,
            optional=True,
            hint="None chosen: all. Everybody in the channel reads it, guests, too.",
        ),
        kit.input_block("money", "Show there", kit.checkboxes("value", money, chosen=chosen), optional=True),
    ]


def _named(names: Mapping[int, str]) -> Sequence[kit.Option]:
    return [kit.option(name, str(each)) for each, name in names.items()]


def _when_empty(*, says_nothing: bool) -> kit.Block:
    options = [kit.option("One line", "line"), kit.option("Nothing", "nothing")]
    face = kit.radio("value", options, chosen="nothing" if says_nothing else "line")
    return kit.input_block("empty", "When there is nothing new", face)


def _hours(at: time) -> list[kit.Option]:
    return [kit.option(f"{each:%H:%M}", f"{each:%H:%M}") for each in sorted({*_HALF_HOURS, at})]


def _or_none(at: time | None) -> list[kit.Option]:
    return [kit.option("No quiet hours", _NONE), *_hours(at or time(0))]


def _or(at: time | None) -> str:
    return f"{at:%H:%M}" if at else _NONE
