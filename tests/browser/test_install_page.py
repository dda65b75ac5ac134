"""Somebody adds Deskhand to a workspace in a real browser: our page, Slack's consent, our page again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from sandbox.slack.harbor import OWNER
from sandbox.slack.server import serve
from tests.integration.installing import HARBOR, Hosting, hosting, hosting_settings
from tests.integration.slack_world import MANIFEST

pytestmark = pytest.mark.browser


@pytest.fixture
async def host(database_url, tmp_path) -> AsyncIterator[Hosting]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(serve(manifest=MANIFEST))
        settings = hosting_settings(slack, database_url, tmp_path)
        yield await stack.enter_async_context(hosting(slack, settings, role="web"))


@pytest.mark.parametrize("dark", [False, True])
async def test_from_the_install_page_through_consent_to_the_next_steps(host: Hosting, open_page, dark: bool):
    """The page's own rules (CSP, cookie, where the form may lead) must let the way through."""
    page = await open_page(f"{host.url}/slack/install", dark=dark, width=760, height=1200)
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(15, 23, 26)" if dark else "rgb(244, 247, 248)")
    await page.get_by_role("button", name="Add to Slack").click()
    await page.locator("select#member").select_option(OWNER)
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", name="Deskhand is in Harbor IT")).to_be_visible()
    await expect(page.get_by_role("link", name="Open Slack")).to_have_attribute(
        "href", f"slack://app?id=A0DESKHAND&tab=home&team={HARBOR}"
    )
    await page.reload()
    await expect(page.get_by_role("heading", name="That did not work")).to_be_visible()


async def test_who_cancels_can_start_again(host: Hosting, open_page):
    page = await open_page(f"{host.url}/slack/install", width=390, height=844)
    await page.get_by_role("button", name="Add to Slack").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("heading", name="Nothing was installed")).to_be_visible()
    await page.get_by_role("link", name="Start again").click()
    await expect(page.get_by_role("button", name="Add to Slack")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
