"""Reading what a person filled in: a modal's ``state.values``, by field (the input's block id)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Never, TypeVar

from blocks.kit import Json
from bot.domain.numbers import whole
from bot.domain.texts import readable
from bot.errors import InvalidInput

T = TypeVar("T")
State = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""Slack's ``state.values``: block id → action id → the element's value."""
FOREIGN_CHOICE: Final = "This choice is from another version of Deskhand. Open the form again."


@dataclass(frozen=True)
class Form:
    """One element per field, as ``kit.input_block`` makes them; ``queue:2`` is read as ``queue``."""

    state: State = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was typed, trimmed; "" when empty."""
        value = self._element(name).get("value")
        return readable(value).strip() if isinstance(value, str) else ""

    def required_text(self, name: str, reason: str = "Please fill this in.") -> str:
        """What was typed; raises ``InvalidInput`` when only blanks were."""
        return self.text(name) or _refuse(name, reason)

    def choice(self, name: str) -> str:
        """The chosen option's value, person or day; "" when nothing is chosen."""
        element = self._element(name)
        option = element.get("selected_option")
        if isinstance(option, Mapping):
            return readable(str(option.get("value", "")))
        names = ("selected_user", "selected_conversation", "selected_date")
        return next((readable(str(element[name])) for name in names if element.get(name)), "")

    def required_choice(self, name: str, reason: str = "Please choose one.") -> str:
        """The chosen value; raises ``InvalidInput`` when nothing is chosen."""
        return self.choice(name) or _refuse(name, reason)

    def number(self, name: str) -> int:
        """The chosen or typed whole number; raises ``InvalidInput`` when it is none."""
        return known(whole, self.choice(name) or self.text(name), name, "This needs a whole number.")

    def chosen_number(self, name: str) -> int | None:
        """The id that the chosen option carries; None when nothing is chosen; raises as ``known``."""
        chosen = self.choice(name)
        return known(whole, chosen, name) if chosen else None

    def chosen_numbers(self, name: str) -> tuple[int, ...]:
        """The ids that the ticked options carry; raises as ``known``."""
        return tuple(known(whole, each, name) for each in self.choices(name))

    def choices(self, name: str) -> tuple[str, ...]:
        """The ticked options' values, or the chosen people."""
        people = self._element(name).get("selected_users")
        if isinstance(people, list):
            return tuple(readable(str(each)) for each in people)
        ticked = self._element(name).get("selected_options")
        entries = ticked if isinstance(ticked, list) else []
        return tuple(readable(str(entry.get("value", ""))) for entry in entries if isinstance(entry, Mapping))

    def files(self, name: str) -> tuple[str, ...]:
        """The ids of the files that were given."""
        given = self._element(name).get("files")
        entries = given if isinstance(given, list) else []
        return tuple(str(entry["id"]) for entry in entries if isinstance(entry, Mapping) and "id" in entry)

    def _element(self, name: str) -> Mapping[str, Json]:
        for block_id, elements in self.state.items():
            if block_id.partition(":")[0] == name:
                return next(iter(elements.values()), {})
        return {}


def known(read: Callable[[str], T | None], value: str, name: str, otherwise: str = FOREIGN_CHOICE) -> T:
    """What a choice of our own stands for; raises ``InvalidInput`` for one that another version has drawn.

    ``read`` tells by None, ``ValueError`` or ``KeyError`` that it is none of ours.
    """
    try:
        found = read(value)
    except (ValueError, KeyError):
        found = None
    return _refuse(name, otherwise) if found is None else found


def _refuse(name: str, reason: str) -> Never:
    raise InvalidInput(name, reason)
