"""The one message that whoever adds Deskhand to a workspace gets."""

from blocks import kit
from blocks.kit import Message

CONNECT = "run:connect"
CLAIM = "access:claim"


def welcome(*, is_back: bool, has_admin: bool, command: str) -> Message:
    """What Deskhand is for, and the first step as a button."""
    if is_back:
        return _back(command)
    text = ":wave: Deskhand is here. It brings Autotask to where your team talks."
    blocks = [
        kit.section(f"{text}\nThree steps, and the first ticket is a button away:"),
        kit.section(
            ":one: *Become the first Admin* of Deskhand: an owner or admin of this workspace does that once.\n"
            ":two: *Connect Autotask*: three values from Autotask, about two minutes.\n"
            f":three: *Map a client*, start a review, raise a ticket: `{command}` shows the next step at any time."
        ),
        kit.actions(*_steps(has_admin=has_admin), block_id="welcome"),
        kit.context("Only you got this message. Everything is on Deskhand's *Home* tab, too."),
    ]
    return Message(text, tuple(blocks))


def _steps(*, has_admin: bool) -> tuple[kit.Element, ...]:
    claim = kit.button("Become the first Admin", CLAIM, style="primary")
    connect = kit.button("Connect Autotask", CONNECT, style="primary" if has_admin else "")
    return (connect,) if has_admin else (claim, connect)


def _back(command: str) -> Message:
    text = ":wave: Deskhand is back, and so is everything it had here."
    more = f"Work that was waiting goes on by itself. `{command}` shows what is next."
    return Message(
        text, (kit.section(f"{text} {more}"), kit.actions(kit.button("My tickets", "run:tickets")))
    )
