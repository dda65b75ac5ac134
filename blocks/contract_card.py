"""One contract by itself, with its services and milestones."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from blocks import kit
from blocks.contract_words import as_of_words, span_words, state_words, type_words, worth_words
from blocks.contracts import LIST, SERVICE, Spot
from bot.domain.contract_changes import day_words
from bot.domain.contract_lists import Line, Listed, Milestone
from bot.domain.contracts import period_words
from bot.domain.money import money

LINES_SHOWN: Final = 15


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
         f", {each.status.lower()}" if each.status else "")
        for each in milestones
    ]  # fmt: skip
    return (kit.rich(kit.strong("Milestones")), kit.listed(items))
