"""A Chromium for tests that drive a page. `open_page` makes pages; what a page complains about fails the test."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, async_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Where Chromium is. Without one the test is skipped with its reason, but fails where CI is set."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    reason = "no Chromium on this machine (Debian and Ubuntu: apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium_path()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield running
        await running.close()


@dataclass
class OpenPage:
    """`await open_page(url)` is a page of its own, with its own storage; `complaints` collects script errors."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def __call__(self, url: str, *, dark: bool = False, width: int = 1280, height: int = 820) -> Page:
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(url)
        return page


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens pages: `page = await open_page(url, dark=True, width=390, height=844)`."""
    opener = OpenPage(browser)
    yield opener
    assert opener.complaints == []


@pytest.fixture
async def page(open_page: OpenPage) -> Page:
    """One empty page of desktop size."""
    return await open_page("about:blank")
