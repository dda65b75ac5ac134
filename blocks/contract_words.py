"""Contracts in words: their type, their days, what they are worth, how they stand."""

from datetime import date, datetime
from decimal import Decimal

from blocks import kit
from bot.domain.contract_changes import day_words
from bot.domain.contract_lists import Listed, Totals
from bot.domain.contracts import RECURRING, TYPES, Phase, period_words
from bot.domain.money import money

_PHASES = {
    Phase.UPCOMING: "begins later",
    Phase.ACTIVE: "active",
    Phase.ENDED: "ended",
    Phase.EXPIRED: "past its last day, not ended here",
}


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
