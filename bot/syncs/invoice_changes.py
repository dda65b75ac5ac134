"""What people hear of invoices that changed in Autotask: log lines, and news where an unpaid one is at stake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import JsonValue

from bot.db.invoices import Places
from bot.db.session import UnitOfWork
from bot.domain.codes import Code
from bot.domain.invoices import Identifier, called
from bot.domain.money import money
from bot.domain.problems import EventKind, News
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import Change, SyncType

WATCHED = {"total": "total", "tax": "tax", "due_on": "due", "number": "number", "company_id": "company"}
"""Columns whose change people hear of, and what they are called."""
NEWSWORTHY = frozenset({"total", "due_on"})
"""What of an unpaid invoice is news (product IP3)."""


@dataclass(frozen=True)
class Words:
    """What is needed to tell of invoices: how they are named, their currency, their companies."""

    identifier: Identifier
    currency: str
    places: Mapping[int, Places]

    def name(self, change: Change) -> str:
        """With the company only where an organization hides the line from who does not see it."""
        number = called(change.record_id, str(change.after.get("number") or ""), self.identifier)
        place = self.places.get(_company(change))
        return f"Invoice {number} {place.name}" if place and place.organization_id else f"Invoice {number}"

    def organization(self, change: Change) -> int | None:
        place = self.places.get(_company(change))
        return place.organization_id if place else None

    def company(self, value: object, change: Change) -> str:
        """By name where it is the line's own: who sees the line may not see the client that it came from."""
        place = self.places.get(value) if isinstance(value, int) else None
        own = self.organization(change)
        return place.name if place and own is not None and place.organization_id == own else "another one"

    def of(self, value: object) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return "nothing"
        if isinstance(value, date):
            return f"{value.day} {value:%b %Y}"
        return money(value, self.currency) if isinstance(value, Decimal) else str(value)


async def reported(uow: UnitOfWork, changes: Sequence[Change], *, run_id: int, at: datetime) -> None:
    """Writes the log lines and the news of a page."""
    if not changes:
        return
    before = [each.before.get("company_id") for each in changes if each.before is not None]
    companies = [_company(each) for each in changes] + [each for each in before if isinstance(each, int)]
    places = await uow.invoices.places(companies)
    words = Words(await uow.invoices.identifier(), await uow.invoices.currency(), places)
    lines = [line_of(each, words) for each in changes]
    await uow.sync_logs.add(run_id, [line for line in lines if line is not None], at)
    found = [_news(each, words) for each in changes]
    await uow.news.add(run_id, [news for news in found if news is not None], at)


def summary(corrected: int, was_asked: bool) -> tuple[str, ...]:  # noqa: FBT001 - told by the run's options
    """What a run says of unpaid invoices that differed."""
    if corrected:
        what = "1 invoice was" if corrected == 1 else f"{corrected:,} invoices were"
        return (f"{what} corrected from Autotask: /autotask fetch shows old and new values.",)
    return ("Every unpaid invoice was as in Autotask.",) if was_asked else ()


def line_of(change: Change, words: Words) -> LogEntry | None:
    differs = _differences(change, words)
    if change.before is not None and not differs:
        return None
    is_new, has_number = change.before is None, bool(change.after.get("number"))
    said = "is new" if is_new else ", ".join(differs.values())
    if is_new and not has_number:
        said += ", without a number"
    code = "" if has_number else Code.INVOICE_WITHOUT_NUMBER.value
    if _is_unpaid(change) and differs.keys() & NEWSWORTHY:
        code = Code.INVOICE_MISMATCH.value
    return LogEntry(
        SyncType.INVOICE,
        Operation.CREATE if is_new else Operation.UPDATE,
        LogStatus.WARNING if code else LogStatus.SUCCESS,
        f"{words.name(change)}: {said}",
        code=code,
        details=_details(change, words),
        record_id=change.record_id,
        organization_id=words.organization(change),
    )


def _news(change: Change, words: Words) -> News | None:
    if not _is_unpaid(change):
        return None
    differs = {column: said for column, said in _differences(change, words).items() if column in NEWSWORTHY}
    if not differs:
        return None
    total = change.after.get("total")
    return News(
        EventKind.INVOICES,
        f"{words.name(change)}: {', '.join(differs.values())} in Autotask",
        organization_id=words.organization(change),
        amount=total if isinstance(total, Decimal) else None,
        record_id=change.record_id,
    )


def _is_unpaid(change: Change) -> bool:
    """Whether it was known, and as unpaid."""
    before = change.before
    return before is not None and before.get("paid_on") is None and not before.get("is_voided")


def _differences(change: Change, words: Words) -> dict[str, str]:
    """What differs, in words, by column."""
    if change.before is None:
        return {}
    found = {
        column: f"{label} {_shown(column, change.before, change, words)} → {_shown(column, change.after, change, words)}"
        for column, label in WATCHED.items()
        if column in change.changed
    }
    if "paid_on" in change.changed:
        paid = change.after.get("paid_on")
        found["paid_on"] = f"paid {words.of(paid)}" if paid else "no longer paid"
    if "is_voided" in change.changed:
        found["is_voided"] = "voided" if change.after.get("is_voided") else "no longer voided"
    return found


def _shown(column: str, row: Mapping[str, object], change: Change, words: Words) -> str:
    value = row.get(column)
    return words.company(value, change) if column == "company_id" else words.of(value)


def _details(change: Change, words: Words) -> dict[str, JsonValue]:
    """Old and new value by column, for the log and for what was corrected."""
    if change.before is None:
        return {}
    return {
        column: [_plain(change.before.get(column)), _plain(change.after.get(column))]
        for column in _differences(change, words)
    }


def _plain(value: object) -> JsonValue:
    return None if value is None else str(value)


def _company(change: Change) -> int:
    found = change.after.get("company_id")
    return found if isinstance(found, int) else -1
