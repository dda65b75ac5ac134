"""Removing the connection: what goes, what stays in Autotask and why, and how far a removal has come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from bot.domain.tickets import Ticket

SETTLES_WITHIN = timedelta(seconds=120)
"""After this a record whose create was sent has come to light, or never will: the client waits at most 95 seconds
for a reply, and a fresh record may stay invisible for some 20 more."""
TICKETS = "Tickets"


@dataclass(frozen=True)
class Inventory:
    """How many of each are removed here, and how many stay in Autotask."""

    mappings: int = 0
    companies: int = 0
    picklist_values: int = 0
    """Queues, statuses and priorities."""
    tickets: int = 0
    """Records of tickets raised through Deskhand, sent or not."""
    unsent: int = 0
    """Of these, the ones that never reached Autotask: with the removal they never will."""
    review_tickets: int = 0
    """Links from a review or its questions to a ticket."""
    notes: int = 0
    """Notes on tickets, sent or not."""
    resources: int = 0
    """People of Autotask, mirrored to name tickets' authors."""
    category_queues: int = 0
    """Queues chosen for a template's categories."""
    sync_runs: int = 0
    schedules: int = 0
    tickets_in_autotask: int = 0
    opportunities_in_autotask: int = 0
    """None: this version creates no opportunities."""
    organizations_kept: int = 0
    reviews_kept: int = 0

    def as_counts(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Inventory":
        """The inventory that an earlier release may have written, too."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: count for name, count in counts.items() if name in known})


@dataclass(frozen=True)
class RemovalForm:
    """What an Admin submitted."""

    typed_name: str
    close_tickets: bool = False
    mark_lost: bool = False


@dataclass(frozen=True)
class Removal:
    """One removal, from the confirmation on; it stays as a record of itself."""

    id: int
    requested_by: str
    requester_name: str
    channel_id: str
    requested_at: datetime
    close_tickets: bool
    mark_lost: bool
    inventory: Inventory
    status_closed: int | None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Closing:
    """A record of ours in Autotask that the removal closes with a note."""

    removal_id: int
    entity: str
    autotask_id: int
    number: str
    note_sent_at: datetime | None = None
    """When the note was last sent; its reply may never have come."""
    note_id: int | None = None
    closed_at: datetime | None = None
    problem: str = ""
    """Why it could not be closed, in Autotask's words."""


@dataclass(frozen=True)
class Closed:
    """How the closing went: how many, and which not with the reason."""

    total: int = 0
    closed: int = 0
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> int:
        return self.total - self.closed - len(self.problems)


@dataclass(frozen=True)
class Settled:
    """A ticket that Autotask does not have. ``is_certain`` is False where that could not be found out."""

    ticket: Ticket
    is_certain: bool = True


def note_reference(removal_id: int, team_id: str) -> str:
    """What our note carries, so that it is recognised and never written twice."""
    return f"dh-removal-{team_id}-{removal_id}"


def names_match(typed: str, name: str) -> bool:
    """Whether the typed name is the workspace's: case and outer blanks aside."""
    return bool(typed.strip()) and " ".join(typed.split()).casefold() == " ".join(name.split()).casefold()
