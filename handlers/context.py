"""One request: who asks, for which workspace, with what, and the ways to answer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from blocks import kit
from blocks.kit import Block, Json, Message, Option, View
from bot.domain.context import Ctx
from bot.settings import Settings
from bot.workflows.engine import post_somewhere
from handlers.payload import Payload
from handlers.tools import Services, Tools

ACK_ARRIVES: Final = 0.3
"""Seconds after which Slack has surely seen an ack: Bolt hands it over every 10 ms, the rest is the way."""

ANSWER_OF_THE_FIRST_WITHIN: Final = 1.5
"""Seconds that a repeated submit waits for the answer to the first; enough of Slack's three are left to act."""
LOOKS_EVERY: Final = 0.1


class Ack(Protocol):
    """Bolt's acknowledgement: an empty one, or one with Slack's answer in it."""

    async def __call__(self, text: str | dict[str, Json]) -> object: ...


@dataclass
class Request(Payload):
    """What a listener gets.

    Commands, buttons, shortcuts and events are acknowledged before the listener runs. A modal's submit
    and a type-ahead are answered by the listener (``ack…``); without an answer the modal closes.
    """

    ctx: Ctx
    tools: Tools
    ack_call: Ack
    text: str = ""
    """A command's words after its noun, or what was typed into a type-ahead."""
    came_at: float = field(default_factory=lambda: asyncio.get_running_loop().time(), init=False)
    acked: bool = field(default=False, init=False)
    trigger_used: bool = field(default=False, init=False)
    opened_view_id: str = field(default="", init=False)
    _acked_at: float = field(default=0.0, init=False)
    _delivery: str = field(default="", init=False)
    """The key of this delivery, once it is known to be the first of its kind."""

    @property
    def age(self) -> float:
        """Seconds since the delivery came in."""
        return asyncio.get_running_loop().time() - self.came_at

    @property
    def services(self) -> Services:
        return self.tools.services

    @property
    def settings(self) -> Settings:
        return self.tools.settings

    # --- answering a submit or a type-ahead (within 3 seconds) ---

    async def ack(self, answer: Mapping[str, Json] | None = None) -> None:
        """Acknowledges once; a second call does nothing."""
        if self.acked:
            return
        self.acked = True
        self._acked_at = asyncio.get_running_loop().time()
        silence: dict[str, Json] | str = {"options": []} if self.kind == "options" else ""
        await self.ack_call(dict(answer) if answer else silence)
        if self._delivery and self.kind == "view":
            async with self.tools.database.unit(self.ctx.tenant.id) as uow:
                await uow.deliveries.keep_answer(self._delivery, answer or {})

    async def ack_errors(self, errors: Mapping[str, str]) -> None:
        """Keeps the modal open with words under its fields (keys are the inputs' block ids)."""
        await self.ack({"response_action": "errors", "errors": errors})

    async def ack_update(self, view: View) -> None:
        """Replaces the modal that was submitted."""
        self.opened_view_id = self.view_id
        await self.ack({"response_action": "update", "view": view})

    async def ack_push(self, view: View) -> None:
        """Puts a modal on top of the one that was submitted (at most three deep)."""
        await self.ack({"response_action": "push", "view": view})

    async def ack_clear(self) -> None:
        """Closes the whole stack of modals."""
        await self.ack({"response_action": "clear"})

    async def ack_options(self, options: Sequence[Option]) -> None:
        """Answers a type-ahead; the first 100 count."""
        await self.ack({"options": list(options[: kit.LIMITS.options])})

    # --- modals ---

    async def open(self, view: View) -> str:
        """Opens a modal (needs a trigger not older than 3 seconds); its id. Raises ``SlackUnavailable``."""
        self.trigger_used = True
        self.opened_view_id = await self.tools.views.open(self.ctx.tenant, self.trigger_id, view)
        return self.opened_view_id

    async def push(self, view: View) -> str:
        """Opens a modal on top of the one the button sits in; its id. On the third it takes that one's place."""
        if self.depth >= kit.LIMITS.modals:
            await self.update(kit.instead(view))
            return self.view_id
        self.trigger_used = True
        self.opened_view_id = await self.tools.views.push(self.ctx.tenant, self.trigger_id, view)
        return self.opened_view_id

    async def open_or_push(self, view: View) -> str:
        """Opens a modal, on top of the one the button sits in if there is one; its id."""
        return await (self.push(view) if self.in_modal else self.open(view))

    async def open_instead(self, view: View) -> None:
        """Opens a modal; a list that the button sits in makes way for it, so that three levels stay free."""
        if self.in_modal:
            await self.update(view)
        else:
            await self.open(view)

    async def update(self, view: View, *, view_id: str = "") -> bool:
        """Redraws the modal this request opened or came from; False when it has been closed."""
        target = view_id or self.opened_view_id or self.view_id
        await self._let_the_ack_arrive()
        return await self.tools.views.update(self.ctx.tenant, target, view)

    async def publish_home(self, view: View) -> None:
        await self.tools.views.publish(self.ctx.tenant, self.user_id, view)

    # --- messages ---

    async def respond(self, message: Message, *, replace: bool = False, share: bool = False) -> None:
        """Tells the person who asked, and nobody else unless ``share``.

        Where it came from a message or command: there (``replace`` puts it in place of the message).
        From the Home tab: in a modal. From a modal: on top of it, or in the conversation it belongs to.
        """
        notifier = self.tools.notifier
        if self.response_url and await notifier.reply(
            self.response_url, message, replace=replace, share=share
        ):
            return
        if not await self._respond_in_modal(message, replace=replace):
            await self.tools.notifier.ephemeral(self.ctx.tenant, self.channel_id, self.user_id, message)

    async def post(self, key: str, channel_id: str, message: Message) -> None:
        """Posts once under ``key``: in the channel if it takes it, else to the person directly."""
        places = [place for place in (channel_id, self.user_id) if place]
        await post_somewhere(self.tools.notifier, self.ctx.tenant, key, places, message)

    async def edit(self, key: str, message: Message) -> None:
        """Redraws the message posted under ``key``, if there is one."""
        await self.tools.notifier.update(self.ctx.tenant, key, message)

    async def once(self, purpose: str = "") -> bool:
        """True the first time this act is seen: guards what must not be repeated on a redelivery."""
        async with self.tools.database.unit(self.ctx.tenant.id) as uow:
            return await uow.deliveries.first_time(
                f"{self.kind}:{self.fingerprint}:{purpose}", self.tools.clock.now()
            )

    async def is_repeated(self) -> bool:
        """Whether this very delivery has come before; then it has been answered, as before, when this returns.

        Slack sends what people do once, each with a trigger of its own; but a connection may break before
        the ack, and whoever kept a copy may send it. Events have ids of their own, a type-ahead changes nothing.
        The same delivery is the same in every byte: something else under a trigger seen before is another act.
        """
        if self.kind in {"event", "options"} or not self.trigger_id:
            return False
        key = f"trigger:{self.trigger_id}:{self.digest}"
        async with self.tools.database.unit(self.ctx.tenant.id) as uow:
            is_first = await uow.deliveries.first_time(key, self.tools.clock.now())
        if is_first:
            self._delivery = key
        return not is_first and (self.kind != "view" or await self._answered_as_before(key))

    async def _answered_as_before(self, key: str) -> bool:
        """A form's submit is saved before it is answered: without an answer, whoever took it first may be dead."""
        while self.age < ANSWER_OF_THE_FIRST_WITHIN:
            async with self.tools.database.unit(self.ctx.tenant.id) as uow:
                answer = await uow.deliveries.answer(key)
            if answer is not None:
                await self.ack(answer)
                return True
            await asyncio.sleep(LOOKS_EVERY)
        return False

    async def _let_the_ack_arrive(self) -> None:
        """A redraw that overtakes the submit's own answer would be drawn over by it."""
        if self.kind == "view" and self.acked:
            passed = asyncio.get_running_loop().time() - self._acked_at
            await asyncio.sleep(max(0.0, ACK_ARRIVES - passed))

    async def _respond_in_modal(self, message: Message, *, replace: bool) -> bool:
        if replace and self.kind == "action" and self.in_modal:
            return await self.update(kit.modal("Deskhand", _modal_blocks(message), close="Close"))
        if self.kind != "action" or self.trigger_used or not (self.in_home or self.in_modal):
            return False
        view = kit.modal("Deskhand", _modal_blocks(message), close="Close")
        if (
            self.depth >= kit.LIMITS.modals
        ):  # no fourth: it takes the third's place, unless something is typed there
            return not self.is_form and await self.update(kit.instead(view))
        return await self.tools.views.show(self.ctx.tenant, self.trigger_id, view, on_top=self.in_modal)


def _modal_blocks(message: Message) -> Sequence[Block]:
    return message.classic or message.blocks or (kit.section(message.text),)
