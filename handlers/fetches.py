"""``/autotask fetch``: new data and unpaid invoices, by hand and in turns."""

from functools import partial

from blocks import fetches as blocks
from bot.domain.context import Right
from bot.domain.fetches import Fetch
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request


async def show(request: Request) -> None:
    await request.respond(blocks.page(await request.services.fetches.page(request.ctx)))


async def press(request: Request) -> None:
    await _start(Fetch(request.action_id.partition(":")[2]), request)


async def _start(fetch: Fetch, request: Request) -> None:
    """The turn is taken, or whose it is is told; where nothing is fetched by hand, why."""
    service = request.services.fetches
    if not (await service.page(request.ctx)).is_primary:
        await show(request)
        return
    key = f"fetch:{request.fingerprint}"
    turn = await service.start(request.ctx, fetch, run_key=key, channel_id=request.channel_id)
    now = request.tools.clock.now()
    await request.respond(blocks.started(turn) if turn.run_key == key else blocks.resting(turn, now))


FEATURE = Feature(
    commands=(
        Command(
            "fetch",
            "Fetch new data or all unpaid invoices from Autotask now",
            show,
            usage="[new|unpaid]",
            right=Right.READ,
            label="Fetch",
            verbs=(
                Verb(
                    "new",
                    "customers and invoices since they were last read; once an hour",
                    partial(_start, Fetch.NEW),
                ),
                Verb("unpaid", "every unpaid invoice; once in 12 hours", partial(_start, Fetch.UNPAID)),
            ),
            details="*new* reads what was created or changed since it was last read; once an hour. *unpaid* holds"
            " every unpaid invoice against Autotask's and overwrites what differs; once in 12 hours. The turn is the"
            " workspace's: if somebody was first, you hear who and when it can be done again. A fetch that failed"
            " gives its turn back. Both only while Autotask is your source of truth (settings).",
        ),
    ),
    listeners=(
        Listener("action", "^fetch_start:(new|unpaid)$", press),
        Listener("action", blocks.SHOW, show),
    ),
)
