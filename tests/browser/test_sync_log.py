"""The sync log at the page: words, filters that stay, an entry in full, and the file of what is filtered."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from bot.domain.context import Role
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from sandbox.slack.seed import ADMIN
from tests.browser.conftest import OpenPage
from tests.browser.deskhand import DESK, PATIENCE, Member
from tests.integration.slack_world import Office, opened_office

pytestmark = pytest.mark.browser

HEADER = ["ID", "Sync Type", "Operation", "Status", "Message", "Duration (ms)", "Created At"]


def entry(number: int) -> LogEntry:
    """Every second is an error of contracts, the others are of time entries and went well."""
    is_error = number % 2 == 1
    return LogEntry(
        SyncType.CONTRACT if is_error else SyncType.TIME_ENTRY,
        Operation.CREATE,
        LogStatus.ERROR if is_error else LogStatus.SUCCESS,
        f"Entry <{number}> of *Söhne*",
        details={"name": f"Ünit {number}"},
        record_id=7_000 + number,
    )


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url, runs="all") as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        tenant, now = await opened.tenant(), opened.bot.tools.clock.now()
        async with opened.bot.database.unit(tenant.id) as uow:
            run = await uow.syncs.start("contracts", "manual", ADMIN, now, key="r1")
            for number in range(50):
                await uow.sync_logs.add(run, [entry(number)], now - timedelta(minutes=50 - number))
        yield opened


def listed(dana: Member, words: str) -> Locator:
    return dana.page.get_by_role("article").filter(has_text=words)


async def test_the_log_is_narrowed_by_words_and_a_form_and_turned_with_its_filter(
    office: Office, open_page: OpenPage
):
    dana = Member(await open_page(f"{office.slack.url}#/{ADMIN}/{DESK}"))
    await dana.command("/autotask logs contracts errors", expecting="25 entries")
    await dana.press("Filter")
    form = await dana.shown("Filter the log")
    await form.get_by_label("Words").fill("söhne")
    await form.get_by_label("Per Page").click()
    await dana.page.get_by_role("option", name="10", exact=True).click()
    await dana.press("Apply Filters")
    await dana.nothing_is_open()
    await expect(listed(dana, "25 entries · page 1 of 3")).to_be_visible(timeout=PATIENCE)
    await dana.page.get_by_role("button", name=re.compile("^Next")).last.click()
    page = listed(dana, "25 entries · page 2 of 3")
    await expect(page).to_contain_text("containing “söhne”", timeout=PATIENCE)
    await expect(page).to_contain_text("Entry <29> of *Söhne*")
    await expect(page).not_to_contain_text("Entry <28>")
    await page.get_by_role("combobox").click()
    await dana.page.get_by_role("option").first.click()
    await dana.shown("Log entry")
    await dana.reads("Ünit 29")
    await dana.press("Download .json")
    await dana.reads("is in your conversation with Deskhand")
    await dana.close_everything()
    file = await sent(office, dana, "Log entry #")
    await file.get_by_role("button", name="Preview").click()
    await expect(dana.dialog).to_contain_text('"record_id": 7029')


async def test_the_filtered_log_arrives_as_a_file_with_its_name_and_header(
    office: Office, open_page: OpenPage
):
    dana = Member(await open_page(f"{office.slack.url}#/{ADMIN}/{DESK}"))
    await dana.command("/autotask logs contracts", expecting="25 entries")
    await dana.press("CSV")
    await dana.sees("The file is being written")
    file = await sent(office, dana, "Sync log")
    async with dana.page.expect_download() as arriving:
        await file.get_by_role("link", name=re.compile("Download")).click()
    name = (await arriving.value).suggested_filename
    assert re.fullmatch(r"autotask_logs_T0NORTHWD_\d{8}_\d{6}\.csv", name)
    await file.get_by_role("button", name="Preview").click()
    table = dana.dialog.get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(HEADER)
    await expect(table.get_by_role("row")).to_have_count(1 + 25)


async def sent(office: Office, dana: Member, words: str) -> Locator:
    """The file in Dana's own conversation with Deskhand."""
    await dana.page.goto(f"{office.slack.url}#/{ADMIN}/app/messages")
    file = listed(dana, words).filter(has=dana.page.get_by_role("button", name="Preview")).last
    await expect(file).to_be_visible(timeout=PATIENCE)
    return file
