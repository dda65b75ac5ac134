"""Who hears of what: channels that subscribed to kinds of events, and the Admins while nobody did (product 2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.context import Person, Right
from bot.domain.pauses import SyncPause, Thresholds
from bot.domain.problems import EventKind, Problem, Severity

ADMINS_HEAR = frozenset({EventKind.SYNC, EventKind.SCHEDULE, EventKind.CONNECTION, EventKind.API_BUDGET})
"""Kinds that the Admins are told directly as long as no channel has subscribed to them."""
CONNECTION_PAUSED = "connection:paused"
ADMINS_KNOW = frozenset({CONNECTION_PAUSED})
"""Problems of which each Admin gets a message of another kind anyway."""


@dataclass(frozen=True)
class Shown:
    """A problem with what its message says besides: of which organization it is, and how often its sync failed."""

    problem: Problem
    organization: str = ""
    pause: SyncPause | None = None
    limits: Thresholds = field(default_factory=Thresholds)


class Threads(StrEnum):
    """Whether what follows a problem's message is also said in its thread."""

    NEVER = "never"
    RECOVERY = "recovery"
    ALWAYS = "always"

    @property
    def label(self) -> str:
        return {"never": "Never", "recovery": "When it recovers", "always": "Always"}[self.value]


@dataclass(frozen=True)
class Subscription:
    """A channel's wish. ``organizations`` None: all of them; what is about no organization always counts.

    ``money``: news are told there with their amounts; whoever is in the channel reads them.
    """

    channel_id: str
    kinds: frozenset[EventKind]
    organizations: frozenset[int] | None = None
    threads: Threads = Threads.ALWAYS
    severity: Severity = Severity.WARNING
    money: bool = False
    id: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    def covers(self, kind: EventKind, organization_id: int | None) -> bool:
        if kind not in self.kinds:
            return False
        return organization_id is None or self.organizations is None or organization_id in self.organizations

    def wants(self, problem: Problem) -> bool:
        return self.covers(problem.kind, problem.organization_id) and (
            problem.severity.rank >= self.severity.rank
        )


def may_see(person: Person, problem: Problem) -> bool:
    """Whether it is for that person: they may read, and see the organization that it is about."""
    about = problem.organization_id
    sees = person.organizations is None or about is None or about in person.organizations
    return person.may(Right.READ) and sees


def places_for(problem: Problem, subscriptions: Sequence[Subscription]) -> dict[str, Threads]:
    """The channels that hear of the problem, each once, with the more talkative of their thread policies."""
    found: dict[str, Threads] = {}
    for each in subscriptions:
        if each.wants(problem):
            known = found.get(each.channel_id, Threads.NEVER)
            found[each.channel_id] = max(known, each.threads, key=list(Threads).index)
    return found


def for_admins(problem: Problem, subscriptions: Sequence[Subscription]) -> bool:
    """Whether the Admins are told: nobody has subscribed to that kind, and it must not go unheard."""
    if problem.kind not in ADMINS_HEAR or problem.fingerprint in ADMINS_KNOW:
        return False
    return not any(problem.kind in each.kinds for each in subscriptions)
