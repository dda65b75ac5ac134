"""What became of a contract since it was last looked at: how it stands now, the lines of the log, and the news."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import JsonValue

from bot.domain.codes import Code
from bot.domain.contracts import Found, Place, Standing, Terms, as_json, changed_terms
from bot.domain.money import change_of, money
from bot.domain.problems import EventKind, News
from bot.domain.sync_logs import UNMAPPED, LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType

_CODES = {
    Place.PREFIX: Code.WRONG_PREFIX,
    Place.FILTER: Code.FILTERED_OUT,
    Place.GONE: Code.GONE_FROM_AUTOTASK,
}
_STATUS = {0: "Inactive", 1: "Active"}


@dataclass(frozen=True)
class Turn:
    """A contract as it is now, and as it stood before (None: never looked at)."""

    found: Found
    before: Standing | None
    after: Standing
    currency: str = "USD"

    @property
    def is_new(self) -> bool:
        """Taken in now, and not before."""
        return self.after.place is Place.IN and (self.before is None or self.before.place is not Place.IN)

    @property
    def is_kept(self) -> bool:
        return self.after.place is Place.IN and not self.is_new

    @property
    def has_ended(self) -> bool:
        return self.after.ended_on is not None and (self.before is None or self.before.ended_on is None)

    @property
    def difference(self) -> Decimal:
        """What it is worth a month now, less what it was."""
        was = self.before.monthly if self.before else None
        return (self.after.monthly or Decimal(0)) - (was or Decimal(0))


def stands(
    found: Found, place: Place, worth: Decimal | None, before: Standing | None, *, today: date
) -> Standing:
    """How it stands now. An end that Autotask moved nearer ends it once that day is over; moved away, it runs on."""
    end = found.terms.end_date
    is_over = end is not None and end < today
    cut_short = _cut_short(before, end)
    ended = before is not None and before.ended_on is not None
    keeps = is_over and (ended or cut_short)
    return Standing(
        place,
        Decimal(0) if worth is not None and (is_over or place is Place.GONE) else worth,
        found.terms,
        cut_short,
        end if keeps else None,
        before.ended_by if before is not None and ended and keeps else "",
    )


def _cut_short(before: Standing | None, end: date | None) -> bool:
    if before is None or before.terms.end_date is None or end == before.terms.end_date:
        return before is not None and before.cut_short
    return end is not None and end < before.terms.end_date


# --- the log ---


def lines_of(turn: Turn) -> Iterable[LogEntry]:
    """A skip is told once, not every night."""
    place, was = turn.after.place, turn.before.place if turn.before else None
    if turn.is_new:
        worth = _a_month(turn)
        yield _line(turn, Operation.CREATE, f"Created contract {_label(turn)}{worth}")
    if turn.has_ended and place is Place.IN:
        yield ended_line(turn.found, turn.after.ended_on)
    elif turn.is_kept and (changes := tuple(_changes(turn))):
        yield _line(turn, Operation.UPDATE, f"Updated contract {_label(turn)}: {'; '.join(changes)}")
    elif place is not was and place in {Place.PREFIX, Place.FILTER}:
        yield _line(turn, Operation.SKIP, f"Skipped contract {_label(turn)}: {place.why}", LogStatus.SKIP)
    elif place is Place.GONE and was is Place.IN:
        yield _line(turn, Operation.UPDATE, f"Contract {_label(turn)} is {place.why}", LogStatus.WARNING)


def ended_line(found: Found, last_day: date | None, by: str = "") -> LogEntry:
    """A contract was ended: by the sync because of Autotask's end date, or by a person."""
    day = f" on {day_words(last_day)}" if last_day else ""
    of = f" of {found.organization}" if found.organization else ""
    return LogEntry(
        SyncType.CONTRACT,
        Operation.UPDATE,
        LogStatus.SUCCESS,
        f"Contract {found.terms.name}{of} ended{day}: no new time entries are taken for it",
        details={"change": "ended", "ended_on": last_day.isoformat() if last_day else None, "by": by},
        record_id=found.id,
        organization_id=_hidden_by(found),
    )


def _hidden_by(found: Found) -> int:
    return UNMAPPED if found.organization_id is None else found.organization_id


def _line(turn: Turn, operation: Operation, message: str, status: LogStatus = LogStatus.SUCCESS) -> LogEntry:
    details: dict[str, JsonValue] = {
        "contract": turn.found.terms.name,
        "after": dict(as_json(turn.after.terms)),
    }
    details["monthly"] = None if turn.after.monthly is None else str(turn.after.monthly)
    if turn.before is not None:
        details["before"] = dict(as_json(turn.before.terms))
    return LogEntry(
        SyncType.CONTRACT,
        operation,
        status,
        message,
        details=details,
        code=_CODES.get(turn.after.place, ""),
        record_id=turn.found.id,
        organization_id=_hidden_by(turn.found),
    )


def _changes(turn: Turn) -> Iterable[str]:
    assert turn.before is not None
    before, after = turn.before.terms, turn.after.terms
    for name in changed_terms(before, after):
        yield _change(name, before, after)
    if turn.before.ended_on is not None and turn.after.ended_on is None:
        yield "runs again"
    if turn.difference:
        was, now = turn.before.monthly or Decimal(0), turn.after.monthly or Decimal(0)
        yield f"{money(was, turn.currency)} → {money(now, turn.currency)} a month"


def _change(name: str, before: Terms, after: Terms) -> str:
    if name == "company_id":
        return "moved to another company"
    was, now = (_term(name, getattr(terms, name)) for terms in (before, after))
    return f"{name.replace('_', ' ')} {was} → {now}"


def _term(name: str, value: object) -> str:
    if name == "status" and isinstance(value, int):
        return _STATUS.get(value, str(value))
    return day_words(value) if isinstance(value, date) else str(value or "none")


# --- news ---


def news_of(turn: Turn) -> Iterable[News]:
    """Changes worth money, of contracts taken in; what was known before a rule let it in is no news."""
    if turn.found.organization_id is None or (turn.before is None and turn.after.place is not Place.IN):
        return
    if turn.before is None:
        begins = turn.found.terms.start_date
        since = f" from {day_words(begins)}" if begins else ""
        yield _news(turn, f"New contract {_label(turn)}{_a_month(turn)}{since}", turn.after.monthly)
    elif turn.before.place is Place.IN and turn.difference:
        yield _news(turn, _worth_words(turn), turn.difference)


def _worth_words(turn: Turn) -> str:
    assert turn.before is not None
    end, difference = turn.found.terms.end_date, f"{change_of(turn.difference, turn.currency)} a month"
    if turn.after.place is Place.GONE:
        return f"Contract {_label(turn)} is no longer in Autotask: {difference}"
    if not turn.after.monthly and end is not None:
        return f"Contract {_label(turn)} ended on {day_words(end)}: {difference}"
    return (
        f"Contract {_label(turn)}: {difference}, {money(turn.after.monthly or Decimal(0), turn.currency)} now"
    )


def _news(turn: Turn, text: str, amount: Decimal | None) -> News:
    return News(EventKind.CONTRACTS, text, turn.found.organization_id, amount, turn.found.id)


def _label(turn: Turn) -> str:
    of = turn.found.organization or turn.found.company
    return f"{turn.found.terms.name} of {of}" if of else turn.found.terms.name


def _a_month(turn: Turn) -> str:
    worth = turn.after.monthly
    return f": {money(worth, turn.currency)} a month" if worth else ""


def day_words(day: date) -> str:
    """``1 Dec 2026``: a contract's days are the same in every zone."""
    return f"{day.day} {day:%b %Y}"
