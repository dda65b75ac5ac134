"""The list of contracts, and the form that searches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from blocks import kit
from blocks.contract_words import as_of_words, mark, span_words, state_words, type_words, worth_words
from bot.domain.contract_lists import Listed
from bot.domain.numbers import whole

LIST = "contracts_list"
PAGE = "contracts_page"
OPEN = "contracts_open"
SEARCH = "contracts_search"
SEARCH_CALLBACK = "contracts_search_save"
EXPIRED = "contracts_expired"
SERVICE = "services_open"
"""Opens the card of a service; the value is its key."""
SETTINGS = "contract_rules_open"
CUSTOMERS = "contract_customers_open"
LONGEST_SEARCH: Final = 60


@dataclass(frozen=True)
class Spot:
    """Where in the list somebody is; travels in the values of its buttons. Later filters go here, too."""

    number: int = 0
    text: str = ""
    organization_id: int | None = None

    @property
    def code(self) -> str:
        return f"{self.number}|{self.filter_code}"

    @property
    def filter_code(self) -> str:
        return f"{self.organization_id or 0}|{self.text[:LONGEST_SEARCH]}"


def read_spot(code: str) -> Spot:
    """The spot of a button's value; the beginning of the whole list when it is none."""
    number, _, rest = code.partition("|")
    organization, _, text = rest.partition("|")
    of = whole(organization)
    return Spot(whole(number) or 0, text, of or None)


@dataclass(frozen=True)
class Listing:
    """One page of contracts and what is said around it."""

    contracts: Sequence[Listed]
    where: kit.Page
    spot: Spot
    today: date
    expired: int = 0
    waiting: int = 0
    as_of: datetime | None = None
    may_end: bool = False
    may_set: bool = False
    organization: str = ""
    """The one whose contracts are listed, if it is one's."""


def listing(page: Listing) -> kit.Message:
    """Ten contracts, each with what it is worth and how it stands."""
    if not page.where.total and not page.spot.text and page.organization == "":
        return _empty(page)
    title = f"Contracts of {page.organization}" if page.organization else "Contracts"
    rows = [_row(each, page.today) for each in page.contracts]
    nothing = (
        ()
        if rows
        else (
            kit.plain_section(
                f"No contract here contains “{page.spot.text}”." if page.spot.text else "There is none."
            ),
        )
    )
    return kit.Message(
        f"{kit.count(page.where.total, 'contract')}",
        (
            kit.header(title),
            *rows,
            *nothing,
            kit.plain_context(f"Showing {page.where.label}{_in_words(page.spot)}"),
            kit.context(as_of_words(page.as_of)),
            kit.actions(*_ways(page)),
        ),
    )


def _empty(page: Listing) -> kit.Message:
    text = "No contracts are here yet: none was synced, or none belongs to an organization that you see."
    sync = kit.button("Sync contracts", "run:sync", value="contracts", style="primary")
    mapping = kit.button("Map organizations", "run:map")
    return kit.Message(
        text,
        (
            kit.plain_section(text),
            kit.context(as_of_words(page.as_of)),
            kit.actions(sync, mapping, *_by_rights(page)),
        ),
    )


def _in_words(spot: Spot) -> str:
    return f" · containing “{spot.text}”" if spot.text else ""


def _ways(page: Listing) -> tuple[kit.Element, ...]:
    clear = (
        [kit.button("Show all", f"{LIST}:clear", value=Spot().code)]
        if page.spot.text or page.organization
        else []
    )
    return (
        *kit.page_buttons(page.where, PAGE, context_value=page.spot.filter_code),
        kit.button("Search", SEARCH, value=page.spot.code),
        *clear,
        *_by_rights(page),
    )


def _by_rights(page: Listing) -> tuple[kit.Element, ...]:
    past = "End expired…" if page.may_end else "Expired"
    end = [kit.button(f"{past} ({page.expired:,})", EXPIRED)] if page.expired else []
    ask = [kit.button(f"New customers ({page.waiting:,})", CUSTOMERS)] if page.waiting else []
    return (*end, *ask, *([kit.button("Contract sync settings", SETTINGS)] if page.may_set else []))


def _row(contract: Listed, today: date) -> kit.Block:
    facts = (contract.organization, type_words(contract), span_words(contract), worth_words(contract))
    text = " · ".join(part for part in facts if part)
    return kit.plain_section(
        f"{mark(contract, today)} {contract.standing.terms.name}\n{text}\n{state_words(contract, today)}",
        accessory=kit.button("Open", OPEN, value=str(contract.id)),
    )


def search_form(spot: Spot, metadata: dict[str, kit.Json]) -> kit.View:
    element = kit.plain_text_input("value", initial=spot.text, max_length=LONGEST_SEARCH, focus=True)
    hint = "Words of the contract's name or number, or of the organization's name."
    return kit.modal(
        "Search contracts",
        (kit.input_block("text", "Containing", element, hint=hint, optional=True),),
        callback_id=SEARCH_CALLBACK,
        submit="Search",
        metadata={**metadata, "spot": spot.code},
    )
