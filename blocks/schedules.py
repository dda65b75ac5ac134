"""The workspace's schedules: the page, the form of one, and what was changed."""

from collections.abc import Sequence
from datetime import datetime, time

from blocks import kit
from blocks.form import Form, State, known
from bot.domain.schedules import (
    BY_NAME,
    NIGHTLY_SYNC,
    WEEKDAYS,
    Moved,
    Row,
    Schedule,
    Wanted,
    next_run,
    utc_minute,
    weekday_of,
    words_of,
    zone_of,
)
from bot.domain.syncs import SyncState, called

OPEN = "schedule_open"
CHANGE = "schedule_change"
SWITCH = "schedule_switch"
ZONE = "schedule_zone"
ZONES = "schedule_zones"
UNDO = "schedule_undo"
CALLBACK = "schedule_save"
ZONE_CALLBACK = "schedule_zone_save"

_EVERY_DAY = "every"
_MARKS = {
    SyncState.SUCCEEDED: ":white_check_mark:",
    SyncState.FAILED: ":x:",
    SyncState.RUNNING: ":hourglass_flowing_sand:",
    SyncState.RETRYING: ":arrows_counterclockwise:",
}
_OFF = kit.confirm(
    "Switch this off?", "It does not run by itself any more, until somebody switches it on.", "Switch off"
)


def page(
    rows: Sequence[Row],
    *,
    zone: str,
    as_of: datetime,
    may_change: bool,
    zone_is_fixed: bool = False,
    notice: str = "",
    channel_id: str = "",
) -> kit.View:
    """Every schedule with its next and last run; ``zone_is_fixed``: the installation's settings name the zone."""
    blocks = [
        *([kit.section(notice)] if notice else []),
        kit.section(f"By the clock of *{kit.escape(zone)}*, the workspace's time zone."),
        *(_zone_blocks(zone_is_fixed=zone_is_fixed) if may_change else []),
        kit.divider(),
        *([] if rows else [kit.section("Nothing runs by itself yet: Autotask is not connected.")]),
        *(block for row in rows for block in _row(row, may_change=may_change)),
        kit.context(f"As of {kit.date(as_of)}{'' if may_change else ' · Only Admins change these.'}"),
    ]
    return kit.modal("Schedules", blocks, close="Close", metadata={"channel": channel_id})


def form(schedule: Schedule, title: str, *, now: datetime, channel_id: str = "") -> kit.View:
    """When one schedule rings; an hourly one's minute is by the local clock."""
    when = [_minute(schedule, now)] if schedule.hourly else [_time(schedule.local_time), _weekday(schedule)]
    state = [kit.option("On", "on"), kit.option("Off", "off")]
    chosen = "on" if schedule.enabled else "off"
    return kit.modal(
        "When it runs",
        (
            kit.plain_section(title),
            *when,
            kit.input_block("state", "Runs by itself", kit.radio("value", state, chosen=chosen)),
            kit.context(f"By the clock of {kit.escape(schedule.timezone)}. It counts from the next time on."),
        ),
        callback_id=CALLBACK,
        submit="Save",
        metadata={"name": schedule.name, "channel": channel_id},
    )


