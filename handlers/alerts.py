"""``/autotask alerts``: what is wrong now, and what is done about it."""

from dataclasses import dataclass

from blocks import alert_lists as lists
from blocks import alerts as blocks
from blocks import kit, news
from bot.domain.alerts import Shown
from bot.domain.context import Right
from bot.domain.problems import EventKind, ProblemState, Snooze
from handlers import alert_channels as channels
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request
from handlers.payload import as_number, own
from handlers.resolve import person_of


@dataclass(frozen=True)
class Narrowed:
    """What the list shows: values of ``ProblemState`` and ``EventKind``, or all."""

    state: str = lists.ALL
    kind: str = lists.ALL

    @classmethod
    def of(cls, value: str) -> "Narrowed":
        state, _, kind = value.partition("|")
        return cls(state or lists.ALL, kind or lists.ALL)


async def show(request: Request) -> None:
    await request.respond(await _listing(request, Narrowed(*lists.words_of(request.text))))


async def show_kind(request: Request, kind: EventKind) -> None:
    """The open alerts of one kind, as other nouns lead there."""
    await request.respond(await _listing(request, Narrowed(kind=kind.value)))


async def narrow(request: Request) -> None:
    await request.respond(await _listing(request, Narrowed.of(request.action_value)), replace=True)


async def turn_page(request: Request) -> None:
    number, _, rest = request.action_value.partition("|")
    await request.respond(await _listing(request, Narrowed.of(rest), as_number(number)), replace=True)


async def retry_all(request: Request) -> None:
    begun = await request.services.alerts.retry_all(request.ctx)
    await request.respond(await _listing(request, Narrowed.of(request.action_value)), replace=True)
    text = (
        f":arrows_counterclockwise: {kit.count(begun, 'problem')} tried again. Their messages say what comes of it."
        if begun
        else ":information_source: Everything that can be tried again is just being tried."
    )
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.said(text)
    )


async def open_one(request: Request) -> None:
    shown = await request.services.alerts.get(request.ctx, request.action_number)
    await request.open_or_push(blocks.view(shown, channel_id=request.channel_id))


# --- what is pressed on a problem, in its message or in its modal ---


async def acknowledge(request: Request) -> None:
    await _done(request, await request.services.alerts.acknowledge(request.ctx, request.action_number))


async def snooze(request: Request) -> None:
    problem_id, _, wanted = request.action_value.partition("|")
    shown = await request.services.alerts.snooze(request.ctx, as_number(problem_id), own(Snooze, wanted))
    await _done(request, shown)


async def assign(request: Request) -> None:
    """The problem is named by the row that the choice sits in."""
    request.ctx.require(Right.HANDLE_ALERTS)
    problem_id = as_number(request.block_part(0))
    to = await person_of(request.ctx.tenant, request.action_value, request.tools)
    await _done(request, await request.services.alerts.assign(request.ctx, problem_id, to))


async def retry(request: Request) -> None:
    await _done(request, await request.services.alerts.retry(request.ctx, request.action_number))


async def resume(request: Request) -> None:
    await _done(request, await request.services.alerts.resume(request.ctx, request.action_number))


async def mute(request: Request) -> None:
    await _done(request, await request.services.alerts.mute(request.ctx, request.action_number))


async def unmute(request: Request) -> None:
    shown = await request.services.alerts.mute(request.ctx, request.action_number, muted=False)
    await _done(request, shown)


# --- news ---


async def open_news(request: Request) -> None:
    await request.open_or_push(await _news(request, request.action_number, 0))


async def turn_news(request: Request) -> None:
    number, _, run_id = request.action_value.partition("|")
    await request.update(await _news(request, as_number(run_id), as_number(number)))


async def _news(request: Request, run_id: int, number: int) -> kit.View:
    service, size = request.services.alerts, news.PAGE_SIZE
    _, total = await service.news(request.ctx, run_id, limit=0)
    where = kit.page(total, number, size)
    found, _ = await service.news(request.ctx, run_id, offset=where.offset, limit=size)
    return news.page(found, where, run_id)


async def _done(request: Request, shown: Shown) -> None:
    """The modal shows it at once; the message, which everybody reads, by the job that was enqueued with the act."""
    if request.in_modal:
        await request.update(blocks.view(shown, channel_id=request.channel_id))
        return
    place = request.user_id if request.channel_id.startswith("D") else request.channel_id
    if request.message_ts and place:
        key = f"problem:{shown.problem.id}:{place}"
        await request.tools.notifier.adopt(request.ctx.tenant, key, request.channel_id, request.message_ts)


async def _listing(request: Request, wanted: Narrowed, number: int = 0) -> kit.Message:
    service = request.services.alerts
    state = ProblemState(wanted.state) if wanted.state in set(ProblemState) else None
    kind = EventKind(wanted.kind) if wanted.kind in set(EventKind) else None
    _, total = await service.page(request.ctx, state=state, kind=kind, limit=0)
    where = kit.page(total, number, lists.PAGE_SIZE)
    found, _ = await service.page(request.ctx, state=state, kind=kind, offset=where.offset, limit=where.size)
    return lists.listing(
        found,
        where,
        await service.counts(request.ctx, kind),
        state=state.value if state else lists.ALL,
        kind=kind.value if kind else lists.ALL,
        is_admin=request.ctx.person.may(Right.CHANGE_SETTINGS),
        as_of=request.tools.clock.now(),
    )


FEATURE = Feature(
    commands=(
        Command(
            "alerts",
            "What is wrong now, who is at it, and which channels hear of it",
            show,
            usage="[acknowledged | snoozed | recovered | syncs | channels]",
            aliases=("alert", "problems"),
            verbs=(Verb("channels", "Which channel hears of what, for Admins", channels.show, ("channel",)),),
            label="Alerts",
            details="One problem is one message, edited in place: how often, since when, who is at it, and what came of "
            "it. Full Members acknowledge, snooze and assign; Admins mute, and choose the channels.",
        ),
    ),
    listeners=(
        Listener("action", f"^{lists.PAGE}:(back|next)$", turn_page),
        Listener("action", f"^{lists.STATE}:[a-z]+$", narrow),
        Listener("action", lists.KIND, narrow),
        Listener("action", lists.RETRY_ALL, retry_all),
        Listener("action", blocks.OPEN, open_one),
        Listener("action", blocks.ACKNOWLEDGE, acknowledge),
        Listener("action", blocks.SNOOZE, snooze),
        Listener("action", blocks.ASSIGN, assign),
        Listener("action", blocks.RETRY, retry),
        Listener("action", blocks.RESUME, resume),
        Listener("action", blocks.MUTE, mute),
        Listener("action", blocks.UNMUTE, unmute),
        Listener("action", news.OPEN, open_news),
        Listener("action", f"^{news.PAGE}:(back|next)$", turn_news),
        *channels.LISTENERS,
    ),
)
