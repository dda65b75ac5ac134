"""The ticket form: what it opens with, and what a database demands beyond the usual fields."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from bot.domain.connections import Choice, PicklistOption
from bot.domain.organizations import Organization
from bot.domain.switches import Mode
from bot.domain.tickets import SUMMARY_LIMIT, WIDEST, TicketText
from bot.errors import InvalidInput

EXTRA = "extra_"
"""Begins the form field of a demanded field."""
OURS = frozenset({"companyid", "title", "description", "status", "priority", "queueid", "externalid", "id"})
"""Fields that every ticket of ours has anyway."""
END_OF_DAY = time(17, 0)
"""When a day that somebody chose as due is over, in that person's zone."""
DUE = "dueDateTime"
DUE_WITHIN = timedelta(days=3)
"""The due date of a ticket where the database demands one and nobody chose it."""
_NUMBERS = frozenset({"integer", "long", "short", "decimal", "double", "float"})
_MISSING = re.compile(r"missing required field:?\s*(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Demand:
    """A field that this database wants of every ticket; ``options`` are a picklist's active values."""

    name: str
    data_type: str = "string"
    max_length: int = 0
    options: tuple[PicklistOption, ...] = ()

    @property
    def field(self) -> str:
        """Its field in the form."""
        return f"{EXTRA}{self.name}"

    @property
    def label(self) -> str:
        """Autotask's name as words: ``dueDateTime`` is Due date, ``issueType`` Issue type."""
        words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", self.name)
        kept = [word for word in words if word.casefold() not in {"id", "time"}] or words
        return " ".join(kept).capitalize()

    @property
    def is_day(self) -> bool:
        return self.data_type in {"datetime", "date"}

    @property
    def is_number(self) -> bool:
        return self.data_type in _NUMBERS and not self.options


@dataclass(frozen=True)
class Typed:
    """What a person has filled in, as it stands in the form; ``descriptions`` holds one text per input."""

    summary: str = ""
    descriptions: tuple[str, ...] = ()
    queue: Choice | None = None
    priority: str = ""
    organization_id: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def description(self) -> str:
        return "\n".join(text for text in self.descriptions if text)


@dataclass(frozen=True)
class Draft:
    """What the ticket form opens with. Without an organization the form asks for it."""

    organization: Organization | None
    typed: Typed
    title_length: int
    mode: Mode
    status: str
    priorities: tuple[PicklistOption, ...]
    demands: tuple[Demand, ...] = ()
    may_map: bool = True
    may_switch: bool = True
    """Whether the person may turn tickets on."""
    overflowed: bool = False
    """The question was longer than a summary: the rest is in the description."""
    n: int = 1
    """The next ticket's number for this question: two people who open the form now mean the same one."""
    channel_id: str = ""


def demanded_by(reasons: Iterable[str]) -> tuple[str, ...]:
    """The fields that a refusal names as missing (autotask-api: Missing Required Field)."""
    found = [name for reason in reasons for name in _MISSING.findall(reason)]
    return tuple(dict.fromkeys(name for name in found if name.casefold() not in OURS))


def usual_values(demands: Sequence[Demand], now: datetime, timezone: str) -> dict[str, str]:
    """What a form suggests for the demanded fields: a due date."""
    day = (now + DUE_WITHIN).astimezone(ZoneInfo(timezone)).date()
    return {each.name: day.isoformat() for each in demands if each.name == DUE and each.is_day}


def extra_values(demands: Sequence[Demand], given: Mapping[str, str], timezone: str) -> dict[str, str | int]:
    """What was typed as Autotask wants it; raises ``InvalidInput`` with the form's field. Empty ones are left out."""
    return {each.name: _value(each, given[each.name], timezone) for each in demands if given.get(each.name)}


def shown_value(demand: Demand, stored: str | int, timezone: str) -> str:
    """The stored value as the form shows it."""
    if not demand.is_day:
        return str(int(stored)) if isinstance(stored, bool) else str(stored)
    moment = datetime.fromisoformat(str(stored))
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()


def text_parts(text: str, limit: int) -> tuple[str, ...]:
    """The text in pieces of at most ``limit`` characters, cut at a blank where there is one; nothing is lost."""
    parts: list[str] = []
    if any(ord(char) > WIDEST for char in text):
        limit //= 2  # Slack counts such a character as two
    while len(text) > limit:
        cut = max(text.rfind(" ", 1, limit + 1), text.rfind("\n", 1, limit + 1))
        at = cut if cut > 0 else limit
        parts.append(text[:at])
        text = text[at + 1 :] if cut > 0 else text[at:]
    return (*parts, text) if text or not parts else tuple(parts)


def check_summary(summary: str) -> None:
    """Raises ``InvalidInput`` for an empty or overlong one."""
    if not summary.strip():
        raise InvalidInput("summary", "Give the ticket a summary.")
    if len(summary) > SUMMARY_LIMIT:
        raise InvalidInput(
            "summary", f"Summaries have at most {SUMMARY_LIMIT} characters; this one has {len(summary)}."
        )


def check_description(sent: TicketText, typed: str, limit: int) -> None:
    """Raises ``InvalidInput`` with the counts when Autotask cannot hold what is sent."""
    over = len(sent.description) - limit
    if over > 0:
        raise InvalidInput(
            "description",
            f"Autotask holds {limit:,} characters here. This has {len(typed):,}, and with what Deskhand adds (your"
            f" name, the rest of the summary) {len(sent.description):,}: {over:,} too many.",
        )


def _value(demand: Demand, given: str, timezone: str) -> str | int:
    if demand.data_type == "boolean":
        return given == "1"
    if demand.is_day:
        return _end_of(given, demand.field, timezone)
    if demand.options or demand.data_type in {"integer", "long", "short"}:
        return _whole(given, demand)
    if demand.is_number:
        return _decimal(given, demand.field)
    if demand.max_length and len(given) > demand.max_length:
        raise InvalidInput(
            demand.field, f"Autotask holds {demand.max_length:,} characters here; this has {len(given):,}."
        )
    return given


def _end_of(given: str, name: str, timezone: str) -> str:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise InvalidInput(name, "This needs a day.") from None
    moment = datetime.combine(day, END_OF_DAY, ZoneInfo(timezone)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(given: str, demand: Demand) -> str | int:
    try:
        return int(given)
    except ValueError:
        if demand.options and demand.data_type == "string":
            return given
        raise InvalidInput(demand.field, "This needs a whole number.") from None


def _decimal(given: str, name: str) -> str:
    try:
        return str(Decimal(given.replace(",", ".")))
    except InvalidOperation:
        raise InvalidInput(name, "This needs a number.") from None
