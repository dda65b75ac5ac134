"""Which contracts are taken in: prefixes and data filters, as an Admin set them (product MP10, MP11, MP12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.connections import PicklistOption
from bot.domain.contract_setting_names import (
    CUSTOMERS,
    LABELS,
    MATCHED,
    NAMESPACE,
    PREFIXES,
    FilterField,
)
from bot.domain.contracts import Found, Place
from bot.domain.numbers import signed
from bot.domain.settings import Chosen

__all__ = [
    "CUSTOMERS",
    "LABELS",
    "MATCHED",
    "NAMESPACE",
    "PREFIXES",
    "Customers",
    "FilterField",
    "Matched",
    "Rules",
    "RulesOverview",
    "prefixes_of",
    "rules_of",
    "shown_prefixes",
]

LONGEST_PREFIX, MOST_PREFIXES = 50, 30
NO_PREFIX = "None: every contract"


class Matched(StrEnum):
    """What prefixes are held against; the product calls them SKU prefixes, its examples are contract names."""

    CONTRACT = "contract"
    SERVICE = "service"
    SKU = "sku"

    @property
    def label(self) -> str:
        return {"contract": "Contract name", "service": "Service name", "sku": "SKU of a service"}[self.value]


class Customers(StrEnum):
    """What happens to a contract that matches a prefix, and whose company belongs to no organization."""

    CREATE = "create"
    ASK = "ask"
    LEAVE = "leave"

    @property
    def label(self) -> str:
        return {
            "create": "Create the organization at once",
            "ask": "Ask an Admin first",
            "leave": "Leave the contract out",
        }[self.value]


@dataclass(frozen=True)
class Rules:
    """``prefixes`` as they are compared: without case. None of them, and no filter: every contract is taken in."""

    prefixes: tuple[str, ...] = ()
    matched: Matched = Matched.CONTRACT
    customers: Customers = Customers.CREATE
    filters: Mapping[FilterField, frozenset[int]] | None = None

    def judge(self, contract: Found) -> Place:
        """Gone, then the prefix, then the filters, then the company: the first that fails is told."""
        if contract.is_gone:
            return Place.GONE
        if not self._matches(contract):
            return Place.PREFIX
        if not self._passes(contract):
            return Place.FILTER
        return Place.UNMAPPED if contract.organization_id is None else Place.IN

    def _matches(self, contract: Found) -> bool:
        if not self.prefixes:
            return True
        texts = (contract.terms.name,) if self.matched is Matched.CONTRACT else contract.products
        return any(text.casefold().strip().startswith(self.prefixes) for text in texts)

    def _passes(self, contract: Found) -> bool:
        values = {
            FilterField.COMPANY_TYPE: contract.company_type,
            FilterField.CLASSIFICATION: contract.classification,
            FilterField.LINE_OF_BUSINESS: contract.line_of_business,
            FilterField.STATUS: contract.terms.status,
            FilterField.CATEGORY: contract.category,
        }
        return all(values[name] in chosen for name, chosen in (self.filters or {}).items() if chosen)


def rules_of(preferences: Mapping[str, Chosen]) -> Rules:
    """The rules as they are set; what was never set takes everything in."""
    chosen = {name: each.value for name, each in preferences.items()}
    return Rules(
        prefixes_of(chosen.get(PREFIXES, "")),
        Matched(chosen.get(MATCHED, Matched.CONTRACT)),
        Customers(chosen.get(CUSTOMERS, Customers.CREATE)),
        {each: numbers_of(chosen.get(each.value, "")) for each in FilterField},
    )


def prefixes_of(typed: str) -> tuple[str, ...]:
    """One a line or between commas, as they are compared; each once."""
    parts = (part.strip().casefold() for part in typed.replace(",", "\n").splitlines())
    return tuple(dict.fromkeys(part for part in parts if part))


def shown_prefixes(typed: str) -> str:
    """As people wrote them, in one line."""
    parts = (part.strip() for part in typed.replace(",", "\n").splitlines())
    return ", ".join(dict.fromkeys(part for part in parts if part)) or NO_PREFIX


def numbers_of(value: str) -> frozenset[int]:
    return frozenset(found for part in value.split(",") if (found := signed(part.strip())) is not None)


@dataclass(frozen=True)
class RulesOverview:
    """How it is set, what may be chosen, and how many contracts match: of all that are mirrored."""

    values: Mapping[str, Chosen]
    matching: int
    total: int
    invoices: tuple[int, int] = (0, 0)
    """Invoices of companies that pass the filters, and all of them."""
    options: Mapping[FilterField, tuple[PicklistOption, ...]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What is chosen, as it is stored."""
        return self.values[name].value
