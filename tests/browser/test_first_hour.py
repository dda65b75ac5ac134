"""The first hour with Deskhand, in the browser: from an empty workspace to a ticket found in Autotask."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.deskhand import (
    CREDENTIALS,
    PATIENCE,
    Demo,
    Member,
    answer_first,
    choose_defaults,
    claim,
    enter,
    running_demo,
)
from tests.factories import until

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running_demo(tmp_path / "demo") as running:
        yield running


async def test_from_an_empty_workspace_to_a_completed_review_whose_ticket_is_in_autotask(demo, open_page):
    """The whole way as Admin, every step by the button that the step before offers."""
    dana = Member(await open_page(demo.address()))
    await claim(dana)
    await dana.press("Connect Autotask")
    await dana.sees("Step 1 of 3")
    await dana.press("Enter the three values")
    await wrong_values_of_each_kind(dana, demo)
    await enter(dana, demo)
    await choose_defaults(dana)
    await dana.command("/autotask connect", expecting="Update credentials")
    await dana.press("Verify permissions")
    await dana.sees("All permissions are in place")
    await dana.command("/autotask connect", expecting="Update credentials")
    await dana.press("Verify permissions")
    await dana.sees("All permissions are in place")
    company = await organization_from_autotask(dana)
    await review_with_a_ticket(dana)
    await answer_first(dana)
    await raise_a_ticket(dana)
    number = await card_of_the_ticket(dana, "Is multi-factor")
    await found_in_autotask(dana, "Is multi-factor", number, company)
    of_the_review = await card_of_the_ticket(dana, "New Review")
    await complete(dana)
    await noted_in_autotask(demo, of_the_review)


async def wrong_values_of_each_kind(dana: Member, demo: Demo) -> None:
    """Each is told at its field; the other fields keep what was typed."""
    wrong = (
        ("username", "nobody@sandbox.example", "Autotask does not know this username"),
        ("username", demo.secret, "This looks like the secret"),
        ("secret", "not-the-secret", "the secret is wrong, or the API user is inactive or locked"),
        ("tracking_id", "DESKHANDSANDBOX0000000000009", "does not accept this tracking identifier"),
        ("tracking_id", "DESKHAND SANDBOX 0000000000001", "has no spaces"),
    )
    right = {"username": demo.username, "secret": demo.secret, "tracking_id": demo.tracking_id}
    form = await dana.shown("Connect Autotask")
    for field, value, words in wrong:
        await enter(dana, demo, **{field: value})
        await expect(form.locator(".field-error")).to_contain_text(words, timeout=PATIENCE)
        await expect(form.get_by_label(CREDENTIALS[field])).to_have_attribute("aria-invalid", "true")
        await expect(form.locator("[aria-invalid=true]")).to_have_count(1)
        for name, typed in {**right, field: value}.items():
            await expect(form.get_by_label(CREDENTIALS[name])).to_have_value(typed)


async def organization_from_autotask(dana: Member) -> str:
    await dana.press("Map organizations")
    await dana.sees("No organizations yet")
    await dana.press("From Autotask companies")
    await dana.shown("From Autotask")
    company = await dana.choose("Autotask companies", "falconer")
    await dana.page.keyboard.press("Tab")
    await dana.press("Create")
    await dana.sees("created and mapped")
    return company


async def review_with_a_ticket(dana: Member) -> None:
    await dana.command("/autotask review falconer")
    form = await dana.shown("Start a review")
    await form.get_by_label("Governance and people").uncheck()
    await form.get_by_label("Create Ticket in Autotask").check()
    await expect(form.get_by_label("Summary")).to_have_value(re.compile("New Review"), timeout=PATIENCE)
    await dana.press("Start")
    await expect(dana.dialog).to_contain_text("0 of 21 answered", timeout=PATIENCE)
    await expect(dana.dialog).not_to_contain_text("Governance and people")


async def raise_a_ticket(dana: Member) -> None:
    await dana.press("Raise a ticket", first=True)
    form = await dana.shown("Raise a ticket")
    await expect(form.get_by_label("Summary")).to_have_value(re.compile("multi-factor"))
    await dana.press("Create ticket")
    await dana.reads("Saved.")
    await dana.press("Done")
    category = await dana.shown("Identity and access")
    await category.get_by_role("button", name="Close").click()
    await dana.nothing_is_open()


async def card_of_the_ticket(dana: Member, title: str) -> str:
    """Its number, once the card in the channel has it."""
    headline = dana.page.get_by_text(re.compile(rf"T\d{{8}}\.\d{{4}} · {title}"))
    await expect(headline).to_be_visible(timeout=PATIENCE)
    found = re.search(r"T\d{8}\.\d{4}", await headline.inner_text())
    assert found
    return found[0]


async def found_in_autotask(dana: Member, title: str, number: str, company: str) -> None:
    card = dana.message(f"{number} · {title}")
    async with dana.page.context.expect_page() as opened:
        await card.get_by_role("link", name="View in Autotask").click()
    record = await opened.value
    for words in (number, company, "multi-factor authentication"):
        await expect(record.locator("body")).to_contain_text(words)
    await record.close()


async def complete(dana: Member) -> None:
    await dana.message("1 of 21 answered").get_by_role("button", name="Answer questions").click()
    await dana.shown("Review")
    await dana.press("Complete review")
    await dana.press("Complete")
    await dana.reads("completed by")
    await dana.page.keyboard.press("Escape")
    await dana.sees("Completed")


async def noted_in_autotask(demo: Demo, number: str) -> None:
    """The review's own ticket says how long it was open and what came out."""
    async with httpx.AsyncClient(base_url=demo.autotask, trust_env=False) as client:

        async def noted() -> str:
            [ticket] = (await client.get("_sandbox/entities/Tickets", params={"ticketNumber": number})).json()
            notes = await client.get("_sandbox/entities/TicketNotes", params={"ticketID": ticket["id"]})
            return "".join(f"{each['title']}\n{each['description']}" for each in notes.json())

        text = await until(noted)
    assert "1 of 21" in text
    assert "misaligned" in text
