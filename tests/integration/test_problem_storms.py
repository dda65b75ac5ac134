"""Very many problems at once: few messages, and all of them over when they are over."""

from bot.domain.problems import EventKind, ProblemReport, ProblemState, Severity
from bot.workflows.alarms import MOST_LISTED, MOST_TOLD, Alarms
from tests.factories import FrozenClock


def doubtful(number: int, severity: Severity = Severity.WARNING) -> ProblemReport:
    return ProblemReport(f"x:{number}", EventKind.CONTRACTS, severity, f"Contract {number} is doubtful")


async def test_five_thousand_problems_of_one_run_are_some_messages_and_one_about_the_others(database, jobs):
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "Northwind IT")
    clock = FrozenClock()
    alarms = Alarms(database, jobs, clock)
    found = [*(doubtful(each) for each in range(5_000)), doubtful(5_000, Severity.ERROR)]
    await alarms.report_all(tenant.id, "contracts", found)
    assert await jobs.count("todo") == MOST_TOLD + 1
    async with database.unit(tenant.id) as uow:
        summary = await uow.problems.latest("many:contracts")
        counts = await uow.problems.counts(clock.now())
        others = await uow.problems.counts(clock.now(), EventKind.INVOICES)
        worst = await uow.problems.latest("x:5000")
        assert worst is not None
        await uow.problems.shown(worst.id, clock.now())
    assert summary is not None
    assert summary.title == "The sync of contracts found 4,981 more problems"
    assert counts[ProblemState.OPEN] == MOST_LISTED + 1
    assert others[ProblemState.OPEN] == 0, "a kind is counted alone, as its list is"
    waiting = await jobs.count("todo")
    for each in found[:300]:
        await alarms.over(tenant.id, each.fingerprint)
    assert (
        await jobs.count("todo") == waiting
    )  # where no message says that it is there, none says that it is over
    await alarms.over(tenant.id, "x:5000")
    assert await jobs.count("todo") == waiting + 1
    await alarms.report_all(tenant.id, "contracts", [])
    async with database.unit(tenant.id) as uow:
        assert (await uow.problems.counts(clock.now()))[ProblemState.OPEN] == 0
