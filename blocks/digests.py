"""A digest's message, and the page of who is sent which."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from blocks import kit
from bot.domain.digests import Digest, Line, Part, Period, Subscription, is_person
from bot.domain.schedules import WEEKDAYS, Schedule, next_run

SETTINGS = "digest_settings"
EDIT = "digest_edit"
ADD = "digest_add"
REMOVE = "digest_remove"
PREVIEW = "digest_preview"

_TITLES = {Period.DAILY: "Daily digest", Period.WEEKLY: "Weekly digest"}
_MOST_PARTS = 16
"""Two blocks each and what is around them: within Slack's fifty."""
_FEW_PARTS, _MANY, _FEW = 4, 10, 5
"""A digest of few parts shows more lines of each: one screen."""
_LONGEST_LEAD = 100
_PER_PAGE = 15
_REMOVE = kit.confirm(
    "Remove this digest?", "The channel is not sent a digest any more.", "Remove", danger=True
)


def message(digest: Digest) -> kit.Message:
    """One screen at most; a stretch without news is one line."""
    title, day = _TITLES[digest.period], kit.date(digest.until, "{date_pretty}")
    if digest.is_empty:
        text = f":coffee: *{title}*, {day}: nothing new. {kit.escape(' '.join(digest.standing))}"
        return kit.Message(f"{title}: nothing new", (kit.section(text),))
    shown = digest.parts[:_MOST_PARTS]
    standing = " ".join(digest.standing)
    return kit.Message(
        f"{title}: {_headline(digest)}",
        (
            kit.header(title),
            kit.context(f"{kit.date(digest.since)} to {kit.date(digest.until)}"),
            *(block for each in shown for block in _part(each, _MANY if len(shown) <= _FEW_PARTS else _FEW)),
            *([kit.plain_context(standing)] if standing else []),
            *_buttons(shown),
        ),
    )


def schedule_words(subscription: Subscription, schedules: Sequence[Schedule]) -> str:
    """When and where a digest is posted, as a sentence (mrkdwn)."""
    if not (subscription.daily or subscription.weekly):
        return "Not sent by itself."
    zones = {each.timezone for each in schedules if each.channel_id == subscription.target}
    zone = f" ({kit.escape(min(zones))})" if zones else ""
    times = [
        *(["daily"] if subscription.daily else []),
        *([f"weekly on {WEEKDAYS[subscription.weekday]}"] if subscription.weekly else []),
    ]
    target = subscription.target
    where = kit.mention(target) if is_person(target) else kit.channel_mention(target)
    return f"Sent {' and '.join(times)} at {subscription.at:%H:%M}{zone} to {where}."


def settings_page(
    mine: Subscription,
    channels: Sequence[Subscription] | None,
    schedules: Sequence[Schedule],
    *,
    now: datetime,
    notice: str = "",
) -> kit.View:
    """My digest, and the channels' for who may change them (``channels`` is None for everybody else)."""
    blocks = [
        *([kit.section(notice)] if notice else []),
        kit.header("My digest"),
        kit.section(_words(mine, schedules, now=now)),
        kit.actions(
            kit.button("Change", EDIT, value=mine.target),
            kit.button("Preview", PREVIEW, value=mine.target),
            block_id="mine",
        ),
        *([] if channels is None else _channels(channels, schedules, now=now)),
    ]
    return kit.modal("Digests", blocks, close="Close")


def preview(digest: Digest) -> kit.View:
    return kit.modal("Preview", message(digest).blocks, close="Close")


def saved(subscription: Subscription, schedules: Sequence[Schedule], *, now: datetime) -> str:
    """One line for the top of the page (mrkdwn)."""
    return f":white_check_mark: *Saved.* {_words(subscription, schedules, now=now)}"


def removed(target: str) -> str:
    return f":white_check_mark: *Removed.* {kit.channel_mention(target)} is not sent a digest any more."


def _channels(
    channels: Sequence[Subscription], schedules: Sequence[Schedule], *, now: datetime
) -> list[kit.Block]:
    blocks: list[kit.Block] = [kit.divider(), kit.header("Channels")]
    if not channels:
        blocks.append(kit.context("No channel is sent a digest yet."))
    for each in channels[:_PER_PAGE]:
        blocks += [
            kit.section(_words(each, schedules, now=now)),
            kit.actions(
                kit.button("Change", EDIT, value=each.target),
                kit.button("Preview", PREVIEW, value=each.target),
                kit.button("Remove", REMOVE, value=each.target, style="danger", confirm=_REMOVE),
                block_id=f"of:{each.target}",
            ),
        ]
    if len(channels) > _PER_PAGE:
        rest = len(channels) - _PER_PAGE
        blocks.append(kit.context(f"and {kit.count(rest, 'more channel')}: add one again to change it"))
    return [*blocks, kit.actions(kit.button("Add a channel", ADD, style="primary"))]


def _words(subscription: Subscription, schedules: Sequence[Schedule], *, now: datetime) -> str:
    own = [each for each in schedules if each.channel_id == subscription.target]
    coming = [moment for each in own if (moment := next_run(each, now)) is not None]
    said = [schedule_words(subscription, own)]
    if coming:
        said.append(f"Next: {kit.date(min(coming))}.")
    if subscription.quiet_from and subscription.quiet_until:
        said.append(f"Quiet from {subscription.quiet_from:%H:%M} to {subscription.quiet_until:%H:%M}.")
    if subscription.organizations is not None:
        said.append(f"About {kit.count(len(subscription.organizations), 'organization')}.")
    return " ".join(said)


def _part(shown: Part, at_most: int) -> tuple[kit.Block, ...]:
    lines = [_pieces(line) for line in shown.lines[:at_most]]
    more = shown.total - len(lines)
    return (
        kit.rich(kit.strong(shown.title), f" ({shown.total:,})"),
        kit.listed([*lines, *([(f"and {more:,} more",)] if more > 0 else [])]),
    )


def _pieces(line: Line) -> Sequence[kit.Piece]:
    lead = [kit.strong(kit.cut(line.lead, _LONGEST_LEAD))] if line.lead else []
    since: list[kit.Piece] = [" · since ", kit.moment(line.at)] if line.at else []
    return [*lead, line.text, *since]


def _headline(digest: Digest) -> str:
    """What notifications say: our own words and numbers, nothing from outside."""
    told = [each for each in digest.parts if each.is_news]
    return ", ".join(f"{kit.escape(each.title.lower())} {each.total:,}" for each in told[:4])


_MORE: Mapping[str, kit.Element] = {
    "alerts": kit.button("Problems and news", "run:alerts"),
    "logs": kit.button("Sync log", "run:logs"),
    "tickets": kit.button("Tickets", "run:tickets"),
    "map": kit.button("Mapping", "run:map"),
    "reviews": kit.button("Reviews", "run:reviews"),
    "contracts": kit.button("Contracts", "run:contracts"),
    "time": kit.button("Time entries", "run:time"),
    "who": kit.button("Requests", "run:who"),
}


def _buttons(shown: Sequence[Part]) -> tuple[kit.Block, ...]:
    """To where the rest of each part is."""
    wanted = dict.fromkeys(each.more for each in shown if each.more in _MORE)
    return (kit.actions(*(_MORE[name] for name in wanted), block_id="more"),) if wanted else ()
