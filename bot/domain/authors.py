"""Whose name a ticket carries in Autotask: the API user's, or the person's own where the workspace wants it (product PA3)."""

from dataclasses import dataclass
from datetime import datetime

AS_PERSON = "tickets_as_person"
"""The workspace's setting: yes or no."""


def refusal_key(entity: str, author: int, now: datetime) -> str:
    """Autotask does not let us write this entity in that user's name: so known for the rest of the day.

    The reason may be the user's own security level, so it says nothing about other people.
    """
    return f"impersonation-refused:{entity}:{author}:{now:%Y-%m-%d}"


@dataclass(frozen=True)
class AutotaskPerson:
    """A user of Autotask; ``emails`` in small letters."""

    id: int
    name: str
    emails: tuple[str, ...] = ()
