"""``/autotask connect`` and ``verify``: the tie to Autotask."""

import asyncio
from datetime import timedelta
from functools import partial

from pydantic import SecretStr

from blocks import connections as blocks
from blocks.kit import View
from bot.domain.context import Right
from bot.services.connections import ChosenDefaults, CredentialsForm, Proven
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at

ANSWER_WITHIN = 2.3
"""Seconds of Slack's three in which a modal waits for Autotask before it says "checking"."""
LEAST_WAIT = 0.2
STANDS_BY = timedelta(seconds=100)
"""Longer than any single call to Autotask."""


async def show(request: Request) -> None:
    request.ctx.require(Right.CONNECT)
    connection = await request.services.connections.status(request.ctx)
    await request.respond(blocks.intro(connection))


async def open_form(request: Request) -> None:
    request.ctx.require(Right.CONNECT)
    connection = await request.services.connections.status(request.ctx)
    username = connection.username if connection else ""
    await request.open_or_push(blocks.credentials_form(username=username, channel_id=request.channel_id))


async def check(request: Request) -> None:
    """Proves the credentials; a slow Autotask is waited for by a job that redraws the modal."""
    typed = blocks.read_credentials(request.values)
    service = request.services.connections
    draft_id = await service.save_draft(
        request.ctx,
        CredentialsForm(typed.username, SecretStr(typed.secret), SecretStr(typed.tracking_id)),
    )
    proof = service.begin_proof(request.ctx, draft_id)
    in_time = max(LEAST_WAIT, ANSWER_WITHIN - request.age)
    proven = await service.proven_within(request.ctx, draft_id, proof, seconds=in_time)
    if proven is not None:
        await request.ack_update(_choices(proven, request.channel_id))
    else:
        await _answer_late(request, draft_id, proof)


async def _answer_late(request: Request, draft_id: str, proof: asyncio.Task[Proven]) -> None:
    """Waits on; a job stands by for the case that this process does not live to see the answer."""
    service = request.services.connections
    leave_to_a_job = partial(
        service.prove_later, request.ctx, draft_id, view_id=request.view_id, channel_id=request.channel_id
    )
    await leave_to_a_job(after=STANDS_BY)
    await request.ack_update(blocks.checking())
    proven = await service.proven_within(request.ctx, draft_id, proof)
    if proven is None:
        await leave_to_a_job()
    elif not await request.update(_choices(proven, request.channel_id)):
        message = blocks.answered(proven.zone, draft_id)
        await request.post(f"proof:{draft_id}", "", message)


async def resume(request: Request) -> None:
    """The button under "Autotask answered", for who had closed the modal meanwhile."""
    await request.open(blocks.checking())
    proven = await request.services.connections.prove(request.ctx, request.action_value)
    await request.update(_choices(proven, request.channel_id))


async def suggest_queues(request: Request) -> None:
    queues = await request.services.connections.options(request.ctx, "queueID")
    await request.ack_options(blocks.queue_options(queues, request.text))


async def choose(request: Request) -> None:
    typed = blocks.read_choices(request.values)
    connection = await request.services.connections.finish(
        request.ctx,
        text_at(request.metadata, "draft"),
        blocks.read_zone(request.metadata),
        ChosenDefaults(
            typed.queue, typed.status_new, typed.status_updated, typed.status_closed, typed.priority
        ),
    )
    await request.ack_update(blocks.saved())
    await request.respond(blocks.connected(connection))


async def verify(request: Request) -> None:
    """A pressed Re-check turns its own message into the new result; a command's reply cannot be redrawn."""
    on_message = request.kind == "action" and bool(request.response_url)
    if on_message:
        await request.respond(blocks.verify_running(), replace=True)
    found = await request.services.connections.verify(request.ctx)
    await request.respond(blocks.verified(found.zone, found.checks, found.took), replace=on_message)


def _choices(proven: Proven, channel_id: str) -> View:
    return blocks.choices_form(
        proven.zone,
        draft_id=proven.draft_id,
        queues=proven.queues,
        statuses=proven.statuses,
        priorities=proven.priorities,
        channel_id=channel_id,
    )


FEATURE = Feature(
    commands=(
        Command(
            "connect",
            "Connect Autotask, or change its credentials",
            show,
            aliases=("setup",),
            right=Right.CONNECT,
            label="Connect Autotask",
            details="Admins only. Shows the four steps in Autotask and asks for the three values they give.",
        ),
        Command(
            "verify",
            "Check every permission Deskhand needs in Autotask",
            verify,
            aliases=("permissions",),
            label="Verify permissions",
            details="Holds what Autotask grants the API user against what Deskhand needs, feature by feature, "
            "and names the exact place to fix each gap.",
        ),
    ),
    listeners=(
        Listener("action", blocks.OPEN, open_form),
        Listener("action", blocks.RESUME, resume),
        Listener("action", blocks.VERIFY, verify),
        Listener("options", blocks.QUEUE_OPTIONS, suggest_queues),
        Listener("view", blocks.CREDENTIALS_CALLBACK, check),
        Listener("view", blocks.CHOICES_CALLBACK, choose),
    ),
)
