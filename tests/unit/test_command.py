from dataclasses import dataclass

import pytest

import handlers
from bot.domain.context import Person, Right, Role
from handlers.command import Command, Grammar
from handlers.context import Request
from handlers.help import facts

ADMIN = Person("U1", "Ada", Role.ADMIN)
VIEWER = Person("U2", "Vic", Role.VIEWER)


async def nothing(_request: Request) -> None:
    return None


@dataclass(frozen=True)
class Typo:
    typed: str
    meant: str


GRAMMAR = Grammar(
    (
        Command("connect", "Connect Autotask", nothing, aliases=("setup",), right=Right.CONNECT),
        Command("review", "Start a review", nothing),
        Command("reviews", "List reviews", nothing),
        Command("tickets", "Your tickets", nothing, aliases=("ticket", "my")),
        Command("map", "Map organizations", nothing, aliases=("organizations",)),
    )
)


@pytest.mark.parametrize(("typed", "noun"), [("tickets", "tickets"), ("my", "tickets"), ("setup", "connect")])
def test_a_command_is_found_by_name_and_alias(typed: str, noun: str):
    found = GRAMMAR.find(typed)
    assert found is not None
    assert found.noun == noun


@pytest.mark.parametrize(
    "typo",
    [
        Typo("tikets", "tickets"),
        Typo("reveiw", "review"),
        Typo("organisations", "map"),
        Typo("conect", "connect"),
    ],
)
def test_a_typo_is_guessed(typo: Typo):
    assert GRAMMAR.nearest(typo.typed, ADMIN)[0].noun == typo.meant


def test_a_guess_never_offers_what_the_person_may_not_use():
    assert "connect" not in {each.noun for each in GRAMMAR.nearest("connect", VIEWER)}


def test_nonsense_is_not_guessed_at():
    assert GRAMMAR.nearest("qqqqqqqq", ADMIN) == ()


def test_a_guess_offers_each_command_once():
    nouns = [each.noun for each in GRAMMAR.nearest("ticket", ADMIN)]
    assert len(set(nouns)) == len(nouns) <= 3


def test_no_word_means_two_commands():
    names = [name for each in handlers.grammar().commands for name in (each.noun, *each.aliases)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("command", handlers.grammar().commands, ids=lambda each: each.noun)
def test_every_command_is_explained_in_one_line_and_fits_a_button(command: Command):
    shown = facts(command)
    assert 10 < len(shown.summary) <= 80
    assert not shown.summary.endswith(".")
    assert len(shown.label or shown.noun) <= 30
