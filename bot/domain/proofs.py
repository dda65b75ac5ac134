"""Proving credentials: how long, how often, and how it ended, as it is kept between two processes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import errors
from bot.domain.connections import FieldFacts, PicklistOption, TicketDefaults, ZoneFacts
from bot.domain.switches import Switches
from bot.errors import AutotaskBusy, BotError

PATIENCE = timedelta(minutes=2)
"""How long an answer of Autotask is waited for (product CV9: a new API user can take one or two minutes)."""
MOST_REFUSALS = 3
"""The first try and two more: Autotask locks an API user after a number of refusals that each site sets."""
HELD_FOR = timedelta(minutes=30)
"""How long a username is left alone after so many refusals."""

_KINDS = {
    kind.__name__: kind
    for kind in (
        errors.InvalidInput,
        errors.NotAllowed,
        errors.CredentialsRejected,
        errors.PermissionMissing,
        errors.MappingMissing,
        errors.AutotaskUnavailable,
    )
}


@dataclass(frozen=True)
class Proof:
    """Autotask accepted the credentials: its zone, what may be chosen, and which queues nobody works."""

    zone: ZoneFacts
    fields: tuple[FieldFacts, ...]
    unstaffed: frozenset[str] = frozenset()
    """Queues, by value, that no resource is a member of; empty where Autotask does not tell."""

    def options(self, field: str) -> tuple[PicklistOption, ...]:
        """The active values of one ticket field, in Autotask's order; queues that nobody works come last."""
        found = next((fact.options for fact in self.fields if fact.name == field), ())
        ordered = active(found)
        if field != "queueID":
            return ordered
        return tuple(sorted(ordered, key=lambda each: each.value in self.unstaffed))


@dataclass(frozen=True)
class Standing:
    """A draft's place on its way. ``told`` is who tells the person: the ``form``, a ``job``, or nobody yet."""

    username: str
    created_by: str
    created_at: datetime
    outcome: Proof | BotError | None
    told: str = ""


@dataclass(frozen=True)
class Choices:
    """What the second step asks: what the proof offers, and what has been chosen before."""

    draft_id: str
    proof: Proof
    defaults: TicketDefaults | None
    switches: Switches


def active(options: tuple[PicklistOption, ...]) -> tuple[PicklistOption, ...]:
    """Those that may be chosen, in Autotask's order."""
    return tuple(
        sorted((each for each in options if each.is_active), key=lambda each: (each.sort_order, each.label))
    )


def as_json(outcome: Proof | BotError) -> dict[str, Any]:
    """How a proof ended, without anything secret in it."""
    if isinstance(outcome, Proof):
        return {**asdict(outcome), "unstaffed": sorted(outcome.unstaffed)}
    kind = type(outcome).__name__
    if isinstance(outcome, AutotaskBusy):
        return {"error": kind, "seconds": outcome.retry_after.total_seconds()}
    if kind not in _KINDS:
        return {"error": "AutotaskUnavailable", "detail": str(outcome)}
    return {"error": kind, **vars(outcome)}


def from_json(stored: Mapping[str, Any]) -> Proof | BotError:
    if "seconds" in stored:
        return AutotaskBusy(timedelta(seconds=stored["seconds"]))
    if "error" in stored:
        facts = {name: value for name, value in stored.items() if name != "error"}
        return _KINDS[stored["error"]](**facts)
    fields = [
        FieldFacts(**{**fact, "options": tuple(PicklistOption(**option) for option in fact["options"])})
        for fact in stored["fields"]
    ]
    return Proof(ZoneFacts(**stored["zone"]), tuple(fields), frozenset(stored["unstaffed"]))


def refused(tries_left: int) -> str:
    """What stands beside the secret: one case, because Autotask gives one answer to all its causes."""
    what = "Autotask refused the login: the secret is wrong, or the API user is inactive or locked."
    if tries_left <= 0:
        return f"{what} {held()}"
    more = "One more try" if tries_left == 1 else f"{tries_left} more tries"
    return f"{what} A user made a minute ago may need another minute. {more} before Deskhand stops for this username."


def held() -> str:
    """Why nothing is sent for this username for a while."""
    minutes = round(HELD_FOR.total_seconds() / 60)
    return (
        f"That was refused {MOST_REFUSALS} times, and Autotask locks a user after a few. Look in Autotask whether the "
        f"API user is active and not locked, generate a new secret, and come back in {minutes} minutes."
    )
