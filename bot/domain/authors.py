"""Whose name a ticket carries in Autotask: the API user's, or the person's own where the workspace wants it (product PA3)."""

from dataclasses import dataclass
from datetime import datetime

AS_PERSON = "tickets_as_person"
"""The workspace's setting: yes or no."""


def refusal_key(entity: str, now: datetime) -> str:
    """Autotask does not let us write this entity in somebody's name: so known for the rest of the day."""
    return f"impersonation-refused:{entity}:{now:%Y-%m-%d}"


@dataclass(frozen=True)
class AutotaskPerson:
    """A user of Autotask; ``emails`` in small letters."""

    id: int
    name: str
    emails: tuple[str, ...] = ()
