"""Our registrations as Bolt's."""

import re
from typing import Final

from slack_bolt.async_app import AsyncApp

from blocks import kit
from handlers.command import Listener
from handlers.context import Request
from handlers.guard import guarded
from handlers.payload import text_at
from handlers.tools import Tools


def attach(bolt: AsyncApp, listener: Listener, tools: Tools) -> None:
    """Registers one listener. First registered, first asked."""
    name: str | re.Pattern[str] = re.compile(listener.id) if listener.id.startswith("^") else listener.id
    run = guarded(listener.kind, listener.run, tools)
    match listener.kind:
        case "command":
            bolt.command(name)(run)
        case "action":
            bolt.action(name)(run)
        case "view":
            bolt.view(name)(run)
        case "view_closed":
            bolt.view_closed(name)(run)
        case "options":
            bolt.options(name)(run)
        case "shortcut":
            bolt.shortcut({"type": "shortcut", "callback_id": name})(run)
        case "message_shortcut":
            bolt.shortcut({"type": "message_action", "callback_id": name})(run)
        case "event":
            bolt.event(name)(run)


async def _nothing(_request: Request) -> None:
    """The ack was all: a link button, a choice that is read at submit, a closed form."""


async def _outdated(request: Request) -> None:
    """A button nobody listens to is from an older version; it says so instead of doing nothing."""
    if text_at(request.body, "actions", 0, "type") != "button":
        return
    text = (
        f":hourglass: This button is from an older message. Run `{request.settings.command}` for a fresh one."
    )
    await request.respond(kit.Message(text, (kit.section(text),)))


LAST_RESORTS: Final = (
    Listener("action", "^link(:|$)", _nothing),
    Listener("action", "^", _outdated),
    Listener("view", "^", _nothing),
    Listener("view_closed", "^", _nothing),
    Listener("options", "^", _nothing),
    Listener("event", "^", _nothing),
)
