"""Reminders about time: set up by Admins, sent by hand to who approves, paused by who gets them."""

from blocks import time_nudges as blocks
from blocks.kit import Message
from bot.domain.context import Right
from bot.domain.time_nudges import read_day
from bot.errors import InvalidInput, NotAllowed
from handlers.command import Listener
from handlers.context import Request


async def show(request: Request) -> None:
    """For Admins everybody's reminders, for others their own."""
    if request.ctx.person.may(Right.CHANGE_SETTINGS):
        await open_settings(request)
    else:
        await request.respond(blocks.own(await request.services.time_nudges.own(request.ctx)))


async def open_settings(request: Request) -> None:
    settings = await request.services.time_nudges.settings(request.ctx)
    await request.open_or_push(blocks.settings_form(settings, channel_id=request.channel_id))


async def save_settings(request: Request) -> None:
    saved = await request.services.time_nudges.save(request.ctx, blocks.read_settings(request.values))
    await request.ack()
    await _whisper(request, blocks.settings_saved(saved))


async def open_remind(request: Request) -> None:
    if not request.ctx.person.may(Right.SYNC):
        raise NotAllowed("remind people of time entries")
    await request.open_or_push(blocks.remind_form(channel_id=request.channel_id))


async def remind(request: Request) -> None:
    people, weekly = request.form.choices("people"), "weekly" in request.form.choices("weekly")
    if not people:
        raise InvalidInput("people", "Choose who can approve.")
    await request.services.time_nudges.remind(request.ctx, people, weekly=weekly, key=request.view_id)
    await request.ack()
    await _whisper(request, blocks.reminded(people, weekly=weekly))


async def snooze(request: Request) -> None:
    day = read_day(request.action_value)
    until = await request.services.time_nudges.snooze(request.ctx, day)
    await request.respond(blocks.snoozed(until), replace=True)


async def pause(request: Request) -> None:
    days = 7 if request.action_id.endswith("week") else 1
    until = await request.services.time_nudges.pause(request.ctx, days)
    await request.respond(blocks.paused(until), replace=True)


async def pause_until(request: Request) -> None:
    until = await request.services.time_nudges.pause_until(request.ctx, request.action_value)
    await request.respond(blocks.paused(until), replace=True)


async def stop(request: Request) -> None:
    was_on = await request.services.time_nudges.stop(request.ctx)
    await request.respond(blocks.stopped(was_on=was_on), replace=True)


async def resume(request: Request) -> None:
    await request.services.time_nudges.stop(request.ctx, stopped=False)
    await request.respond(blocks.resumed(), replace=True)


async def stop_weekly(request: Request) -> None:
    await request.services.time_nudges.stop_weekly(request.ctx)
    await request.respond(blocks.weekly_stopped())


async def _whisper(request: Request, message: Message) -> None:
    await request.tools.notifier.ephemeral(request.ctx.tenant, request.channel_id, request.user_id, message)


LISTENERS = (
    Listener("action", blocks.SETTINGS, open_settings),
    Listener("action", blocks.REMIND, open_remind),
    Listener("action", blocks.SNOOZE, snooze),
    Listener("action", f"^{blocks.PAUSE}:(today|week)$", pause),
    Listener("action", blocks.PAUSE_UNTIL, pause_until),
    Listener("action", blocks.STOP, stop),
    Listener("action", blocks.RESUME, resume),
    Listener("action", blocks.STOP_WEEKLY, stop_weekly),
    Listener("view", blocks.SETTINGS_CALLBACK, save_settings),
    Listener("view", blocks.REMIND_CALLBACK, remind),
)
