"""Organizations (clients as Deskhand knows them) and the Autotask companies they map to."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Company:
    """A row of the local mirror of Autotask's Companies."""

    autotask_id: int
    name: str
    is_active: bool
    company_type: int | None = None
    company_number: str = ""
    city: str = ""
    is_gone: bool = False
    """Not in Autotask any more; the mirror keeps the row so that its name can still be told."""
    classification: int | None = None

    @property
    def trouble(self) -> str:
        """Why nothing should be sent to it: ``inactive``, ``gone``, or nothing."""
        if self.is_gone:
            return "gone"
        return "" if self.is_active else "inactive"


@dataclass(frozen=True)
class Organization:
    id: int
    name: str
    company: Company | None = None
    mapped_by: str = ""
    mapped_at: datetime | None = None
    archived_at: datetime | None = None

    @property
    def is_mapped(self) -> bool:
        return self.company is not None


class Show(StrEnum):
    """Which organizations a list shows."""

    ALL = "all"
    UNMAPPED = "unmapped"
    TROUBLE = "trouble"
    """Mapped to a company that is inactive, or gone from Autotask."""
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Uses:
    """What hangs on an organization."""

    reviews: int = 0
    open_reviews: int = 0
    tickets: int = 0


def fold(text: str) -> str:
    """Text as it is searched: no case, no accents, single spaces, so that ``unit`` finds ``Ünit``."""
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())


def foldings(text: str) -> tuple[str, ...]:
    """Everything that a typed text may stand for: ``soehne`` is written for ``Söhne``, which is folded to ``sohne``."""
    wanted = fold(text)
    spelled = wanted
    for pair in ("ae", "oe", "ue"):
        spelled = spelled.replace(pair, pair[0])
    return (wanted,) if spelled == wanted else (wanted, spelled)
