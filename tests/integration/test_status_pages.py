"""Whether it worked: on the Home tab, for all syncs, for one; from the database alone."""

import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.session import UnitOfWork
from bot.domain.context import Role
from bot.domain.logs import RETENTION
from bot.domain.schedules import STANDING
from bot.domain.status import ApiUsage
from bot.domain.sync_logs import LogEntry, LogStatus, Operation, succeeded
from bot.domain.syncs import SyncCounts, SyncState, SyncType
from sandbox.slack.people import HOME, inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.integration.filled import SEALED, ZONE
from tests.integration.slack_world import DESK, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Connected; contracts worked two hours ago, time entries failed, invoices are being tried again."""
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        await opened.give_role(VIEWER, Role.VIEWER)
        tenant, now = await opened.tenant(), opened.bot.tools.clock.now()
        async with opened.bot.database.unit(tenant.id) as uow:
            await uow.connections.save(ZONE, SEALED, defaults=None, by=ADMIN, at=now)
            for standing in STANDING:
                await uow.schedules.add_if_missing(standing.made(tenant.id, "UTC", now))
            await fill(uow, now)
        yield opened


async def fill(uow: UnitOfWork, now) -> None:
    before = now - timedelta(hours=2)
    run = await uow.syncs.start("contracts", "schedule", "", before - timedelta(seconds=12), key="r1")
    lines = [succeeded(SyncType.CONTRACT, Operation.CREATE, f"Created contract {n}") for n in range(14)]
    await uow.sync_logs.add(run, lines, before)
    await uow.syncs.finish(run, SyncState.SUCCEEDED, SyncCounts(3, 5, 1_200), at=before)
    for name, state in (("time", SyncState.FAILED), ("invoices", SyncState.RETRYING)):
        run = await uow.syncs.start(name, "schedule", "", before, key=name)
        await uow.syncs.finish(run, state, None, error="AT-301 AutotaskUnavailable", at=before)
    line = LogEntry(SyncType.TIME_ENTRY, Operation.ERROR, LogStatus.ERROR, "No <answer>", code="AT-301")
    await uow.sync_logs.add(run, [line], before + timedelta(minutes=1))
    await uow.api_usage.note("web", ApiUsage(1_200, 10_000, 10, now - timedelta(minutes=3)))
    await uow.api_usage.note("worker", ApiUsage(1_240, 10_000, 300, now - timedelta(minutes=2)))


async def test_home_says_first_whether_it_worked_and_leads_on(office: Office):
    began = time.perf_counter()
    office.people.open_home(VIEWER)
    view = await office.people.wait_for_home(VIEWER, "Sync status")
    assert time.perf_counter() - began < 5
    said = words(view)
    for part in ("Last Sync", "Total Syncs", "Successful", "Failed", "No <answer>", "AT-301", "View logs",
                 "API 1,240/10,000 · us 310", "Configuration"):  # fmt: skip
        assert part in said, part
    assert said.index("Sync status") < said.index("Everything")
    assert said.count("Created contract") == 1  # one line for the fourteen
    assert "\u00d7 14" in said
    assert len(view.body["blocks"]) < 60
    await office.people.click(VIEWER, HOME, "run:logs")
    assert "15 entries" in words(await office.people.wait_for_modal(VIEWER, "Deskhand"))


async def test_the_log_opens_over_home_and_pages_and_filters_there(office: Office):
    office.people.open_home(FULL_MEMBER)
    await office.people.wait_for_home(FULL_MEMBER, "Sync status")
    await office.people.click(FULL_MEMBER, HOME, "logs_show:failed")
    view = await office.people.wait_for_modal(FULL_MEMBER, "Deskhand")
    assert "1 entry" in words(view)
    place = {"type": "view", "view_id": view.id}
    await office.people.click(FULL_MEMBER, place, "logs_filter")
    await office.people.wait_for_modal(FULL_MEMBER, "Filter the log")
    assert (await office.people.submit(FULL_MEMBER, {"words": "contract 1"})).ok

    def redrawn():
        top = office.people.modal(FULL_MEMBER)
        return top if top and "Nothing in the log" in words(top) else None

    assert "containing “contract 1”" in words(await office.people.until(redrawn, "the filtered log"))


async def test_the_status_of_all_syncs_and_of_one(office: Office):
    page = await office.answer(ADMIN, "/autotask status", "Sync Type Breakdown")
    said = words(page)
    for part in ("Contracts", "succeeded", "12.0 s", "+3 new, ~5 changed", "failed", "AT-301", "retrying",
                 "Companies", "never run", "Retry time", "API 1,240/10,000", "Next:"):  # fmt: skip
        assert part in said, part
    await office.people.click(ADMIN, on(page), "status_period:today")
    await office.people.wait_for(ADMIN, DESK, "Sync Type Breakdown")
    assert "14" in words(await office.answer(VIEWER, "/autotask status contracts", "Sync status: contracts"))
    said = words(await office.answer(VIEWER, "/autotask status invoices", "How often"))
    assert "not supported" in said
    assert "Deposits" in said
    assert not re.search("Invoice PDFs.{0,60}(never|:)", said), "no run brings PDFs"
    assert "Sync now" not in said


async def test_how_long_the_log_is_kept_is_chosen_and_taken_back(office: Office):
    await office.people.type_command(ADMIN, DESK, "/autotask settings")
    view = await office.people.wait_for_modal(ADMIN, "Settings")
    select = next(b["accessory"] for b in view.body["blocks"] if b["block_id"].startswith(RETENTION))
    assert select["initial_option"]["value"] == "90"
    chosen = {"selected_option": next(each for each in select["options"] if each["value"] == "30")}
    await office.people.choose(ADMIN, inside(view), "settings_kept", chosen, block_id=f"{RETENTION}:90")
    saved = await office.people.wait_for(ADMIN, DESK, "The sync log is kept for")
    assert "30 days" in words(saved)
    await office.people.click(ADMIN, on(saved), "settings_undo")
    await office.people.wait_for(ADMIN, DESK, "Taken back")
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        assert (await uow.settings.preferences())[RETENTION].value == "90"
