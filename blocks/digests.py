"""The daily digest's message and its settings."""

from collections.abc import Sequence

from blocks import kit
from blocks.form import Form, State
from bot.domain.digests import Digest
from bot.domain.schedules import Schedule
from bot.domain.tickets import Ticket

SETTINGS = "digest_settings"
CALLBACK = "digest_save"

_MOST_LINES = 10
_LONGEST_REASON = 500


def message(digest: Digest) -> kit.Message:
    """One screen at most; a day without news is one line."""
    day = kit.date(digest.until, "{date_pretty}")
    if digest.is_empty:
        text = f":coffee: *Daily digest*, {day}: nothing new. {_standing(digest)}"
        return kit.Message("Daily digest: nothing new", (kit.section(text),))
    headline = ", ".join(
        part
        for part in (
            kit.count(len(digest.raised), "ticket") + " raised" if digest.raised else "",
            kit.count(len(digest.mapped), "organization") + " mapped" if digest.mapped else "",
            f"{len(digest.not_created)} not created" if digest.not_created else "",
        )
        if part
    )
    return kit.Message(
        f"Daily digest: {headline or 'your workspace'}",
        (
            kit.header("Daily digest"),
            kit.context(f"{kit.date(digest.since)} to {kit.date(digest.until)}"),
            *_connected(digest),
            *_part(":link: Mapped", [(name,) for name in digest.mapped]),
            *_part(":ticket: Tickets raised", [_ticket(ticket) for ticket in digest.raised]),
            *_part(":x: Not created in Autotask", [_failure(ticket) for ticket in digest.not_created]),
            *_part(":clipboard: Reviews started", [(name,) for name in digest.reviews_started]),
            *_part(":checkered_flag: Reviews completed", [(name,) for name in digest.reviews_completed]),
            kit.context(_standing(digest)),
        ),
    )


def settings_form(*, channel_id: str, hour: str, enabled: bool, zone: str) -> kit.View:
    hours = [kit.option(f"{each:02d}:00", f"{each:02d}:00") for each in range(24)]
    return kit.modal(
        "Daily digest",
        (
            kit.input_block(
                "channel",
                "Post it in",
                kit.conversations_select("value", chosen=channel_id),
                hint="Deskhand must be a member of the channel: /invite @Deskhand",
            ),
            kit.input_block(
                "hour",
                "At",
                kit.static_select("value", hours, chosen=hour),
                hint=f"In your time zone, {zone}.",
            ),
            kit.input_block(
                "enabled",
                "Every day",
                kit.radio(
                    "value",
                    [kit.option("On", "on"), kit.option("Off", "off")],
                    chosen="on" if enabled else "off",
                ),
            ),
        ),
        callback_id=CALLBACK,
        submit="Save",
    )


def schedule_words(schedule: Schedule | None) -> str:
    """When and where the digest is posted, as a sentence (mrkdwn)."""
    if schedule is None or not schedule.enabled:
        return "The digest is not posted by itself."
    target = schedule.channel_id
    where = kit.mention(target) if target.startswith(("U", "W")) else kit.channel_mention(target)
    return f"Posted daily at {schedule.local_time:%H:%M} ({schedule.timezone}) to {where}."


def read_settings(state: State) -> tuple[str, str, bool]:
    """Channel, local hour (``HH:MM``), on or off."""
    form = Form(state)
    return (
        form.required_choice("channel", "Choose a channel."),
        form.required_choice("hour"),
        form.choice("enabled") == "on",
    )


def _connected(digest: Digest) -> tuple[kit.Block, ...]:
    if not digest.newly_connected:
        return ()
    return (kit.section(f":electric_plug: *Autotask connected*: zone {kit.bold(digest.connected)}"),)


def _part(title: str, lines: Sequence[Sequence[kit.Piece]]) -> tuple[kit.Block, ...]:
    if not lines:
        return ()
    more = len(lines) - _MOST_LINES
    shown = [*lines[:_MOST_LINES], *([(f"and {more} more",)] if more > 0 else [])]
    return (kit.section(f"*{title}* ({len(lines)})"), kit.listed(shown))


def _ticket(ticket: Ticket) -> Sequence[kit.Piece]:
    number = kit.strong(ticket.number or str(ticket.autotask_id))
    return (number, f" {ticket.summary}, {ticket.organization_name}")


def _failure(ticket: Ticket) -> Sequence[kit.Piece]:
    return (f"{ticket.summary}: {kit.cut(ticket.error, _LONGEST_REASON)}",)


def _standing(digest: Digest) -> str:
    if not digest.connected:
        return "Autotask is not connected."
    unmapped = f" {kit.count(digest.unmapped, 'organization')} not mapped." if digest.unmapped else ""
    return f"Autotask connected (zone {kit.escape(digest.connected)}).{unmapped}"
