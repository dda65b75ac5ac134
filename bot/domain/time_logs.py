"""What became of time entries, as lines of the sync log."""

from collections.abc import Sequence
from typing import Final

from bot.domain.codes import Code
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from bot.domain.time_entries import Decision, TimeState, day_text, hours_text

MOST_TOLD: Final = 200
"""Lines per run for each way in which entries changed; how many more there are is one line."""
_QUIET: Final = frozenset({TimeState.NOT_APPROVED, TimeState.NOT_BILLABLE, TimeState.UNMAPPED})
"""New entries in these states are counted in one line, not told one by one."""


def lines(decided: Sequence[Decision]) -> list[LogEntry]:
    """One line for each entry that people should know of, and one for all that there are too many of."""
    single = [line for each in decided if (line := _line(each)) is not None]
    first = [each for each in decided if each.is_first_alike]
    more = [_more(each) for each in first if each.alike > MOST_TOLD and _line(each) is not None]
    return [*single, *more, *(_counted(each) for each in first if _is_quiet(each))]


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


def _unmapped(each: Decision) -> LogEntry:
    text = f"{_worked(each)}: not imported any more, its company is not mapped now"
    return _told(each, Operation.UPDATE, LogStatus.WARNING, text)


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
    TimeState.UNMAPPED: _unmapped,
    TimeState.AFTER_END: _after_end,
    TimeState.OUTSIDE: _outside,
    TimeState.NOT_APPROVED: _no_longer,
    TimeState.NOT_BILLABLE: _no_longer,
    TimeState.GONE: _no_longer,
}


_CODES: Final = {
    TimeState.UNLINKED: Code.TIME_WITHOUT_CONTRACT,
    TimeState.AFTER_END: Code.TIME_AFTER_END,
    TimeState.NOT_APPROVED: Code.TIME_UNAPPROVED,
    TimeState.OUTSIDE: Code.TIME_OUTSIDE_DAYS,
    TimeState.GONE: Code.GONE_FROM_AUTOTASK,
}


def _number(each: Decision, status: LogStatus) -> str:
    if status is LogStatus.SUCCESS:
        return ""
    return code_of(TimeState.OUTSIDE if each.late else each.state)


def code_of(state: TimeState) -> str:
    """The number that explains the state; "" where there is nothing to explain."""
    return _CODES.get(state, "")


def _is_quiet(each: Decision) -> bool:
    return each.state in _QUIET and each.before is not TimeState.IMPORTED and each.before is not each.state


def _counted(each: Decision) -> LogEntry:
    text = f"Left alone: {each.alike:,} {each.state.label}, {hours_text(each.alike_hours)}"
    return LogEntry(
        SyncType.TIME_ENTRY,
        Operation.SKIP,
        LogStatus.SKIP,
        text,
        details={"entries": each.alike},
        code=code_of(each.state),
        count=each.alike,
    )


def _more(each: Decision) -> LogEntry:
    text = f"And {each.alike - MOST_TOLD:,} more: {each.state.label}, {hours_text(each.alike_hours)} in all"
    line = _line(each)
    assert line is not None
    return LogEntry(
        SyncType.TIME_ENTRY,
        line.operation,
        line.status,
        text,
        details={"entries": each.alike},
        code=code_of(each.state),
        count=each.alike - MOST_TOLD,
    )


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
        code=_number(each, status),
        record_id=each.entry_id,
        organization_id=each.organization_id,
    )
