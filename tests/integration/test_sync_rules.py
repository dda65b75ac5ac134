"""The engine's rules, each on a sync of its own: what is asked for, what counts as gone, and what is only doubted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.autotask.query import Condition, field
from bot.db.session import UnitOfWork
from bot.domain.sync_logs import LogEntry, LogStatus, Operation, succeeded
from bot.domain.syncs import Change, Scope, SyncCounts, SyncType
from bot.errors import AutotaskRejected, PermissionMissing
from bot.syncs import companies, contracts, time_entries
from bot.syncs.declared import Sync
from bot.syncs.engine import run_pass
from bot.syncs.passes import STALE
from bot.syncs.saving import BIG, LINES_OF_TROUBLE, LINES_PER_OPERATION
from sandbox.autotask.faults import Fault
from tests.factories import NOON
from tests.integration.sync_world import Place, autotask, place

COMPANIES = companies.SYNC
TIME = next(each for each in time_entries.GROUP.syncs if each.name == "time_entries")
CONTRACTS = contracts.CONTRACTS
LINES = next(each for each in contracts.GROUP.syncs if each.name == "contract_services")


@pytest.fixture
async def here(database_url):
    async with autotask() as served, place(database_url, served) as found:
        yield found


def in_autotask(here: Place, entity: str) -> list[int]:
    return sorted(row["id"] for row in here.autotask.rows(entity))


async def later(here: Place, **by: float) -> None:
    here.clock.advance(**by)
    here.autotask.clock.set(here.clock.now(), scale=0)


def edit(here: Place, company: int, city: str) -> None:
    """As Autotask does it: the edit is stamped."""
    now = here.autotask.clock.now()
    here.autotask.update("Companies", company, {"city": city, "lastActivityDate": now})


async def test_what_disappears_is_marked_and_comes_back_with_its_own_row(here: Place):
    await here.pass_of(COMPANIES)
    lost = in_autotask(here, "Companies")[-1]
    row = here.autotask.row("Companies", lost)
    kept = dict(row)
    here.autotask.delete("Companies", lost)
    await later(here, days=1)
    counts, _ = await here.counted(COMPANIES)
    assert counts.gone == 1
    assert lost not in await here.rows(COMPANIES)
    assert lost in await here.rows(COMPANIES, own=True)
    here.autotask.insert("Companies", kept)
    await later(here, days=1)
    counts, _ = await here.counted(COMPANIES)
    assert (counts.updated, counts.gone) == (1, 0)
    assert lost in await here.rows(COMPANIES)


async def test_a_pass_of_changes_finds_nobody_gone(here: Place):
    await here.pass_of(COMPANIES)
    here.autotask.delete("Companies", in_autotask(here, "Companies")[-1])
    await later(here, hours=1)
    counts, requests = await here.counted(COMPANIES)
    assert (counts.gone, requests) == (0, 1)


async def test_several_changes_of_the_same_moment_are_all_found_also_by_a_clock_that_lags(here: Place):
    await here.pass_of(COMPANIES)
    await later(here, hours=1)
    await here.pass_of(COMPANIES)
    changed = in_autotask(here, "Companies")[3:9]
    here.autotask.clock.set(here.clock.now() - timedelta(minutes=9), scale=0)
    for each in changed:
        edit(here, each, "Moved")
    await later(here, minutes=5)
    counts, _ = await here.counted(COMPANIES)
    assert counts.updated == len(changed)


async def test_a_database_without_the_last_modified_field_is_read_in_full_and_that_is_remembered(here: Place):
    assert CONTRACTS.entity.endpoint.modified_field == "lastModifiedDateTime"
    await here.pass_of(CONTRACTS)
    unknown = '{"errors":["Unable to find lastModifiedDateTime in the Contract Entity."]}'
    here.control.plan(Fault("fail", "Contracts", status=500, body=unknown, count=1))
    await later(here, hours=1)
    counts, requests = await here.counted(CONTRACTS)
    assert counts.seen == len(in_autotask(here, "Contracts"))
    assert requests == 2
    await later(here, hours=1)
    counts, requests = await here.counted(CONTRACTS)
    assert (counts.seen, requests) == (len(in_autotask(here, "Contracts")), 1)
    assert "lastModified" not in here.control.log(entity="Contracts")[-1].filter


async def test_any_other_refusal_is_raised_with_the_request_that_it_came_from(here: Place):
    here.control.plan(Fault("fail", "Contracts", status=500, body='{"errors":["No."]}', count=1))
    with pytest.raises(AutotaskRejected) as refused:
        await here.pass_of(CONTRACTS)
    [request] = refused.value.__notes__
    assert request.startswith('Contracts/query {"filter":[')


async def test_a_right_that_shows_nothing_marks_nothing(here: Place):
    await here.pass_of(COMPANIES)
    before = await here.rows(COMPANIES)
    here.control.revoke("Companies", ("query",), look="empty")
    for _ in range(2):
        await later(here, days=1)
        with pytest.raises(PermissionMissing):
            await here.pass_of(COMPANIES)
    assert await here.rows(COMPANIES) == before
    here.control.grant("Companies")
    await later(here, minutes=1)
    counts, _ = await here.counted(COMPANIES)
    assert counts.seen == len(before)


async def test_a_part_that_is_empty_now_is_gone_while_the_rest_is_shown(here: Place):
    lost = in_autotask(here, "Companies")[-1]

    async def the_last(_uow: UnitOfWork, _scope: Scope) -> Condition:
        return field("id").gte(lost)

    part = replace(COMPANIES, condition=the_last, within=lambda _: COMPANIES.table.c.autotask_id >= lost)
    await here.pass_of(part)
    here.autotask.delete("Companies", lost)
    await later(here, days=1)
    counts, _ = await here.counted(part)
    assert counts.gone == 1


async def test_more_than_half_gone_at_once_is_doubted_once_and_then_believed(here: Place):
    for n in range(BIG):
        here.autotask.insert("Companies", {**here.autotask.row("Companies", in_autotask(here, "Companies")[1]),
                                           "id": None, "companyName": f"Extra {n}"})  # fmt: skip
    await here.pass_of(COMPANIES)
    known = len(await here.rows(COMPANIES))
    for each in in_autotask(here, "Companies")[10:]:
        here.autotask.delete("Companies", each)
    await later(here, days=1)
    outcome = await here.pass_of(COMPANIES)
    assert outcome.counts.gone == 0
    assert [(each.fingerprint, each.code) for each in outcome.problems] == [
        ("big-change:companies", "AT-622")
    ]
    assert len(await here.rows(COMPANIES)) == known
    assert [line["status"] for line in await here.lines() if line["code"] == "AT-622"] == ["warning"]
    await later(here, days=1)
    outcome = await here.pass_of(COMPANIES)
    assert outcome.counts.gone == known - 10
    assert outcome.over == ("big-change:companies",)


# --- parents --------------------------------------------------------------------------------------


def by_contracts(ids: Sequence[int], *, of: int | None = None) -> Sync:
    """Contract lines of these contracts; ``of`` is how many contracts there are, where the sync knows."""

    async def wanted(_uow: UnitOfWork, _scope: Scope) -> Sequence[int]:
        return ids

    async def all_contracts(_uow: UnitOfWork) -> int:
        return of or 0

    return replace(
        LINES,
        parents=wanted,
        parent_field="contractID",
        parent_column="contract_id",
        all_parents=None if of is None else all_contracts,
    )


def lines_of(here: Place, ids: Sequence[int]) -> set[int]:
    return {row["id"] for row in here.autotask.rows("ContractServices") if row["contractID"] in ids}


async def test_by_parents_one_request_brings_the_rows_of_500_parents_and_never_finds_others_gone(here: Place):
    every = in_autotask(here, "Contracts")
    await here.pass_of(LINES)
    known = len(await here.rows(LINES))
    some = every[:5]
    gone = min(lines_of(here, some))
    here.autotask.delete("ContractServices", gone)
    here.autotask.delete("ContractServices", max(lines_of(here, every[5:])))
    await later(here, hours=1)
    counts, requests = await here.counted(by_contracts(some))
    assert (counts.gone, requests) == (1, 1)
    assert len(await here.rows(LINES)) == known - 1


async def test_where_most_parents_are_wanted_everything_is_read_and_the_mirror_is_the_same(here: Place):
    every = in_autotask(here, "Contracts")
    padding = [10_000_000 + n for n in range(600)]
    wanted = [*every[:-3], *padding]
    counts, requests = await here.counted(by_contracts(wanted, of=len(wanted) + 3))
    assert requests == 1
    assert set(await here.rows(LINES)) == lines_of(here, every[:-3])
    counts, requests = await here.counted(by_contracts(wanted, of=10 * len(wanted)), full=True)
    assert (counts.inserted, counts.updated, counts.gone, requests) == (0, 0, 0, 2)
    assert set(await here.rows(LINES)) == lines_of(here, every[:-3])


async def test_a_pass_whose_parents_changed_since_it_died_begins_anew(here: Place):
    every = in_autotask(here, "Contracts")

    async def dies(_sync: str, _counts: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await here.pass_of(by_contracts(every[:10]), progress=dies, page_size=5)
    await here.pass_of(by_contracts(every[:12]), page_size=5)
    assert set(await here.rows(LINES)) == lines_of(here, every[:12])


async def test_a_pass_that_died_long_ago_begins_anew(here: Place):
    async def dies(_sync: str, _counts: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await here.pass_of(COMPANIES, progress=dies, page_size=5)
    await later(here, seconds=STALE.total_seconds() + 1)
    counts, _ = await here.counted(COMPANIES)
    assert counts.seen == len(in_autotask(here, "Companies"))


# --- the log --------------------------------------------------------------------------------------


async def test_a_pass_writes_so_many_lines_and_one_with_the_number_of_the_rest(here: Place):
    missing = LINES_PER_OPERATION + 7
    await here.pass_of(COMPANIES)
    pattern = dict(here.autotask.row("Companies", in_autotask(here, "Companies")[1]))
    here.autotask.insert_many(
        "Companies", ({**pattern, "id": None, "companyName": f"Extra {n}"} for n in range(missing))
    )

    def told(change: Change) -> LogEntry:
        return succeeded(SyncType.COMPANY, Operation.CREATE, f"Company {change.after['name']}")

    await here.pass_of(replace(COMPANIES, told=told), page_size=50, full=True)
    lines = [line for line in await here.lines() if line["run_id"] == here.runs]
    assert len(lines) == LINES_PER_OPERATION + 1
    assert (lines[-1]["message"], lines[-1]["count"]) == ("And 7 more created: companies", 7)
    assert all(line["duration_ms"] is not None for line in lines[:-1])


async def test_the_first_pass_writes_one_line_for_all_its_records_also_where_two_runs_made_it(here: Place):
    class Died(Exception):
        pass

    async def dies(_sync: str, _counts: SyncCounts) -> None:
        raise Died

    def told(change: Change) -> LogEntry:
        return succeeded(SyncType.COMPANY, Operation.CREATE, f"Company {change.after['name']}")

    sync = replace(COMPANIES, told=told)
    with pytest.raises(Died):
        await here.pass_of(sync, page_size=5, progress=dies)
    await here.pass_of(sync, page_size=5)
    number = len(in_autotask(here, "Companies"))
    [line] = await here.lines()
    assert (line["message"], line["count"]) == (f"{number} companies read for the first time", number)
    assert (line["status"], line["operation"], line["type"]) == ("success", "create", "company")
    assert line["duration_ms"] is not None
    async with here.database.unit(here.tenant_id) as uow:
        counts = await uow.sync_logs.counts(None)
    assert counts == {(SyncType.COMPANY, LogStatus.SUCCESS): number}
    await here.pass_of(sync, full=True)
    assert len(await here.lines()) == 1


def test_troubles_have_a_bound_of_their_own():
    from bot.db.syncs import Told
    from bot.syncs.saving import bounded

    good = succeeded(SyncType.COMPANY, Operation.UPDATE, "fine")
    bad = replace(good, status=LogStatus.WARNING)
    kept, told = bounded([good, bad] * (LINES_OF_TROUBLE + 5), Told(run_id=1))
    assert len(kept) == LINES_OF_TROUBLE + LINES_PER_OPERATION
    assert told.kept_back == {"update": LINES_OF_TROUBLE + 5 - LINES_PER_OPERATION, "trouble": 5}
    kept, again = bounded([bad], told)
    assert (kept, again.kept_back["trouble"]) == ([], 6)


# --- edits while passes run -----------------------------------------------------------------------

edits = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 19)), max_size=15)
"""In which pass, after which of its saves, and which company."""


@pytest.fixture(scope="module")
async def busy(module_database):
    async with autotask(9, companies=20) as served, place(module_database, served) as found:
        await found.pass_of(COMPANIES)
        yield found


@settings(max_examples=10, deadline=None)
@given(edits, st.integers(0, 3), st.integers(0, 15))
async def test_whatever_is_edited_while_passes_run_is_found_by_the_next_one(
    busy: Place, edits, full, minutes
):
    ids = in_autotask(busy, "Companies")[1:]
    for number in range(4):
        await _edited_pass(busy, [each for each in edits if each[0] == number], full=number == full)
        await later(busy, minutes=minutes)
    await busy.pass_of(COMPANIES)
    cities = {row["id"]: row.get("city") or "" for row in busy.autotask.rows("Companies")}
    assert {key: row["city"] for key, row in (await busy.rows(COMPANIES)).items()} == cities
    assert len(ids) == 20


async def _edited_pass(busy: Place, edits: Sequence[tuple[int, int, int]], *, full: bool) -> None:
    saves = 0
    ids = in_autotask(busy, "Companies")[1:]

    async def between_saves(_sync: str, _counts: object) -> None:
        nonlocal saves
        await later(busy, seconds=1)
        for _, after, company in edits:
            if after == saves:
                edit(busy, ids[company], f"City {busy.clock.now().timestamp()}")
        saves += 1

    await between_saves("", None)
    await busy.pass_of(COMPANIES, progress=between_saves, page_size=4, full=full)
    for _ in range(6):
        await between_saves("", None)


# --- windows --------------------------------------------------------------------------------------


async def test_a_window_that_somebody_asked_for_and_the_usual_one_do_not_mix(here: Place):
    await here.new_run(TIME)
    usual = here.work()
    days = (NOON.date() - timedelta(days=60), NOON.date() - timedelta(days=50))
    asked = replace(usual, scope=replace(usual.scope, window=days))
    await run_pass(TIME, usual)
    everything = await here.rows(TIME)
    within = [key for key, row in everything.items() if days[0] <= row["date_worked"] <= days[1]]
    outside = next(key for key in everything if key not in within)
    here.autotask.delete("TimeEntries", within[0])
    here.autotask.delete("TimeEntries", outside)
    async with here.database.unit(here.tenant_id) as uow:
        before = await uow.syncs.cursor(TIME.name)
    outcome = await run_pass(TIME, replace(asked, scope=replace(asked.scope, now=NOON + timedelta(hours=1))))
    async with here.database.unit(here.tenant_id) as uow:
        assert await uow.syncs.cursor(TIME.name) == before
    assert (outcome.counts.seen, outcome.counts.gone) == (len(within) - 1, 1)
    assert set(everything) - set(await here.rows(TIME)) == {within[0]}
