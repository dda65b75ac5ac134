"""What a run of time entries comes to: decided for all of them, told in the log, as problems and as news."""

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.db.session import UnitOfWork
from bot.domain.codes import Code
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.switches import Capability
from bot.domain.sync_logs import sharing
from bot.domain.syncs import Scope
from bot.domain.time_entries import (
    WINDOW_DAYS,
    WINDOW_SETTING,
    Decision,
    TimeState,
    TimeTotal,
    day_text,
    hours_text,
    window,
)
from bot.domain.time_logs import MOST_TOLD, code_of, lines
from bot.syncs.engine import Work
from bot.syncs.groups import Conclusion

WAITS_LONG: Final = timedelta(days=30)
"""After so long an entry that nobody approved is a problem."""
UNPRICED: Final = "time:unpriced"
LISTED: Final = (TimeState.NOT_APPROVED, TimeState.UNLINKED, TimeState.AFTER_END, TimeState.OUTSIDE)


async def window_days(uow: UnitOfWork) -> int:
    return await uow.settings.number(WINDOW_SETTING, WINDOW_DAYS)


async def conclude(work: Work) -> Conclusion:
    """Decides every entry of the usual days and of those asked for; what did not change is told no second time."""
    async with work.database.unit(work.tenant_id) as uow:
        is_first = not await uow.time_entries.any()
        return await _concluded(uow, work.scope, work.run_id, work.clock.now(), is_news=not is_first)


async def conclude_again(uow: UnitOfWork, scope: Scope, run_id: int | None, at: datetime) -> Conclusion:
    """The same from the mirror alone, because contracts or mappings are different; without a run nothing is news.

    Nothing where time is switched off, or where no sync has decided anything yet. The transaction must see everything.
    """
    switches = await uow.switches.all()
    if not switches.may_read(Capability.TIME) or not await uow.time_entries.any():
        return Conclusion()
    return await _concluded(uow, scope, run_id, at, is_news=run_id is not None)


async def _concluded(
    uow: UnitOfWork, scope: Scope, run_id: int | None, now: datetime, *, is_news: bool
) -> Conclusion:
    usual, _ = window(scope.today, await window_days(uow))
    began = time.perf_counter()
    decided = await uow.time_imports.decide(usual, scope.window, now, most=MOST_TOLD)
    took = (time.perf_counter() - began) * 1000
    await uow.sync_logs.add(run_id, sharing(lines(decided), took), now)
    totals = await uow.time_entries.totals(usual)
    oldest = await uow.time_entries.oldest_unapproved()
    has_rates = bool(await uow.time_rates.all())
    if run_id is not None and is_news:
        await uow.news.add(run_id, _news(decided), now)
    waits_long = oldest is not None and scope.today - oldest > WAITS_LONG
    found = (*_problems(totals, waits_long=waits_long), *(_unpriced(totals) if has_rates else ()))
    over = {*map(_fingerprint, LISTED), UNPRICED} - {each.fingerprint for each in found}
    return Conclusion(found, tuple(sorted(over)), (_summary(totals, usual), *asked(scope)))


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
            found.append(_problem(state, count, _apart(state, totals)))
    return tuple(found)


def _apart(state: TimeState, totals: dict[TimeState, TimeTotal]) -> str:
    """Beside what is to be linked: what no link helps before its company is mapped, which is no problem by itself."""
    count = totals.get(TimeState.UNMAPPED, TimeTotal()).entries if state is TimeState.UNLINKED else 0
    return f" Not counted: {count:,} {TimeState.UNMAPPED.label}." if count else ""


def _problem(state: TimeState, count: int, apart: str) -> ProblemReport:
    return ProblemReport(
        fingerprint=_fingerprint(state),
        kind=EventKind.TIME,
        severity=Severity.WARNING,
        title=f"{_entries(count)} {state.label}",
        detail=_WHAT_TO_DO[state] + apart,
        code=code_of(state),
    )


def _unpriced(totals: dict[TimeState, TimeTotal]) -> tuple[ProblemReport, ...]:
    """Where rates are used at all, an entry that none of them covers is worth nothing by mistake."""
    count = totals.get(TimeState.IMPORTED, TimeTotal()).unpriced
    if not count:
        return ()
    return (
        ProblemReport(
            fingerprint=UNPRICED,
            kind=EventKind.TIME,
            severity=Severity.WARNING,
            title=f"{_entries(count)} without an hourly rate",
            detail="No rate holds on the days they were worked. Set one from an earlier day.",
            code=Code.TIME_WITHOUT_RATE,
        ),
    )


_WHAT_TO_DO: Final = {
    TimeState.NOT_APPROVED: "The oldest has waited for more than 30 days. Approve and post them in Autotask.",
    TimeState.UNLINKED: "They are approved, but not imported. Pick their contracts in the list, or link them in Autotask.",
    TimeState.AFTER_END: "They were worked after their contract had ended. Extend it in Autotask, or move them.",
    TimeState.OUTSIDE: "They were entered or changed too late. Sync the days they were worked on, if they should count.",
}


def _summary(totals: dict[TimeState, TimeTotal], usual: date) -> str:
    """How all entries of the usual days stand, whichever of them this run read."""
    imported = totals.get(TimeState.IMPORTED, TimeTotal())
    others = [
        f"{totals[each].entries:,} {each.label}"
        for each in (*LISTED, TimeState.UNMAPPED, TimeState.NOT_BILLABLE)
        if each in totals
    ]
    said = "; ".join([f"{_entries(imported.entries)} imported, {hours_text(imported.hours)}", *others])
    return f"Of the time worked since {day_text(usual)}: {said}."


def asked(scope: Scope) -> tuple[str, ...]:
    """The days that somebody asked for; by itself a sync reads the usual ones."""
    if scope.window is None:
        return ()
    first, last = scope.window
    return (f"Read in this run: time worked from {day_text(first)} to {day_text(last)}, the days asked for.",)


def _entries(count: int) -> str:
    return f"{count:,} time {'entry' if count == 1 else 'entries'}"


def _fingerprint(state: TimeState) -> str:
    return f"time:{state.value}"
