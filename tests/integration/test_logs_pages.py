"""The sync log as people read it: typed words, pages, filters, details, files; rows of one office for all."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app import performer
from bot.domain.context import Role
from bot.domain.groups import Member
from bot.domain.organizations import Company
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from bot.jobs import Attempt, ExportLogs
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.integration.slack_world import DESK, Office, opened_office, words

STATUSES = (LogStatus.SUCCESS, LogStatus.WARNING, LogStatus.ERROR, LogStatus.SKIP)
FORMULA = "=cmd|' /C calc'!A0"


def entry(number: int) -> LogEntry:
    """Every fourth is an error; odd ones are of contracts; every tenth is of a client that Marcus does not see."""
    return LogEntry(
        SyncType.CONTRACT if number % 2 else SyncType.TIME_ENTRY,
        Operation.CREATE,
        STATUSES[number % 4],
        FORMULA if number == 5 else f"Created Ünit <{number}> & *Söhne*",
        duration_ms=40 + number * 10,
        details={"secret": "hunter2", "name": f"Ünit {number}", "reasons": ["x" * 4_000]},
        code="AT-401" if number % 4 == 2 else "",
        record_id=7_000 + number,
        organization_id=2 if number % 10 == 0 else 1,
    )


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Sixty lines, one each hour; Marcus sees the first client alone."""
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        await opened.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
        tenant, now = await opened.tenant(), opened.bot.tools.clock.now()
        async with opened.bot.database.unit(tenant.id) as uow:
            for number, name in enumerate(("Wombat", "Quokka"), start=1):
                await uow.companies.upsert([Company(number, name, is_active=True)], now)
                await uow.organizations.add(f"{name} zoo", ADMIN, now)
            group = await uow.groups.add("Wombats", ADMIN, now)
            await uow.groups.put(group, [1])
            await uow.groups.join(group, [Member(FULL_MEMBER)])
            run = await uow.syncs.start("contracts", "manual", ADMIN, now, key="r1")
            for number in range(60):
                await uow.sync_logs.add(run, [entry(number)], now - timedelta(hours=60 - number))
        yield opened


async def test_the_log_is_paged_and_a_filter_survives_every_page(office: Office):
    page = await office.answer(ADMIN, "/autotask logs", "60 entries · page 1 of 3")
    assert "Duration (ms)" in words(page)
    assert "Created Ünit <59> & *Söhne*" in words(page)
    assert "🐢 slow" in words(page)
    for step, says in (("next", "2 of 3"), ("last", "3 of 3"), ("back", "2 of 3"), ("first", "1 of 3")):
        await office.people.click(ADMIN, on(page), f"logs_page:{step}")
        page = await office.people.wait_for(ADMIN, DESK, f"60 entries · page {says}")
    page = await office.answer(ADMIN, "/autotask logs contracts", "30 entries · page 1 of 2")
    await office.people.click(ADMIN, on(page), "logs_size:10")
    page = await office.people.wait_for(ADMIN, DESK, "30 entries · page 1 of 3")
    await office.people.click(ADMIN, on(page), "logs_page:last")
    page = await office.people.wait_for(ADMIN, DESK, "30 entries · page 3 of 3")
    assert "type contract" in words(page)
    assert "<1>" in words(page)
    assert "Time entry" not in words(page)


async def test_words_presets_and_the_form_narrow_the_log(office: Office):
    page = await office.answer(ADMIN, "/autotask logs erors", "Nothing in the log")
    await office.people.click(ADMIN, on(page), "run:logs:errors")
    page = await office.people.wait_for(ADMIN, DESK, "15 entries")
    assert "❌ Error" in words(page)
    assert "AT-401" in words(page)
    await office.people.click(ADMIN, on(page), "logs_show:2")
    page = await office.people.wait_for(ADMIN, DESK, "24 entries")
    await office.people.click(ADMIN, on(page), "logs_filter")
    form = await office.people.wait_for_modal(ADMIN, "Filter the log")
    refused = await office.people.submit(ADMIN, {"first": "2026-11-21", "last": "2026-11-20"})
    assert "before the start" in str(refused)
    found = await office.people.suggest(ADMIN, inside(form), "logs_organization", "quo")
    filled = {"first": None, "last": None, "organization": found.options[0], "words": "söhne"}
    assert (await office.people.submit(ADMIN, filled)).ok
    page = await office.people.wait_for(ADMIN, DESK, "6 entries")
    assert "of Quokka zoo" in words(page)
    assert await office.answer(ADMIN, "/autotask logs warnings resources", "Good news: no warnings")
    assert await office.answer(ADMIN, "/autotask logs organization nobody", "There is no organization")


async def test_an_entry_is_shown_in_full_without_a_secret_and_taken_along(office: Office):
    page = await office.answer(ADMIN, "/autotask logs 7007", "1 entry")
    option = next(
        each["elements"][0]["options"][0] for each in page.blocks if each.get("block_id") == "logs_view"
    )
    await office.people.choose(ADMIN, on(page), "logs_details", {"selected_option": option})
    view = await office.people.wait_for_modal(ADMIN, "Log entry")
    assert "7007" in words(view)
    assert "Ünit 7" in words(view)
    assert "hunter2" not in str(view.body)
    await office.people.click(ADMIN, inside(view), "logs_download")
    await office.people.wait_for_modal(ADMIN, "Deskhand")
    (file,) = office.slack.workspace.files.values()
    assert b"hunter2" not in file.content
    assert b'"record_id": 7007' in file.content


async def exported(office: Office, job: ExportLogs) -> tuple[str, list[list[str]]]:
    before = set(office.slack.workspace.files)
    await performer(office.bot)(job, Attempt(1, is_last=True, holder="test"))
    (new,) = set(office.slack.workspace.files) - before
    file = office.slack.workspace.files[new]
    return file.name, list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_the_file_has_the_filtered_rows_that_its_reader_sees_and_no_formula(office: Office):
    page = await office.answer(ADMIN, "/autotask logs contracts", "30 entries")
    await office.people.click(ADMIN, on(page), "logs_export")
    await office.people.wait_for(ADMIN, DESK, "The file is being written")
    tenant, now = await office.tenant(), office.bot.tools.clock.now()
    job = ExportLogs(tenant_id=tenant.id, user_id=ADMIN, run_key="r1", until=now, filter="t=contract")
    name, rows = await exported(office, job)
    assert name == f"autotask_logs_{tenant.team_id}_{now:%Y%m%d_%H%M%S}.csv"
    assert rows[0] == ["ID", "Sync Type", "Operation", "Status", "Message", "Duration (ms)", "Created At"]
    assert len(rows) == 31
    assert {row[1] for row in rows[1:]} == {"contract"}
    assert next(row[4] for row in rows if "cmd" in row[4]) == f"'{FORMULA}"
    own = job.model_copy(update={"user_id": FULL_MEMBER, "run_key": "r2", "filter": ""})
    _, rows = await exported(office, own)
    assert len(rows) == 1 + 54


async def test_who_sees_one_client_sees_that_ones_lines_alone(office: Office):
    page = await office.answer(FULL_MEMBER, "/autotask logs", "54 entries")
    assert "<50>" not in words(page)
    assert await office.answer(FULL_MEMBER, "/autotask logs organization quokka", "There is no organization")
    await office.people.click(FULL_MEMBER, on(page), "logs_share")
    shared = await office.people.wait_for(VIEWER, DESK, "54 entries")
    assert "logs_filter" not in str(shared.blocks)
    assert "logs_page:next" not in str(shared.blocks)
