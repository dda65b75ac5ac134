"""Every listener runs in here: context before it, an answer after it, whatever happens.

An error that escapes a listener before Bolt sees the ack becomes a 404 to Slack although the work may be
done, and ``app.error`` never hears of lazy listeners. So nothing escapes: this is the only place in
``handlers`` with ``except``.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from blocks import errors as words
from blocks import kit
from blocks.access_requests import ASK
from blocks.kit import Message
from bot.domain.context import Ctx, Right, Role, Tenant
from bot.domain.texts import readable
from bot.errors import BotError, CredentialsRejected, InvalidInput, NotAllowed
from bot.log import bound
from handlers.command import Listening
from handlers.context import Ack, Request
from handlers.payload import Body, Kind, Payload, dig, text_at
from handlers.resolve import ctx_of
from handlers.tools import Tools

BoltListener: TypeAlias = Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]

OPTIONS_WITHIN: Final = 2.5
"""Seconds: a type-ahead that comes later is of no use to anybody, and Slack then says that we are broken."""
_ANSWER_IS_THE_ACK: Final = frozenset({"view", "options"})
"""Kinds whose listener answers by its ack; all others are acknowledged before any work."""

log = structlog.get_logger(__name__)


def guarded(kind: Kind, run: Listening, tools: Tools) -> BoltListener:
    """The listener as Bolt gets it. It never raises and always acknowledges."""

    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        payload = Payload(kind, body)
        with tools.inflight.one(), bound(request=secrets.token_hex(4), person=payload.user_id, kind=kind):
            await _answered(payload, ack, run, tools)

    return listen


async def _answered(payload: Payload, ack: Ack, run: Listening, tools: Tools) -> None:
    """Runs the listener; turns what it raises into an answer; acknowledges if nobody has."""
    request = _unresolved(payload, ack, tools)
    try:
        if payload.kind not in _ANSWER_IS_THE_ACK:
            await request.ack()
        request.ctx = await ctx_of(payload, tools)
        with bound(tenant=request.ctx.tenant.id):
            _refuse_strangers(request)
            request.refuse_foreign()
            await _run_once(request, run)
    except Exception as problem:  # noqa: BLE001 - the one place: B1, no error may escape a listener
        await _explain(request, problem)
    if not request.acked:
        await request.ack()


async def _run_once(request: Request, run: Listening) -> None:
    if await request.is_repeated():
        log.warning("a delivery came again and was left alone")
        return
    async with asyncio.timeout(OPTIONS_WITHIN if request.kind == "options" else None):
        await run(request)


def _unresolved(payload: Payload, ack: Ack, tools: Tools) -> Request:
    """Enough of a request to answer with, before anybody knows who asks."""
    tenant = Tenant(0, payload.team_ids[0] if payload.team_ids else "", "")
    text = typed(text_at(payload.body, "text")) or readable(text_at(payload.body, "value"))
    return Request(payload.kind, payload.body, Ctx(tenant), tools, ack, text.strip())


def typed(text: str) -> str:
    """A command's words as they were typed: Slack may send its three control characters escaped."""
    return readable(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _refuse_strangers(request: Request) -> None:
    """Guests, bots, deactivated members and people of other workspaces do nothing and see nothing.

    A member without a role may do one thing: ask for access.
    """
    person = request.ctx.person
    if request.kind == "event" or person.role is not Role.NONE:
        return
    if person.is_outside:
        raise NotAllowed("use Deskhand: it is for members of this workspace who were given a role")
    if not (request.kind == "action" and request.action_id == ASK):
        raise NotAllowed(Right.READ.value)


async def _explain(request: Request, problem: Exception) -> None:
    """Tells the person. When even that fails, the log has both."""
    message = _message(problem)
    try:
        await _tell(request, problem, message)
    except Exception:  # - as above
        log.exception("could not tell the person", about=str(problem))


def _message(problem: Exception) -> Message:
    if isinstance(problem, BotError):
        log.info("refused", code=problem.code, error=type(problem).__name__)
        return words.message(problem)
    reference = secrets.token_hex(3).upper()
    log.error("listener broke", reference=reference, exc_info=problem)
    return words.broke(reference)


async def _tell(request: Request, problem: Exception, message: Message) -> None:
    if request.kind == "options":
        await request.ack()
    elif request.kind == "event":
        await _tell_on_home(request, message)
    elif request.kind == "view" and not request.acked:
        await _tell_in_form(request, problem, message)
    elif not (request.opened_view_id and await request.update(words.modal(message))):
        await request.respond(message)


async def _tell_in_form(request: Request, problem: Exception, message: Message) -> None:
    """Under the field where there is one; else on top of the form, so that nothing typed is lost."""
    inputs = input_ids(request.view)
    named = problem.field if isinstance(problem, InvalidInput | CredentialsRejected) else ""
    under = next((block_id for block_id in inputs if named and block_id.partition(":")[0] == named), "")
    if not under and inputs and request.depth >= kit.LIMITS.modals:
        under = inputs[0]
    if under:
        text = words.field_text(problem) if isinstance(problem, BotError) else message.text
        await request.ack_errors({under: kit.truncate(text, kit.LIMITS.label)})
    else:
        await request.ack_push(words.modal(message))


async def _tell_on_home(request: Request, message: Message) -> None:
    if text_at(request.body, "event", "type") == "app_home_opened":
        await request.publish_home(kit.home(message.blocks))


def input_ids(view: Body) -> tuple[str, ...]:
    """The block ids under which Slack shows errors: those of input blocks."""
    blocks = dig(view, "blocks")
    found = blocks if isinstance(blocks, list) else []
    return tuple(text_at(block, "block_id") for block in found if text_at(block, "type") == "input")
