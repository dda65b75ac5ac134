"""The grammar of ``/autotask <noun> [verb] [words]``."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rapidfuzz import fuzz, process

from blocks import help as blocks
from blocks.help import CommandFacts
from blocks.kit import Message
from bot.domain.context import Person, Right
from bot.errors import NotFound
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


RUN: Final = "run:"
"""Action ids ``run:<noun>`` run a command; the button's value is its words."""


@dataclass(frozen=True)
class Grammar:
    """All commands, found by what people type."""

    commands: tuple[Command, ...]

    def find(self, word: str) -> Command | None:
        """The command of this name or alias."""
        return next((each for each in self.commands if word in (each.noun, *each.aliases)), None)

    def nearest(self, word: str, person: Person) -> tuple[Command, ...]:
        """Up to three commands that ``word`` may have meant, best first, of those the person may use."""
        names = {name: each for each in self.open_to(person) for name in (each.noun, *each.aliases)}
        found = process.extract(word, list(names), scorer=fuzz.WRatio, score_cutoff=60, limit=6)
        return tuple(dict.fromkeys(names[name] for name, _, _ in found))[:3]

    def open_to(self, person: Person) -> tuple[Command, ...]:
        """The commands that are not hidden from the person."""
        return tuple(each for each in self.commands if each.right is None or person.may(each.right))


def router(grammar: Grammar, *, menu: Listening) -> Listening:
    """The listener of the slash command: a bare one shows the menu, an unknown word is guessed at."""

    async def route(request: Request) -> None:
        first, _, rest = request.text.strip().partition(" ")
        if not first:
            await menu(request)
        elif command := grammar.find(first.lower()):
            await run_command(command, request, rest)
        else:
            await request.respond(did_you_mean(grammar, request, first.lower(), rest))

    return route


def run_listener(grammar: Grammar) -> Listener:
    """The buttons ``run:<noun>``, wherever they are."""

    async def run_button(request: Request) -> None:
        noun = request.action_id.removeprefix(RUN).partition(":")[0]
        command = grammar.find(noun)
        if command is None:
            raise NotFound("command", noun)
        await run_command(command, request, request.action_value)

    return Listener("action", f"^{RUN}", run_button)


def did_you_mean(grammar: Grammar, request: Request, word: str, rest: str) -> Message:
    facts = tuple(CommandFacts(each.noun, each.summary) for each in grammar.nearest(word, request.ctx.person))
    return blocks.did_you_mean(word, rest, facts, root=request.settings.command)
