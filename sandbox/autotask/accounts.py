"""API users: who may log in, how often they may fail, and what they may not do."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

Right: TypeAlias = Literal["create", "query", "update", "delete"]
Refused: TypeAlias = Literal["403", "500", "empty"]
RIGHTS: tuple[Right, ...] = ("create", "query", "update", "delete")

USERNAME = "deskhand@sandbox.example"
SECRET = "S4ndbox#Secret~42"  # noqa: S105 - the sandbox's own, printed when it starts
TRACKING_ID = "DESKHANDSANDBOX0000000000001"

MAY_IMPERSONATE = frozenset(
    [
        "Companies",
        "CompanyNotes",
        "Contacts",
        "ContractNotes",
        "ConfigurationItems",
        "Opportunities",
        "Projects",
        "ProjectNotes",
        "TaskNotes",
        "Tickets",
        "TicketNotes",
        "TimeEntries",
    ]
)
"""Entities that support impersonation at all, of those simulated; contracts and invoices do not."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs to log in."""

    username: str = USERNAME
    secret: str = SECRET
    tracking_id: str = TRACKING_ID


@dataclass(slots=True)
class ApiUser:
    """An API-only user. `refused` holds the rights taken away, and how the refusal looks."""

    username: str
    secret: str
    resource_id: int
    locked: bool = False
    failures: int = 0
    refused: dict[tuple[str, Right], Refused] = field(default_factory=dict)
    impersonates: frozenset[str] = MAY_IMPERSONATE
    webhooks: bool = True
    """"Can create WebHooks" of the security level."""

    def refusal(self, entity: str, right: Right) -> Refused | None:
        """How this right is refused, or None when it is held."""
        return self.refused.get((entity, right))

    def revoke(self, entity: str, rights: Iterable[Right], *, look: Refused) -> None:
        """Take rights on an entity away."""
        for right in rights:
            self.refused[entity, right] = look

    def grant(self, entity: str, rights: Iterable[Right]) -> None:
        """Give rights on an entity back."""
        for right in rights:
            self.refused.pop((entity, right), None)


def copied(user: ApiUser) -> ApiUser:
    """A user that changes independently of the original."""
    return replace(user, refused=dict(user.refused))
