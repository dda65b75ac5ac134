"""Digests and schedules at the page: chosen by those who read them."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from sandbox.slack.seed import ADMIN
from tests.browser.conftest import OpenPage
from tests.browser.deskhand import PATIENCE, Demo, Member, connected_by_dana, running_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("digests") / "demo") as running:
        connected_by_dana(running)
        yield running


async def test_a_digest_is_read_and_its_settings_are_changed(demo: Demo, open_page: OpenPage):
    dana = Member(await open_page(demo.address(ADMIN)))
    await dana.command("/autotask digest", expecting="Daily digest")
    await dana.press("When and where")
    await dana.shown("Digests")
    await dana.reads("Sent daily and weekly on Monday")
    await dana.press("Change", first=True)
    form = await dana.shown("My digest")
    await form.get_by_label("Every week").uncheck()
    await dana.press("Save")
    await dana.shown("Digests")
    await dana.reads("Sent daily at 08:00")
    await dana.close_everything()
    await dana.command("/autotask schedules")
    await dana.shown("Schedules")
    await dana.reads("Contracts, then time entries: every day at 02:00")
    await dana.close_everything()
    week = await dana.command("/autotask digest week", expecting="Weekly digest")
    await expect(week).to_contain_text("Autotask connected", timeout=PATIENCE)
