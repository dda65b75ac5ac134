"""What a run of time entries comes to: what was imported, what was not and why, in the log, as problems and as news."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from bot.db.session import UnitOfWork
from bot.db.time_imports import Decision
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from bot.domain.time_entries import (
    WINDOW_DAYS,
    WINDOW_SETTING,
    TimeState,
    TimeTotal,
    day_text,
    hours_text,
    window,
)
from bot.syncs.engine import Work
from bot.syncs.groups import Conclusion

MOST_TOLD: Final = 200
"""Lines per run for each way in which entries changed; how many more there are is one line."""
WAITS_LONG: Final = timedelta(days=30)
"""After so long an entry that nobody approved is a problem."""
LISTED: Final = (TimeState.NOT_APPROVED, TimeState.UNLINKED, TimeState.AFTER_END, TimeState.OUTSIDE)
_QUIET: Final = frozenset({TimeState.NOT_APPROVED, TimeState.NOT_BILLABLE})
"""New entries in these states are counted in one line, not told one by one."""


async def window_days(uow: UnitOfWork) -> int:
    chosen = (await uow.settings.preferences()).get(WINDOW_SETTING)
    return int(chosen.value) if chosen else WINDOW_DAYS


async def conclude(work: Work) -> Conclusion:
    """Decides every entry of the usual days and of those asked for; what did not change is told no second time."""
    scope, now = work.scope, work.clock.now()
    async with work.database.unit(work.tenant_id) as uow:
        usual, _ = window(scope.today, await window_days(uow))
        is_first = not await uow.time_entries.any()
        decided = await uow.time_imports.decide(usual, scope.window, now, most=MOST_TOLD)
        await uow.sync_logs.add(work.run_id, _lines(decided), now)
        totals = await uow.time_entries.totals(usual)
        oldest = await uow.time_entries.oldest_unapproved()
        if not is_first:
            await uow.news.add(work.run_id, _news(decided), now)
    waits_long = oldest is not None and scope.today - oldest > WAITS_LONG
    found = _problems(totals, waits_long=waits_long)
    over = {_fingerprint(state) for state in LISTED} - {each.fingerprint for each in found}
    return Conclusion(found, tuple(sorted(over)), _summary(totals))


def _lines(decided: Sequence[Decision]) -> list[LogEntry]:
    lines = [line for each in decided if (line := _line(each)) is not None]
    first = [each for each in decided if each.is_first_alike]
    more = [_more(each) for each in first if each.alike > MOST_TOLD and _line(each) is not None]
    return [*lines, *more, *(_counted(each) for each in first if _is_quiet(each))]


def _line(each: Decision) -> LogEntry | None:
    """What became of one entry; None where that is only counted, or nothing that people asked about changed."""
    if each.late:
        return _told(each, Operation.SKIP, LogStatus.WARNING, f"{_worked(each)}, outside the days that are imported: "
                     f"in Autotask it is {each.late} now, which was not taken over")  # fmt: skip
    if each.state is each.before:
        return _changed(each)
    if _is_quiet(each):
        return None
    return _BECAME[each.state](each)


def _changed(each: Decision) -> LogEntry | None:
    if each.state is not TimeState.IMPORTED or each.old_hours is None:
        return None
    was = []
    if each.old_hours != each.hours:
        was.append(f"{hours_text(each.old_hours)} → {hours_text(each.hours)}")
    if each.old_day is not None and each.old_day != each.worked_on:
        was.append(f"{day_text(each.old_day)} → {day_text(each.worked_on)}")
    if each.old_contract != each.contract_id:
        was.append("another contract")
    return (
        _told(each, Operation.UPDATE, LogStatus.SUCCESS, f"{_worked(each)}: {', '.join(was)}")
        if was
        else None
    )


def _imported(each: Decision) -> LogEntry:
    return _told(each, Operation.CREATE, LogStatus.SUCCESS, f"{_worked(each)}{_contract(each)}")


def _unlinked(each: Decision) -> LogEntry:
    why = "its contract is not taken in" if each.contract_id else "it has no contract that Deskhand knows"
    return _told(each, Operation.SKIP, LogStatus.WARNING, f"{_worked(each)}: {why}")


def _after_end(each: Decision) -> LogEntry:
    end = day_text(each.contract_end) if each.contract_end else "an unknown day"
    text = f"{_worked(each)}, but the contract ended on {end}{_contract(each)}"
    return _told(each, Operation.SKIP, LogStatus.WARNING, text)


def _outside(each: Decision) -> LogEntry:
    return _told(
        each, Operation.SKIP, LogStatus.WARNING, f"{_worked(each)}, outside the days that are imported"
    )


def _no_longer(each: Decision) -> LogEntry:
    return _told(each, Operation.UPDATE, LogStatus.WARNING, f"{_worked(each)}: {each.state.label} now")


_BECAME: Final = {
    TimeState.IMPORTED: _imported,
    TimeState.UNLINKED: _unlinked,
    TimeState.AFTER_END: _after_end,
    TimeState.OUTSIDE: _outside,
    TimeState.NOT_APPROVED: _no_longer,
    TimeState.NOT_BILLABLE: _no_longer,
    TimeState.GONE: _no_longer,
}


def _is_quiet(each: Decision) -> bool:
    return each.state in _QUIET and each.before is not TimeState.IMPORTED and each.before is not each.state


def _counted(each: Decision) -> LogEntry:
    text = f"Left alone: {each.alike:,} {each.state.label}, {hours_text(each.alike_hours)}"
    return LogEntry(
        SyncType.TIME_ENTRY, Operation.SKIP, LogStatus.SKIP, text, details={"entries": each.alike}
    )


def _more(each: Decision) -> LogEntry:
    text = f"And {each.alike - MOST_TOLD:,} more: {each.state.label}, {hours_text(each.alike_hours)} in all"
    line = _line(each)
    assert line is not None
    return LogEntry(SyncType.TIME_ENTRY, line.operation, line.status, text, details={"entries": each.alike})


def _worked(each: Decision) -> str:
    who = f" by {each.resource}" if each.resource else ""
    return f"{hours_text(each.hours)} worked on {day_text(each.worked_on)}{who}"


def _contract(each: Decision) -> str:
    """Named only where the line is shown to those alone who see its organization."""
    return f" ({each.contract})" if each.contract and each.organization_id else ""


def _told(each: Decision, operation: Operation, status: LogStatus, message: str) -> LogEntry:
    return LogEntry(
        SyncType.TIME_ENTRY,
        operation,
        status,
        message,
        details={
            "worked_on": each.worked_on.isoformat(),
            "hours": str(each.hours),
            "state": each.state.value,
            "before": each.before.value if each.before else None,
            "contract_id": each.contract_id,
            "contract_end": each.contract_end.isoformat() if each.contract_end else None,
        },
        record_id=each.entry_id,
        organization_id=each.organization_id,
    )


def _news(decided: Iterable[Decision]) -> list[News]:
    fresh = [each for each in decided if each.is_first_alike and each.state is TimeState.IMPORTED]
    fresh = [each for each in fresh if each.before is not TimeState.IMPORTED]
    count, hours = sum(each.alike for each in fresh), sum((each.alike_hours for each in fresh), Decimal(0))
    if not count:
        return []
    return [News(EventKind.TIME, f"{_entries(count)} imported, {hours_text(hours)}")]


def _problems(totals: dict[TimeState, TimeTotal], *, waits_long: bool) -> tuple[ProblemReport, ...]:
    found = []
    for state in LISTED:
        count = totals.get(state, TimeTotal()).entries
        if count and (state is not TimeState.NOT_APPROVED or waits_long):
            found.append(_problem(state, count))
    return tuple(found)


def _problem(state: TimeState, count: int) -> ProblemReport:
    return ProblemReport(
        fingerprint=_fingerprint(state),
        kind=EventKind.TIME,
        severity=Severity.WARNING,
        title=f"{_entries(count)} {state.label}",
        detail=_WHAT_TO_DO[state],
    )


_WHAT_TO_DO: Final = {
    TimeState.NOT_APPROVED: "The oldest has waited for more than 30 days. Approve and post them in Autotask.",
    TimeState.UNLINKED: "They are approved, but not imported. Pick their contracts in Deskhand's list.",
    TimeState.AFTER_END: "They were worked after their contract had ended. Extend it in Autotask, or move them.",
    TimeState.OUTSIDE: "They were entered or changed too late. Sync the days they were worked on, if they should count.",
}


def _summary(totals: dict[TimeState, TimeTotal]) -> tuple[str, ...]:
    imported = totals.get(TimeState.IMPORTED, TimeTotal())
    others = [
        f"{totals[each].entries:,} {each.label}"
        for each in (*LISTED, TimeState.NOT_BILLABLE)
        if each in totals
    ]
    return ("; ".join([f"{imported.entries:,} imported, {hours_text(imported.hours)}", *others]),)


def _entries(count: int) -> str:
    return f"{count:,} time {'entry' if count == 1 else 'entries'}"


def _fingerprint(state: TimeState) -> str:
    return f"time:{state.value}"
