"""Talking to whoever sits at the terminal."""

import sys
from collections.abc import Sequence
from getpass import getpass

from pydantic import SecretStr

from bot.domain.connections import PicklistOption


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def ask(question: str) -> str:
    return input(question).strip()


def ask_secret(question: str) -> SecretStr:
    """What is typed is not shown."""
    return SecretStr(getpass(question))


def choose(what: str, options: Sequence[PicklistOption]) -> str:
    """The chosen option's value; Enter takes the default of the list, or its first."""
    usual = next((number for number, each in enumerate(options, 1) if each.is_default), 1)
    say(f"\n{what}:")
    for number, each in enumerate(options, 1):
        say(f"  {number:3} {each.label}")
    while True:
        typed = ask(f"Number [{usual}]: ") or str(usual)
        if typed.isdigit() and 1 <= int(typed) <= len(options):
            return options[int(typed) - 1].value
