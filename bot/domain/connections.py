"""The tie between a workspace and its Autotask database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class ConnectionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """Credentials were refused or a right is missing: nothing is sent until an admin acts."""
    REMOVING = "removing"
    """An Admin removes it: nothing is sent any more, and what hangs on it is being dropped."""


@dataclass(frozen=True)
class Choice:
    """A picklist value as people know it: its label, with the number Autotask wants."""

    value: int
    label: str


@dataclass(frozen=True)
class TicketDefaults:
    """What a new ticket gets (product CV19, MP8)."""

    queue: Choice
    status_new: Choice
    status_updated: Choice
    status_closed: Choice
    priority: Choice


@dataclass(frozen=True)
class SealedCredentials:
    """Credentials as they are stored: the secret and the tracking identifier are ciphertext."""

    username: str
    secret: bytes
    tracking_id: bytes


@dataclass(frozen=True)
class ZoneFacts:
    """What zone discovery said. ``ci`` is the unique number of the Autotask database."""

    name: str
    api_url: str
    web_url: str
    ci: int


@dataclass(frozen=True)
class Connection:
    zone: ZoneFacts
    username: str
    state: ConnectionState
    defaults: TicketDefaults | None
    connected_by: str
    connected_at: datetime
    proven_at: datetime
    paused_reason: str = ""


@dataclass(frozen=True)
class PicklistOption:
    value: str
    label: str
    is_active: bool = True
    is_default: bool = False
    sort_order: int = 0
    parent: str = ""
    is_staffed: bool = True
    """False for a queue that no resource is a member of: nobody will see its tickets (product CV19)."""


@dataclass(frozen=True)
class FieldFacts:
    """What Autotask said of one field: its length (0: not a string) and its picklist."""

    entity: str
    name: str
    max_length: int = 0
    is_required: bool = False
    options: tuple[PicklistOption, ...] = ()


def with_staffing(facts: Sequence[FieldFacts], unstaffed: frozenset[str]) -> list[FieldFacts]:
    """The same facts, with the queues marked that nobody works."""

    def marked(fact: FieldFacts) -> FieldFacts:
        options = (replace(each, is_staffed=each.value not in unstaffed) for each in fact.options)
        return replace(fact, options=tuple(options)) if fact.name == "queueID" else fact

    return [marked(fact) for fact in facts]
