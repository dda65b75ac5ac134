"""Organizations (clients as Deskhand knows them) and the Autotask companies they map to."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Company:
    """A row of the local mirror of Autotask's Companies."""

    autotask_id: int
    name: str
    is_active: bool
    company_type: int | None = None
    company_number: str = ""
    city: str = ""


@dataclass(frozen=True)
class Organization:
    id: int
    name: str
    company: Company | None = None
    mapped_by: str = ""
    mapped_at: datetime | None = None

    @property
    def is_mapped(self) -> bool:
        return self.company is not None


def fold(text: str) -> str:
    """Text as it is searched: no case, no accents, single spaces, so that ``unit`` finds ``Ünit``."""
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())
