"""The vocabulary of the table of limits: what a value may be, and how a broken rule is worded.

Wording and pointers follow what Slack answers ("must be less than 3001 characters
[json-pointer:/blocks/0/text/text]").
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from sandbox.slack.blockkit.problem import Problem, Surface
from sandbox.slack.shapes import JsonObject, as_text

EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})


class Rule(Protocol):
    """Something a value can be held against."""

    def check(self, value: object, at: str, walk: "Walk") -> Iterator[Problem]:
        """The problems of `value`, which stands at the JSON pointer `at`."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a validation runs and what its type names mean: `kinds[space][type]`."""

    surface: Surface
    kinds: Mapping[str, Mapping[str, "Shape"]]


@dataclass(frozen=True, slots=True)
class Text:
    """A string; `most` and `least` count characters."""

    most: int | None = None
    least: int = 1
    pattern: str | None = None
    one_of: tuple[str, ...] | None = None

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        del walk
        if not isinstance(value, str):
            yield Problem("not_a_string", "must provide a string", at)
            return
        if self.most is not None and len(value) > self.most:
            yield Problem("too_long", f"must be less than {self.most + 1} characters", at)
        if len(value) < self.least:
            yield Problem("too_short", f"must be more than {self.least - 1} characters", at)
        elif self.pattern is not None and not re.fullmatch(self.pattern, value):
            yield Problem("invalid_format", "must match the expected format", at)
        if self.one_of is not None and value not in self.one_of:
            yield Problem("invalid_enum_value", "must be a valid enum value", at)


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        del walk
        if not isinstance(value, bool):
            yield Problem("not_a_boolean", "must be a boolean", at)


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits (`above` excludes its bound); `whole` refuses fractions."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    whole: bool = True

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        del walk
        allowed = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            yield Problem("not_a_number", "must be an integer" if self.whole else "must be a number", at)
            return
        assert isinstance(value, int | float)
        if self.least is not None and value < self.least:
            yield Problem("too_small", f"must be at least {self.least:g}", at)
        if self.above is not None and value <= self.above:
            yield Problem("too_small", f"must be greater than {self.above:g}", at)
        if self.most is not None and value > self.most:
            yield Problem("too_large", f"must be no more than {self.most:g}", at)


@dataclass(frozen=True, slots=True)
class Array:
    """A list of one kind of value."""

    of: Rule
    most: int | None = None
    least: int = 1

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("not_an_array", "must provide an array", at)
            return
        if self.most is not None and len(value) > self.most:
            yield Problem("too_many_items", f"no more than {self.most} items allowed", at)
        if len(value) < self.least:
            yield Problem("too_few_items", f"no fewer than {self.least} items required", at)
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{at}/{index}", walk)


@dataclass(frozen=True, slots=True)
class OrNull:
    """The same, or null."""

    of: Rule

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        if value is not None:
            yield from self.of.check(value, at, walk)


@dataclass(frozen=True, slots=True)
class Anything:
    """Free JSON; only its presence matters."""

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        del value, at, walk
        yield from ()


Cross = Callable[[JsonObject, str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its fields, which are required, where it may appear, and rules across fields."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    surfaces: frozenset[Surface] = EVERYWHERE
    cross: tuple[Cross, ...] = ()

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("not_an_object", "must provide an object", at)
            return
        for name in self.required:
            if name not in value:
                yield Problem("missing_field", f"missing required field: {name}", at)
        for name, member in value.items():
            rule = self.fields.get(name)
            if rule is not None:
                yield from rule.check(member, f"{at}/{name}", walk)
            elif name != "type":
                yield Problem("unknown_field", f"invalid additional property: {name}", at)
        for cross in self.cross:
            yield from cross(value, at)


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose `type` is one of `names` in a space of the table."""

    space: str
    names: tuple[str, ...]

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("not_an_object", "must provide an object", at)
            return
        if "type" not in value:
            yield Problem("missing_field", "missing required field: type", at)
            return
        kind = as_text(value["type"])
        shape = walk.kinds[self.space].get(kind) if kind in self.names else None
        if shape is None:
            yield Problem("unsupported_type", f"unsupported type: {kind}", f"{at}/type")
        elif walk.surface not in shape.surfaces:
            yield Problem("unsupported_surface", f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from shape.check(value, at, walk)


@dataclass(frozen=True, slots=True)
class Words:
    """A text object of at most `most` characters: plain_text, mrkdwn, or either."""

    most: int
    kinds: tuple[str, ...] = ("plain_text", "mrkdwn")

    def check(self, value: object, at: str, walk: Walk) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("not_an_object", "must provide an object", at)
            return
        kind = value.get("type")
        if kind not in self.kinds:
            yield Problem("unsupported_type", f"unsupported type: {as_text(kind)}", f"{at}/type")
            return
        extra: Rule = Flag()
        option = "emoji" if kind == "plain_text" else "verbatim"
        yield from Shape({"text": Text(self.most), option: extra}, ("text",)).check(value, at, walk)
