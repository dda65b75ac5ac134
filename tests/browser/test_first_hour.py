"""The first hour with Deskhand, in the browser: from an empty workspace to a ticket found in Autotask."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[dict]:
    """``make demo`` as a process of its own, with its own folder; its line of JSON."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "demo", "--port", "0", "--folder", str(tmp_path / "demo"),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(READY_WITHIN):
        line = await process.stdout.readline()
    yield json.loads(line)
    process.terminate()
    async with asyncio.timeout(20):
        assert await process.wait() == 0


class Member:
    """Somebody at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def command(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Message #service-desk")
        await box.fill(text)
        await box.press("Enter")

    async def press(self, name: str, *, first: bool = False) -> None:
        found = self.page.get_by_role("button", name=name, exact=True)
        await (found.first if first else found.last).click()

    async def choose(self, label: str, typed: str) -> str:
        """Types into a type-ahead and takes its first answer that contains the text."""
        await self.page.get_by_label(label).click()
        await self.page.keyboard.type(typed)
        option = self.page.get_by_role("option").filter(has_text=re.compile(typed, re.IGNORECASE)).first
        chosen = (await option.inner_text()).splitlines()[0]
        await option.click()
        return chosen

    def dialog(self, title: str):
        return self.page.get_by_role("dialog", name=re.compile(title))


async def test_from_an_empty_workspace_to_a_ticket_found_in_autotask(demo, open_page):
    page = await open_page(f"{demo['page']}#/U0DANA0001/C0SERVICE")
    dana = Member(page)
    await become_admin_and_connect(dana, demo["autotask"]["credentials"])
    company = await map_an_organization(dana)
    await answer_a_question(dana)
    await raise_a_ticket(dana)
    card = page.get_by_role("article").filter(has_text="View in Autotask").last
    await expect(card).to_contain_text(re.compile(r"T\d{8}\.\d{4}"))
    async with page.context.expect_page() as opened:
        await (
            card.get_by_role("link", name="View in Autotask")
            .or_(card.get_by_role("button", name="View in Autotask"))
            .first.click()
        )
    record = await opened.value
    await expect(record.locator("body")).to_contain_text("multi-factor authentication")
    await expect(record.locator("body")).to_contain_text(company)


async def become_admin_and_connect(dana: Member, given: dict) -> None:
    await dana.command("/autotask")
    await dana.press("Become the first Admin")
    await dana.press("Connect Autotask")
    await dana.press("Enter the three values")
    form = dana.dialog("Connect Autotask")
    await form.get_by_label("Username (key)").fill(given["username"])
    await form.get_by_label("Password (secret)").fill("not-the-secret")
    await form.get_by_label("API tracking identifier").fill(given["tracking_id"])
    await dana.press("Check")
    await expect(form).to_contain_text("the secret is wrong")
    await form.get_by_label("Password (secret)").fill(given["secret"])
    await dana.press("Check")
    await expect(form).to_contain_text("Logged in")
    await dana.choose("Queue for new tickets", "serv")
    await form.get_by_label("On: create tickets in Autotask").check()
    await dana.press("Connect")
    await expect(form).to_contain_text("Autotask is connected")
    await dana.press("Done")


async def map_an_organization(dana: Member) -> str:
    await dana.press("Map organizations")
    await dana.press("New organization")
    form = dana.dialog("New organization")
    await form.get_by_label("Organization").fill("Our best client & friends")
    company = await dana.choose("Autotask company", "falconer")
    await dana.press("Save")
    done = dana.page.get_by_role("article").filter(has_text="is mapped to").last
    await expect(done).to_contain_text("Our best client & friends")
    await expect(done).to_contain_text(company)
    return company


async def answer_a_question(dana: Member) -> None:
    await dana.press("Start a review")
    form = dana.dialog("Start a review")
    await expect(form.get_by_label("Organization")).to_have_value("Our best client & friends")
    await dana.press("Start")
    await dana.press("Answer", first=True)
    category = dana.dialog("Identity and access")
    await category.get_by_role("combobox").first.click()
    await dana.page.get_by_role("option", name="Misaligned").click()
    await expect(category).to_contain_text("1 of 4")


async def raise_a_ticket(dana: Member) -> None:
    await dana.press("Raise a ticket", first=True)
    form = dana.dialog("Raise a ticket")
    await expect(form.get_by_label("Summary")).to_have_value(re.compile("multi-factor"))
    await dana.press("Create ticket")
    await expect(form).to_contain_text("Saved.")
    await dana.press("Done")
    category = dana.dialog("Identity and access")
    await expect(category).to_contain_text("being created")
    await category.get_by_role("button", name="Close").click()
