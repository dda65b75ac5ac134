"""Help, menu and "did you mean": what can be typed, for this person, now."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.catalogue import Entry
from blocks.kit import Block, Element, Message


@dataclass(frozen=True)
class VerbFacts:
    name: str
    summary: str


@dataclass(frozen=True)
class CommandFacts:
    """A command as help shows it; ``details`` is mrkdwn, ``label`` its button's text."""

    noun: str
    summary: str
    usage: str = ""
    aliases: tuple[str, ...] = ()
    verbs: tuple[VerbFacts, ...] = ()
    details: str = ""
    label: str = ""


def run_button(command: CommandFacts, *, words: str = "", primary: bool = False) -> Element:
    """A button that runs the command, as if it had been typed."""
    text = command.label or command.noun.capitalize()
    return kit.button(text, f"run:{command.noun}", value=words, style="primary" if primary else "")


def overview(commands: Sequence[CommandFacts], *, root: str) -> Message:
    """All commands the person may use."""
    lines = [_line(each, root) for each in commands]
    blocks: list[Block] = [
        kit.header("What Deskhand understands"),
        *(kit.section("\n".join(lines[start : start + 8])) for start in range(0, len(lines), 8)),
        kit.context(f"`{root} help <command>` says more · `{root} help AT-201` explains an error number"),
    ]
    return Message(f"Deskhand's commands: {', '.join(each.noun for each in commands)}", tuple(blocks))


def topic(command: CommandFacts, *, root: str) -> Message:
    """One command in full."""
    usage = f"`{root} {command.noun}{' ' + command.usage if command.usage else ''}`"
    verbs = [f"`{root} {command.noun} {verb.name}` {kit.escape(verb.summary)}" for verb in command.verbs]
    also = (
        f"Also understood: {', '.join(f'`{alias}`' for alias in command.aliases)}" if command.aliases else ""
    )
    parts = [f"*{command.summary}*\n{usage}", kit.bullets(verbs), command.details]
    blocks: list[Block] = [kit.section(part) for part in parts if part]
    blocks.append(kit.actions(run_button(command, primary=True)))
    if also:
        blocks.append(kit.context(also))
    return Message(f"{root} {command.noun}: {command.summary}", tuple(blocks))


def error_code(entry: Entry) -> Message:
    """What an error number means and what to do about it."""
    text = f"*{entry.code} · {entry.title}*\n{entry.meaning}\n*What to do:* {entry.todo}"
    return Message(f"{entry.code}: {entry.title}", (kit.section(text),))


def unknown_code(code: str, *, root: str) -> Message:
    text = f":mag: There is no error number {kit.code(code)}. `{root} help` lists the commands."
    return Message(text, (kit.section(text),))


def did_you_mean(word: str, rest: str, commands: Sequence[CommandFacts], *, root: str) -> Message:
    """An unknown word, with the nearest commands as buttons that keep the other words."""
    text = f":thinking_face: Deskhand does not know {kit.code(word)}."
    if not commands:
        return Message(text, (kit.section(f"{text} `{root} help` lists what it does."),))
    names = " or ".join(f"*{each.noun}*" for each in commands)
    buttons = [
        kit.button(
            f"{each.noun} {rest}".strip(), f"run:{each.noun}", value=rest, style="primary" if first else ""
        )
        for each, first in zip(commands, (True, False, False), strict=False)
    ]
    return Message(text, (kit.section(f"{text} Did you mean {names}?"), kit.actions(*buttons)))


def _line(command: CommandFacts, root: str) -> str:
    usage = f" {command.usage}" if command.usage else ""
    return f"`{root} {command.noun}{usage}`  {kit.escape(command.summary)}"
