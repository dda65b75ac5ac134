"""Syncs at the page: how they stand, and one that is started by hand."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.deskhand import PATIENCE, Demo, Member, connected_by_dana, running_demo

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("syncs") / "demo") as running:
        connected_by_dana(running)
        yield running


async def test_the_status_is_there_after_connecting_and_a_sync_is_one_message_until_it_is_done(
    demo: Demo, open_page: OpenPage
):
    dana = Member(await open_page(demo.address(place="app/messages")))
    first = dana.message("Opportunities:")
    await expect(first).to_contain_text("Synced from Autotask", timeout=PATIENCE)
    await dana.page.goto(demo.address())
    status = await dana.command("/autotask status", expecting="Sync Type Breakdown")
    for words in ("Last Sync", "Total Syncs", "Successful", "Failed", "Time entries", "As of"):
        await expect(status).to_contain_text(words)
    await dana.command("/autotask sync opportunities", expecting="sync has been queued")
    done = dana.message("Synced from Autotask")
    await expect(done).to_contain_text("Opportunities:", timeout=PATIENCE)
    await expect(done).to_contain_text("(edited)")
    await expect(done).to_contain_text("1 reply", timeout=PATIENCE)
    messages = dana.page.get_by_role("article")
    await expect(messages.filter(has_text="Syncing opportunities")).to_have_count(0)
    one = await dana.command("/autotask status opportunities", expecting="Sync status: opportunities")
    await expect(one).to_contain_text("succeeded")
    await one.get_by_role("button", name="View logs").click()
    await expect(messages.filter(has_text="type opportunity")).to_be_visible(timeout=PATIENCE)
