"""Removing the connection in the browser, and connecting again from scratch."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from sandbox.slack.seed import FULL_MEMBER
from tests.browser.deskhand import (
    PATIENCE,
    Demo,
    Member,
    choose_defaults,
    connected_by_dana,
    enter,
    running_demo,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running_demo(tmp_path / "demo") as running:
        connected_by_dana(running)
        yield running


async def test_the_typed_name_removes_everything_and_connecting_again_starts_from_scratch(demo, open_page):
    dana = Member(await open_page(demo.address()))
    await dana.command("/autotask settings")
    await dana.shown("Settings")
    await dana.press("Remove connection…")
    await dana.shown("Remove connection")
    await dana.reads("1 mapping of an organization to its company")
    await type_name(dana, "northwind")
    await expect(dana.dialog.locator(".field-error")).to_contain_text("Type Northwind IT", timeout=PATIENCE)
    await type_name(dana, "Northwind IT")
    await dana.nothing_is_open()
    await dana.sees("Nothing is sent to Autotask any more")
    await dana.page.get_by_role("link", name="Deskhand").click()
    await dana.page.get_by_role("tab", name="Messages").click()
    await dana.sees("The connection to Autotask is removed")

    marcus = Member(await open_page(demo.address(FULL_MEMBER)))
    await marcus.command("/autotask ticket", expecting="not connected")
    await marcus.nothing_is_open()

    await dana.press("Connect again")
    await dana.sees("Step 1 of 3")
    await dana.press("Enter the three values")
    form = await dana.shown("Connect Autotask")
    await expect(form.get_by_label("Username (key)")).to_have_value("")
    await enter(dana, demo)
    await dana.reads("Logged in")
    await expect(dana.dialog.get_by_label("Queue for new tickets")).to_have_value("")
    await choose_defaults(dana)
    listed = await marcus.command("/autotask map", expecting="Harbourside")
    await expect(listed).to_contain_text("1 not mapped")


async def type_name(dana: Member, name: str) -> None:
    await dana.dialog.get_by_label("Type the workspace's name to confirm").fill(name)
    await dana.press("Remove")
