"""What happens to contracts: some arrive with a mapping, some are ended after a look."""

from collections.abc import Sequence
from typing import Final

from blocks import kit
from blocks.contract_words import totals_words
from blocks.contracts import LIST, Spot
from bot.domain.contract_changes import day_words
from bot.domain.contract_lists import Expired, Totals
from bot.domain.mapping import Saved

EXPIRED_PAGE = "contracts_expired_page"
END_CALLBACK = "contracts_end"
EXPIRED_SHOWN: Final = 15


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


ARRIVING: Final = " Their contracts are arriving."
"""What the notice of several mappings adds; a message with their number follows."""


def arrived(name: str, organization_id: int, totals: Totals) -> kit.Message:
    text = f"✅ {name} mapped: {totals_words(totals) if totals.contracts else 'it has no contract that is taken in'}."
    show = kit.button("Show contracts", f"{LIST}:of", value=Spot(organization_id=organization_id).code)
    return kit.Message(kit.escape(text), (kit.plain_section(text), kit.actions(show)))


def several_arriving(organizations: int) -> kit.Message:
    """Several organizations were mapped together, and Autotask is being asked."""
    text = f"⏳ {kit.count(organizations, 'organization')} mapped: their contracts are arriving…"
    return kit.Message(text, (kit.plain_section(text),))


def several_arrived(contracts: Sequence[int]) -> kit.Message:
    """``contracts``: how many each organization of the batch has, as far as it is mapped still."""
    text = "The organizations are not mapped any more, so no contracts were taken in."
    if contracts:
        without = sum(not each for each in contracts)
        text = f"✅ {kit.count(sum(contracts), 'contract')} of {kit.count(len(contracts), 'organization')}"
        text += f", {without:,} without a contract that is taken in." if without else "."
    return kit.Message(text, (kit.plain_section(text), kit.actions(kit.button("Show contracts", LIST))))


def expired_list(
    expired: Sequence[Expired], *, number: int = 0, may_end: bool, metadata: dict[str, kit.Json]
) -> kit.View:
    """What *End expired contracts* would end, before it does; for reading where the person may not end them."""
    where = kit.page(len(expired), number, EXPIRED_SHOWN)
    shown = expired[where.offset : where.offset + where.size]
    count = len(expired)
    ends = may_end and count > 0
    items = [
        (kit.strong(each.name), f" of {each.organization}, last day {day_words(each.end_date)}")
        for each in shown
    ]
    steps = kit.page_buttons(where, EXPIRED_PAGE)
    return kit.modal(
        "End expired contracts" if may_end else "Expired contracts",
        (
            kit.plain_section(_expired_words(count, may_end=may_end)),
            *((kit.listed(items),) if items else ()),
            *((kit.plain_context(f"Showing {where.label}"), kit.actions(*steps)) if steps else ()),
        ),
        callback_id=END_CALLBACK,
        submit=f"End {count:,}" if ends else "",
        close="Cancel" if ends else "Close",
        metadata=metadata,
    )


def _expired_words(count: int, *, may_end: bool) -> str:
    if not count:
        return "No contract is past its last day."
    if not may_end:
        verb = "is" if count == 1 else "are"
        return f"{kit.count(count, 'contract')} {verb} past the last day. Whoever may sync can end them here."
    return (
        f"{kit.count(count, 'contract')} would be ended: the last day is over. No new time entries are taken for them, "
        "their history is kept. This is on our side only: nothing is written to Autotask."
    )


def ended(names: Sequence[str]) -> kit.Message:
    """What was ended just now."""
    what = names[0] if len(names) == 1 else kit.count(len(names), "contract")
    text = f"✅ {what} ended. No new time entries are taken for {'it' if len(names) == 1 else 'them'}; nothing was written to Autotask."
    return kit.Message(
        kit.escape(text), (kit.plain_section(text), kit.actions(kit.button("Contracts", LIST)))
    )
