"""Whatever ``blocks`` draws is listened to, and every command that is named exists: nothing to press is dead."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import handlers
from bot.settings import Settings
from handlers.command import RUN

ROOT = Path(__file__).parents[2]
GRAMMAR = handlers.grammar()
LISTENERS = handlers.listeners(GRAMMAR, Settings(_env_file=None).commands)
TEXTS = sorted([*(ROOT / "blocks").glob("*.py"), *(ROOT / "handlers").glob("*.py")])
PRESSED = {"button": 1, "link_button": 9, "overflow": 0, "page_buttons": 1}
TYPED = {"external_select": 0, "multi_external_select": 0}
BY_HAND = {"kit", "elements", "__init__"}
SOME = ("1", "back", "mine", "help", "other")
"""What stands for a part of an id that is known only when it is drawn."""


@dataclass(frozen=True)
class Drawn:
    where: str
    maker: str
    ids: tuple[str, ...]


def drawn(makers: Mapping[str, int]) -> Iterator[Drawn]:
    """Every call that draws a control, with the ids that its expression may have."""
    for path in TEXTS:
        if path.stem in BY_HAND:
            continue
        names = vars(importlib.import_module(f"{path.parent.name}.{path.stem}"))
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and (maker := name_of(call.func)) in makers:
                given = id_of(call, makers[maker])
                if given is not None:
                    ids = tuple(values(given, names))
                    yield Drawn(f"{path.name}:{call.lineno}", maker, ids)


def name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def id_of(call: ast.Call, position: int) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == "action_id"), None)
    return named or (call.args[position] if len(call.args) > position else None)


def values(expression: ast.expr, names: dict[str, object]) -> Iterator[str]:
    parts = expression.values if isinstance(expression, ast.JoinedStr) else [expression]
    for stand_in in SOME:
        yield "".join(value(part, names, stand_in) for part in parts)


def value(part: ast.expr, names: dict[str, object], stand_in: str) -> str:
    wanted = part.value if isinstance(part, ast.FormattedValue) else part
    try:
        return str(eval(compile(ast.Expression(wanted), "drawn", "eval"), names))
    except NameError:
        return stand_in


def heard(kind: str, given: str) -> bool:
    return any(
        re.match(each.id, given) if each.id.startswith("^") else each.id == given
        for each in LISTENERS
        if each.kind == kind and each.id != "^"
    )


BUTTONS = [each for each in drawn(PRESSED) if set(each.ids) != set(SOME)]
"""Not those whose id is handed in: where it comes from is looked at."""
SELECTS = list(drawn(TYPED))


@pytest.mark.parametrize("control", BUTTONS, ids=lambda each: f"{each.where}:{each.maker}")
def test_every_button_and_menu_is_listened_to(control: Drawn):
    ending = ":next" if control.maker == "page_buttons" else ""
    assert any(heard("action", f"{each}{ending}") for each in control.ids)


@pytest.mark.parametrize("control", SELECTS, ids=lambda each: f"{each.where}:{each.maker}")
def test_every_type_ahead_is_answered(control: Drawn):
    assert any(heard("options", each) for each in control.ids)


def test_the_collector_sees_what_is_drawn():
    assert len(BUTTONS) > 80
    assert len(SELECTS) > 8
    assert not heard("action", "nobody_listens_to_this")


def test_every_button_that_runs_a_command_names_one_that_exists():
    named = {found for path in TEXTS for found in re.findall(rf'"{RUN}([a-z]+)', path.read_text())}
    assert named
    assert {each for each in named if GRAMMAR.find(each) is None} == set()


def test_every_command_that_a_text_names_exists():
    pattern = r"`(?:/autotask|\{root\}|\{command\}|\{[a-z_.]*\.command\}) ([a-z]+)"
    named = {found for path in TEXTS for found in re.findall(pattern, path.read_text())}
    assert named
    assert {each for each in named if GRAMMAR.find(each) is None} == set()
