"""``/autotask connect`` and ``verify``: the tie to Autotask."""

from pydantic import SecretStr

from blocks import connect_card, connection_card
from blocks import connections as blocks
from blocks import verification as verify_blocks
from bot.domain.context import Right
from bot.domain.credentials import CredentialsForm
from bot.domain.numbers import whole
from bot.domain.switches import Capability
from bot.errors import NotFound
from bot.services.connections import ChosenDefaults
from bot.services.proofs import Asked
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at

ANSWER_WITHIN = 2.3
"""Seconds of Slack's three in which a modal waits for Autotask before it says "checking"."""
LEAST_WAIT = 0.2


async def show(request: Request) -> None:
    """The card with the next step; who may not connect learns whom to ask (product CV20)."""
    if not request.ctx.person.may(Right.CONNECT):
        admins = await request.services.access.admins(request.ctx)
        await request.respond(connect_card.ask_an_admin(admins))
        return
    service = request.services.connections
    card = connection_card.intro(
        await service.status(request.ctx),
        await service.switches(request.ctx),
        managed=request.services.proofs.is_managed(request.ctx),
        page=_has_page(request),
    )
    await request.respond(card)


async def turn_card(request: Request) -> None:
    """A step is checked off, skipped or gone back to: the card turns to the one named by the button."""
    request.ctx.require(Right.CONNECT)
    number = whole(request.action_value) or 1
    await request.respond(connect_card.step(number, page=_has_page(request)), replace=True)


async def open_form(request: Request) -> None:
    request.ctx.require(Right.CONNECT)
    if request.services.proofs.is_managed(request.ctx):
        await _prove_managed(request)
        return
    connection = await request.services.connections.status(request.ctx)
    username = connection.username if connection else ""
    await request.open_or_push(blocks.credentials_form(username=username, channel_id=request.channel_id))


async def _prove_managed(request: Request) -> None:
    """The environment gives the login: the modal leads straight to the choices."""
    view_id = await request.open_or_push(blocks.checking())
    asked = Asked(view_id, request.channel_id)
    await request.services.proofs.submit(request.ctx, None, asked, by_job=True)


async def open_page(request: Request) -> None:
    """A web page of one's own, with masked fields; it works once and for ten minutes."""
    if not _has_page(request):
        raise NotFound("page", "")
    token = await request.services.credential_pages.make(request.ctx, request.channel_id)
    url = f"{request.settings.public_url}{connect_card.PAGE_PATH}/{token}"
    await request.respond(connect_card.page_link(url))


async def check(request: Request) -> None:
    """Leaves the proof to a job and waits for it as long as Slack allows; then the job tells the person."""
    typed = blocks.read_credentials(request.values)
    form = CredentialsForm(typed.username, SecretStr(typed.secret), SecretStr(typed.tracking_id))
    service = request.services.proofs
    draft_id = await service.submit(request.ctx, form, Asked(request.view_id, request.channel_id))
    in_time = max(LEAST_WAIT, ANSWER_WITHIN - request.age)
    if await service.answer_within(request.ctx, draft_id, seconds=in_time) is None:
        await request.ack_update(blocks.checking())
        return
    choices = await service.choices(request.ctx, draft_id)
    await request.ack_update(blocks.choices_form(choices, channel_id=request.channel_id))


async def resume(request: Request) -> None:
    """The button under "Autotask accepted the credentials", for who had closed the modal meanwhile."""
    choices = await request.services.proofs.choices(request.ctx, request.action_value)
    await request.open(blocks.choices_form(choices, channel_id=request.channel_id))


async def suggest_queues(request: Request) -> None:
    """The queues of the database that was just proven."""
    choices = await request.services.proofs.choices(request.ctx, text_at(request.metadata, "draft"))
    queues = choices.proof.options("queueID")
    await request.ack_options(blocks.queue_options(queues, request.text, choices.proof.unstaffed))


async def choose(request: Request) -> None:
    typed = blocks.read_choices(request.values)
    draft_id = text_at(request.metadata, "draft")
    connection = await request.services.connections.finish(
        request.ctx,
        draft_id,
        ChosenDefaults(
            typed.queue,
            typed.status_new,
            typed.status_updated,
            typed.status_closed,
            typed.priority,
            tickets=typed.tickets,
            sync_contracts=typed.sync_contracts,
        ),
    )
    switches = await request.services.connections.switches(request.ctx)
    await request.ack_update(connection_card.saved(read_only=not switches.may_write(Capability.TICKETS)))
    message = connection_card.connected(connection, switches, page=_has_page(request), fresh=True)
    # Where a message told of the check, it becomes this one: never a second.
    if not await request.tools.notifier.update(request.ctx.tenant, f"proof:{draft_id}", message):
        await request.respond(message)


async def verify(request: Request) -> None:
    """From the command, or from a button on a message that stays as it is."""
    await _verify(request, in_place=False)


async def verify_again(request: Request) -> None:
    """A pressed Re-check turns its own message into the new result."""
    await _verify(request, in_place=True)


async def _verify(request: Request, *, in_place: bool) -> None:
    service = request.services.verification
    if request.in_home or request.in_modal:
        again = text_at(request.view, "callback_id") == verify_blocks.CALLBACK
        await (request.open_instead if again else request.open_or_push)(verify_blocks.running_view())
        await request.update(verify_blocks.view(await service.verify(request.ctx)))
        return
    if in_place:
        await request.respond(verify_blocks.running(), replace=True)
    found = await service.verify(request.ctx)
    await request.respond(verify_blocks.verified(found), replace=in_place)


def _has_page(request: Request) -> bool:
    """Whether a web page can take the secret, which Slack cannot mask."""
    return request.settings.has_web_page and not request.services.proofs.is_managed(request.ctx)


FEATURE = Feature(
    commands=(
        Command(
            "connect",
            "Connect Autotask, or change its credentials",
            show,
            aliases=("setup",),
            right=Right.CONNECT,
            label="Connect Autotask",
            details="Admins only. Shows the steps in Autotask and asks for the three values they give.",
        ),
        Command(
            "verify",
            "Check every permission Deskhand needs in Autotask",
            verify,
            aliases=("permissions",),
            label="Verify permissions",
            details="Holds what Autotask grants the API user against what Deskhand needs, feature by feature, "
            "and names the exact place to fix each gap. Repeated every night; Admins hear of it when it got worse.",
        ),
    ),
    listeners=(
        Listener("action", f"^{connect_card.STEP}:", turn_card),
        Listener("action", connect_card.OPEN, open_form),
        Listener("action", connect_card.WEB, open_page),
        Listener("action", blocks.RESUME, resume),
        Listener("action", verify_blocks.VERIFY, verify_again),
        Listener("options", blocks.QUEUE_OPTIONS, suggest_queues),
        Listener("view", blocks.CREDENTIALS_CALLBACK, check),
        Listener("view", blocks.CHOICES_CALLBACK, choose),
    ),
)
