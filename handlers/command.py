"""The grammar of ``/autotask <noun> [verb] [words]``."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.domain.context import Right
from handlers.context import Request
from handlers.payload import Kind

Listening: TypeAlias = Callable[[Request], Awaitable[None]]


@dataclass(frozen=True)
class Verb:
    """A second word: ``/autotask reviews new``. ``request.text`` holds what follows it."""

    name: str
    summary: str
    run: Listening
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A first word. ``run`` gets every text that starts with no verb.

    ``usage`` is what follows the noun in help, such as ``[company]``; ``right`` hides the command from
    the help and the Home tab of people without it (services check it again); ``details`` is mrkdwn shown
    by ``help <noun>``; ``label`` is its button's text.
    """

    noun: str
    summary: str
    run: Listening
    usage: str = ""
    aliases: tuple[str, ...] = ()
    right: Right | None = Right.READ
    verbs: tuple[Verb, ...] = ()
    details: str = ""
    label: str = ""


@dataclass(frozen=True)
class Listener:
    """One registration. ``id`` is an action id, callback id, event type, or a pattern when it starts with ^."""

    kind: Kind
    id: str
    run: Listening


@dataclass(frozen=True)
class Feature:
    """What a module in ``handlers`` brings."""

    commands: tuple[Command, ...] = ()
    listeners: tuple[Listener, ...] = ()


async def run_command(command: Command, request: Request, text: str) -> None:
    """Runs the verb that ``text`` starts with, else the command itself."""
    first, _, rest = text.strip().partition(" ")
    for verb in command.verbs:
        if first.lower() in (verb.name, *verb.aliases):
            await verb.run(replace(request, text=rest.strip()))
            return
    await command.run(replace(request, text=text.strip()))
