"""Reminders about time: what people read, how Admins set them up."""

from collections.abc import Sequence
from datetime import date, datetime

from blocks import kit
from blocks.form import Form, State
from bot.domain.time_entries import day_text, hours_text
from bot.domain.time_nudges import (
    Missing,
    NudgeSettings,
    OwnReminders,
    Waiting,
    read_at,
    read_holidays,
    read_hours,
)

SNOOZE = "time_snooze"
PAUSE = "time_pause"
PAUSE_UNTIL = "time_pause_until"
STOP = "time_stop"
RESUME = "time_resume"
STOP_WEEKLY = "time_stop_weekly"
SETTINGS = "time_nudges"
SETTINGS_CALLBACK = "time_nudges_save"
REMIND = "time_remind"
REMIND_CALLBACK = "time_remind_go"
_HOLIDAYS_LENGTH = 1000


def missing(found: Missing) -> kit.Message:
    """To one person, in their own conversation with us."""
    left = found.expected - found.logged
    text = f"{hours_text(found.logged)} of {hours_text(found.expected)} are logged for today, {day_text(found.day)}."
    return kit.Message(
        f"Time for today: {text}",
        (
            kit.section(f":stopwatch: *Time for today*\n{text} {hours_text(left)} are missing."),
            kit.actions(kit.button("Snooze 1 h", SNOOZE, value=found.day.isoformat()), *_pauses()),
            kit.context("As of now, in Autotask. Weekends and holidays are left out."),
        ),
    )


def own(found: OwnReminders) -> kit.Message:
    """What somebody may change of their own reminders."""
    if not found.is_reminded or found.stopped or found.paused_until:
        return stopped(was_on=True) if found.stopped else paused(found.paused_until)
    settings = found.settings
    text = (
        f":bell: You are reminded at {settings.at.isoformat('minutes')} by your own clock, on days on which fewer "
        f"than {hours_text(settings.hours)} are logged."
    )
    return kit.Message(
        text,
        (kit.section(text), kit.actions(*_pauses()), kit.context("Weekends and holidays are left out.")),
    )


def _pauses() -> tuple[kit.Element, ...]:
    return (
        kit.button("Not today", f"{PAUSE}:today"),
        kit.button("Not for a week", f"{PAUSE}:week"),
        kit.datepicker(PAUSE_UNTIL, placeholder="Off until…"),
        kit.button("Stop", STOP),
    )


def waiting(found: Waiting) -> kit.Message:
    """To who may approve: whose entries wait, the most first."""
    entries = kit.count(found.entries, "time entry", "time entries")
    oldest = f", the oldest worked on {day_text(found.oldest)}" if found.oldest else ""
    people = [(name or "Somebody", f": {number:,}") for name, number in found.people]
    as_of = f"As of {kit.date(found.as_of)}. " if found.as_of else ""
    return kit.Message(
        f"{entries} wait for approval{oldest}",
        (
            kit.section(f":hourglass: *{entries} wait for approval*{oldest}."),
            *([kit.listed((kit.strong(name), number) for name, number in people)] if people else []),
            kit.actions(
                kit.button("Show them", "time_list:waiting", value="not_approved||||", style="primary"),
                kit.button("No weekly reminder", STOP_WEEKLY),
            ),
            kit.context(f"{as_of}Approve and post them in Autotask: only then can they be billed."),
        ),
    )


def snoozed(until: datetime | None) -> kit.Message:
    """In place of the reminder that was put off."""
    if until is None:
        return paused(None)
    text = f":zzz: Snoozed until {kit.date(until, '{time}')}. If hours are still missing then, you are told again."
    return kit.Message("Snoozed for an hour", (kit.section(text), kit.actions(kit.button("Stop", STOP))))


def paused(until: date | None) -> kit.Message:
    if until is None:
        return kit.Message(
            "You get no reminders of missing time.", (kit.section("You get no reminders of missing time."),)
        )
    text = f":zzz: No reminder before {day_text(until)}."
    return kit.Message(text, (kit.section(text), kit.actions(kit.button("Remind me again", RESUME))))


def stopped(*, was_on: bool) -> kit.Message:
    if not was_on:
        return paused(None)
    text = ":no_bell: You are not reminded of missing time any more."
    return kit.Message(text, (kit.section(text), kit.actions(kit.button("Remind me again", RESUME))))


def resumed() -> kit.Message:
    text = ":bell: You are reminded of missing time again."
    return kit.Message(text, (kit.section(text),))


def weekly_stopped() -> kit.Message:
    text = ":no_bell: No weekly reminder of approvals any more."
    return kit.Message(text, (kit.section(text),))


def settings_form(settings: NudgeSettings, *, channel_id: str = "") -> kit.View:
    people = kit.multi_users_select("value", placeholder="Nobody is reminded yet")
    chosen = {**people, **({"initial_users": list(settings.people)} if settings.people else {})}
    return kit.modal(
        "Reminders of time",
        (
            kit.context("A direct message to who logged too little that day. Weekends are left out."),
            kit.input_block(
                "people",
                "Who is reminded",
                chosen,
                hint="Matched with Autotask by e-mail address. Nobody: no reminders.",
                optional=True,
            ),
            kit.input_block(
                "hours",
                "If they logged fewer hours than",
                kit.plain_text_input("value", initial=f"{settings.hours.normalize():f}", max_length=5),
            ),
            kit.input_block(
                "at",
                "At",
                kit.plain_text_input("value", initial=settings.at.isoformat("minutes"), max_length=5),
                hint="By each person's own clock.",
            ),
            kit.input_block(
                "holidays",
                "But not on these days",
                kit.plain_text_input(
                    "value",
                    initial="\n".join(each.isoformat() for each in settings.holidays),
                    placeholder="2026-12-25",
                    multiline=True,
                    max_length=_HOLIDAYS_LENGTH,
                ),
                hint="Holidays, one a line.",
                optional=True,
            ),
        ),
        callback_id=SETTINGS_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def read_settings(state: State) -> NudgeSettings:
    """Raises ``InvalidInput`` for the field to correct."""
    form = Form(state)
    return NudgeSettings(
        form.choices("people"),
        read_hours(form.text("hours")),
        read_at(form.text("at")),
        read_holidays(form.text("holidays")),
    )


def settings_saved(settings: NudgeSettings) -> kit.Message:
    count = len(settings.people)
    text = (
        f":bell: *Saved.* {kit.count(count, 'person', 'people')} will be reminded at {settings.at.isoformat('minutes')}, "
        f"if fewer than {hours_text(settings.hours)} are logged."
        if count
        else ":no_bell: *Saved.* Nobody is reminded of missing time."
    )
    return kit.Message(text, (kit.section(text), kit.actions(kit.button("Change", SETTINGS))))


def remind_form(*, channel_id: str = "") -> kit.View:
    weekly = [kit.option("Also every Monday at 9:00, by their own clock", "weekly")]
    return kit.modal(
        "Remind approvers",
        (
            kit.input_block("people", "Who can approve time in Autotask", kit.multi_users_select("value")),
            kit.input_block("weekly", "How often", kit.checkboxes("value", weekly), optional=True),
            kit.context("Each gets one direct message with what waits, as far as they may see it."),
        ),
        callback_id=REMIND_CALLBACK,
        submit="Remind",
        metadata={"channel": channel_id},
    )


def reminded(people: Sequence[str], *, weekly: bool) -> kit.Message:
    names = ", ".join(map(kit.mention, people))
    text = f":bell: Reminded: {names}." + (" Again every Monday at 9:00." if weekly else "")
    return kit.Message(text, (kit.section(text),))
