"""The first hour with Deskhand, in the browser: from an empty workspace to a ticket found in Autotask."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.deskhand import (
    PATIENCE,
    Demo,
    Member,
    answer_first,
    choose_defaults,
    claim,
    enter,
    map_new,
    running_demo,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running_demo(tmp_path / "demo") as running:
        yield running


async def test_from_an_empty_workspace_to_a_ticket_found_in_autotask(demo, open_page):
    dana = Member(await open_page(demo.address()))
    await claim(dana)
    await dana.press("Connect Autotask")
    await dana.sees("Step 1 of 3")
    await dana.press("Enter the three values")
    await dana.shown("Connect Autotask")
    await enter(dana, demo)
    await choose_defaults(dana)
    await dana.press("Map organizations")
    await dana.sees("No organizations yet")
    company = await map_new(dana, "Our best client & friends", "falconer")
    await dana.press("Start a review")
    form = await dana.shown("Start a review")
    await expect(form.get_by_label("Organization")).to_have_value("Our best client & friends")
    await dana.press("Start")
    await answer_first(dana)
    await raise_a_ticket(dana)
    await found_in_autotask(dana, company)


async def raise_a_ticket(dana: Member) -> None:
    await dana.press("Raise a ticket", first=True)
    form = await dana.shown("Raise a ticket")
    await expect(form.get_by_label("Summary")).to_have_value(re.compile("multi-factor"))
    await dana.press("Create ticket")
    await dana.reads("Saved.")
    await dana.press("Done")
    category = await dana.shown("Identity and access")
    await category.get_by_role("button", name="Close").click()


async def found_in_autotask(dana: Member, company: str) -> None:
    card = dana.message("View in Autotask")
    await expect(card).to_contain_text(re.compile(r"T\d{8}\.\d{4}"), timeout=PATIENCE)
    async with dana.page.context.expect_page() as opened:
        await card.get_by_role("link", name="View in Autotask").click()
    record = await opened.value
    await expect(record.locator("body")).to_contain_text("multi-factor authentication")
    await expect(record.locator("body")).to_contain_text(company)