def zone_form(zone: str, *, channel_id: str = "") -> kit.View:
    return kit.modal(
        "Time zone",
        (
            kit.input_block(
                "timezone",
                "The workspace's time zone",
                kit.external_select(ZONES, chosen=kit.option(zone, zone), placeholder="Type a city…"),
                hint="Every daily schedule keeps its time of day there, channels' digests too.",
            ),
        ),
        callback_id=ZONE_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def zone_options(names: Sequence[str]) -> list[kit.Option]:
    return [kit.option(name, name) for name in names]


def read(state: State, schedule: Schedule, *, now: datetime) -> Wanted:
    chosen = Form(state)
    enabled = known({"on": True, "off": False}.get, chosen.required_choice("state"), "state")
    if schedule.hourly:
        minute = utc_minute(chosen.number("minute"), schedule.timezone, now)
        return Wanted(time(0, minute), None, enabled)
    weekday = chosen.required_choice("weekday")
    at = known(time.fromisoformat, chosen.required_choice("at"), "at")
    return Wanted(at, None if weekday == _EVERY_DAY else known(weekday_of, weekday, "weekday"), enabled)


def read_zone(state: State) -> str:
    return Form(state).required_choice("timezone", "Choose a time zone.")


def notice_of(moved: Moved) -> str:
    """One line for the top of the page (mrkdwn)."""
    if not moved.batch:
        return "Nothing was changed."
    return f":white_check_mark: Saved: *{kit.escape(moved.title)}* {kit.escape(moved.words)}."


def saved(moved: Moved) -> kit.Message:
    """What holds from now on, with *Undo* for ten minutes."""
    text = notice_of(moved)
    if not moved.batch:
        return kit.Message(text, (kit.section(text),))
    buttons = kit.actions(kit.button("Undo", UNDO, value=moved.batch), kit.button("Schedules", OPEN))
    return kit.Message(text, (kit.section(text), buttons, kit.context("Undo works for ten minutes.")))


def undone(moved: Moved) -> kit.Message:
    text = f":leftwards_arrow_with_hook: *Taken back.* {kit.escape(moved.title)}: {kit.escape(moved.words)}."
    return kit.Message(text, (kit.section(text), kit.actions(kit.button("Schedules", OPEN))))


def following(schedules: Sequence[Schedule], now: datetime) -> kit.Block:
    """When the syncs that run by themselves come next, under the message of a first one (product CV15)."""
    coming = [
        (BY_NAME[each.name].title, moment)
        for each in schedules
        if each.name in BY_NAME and BY_NAME[each.name].groups and (moment := next_run(each, now)) is not None
    ]
    ordered = sorted(coming, key=lambda each: (each[0] != BY_NAME[NIGHTLY_SYNC].title, each[1]))
    lines = [f"{kit.escape(title)} {kit.date(moment)}" for title, moment in ordered]
    return kit.context(f"This is the first sync. Next, by themselves: {' · '.join(lines)}")


def _zone_blocks(*, zone_is_fixed: bool) -> list[kit.Block]:
    if zone_is_fixed:
        return [kit.context("The zone is set by `BOT_TIMEZONE`, where Deskhand is installed.")]
    return [kit.actions(kit.button("Change the time zone", ZONE), block_id="zone")]


def _row(row: Row, *, may_change: bool) -> list[kit.Block]:
    schedule = row.schedule
    head = f"*{kit.escape(row.standing.title)}*: switched off"
    if row.next_at is not None:
        there = row.next_at.astimezone(zone_of(schedule.timezone))
        head = f"*{kit.escape(row.standing.title)}*: {words_of(schedule, row.next_at)}"
        head += f"\nNext: {kit.date(row.next_at)} ({there:%a %H:%M} {kit.escape(schedule.timezone)})"
    blocks: list[kit.Block] = [kit.section(f"{head}\n{_last(row)}", block_id=f"is:{schedule.name}")]
    return [*blocks, _controls(schedule)] if may_change else blocks


def _last(row: Row) -> str:
    if row.rang_at is None and not row.runs:
        return "Not run yet"
    if not row.runs:
        return f"Last: {kit.date(row.rang_at)}" if row.rang_at else ""
    said = [
        f"{_MARKS[run.state]} {called(run.name)} {run.state.value} {kit.date(run.started_at)}"
        for run in row.runs
    ]
    return f"Last: {' · '.join(said)}"


def _controls(schedule: Schedule) -> kit.Block:
    change = kit.button("Change", CHANGE, value=schedule.name)
    if schedule.enabled:
        switch = kit.button("Switch off", SWITCH, value=f"off|{schedule.name}", confirm=_OFF)
    else:
        switch = kit.button("Switch on", SWITCH, value=f"on|{schedule.name}", style="primary")
    return kit.actions(change, switch, block_id=f"do:{schedule.name}")


def _time(at: time) -> kit.Block:
    times = sorted({*(time(n // 4, n % 4 * 15) for n in range(96)), at})
    options = [kit.option(f"{each:%H:%M}", f"{each:%H:%M}") for each in times]
    return kit.input_block("at", "At", kit.static_select("value", options, chosen=f"{at:%H:%M}"))


def _weekday(schedule: Schedule) -> kit.Block:
    options = [
        kit.option("Every day", _EVERY_DAY),
        *(kit.option(f"Every {name}", str(number)) for number, name in enumerate(WEEKDAYS)),
    ]
    chosen = _EVERY_DAY if schedule.weekday is None else str(schedule.weekday)
    return kit.input_block("weekday", "On", kit.static_select("value", options, chosen=chosen))


def _minute(schedule: Schedule, now: datetime) -> kit.Block:
    shown = _hourly_minute(schedule, now)
    minutes = sorted({*range(0, 60, 5), shown})
    options = [kit.option(f"Every hour at :{each:02d}", str(each)) for each in minutes]
    return kit.input_block("minute", "At", kit.static_select("value", options, chosen=str(shown)))


def _hourly_minute(schedule: Schedule, now: datetime) -> int:
    """What the local clock shows at an hourly schedule's minute."""
    ahead = utc_minute(0, schedule.timezone, now)
    return (schedule.local_time.minute - ahead) % 60
