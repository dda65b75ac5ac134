"""Contracts: the list, the card with its services, what a mapping brought, and what has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from blocks import kit
from bot.domain.contract_changes import day_words
from bot.domain.contract_lists import Expired, Line, Listed, Milestone, Totals
from bot.domain.contracts import RECURRING, TYPES, Phase, period_words
from bot.domain.mapping import Saved
from bot.domain.money import money

LIST = "contracts_list"
PAGE = "contracts_page"
OPEN = "contracts_open"
SEARCH = "contracts_search"
SEARCH_CALLBACK = "contracts_search_save"
EXPIRED = "contracts_expired"
EXPIRED_PAGE = "contracts_expired_page"
END_CALLBACK = "contracts_end"
SERVICE = "services_open"
"""Opens the card of a service; the value is its key."""
SETTINGS = "contract_rules_open"
CUSTOMERS = "contract_customers_open"
LONGEST_SEARCH: Final = 60
LINES_SHOWN: Final = 15
EXPIRED_SHOWN: Final = 15
_PHASES = {
    Phase.UPCOMING: "begins later",
    Phase.ACTIVE: "active",
    Phase.ENDED: "ended",
    Phase.EXPIRED: "past its last day, not ended here",
}
_MILESTONE = {0: "in progress", 1: "ready to bill", 2: "billed"}


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
    of = int(organization) if organization.isdigit() else 0
    return Spot(int(number) if number.isdigit() else 0, text, of or None)


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
            kit.actions(sync, mapping, *_for_admins(page)),
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
        *_for_admins(page),
    )


def _for_admins(page: Listing) -> tuple[kit.Element, ...]:
    end = [kit.button(f"End expired… ({page.expired:,})", EXPIRED)] if page.may_end and page.expired else []
    ask = [kit.button(f"New customers ({page.waiting:,})", CUSTOMERS)] if page.waiting else []
    return (*end, *ask, *([kit.button("Contract sync settings", SETTINGS)] if page.may_set else []))


def _row(contract: Listed, today: date) -> kit.Block:
    facts = (contract.organization, type_words(contract), span_words(contract), worth_words(contract))
    text = " · ".join(part for part in facts if part)
    return kit.plain_section(
        f"{mark(contract, today)} {contract.standing.terms.name}\n{text}\n{state_words(contract, today)}",
        accessory=kit.button("Open", OPEN, value=str(contract.id)),
    )


# --- one contract ---------------------------------------------------------------------------------


def card(
    contract: Listed,
    lines: Sequence[Line],
    milestones: Sequence[Milestone],
    *,
    today: date,
    url: str = "",
    as_of: datetime | None = None,
) -> kit.Message:
    """A contract with what is on it; each service opens by its button."""
    terms = contract.standing.terms
    pairs: list[tuple[str, kit.Piece]] = [
        ("Organization", contract.organization),
        ("Type", type_words(contract)),
        ("Number", terms.number),
        ("Runs", span_words(contract)),
        ("State", state_words(contract, today)),
        ("Worth", worth_words(contract) or "nothing that recurs"),
    ]
    return kit.Message(
        f"Contract {kit.escape(terms.name)}",
        (
            kit.header(terms.name or "Contract without a name"),
            kit.facts(pairs),
            *(_line_row(each) for each in lines[:LINES_SHOWN]),
            *_more(len(lines)),
            *_milestones(milestones, contract.currency),
            kit.context(as_of_words(as_of)),
            kit.actions(*_card_buttons(contract, url)),
        ),
    )


def _card_buttons(contract: Listed, url: str) -> tuple[kit.Element, ...]:
    of = Spot(organization_id=contract.organization_id).code
    return (
        *([kit.link_button("View in Autotask", url)] if url else []),
        kit.button("All of this organization", f"{LIST}:of", value=of),
        kit.button("All contracts", LIST),
    )


def _line_row(line: Line) -> kit.Block:
    each = (
        f"{line.units:,} at {money(line.fee, line.currency)}" if line.fee is not None else f"{line.units:,}"
    )
    worth = (
        f" = {money(line.total, line.currency)} a month"
        if line.months == 1
        else f" {period_words(line.months)}, {money(line.total, line.currency)} a month"
    )
    named = f"\nIdentifier {line.identifier}" if line.identifier else ""
    return kit.plain_section(
        f"{line.service or 'Service without a name'}\n{each}{worth}{named}",
        accessory=kit.button("Service", SERVICE, value=line.key),
    )


def _more(number: int) -> tuple[kit.Block, ...]:
    if number <= LINES_SHOWN:
        return ()
    return (kit.plain_context(f"{number - LINES_SHOWN:,} more services: look for one with find."),)


def _milestones(milestones: Sequence[Milestone], currency: str) -> tuple[kit.Block, ...]:
    if not milestones:
        return ()
    items = [
        (kit.strong(each.title), f" {money(each.amount, currency)}", f", due {day_words(each.due_date)}" if each.due_date else "",
         f", {_MILESTONE[each.status]}" if each.status in _MILESTONE else "")
        for each in milestones
    ]  # fmt: skip
    return (kit.rich(kit.strong("Milestones")), kit.listed(items))


# --- words ----------------------------------------------------------------------------------------


def type_words(contract: Listed) -> str:
    """``Recurring Service, monthly``."""
    kind = contract.standing.terms.contract_type
    name = TYPES.get(kind or 0, "Contract")
    return f"{name}, {period_words(contract.months)}" if kind == RECURRING else name


def span_words(contract: Listed) -> str:
    terms = contract.standing.terms
    start = day_words(terms.start_date) if terms.start_date else "?"
    return f"{start} to {day_words(terms.end_date)}" if terms.end_date else f"since {start}"


def worth_words(contract: Listed) -> str:
    monthly = contract.standing.monthly
    return "" if monthly is None else f"{money(monthly, contract.currency)} a month"


def state_words(contract: Listed, today: date) -> str:
    """Active, ended, expires in N days, or skipped with the reason."""
    if not contract.is_judged:
        return "new: the next sync looks at it"
    if not contract.is_in:
        return f"skipped: {contract.standing.place.why}"
    phase, end = contract.phase(today), contract.standing.terms.end_date
    if phase is Phase.EXPIRING and end is not None:
        left = (end - today).days
        return "ends today" if not left else f"expires in {kit.count(left, 'day')}"
    words = _PHASES[phase]
    is_off = contract.standing.terms.status == 0 and phase is Phase.ACTIVE
    return f"{words}, but inactive in Autotask" if is_off else words


def mark(contract: Listed, today: date) -> str:
    if not contract.is_in:
        return "⚪"
    return {Phase.ACTIVE: "🟢", Phase.EXPIRING: "🟡", Phase.EXPIRED: "🔴", Phase.UPCOMING: "🔵"}.get(
        contract.phase(today), "⚫"
    )


def as_of_words(moment: datetime | None) -> str:
    return f"As of {kit.date(moment)}" if moment else "Contracts were not synced yet."


def totals_words(totals: Totals) -> str:
    """``4 contracts, 31 services, $2,345.00 a month``."""
    worth = money(totals.monthly or Decimal(0), totals.currency)
    return (
        f"{kit.count(totals.contracts, 'contract')}, {kit.count(totals.services, 'service')}, {worth} a month"
    )


# --- a mapping brought contracts ------------------------------------------------------------------


def arriving(name: str, known: Totals) -> kit.Message:
    """An organization was mapped, and Autotask is being asked; ``known`` is what the mirror has already."""
    what = (
        f"{kit.count(known.contracts, 'contract')} arriving"
        if known.contracts
        else "its contracts are arriving"
    )
    text = f"⏳ {name} mapped: {what}…"
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def brought(saved: Saved) -> str:
    """What a mapping's notice adds: the contracts that are here already; more may be on their way."""
    totals = saved.contracts
    return f" {totals_words(totals)}." if totals is not None and totals.contracts else ""


