"""``/autotask digest``: today's digest at once, and when and where it is posted."""

from datetime import time, timedelta

from blocks import digests as blocks
from blocks import kit
from bot.domain.context import Right
from handlers.command import Command, Feature, Listener
from handlers.context import Request

DAY = timedelta(days=1)
USUAL = time(8, 0)


async def show(request: Request) -> None:
    until = request.tools.clock.now()
    digest = await request.services.digests.gather(request.ctx, until - DAY, until)
    button = kit.button("When and where", blocks.SETTINGS)
    schedule = await request.services.digests.schedule(request.ctx)
    message = blocks.message(digest).with_blocks(
        kit.context(blocks.schedule_words(schedule)), kit.actions(button)
    )
    await request.respond(message)


async def open_settings(request: Request) -> None:
    request.ctx.require(Right.MANAGE_PEOPLE)
    schedule = await request.services.digests.schedule(request.ctx)
    channel = schedule.channel_id if schedule else ""
    await request.open_or_push(
        blocks.settings_form(
            channel_id=channel if channel.startswith(("C", "G")) else "",
            hour=(schedule.local_time if schedule else USUAL).strftime("%H:00"),
            enabled=schedule.enabled if schedule else True,
            zone=request.ctx.person.timezone,
        )
    )


async def save(request: Request) -> None:
    channel, hour, enabled = blocks.read_settings(request.values)
    saved = await request.services.digests.save(
        request.ctx, channel_id=channel, at=time.fromisoformat(hour), enabled=enabled
    )
    await request.ack()
    await request.respond(kit.Message(*_said(blocks.schedule_words(saved))))


def _said(words: str) -> tuple[str, tuple[kit.Block, ...]]:
    return words, (kit.section(f":white_check_mark: {words}"),)


FEATURE = Feature(
    commands=(
        Command(
            "digest",
            "What was connected, mapped and raised in the last day",
            show,
            aliases=("daily",),
            label="Daily digest",
            details="Shows the digest of the last 24 hours to you alone. Admins choose when and where it is "
            "posted every day.",
        ),
    ),
    listeners=(
        Listener("action", blocks.SETTINGS, open_settings),
        Listener("view", blocks.CALLBACK, save),
    ),
)
