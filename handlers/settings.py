"""``/autotask settings``: the connection's switches and defaults, each change saved on its own."""

from collections.abc import Mapping

from blocks import settings as blocks
from blocks import settings_choices as choices
from blocks import settings_forms as forms
from blocks.kit import Message, View
from bot.domain.authors import AS_PERSON
from bot.domain.connections import ConnectionState
from bot.domain.context import Right
from bot.domain.invoices import IDENTIFIER
from bot.domain.logs import RETENTION
from bot.domain.settings import SOURCE_OF_TRUTH, Saved, WorkspaceSettings, switch_name
from bot.domain.switches import Capability, Mode
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at


async def show(request: Request) -> None:
    """The page for Admins; for everybody else how it is set, and whom to ask."""
    state = await request.services.settings.overview(request.ctx)
    if not request.ctx.person.may(Right.CHANGE_SETTINGS):
        admins = await request.services.access.admins(request.ctx)
        await request.respond(blocks.summary(state, admins))
    elif (why_not := _nothing_to_set(state)) is not None:
        await request.respond(why_not)
    else:
        await request.open_or_push(blocks.page(state, channel_id=request.channel_id))


async def open_switches(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    state = await request.services.settings.overview(request.ctx)
    if (why_not := _nothing_to_set(state)) is not None:
        await request.respond(why_not)
    else:
        await request.open_or_push(forms.switches_form(state, channel_id=request.channel_id))


async def open_tickets(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    state = await request.services.settings.overview(request.ctx)
    if (why_not := _nothing_to_set(state)) is not None:
        await request.respond(why_not)
        return
    if state.has_options:
        await request.open_or_push(forms.tickets_form(state, channel_id=request.channel_id))
        return
    await request.open_or_push(forms.reading())  # the press is good for 3 seconds, Autotask may take longer
    state = await request.services.settings.refresh(request.ctx)
    await request.update(forms.tickets_form(state, channel_id=request.channel_id))


async def suggest_queues(request: Request) -> None:
    state = await request.services.settings.overview(request.ctx)
    await request.ack_options(forms.queue_options(state.options.get("queueID", ()), request.text))


async def save_switches(request: Request) -> None:
    await _save(request, forms.read_switches(request.values))


async def save_tickets(request: Request) -> None:
    await _save(request, forms.read_tickets(request.values))


async def save_truth(request: Request) -> None:
    await _save_chosen(request, SOURCE_OF_TRUTH)


async def save_authors(request: Request) -> None:
    await _save_chosen(request, AS_PERSON)


async def save_retention(request: Request) -> None:
    await _save_chosen(request, RETENTION)


async def save_naming(request: Request) -> None:
    await _save_chosen(request, IDENTIFIER)


async def _save_chosen(request: Request, name: str) -> None:
    """Saved as soon as it is chosen; the block says what was shown."""
    shown = text_at(request.body, "actions", 0, "block_id").partition(":")[2]
    saved = await _changed(request, {name: shown}, {name: request.action_value})
    await request.update(await _page(request, blocks.notice_of(saved)))
    await _confirm(request, saved)


async def turn_on(request: Request) -> None:
    """The Home tab's banner: tickets from read-only to on."""
    name = switch_name(Capability.TICKETS)
    state = await request.services.settings.overview(request.ctx)
    saved = await _changed(request, {name: state.values[name].value}, {name: Mode.ON.value})
    await request.respond(blocks.saved(saved))


async def undo(request: Request) -> None:
    taken_back = await request.services.settings.undo(request.ctx, request.action_value)
    await request.respond(blocks.undone(taken_back), replace=True)


async def refresh(request: Request) -> None:
    """Reads the picklists again; what is gone from Autotask then is told at the top."""
    state = await request.services.settings.refresh(request.ctx)
    view = blocks.page(state, channel_id=request.channel_id, notice=blocks.refreshed(state))
    if not (request.in_modal and await request.update(view)):
        await request.open(view)


def _nothing_to_set(state: WorkspaceSettings) -> Message | None:
    """Why there is nothing to set, if so: buttons on older messages ask, too."""
    if state.connection is None:
        return blocks.not_connected()
    return blocks.being_removed() if state.connection.state is ConnectionState.REMOVING else None


async def _save(request: Request, wanted: Mapping[str, str]) -> None:
    saved = await _changed(request, forms.read_shown(request.metadata), wanted)
    await request.ack()
    if request.below:
        await request.update(await _page(request, blocks.notice_of(saved)), view_id=request.below)
    await _confirm(request, saved)


async def _changed(request: Request, shown: Mapping[str, str], wanted: Mapping[str, str]) -> Saved:
    return await request.services.settings.change(request.ctx, shown, wanted)


async def _confirm(request: Request, saved: Saved) -> None:
    """A modal stays open above the conversation: the confirmation waits there, with *Undo*."""
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.saved(saved)
    )


async def _page(request: Request, notice: str) -> View:
    state = await request.services.settings.overview(request.ctx)
    return blocks.page(state, channel_id=request.channel_id, notice=notice)


FEATURE = Feature(
    commands=(
        Command(
            "settings",
            "The connection, what is switched on, what new tickets get",
            show,
            aliases=("preferences", "switches"),
            label="Settings",
            details="Admins change the switches (off, read-only, on), the queue, statuses and priority of new "
            "tickets, and whether Autotask is your source of truth; they update, verify and remove the "
            "connection. Everybody else sees how it is set.",
        ),
    ),
    listeners=(
        Listener("action", blocks.OPEN, show),
        Listener("action", blocks.SWITCHES, open_switches),
        Listener("action", blocks.TICKETS, open_tickets),
        Listener("action", blocks.REFRESH, refresh),
        Listener("action", choices.TRUTH, save_truth),
        Listener("action", choices.AUTHORS, save_authors),
        Listener("action", choices.KEPT, save_retention),
        Listener("action", choices.NAMING, save_naming),
        Listener("action", blocks.UNDO, undo),
        Listener("options", forms.QUEUE_OPTIONS, suggest_queues),
        Listener("view", forms.SWITCHES_CALLBACK, save_switches),
        Listener("view", forms.TICKETS_CALLBACK, save_tickets),
    ),
)
