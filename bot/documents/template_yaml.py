"""Review templates in YAML, read node by node, so that each problem has its line."""

from collections.abc import Iterator
from typing import Final

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.domain.template_lines import Line, collected, printable
from bot.domain.templates import Problem, ReadTemplate

_TOP: Final = frozenset({"key", "name", "categories"})
_CATEGORY: Final = frozenset({"name", "questions"})
_QUESTION: Final = frozenset({"text", "guidance"})
_DEEPEST: Final = 20
"""Lists and mappings in one another; a template has five."""


class _Wrong(Exception):
    def __init__(self, node: Node | Event, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.problem = Problem(_line_of(node), column, reason)


def read_yaml(text: str) -> ReadTemplate:
    """``name``, ``categories``, each with a ``name`` and ``questions`` (texts, or ``text`` and ``guidance``)."""
    try:
        top = _top(text)
        found = collected(_lines(top["categories"]))
        name, key = (_text(top[each]) if each in top else "" for each in ("name", "key"))
    except _Wrong as wrong:
        return ReadTemplate(problems=(wrong.problem,))
    except yaml.YAMLError as problem:
        return ReadTemplate(problems=(_broken(problem),))
    return ReadTemplate(found.questions, printable(name), printable(key), found.problems)


def _top(text: str) -> dict[str, Node]:
    root = _root(text)
    top = _parts(root, _TOP)
    if "categories" not in top:
        raise _Wrong(root, "The list “categories” is missing.")
    return top


def _root(text: str) -> Node:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _refuse_too_deep(yaml.parse(text, Loader=loader))
    root: Node | None = yaml.compose(text, Loader=loader)
    if root is None:
        raise yaml.YAMLError("nothing in it")
    return root


def _refuse_too_deep(events: Iterator[Event]) -> None:
    """The composer in C calls itself for each level: some ten thousand of them would end the whole process."""
    depth = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            raise _Wrong(event, "Its lists lie too deep in one another.")


def _lines(categories: Node) -> Iterator[Line]:
    for entry in _items(categories, "categories"):
        parts = _parts(entry, _CATEGORY)
        name = _text(parts["name"]) if "name" in parts else ""
        if not name.strip():
            raise _Wrong(entry, "The category has no name.", "category")
        if "questions" not in parts or not _items(parts["questions"], "questions"):
            raise _Wrong(entry, f"The category “{name}” has no questions.", "category")
        for question in _items(parts["questions"], "questions"):
            yield _question(name, question)


def _question(category: str, node: Node) -> Line:
    if isinstance(node, ScalarNode):
        return Line(_line_of(node), category, _text(node))
    parts = _parts(node, _QUESTION)
    text, guidance = (_text(parts[each]) if each in parts else "" for each in ("text", "guidance"))
    return Line(_line_of(node), category, text, guidance)


def _parts(node: Node, known: frozenset[str]) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        raise _Wrong(node, f"Expected the names {_listed(known)} here.")
    parts: dict[str, Node] = {}
    for name, value in node.value:
        word = _text(name)
        if word not in known:
            raise _Wrong(name, f"“{word}” is not known here; expected {_listed(known)}.")
        parts[word] = value
    return parts


def _items(node: Node, name: str) -> list[Node]:
    if not isinstance(node, SequenceNode):
        raise _Wrong(node, f"“{name}” must be a list: each entry on its own line, led by a dash.")
    return list(node.value)


def _text(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise _Wrong(node, "Expected a text here.")
    return "" if node.tag.endswith(":null") else str(node.value)


def _line_of(node: Node | Event) -> int:
    mark = node.start_mark
    return int(mark.line) + 1 if mark is not None else 0


def _broken(problem: Exception) -> Problem:
    mark = getattr(problem, "problem_mark", None)
    what = getattr(problem, "problem", None) or str(problem)
    return Problem(int(mark.line) + 1 if mark is not None else 0, "", f"This is not YAML: {what}.")


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(names))
