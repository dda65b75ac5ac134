"""``/autotask help [topic | AT-code]``, made from the commands themselves."""

import re

from blocks import catalogue
from blocks import help as blocks
from blocks.help import CommandFacts, VerbFacts
from handlers.command import Command, Grammar, Listening, did_you_mean
from handlers.context import Request

_CODE = re.compile(r"^(at-?)?\d{3}$", re.IGNORECASE)


def helping(grammar: Grammar) -> Listening:
    """The listener of ``help``."""

    async def show(request: Request) -> None:
        word = request.text.partition(" ")[0].lower().lstrip("/")
        root = request.settings.command
        if not word:
            listed = tuple(facts(each) for each in grammar.open_to(request.ctx.person))
            await request.respond(blocks.overview(listed, root=root))
        elif _CODE.match(word):
            found = catalogue.entry(word)
            await request.respond(
                blocks.error_code(found) if found else blocks.unknown_code(word.upper(), root=root)
            )
        elif command := grammar.find(word):
            await request.respond(blocks.topic(facts(command), root=root))
        else:
            await request.respond(did_you_mean(grammar, request, word, ""))

    return show


def facts(command: Command) -> CommandFacts:
    """A command as help and Home show it."""
    return CommandFacts(
        noun=command.noun,
        summary=command.summary,
        usage=command.usage,
        aliases=command.aliases,
        verbs=tuple(VerbFacts(verb.name, verb.summary) for verb in command.verbs),
        details=command.details,
        label=command.label,
    )


def help_command(grammar: Grammar) -> Command:
    """``help`` itself; it is not in ``grammar`` yet when this is called, and need not be."""
    return Command(
        "help",
        "What Deskhand understands, or what an error number means",
        helping(grammar),
        usage="[command | AT-number]",
        aliases=("?", "commands", "hilfe"),
        right=None,
        label="Help",
    )