def arrived(name: str, organization_id: int, totals: Totals) -> kit.Message:
    text = f"✅ {name} mapped: {totals_words(totals) if totals.contracts else 'it has no contract that is taken in'}."
    show = kit.button("Show contracts", f"{LIST}:of", value=Spot(organization_id=organization_id).code)
    return kit.Message(kit.escape(text), (kit.plain_section(text), kit.actions(show)))


# --- forms ----------------------------------------------------------------------------------------


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


def expired_list(expired: Sequence[Expired], *, number: int = 0, metadata: dict[str, kit.Json]) -> kit.View:
    """What *End expired contracts* would end, before it does."""
    where = kit.page(len(expired), number, EXPIRED_SHOWN)
    shown = expired[where.offset : where.offset + where.size]
    count = len(expired)
    text = (
        f"{kit.count(count, 'contract')} would be ended: the last day is over. No new time entries are taken for them, "
        "their history is kept. This is on our side only: nothing is written to Autotask."
        if count
        else "No contract is past its last day."
    )
    items = [
        (kit.strong(each.name), f" of {each.organization}, last day {day_words(each.end_date)}")
        for each in shown
    ]
    steps = kit.page_buttons(where, EXPIRED_PAGE)
    return kit.modal(
        "End expired contracts",
        (
            kit.plain_section(text),
            *((kit.listed(items),) if items else ()),
            *((kit.plain_context(f"Showing {where.label}"), kit.actions(*steps)) if steps else ()),
        ),
        callback_id=END_CALLBACK,
        submit=f"End {count:,}" if count else "",
        close="Cancel" if count else "Close",
        metadata=metadata,
    )


def ended(names: Sequence[str]) -> kit.Message:
    """What was ended just now."""
    what = names[0] if len(names) == 1 else kit.count(len(names), "contract")
    text = f"✅ {what} ended. No new time entries are taken for {'it' if len(names) == 1 else 'them'}; nothing was written to Autotask."
    return kit.Message(
        kit.escape(text), (kit.plain_section(text), kit.actions(kit.button("Contracts", LIST)))
    )
