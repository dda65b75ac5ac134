"""One problem is one message: a sync that fails, from its first failure to its recovery, at the page."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect

from bot.app import performer
from bot.errors import BotError
from bot.jobs import Attempt, RunSync
from sandbox.autotask.faults import Fault
from sandbox.slack.seed import ADMIN
from tests.browser.conftest import OpenPage
from tests.browser.deskhand import DESK, PATIENCE, Member
from tests.factories import FrozenClock
from tests.world import World, world

pytestmark = pytest.mark.browser

TITLE = "The sync of contracts failed"


@dataclass(frozen=True)
class Desk:
    office: World
    clock: FrozenClock

    async def last_attempt(self, key: str) -> None:
        """Of a scheduled run, so that nobody waits for those before it."""
        job = RunSync(tenant_id=self.office.tenant.id, groups=("contracts",), run_key=key)
        with suppress(BotError):
            await performer(self.office.bot)(job, Attempt(6, is_last=True, holder="test"))

    def contracts_answer(self, status: int) -> None:
        self.office.autotask.control.sandbox.faults.clear()
        self.office.autotask.control.plan(Fault("fail", "Contracts", count=10_000, status=status))


@pytest.fixture
async def desk(database_url: str, tmp_path) -> AsyncIterator[Desk]:
    clock = FrozenClock()
    async with world(database_url, tmp_path, role="all", clock=clock) as office:
        await office.connected()
        await office.slack.wait_connected()
        yield Desk(office, clock)


async def test_a_failing_sync_is_acknowledged_snoozed_retried_and_recovers_in_its_one_message(
    desk: Desk, open_page: OpenPage
):
    dana = Member(await open_page(f"{desk.office.slack.url}#/{ADMIN}/{DESK}"))
    await subscribe(dana)
    desk.contracts_answer(503)
    await desk.last_attempt("one")
    card = dana.message(TITLE)
    await says(card, "Error", "Seen once", "AT-301")
    await card.get_by_role("button", name="Acknowledge").click()
    await says(card, "Acknowledged by @Dana Whitfield")

    desk.clock.advance(minutes=20)
    desk.contracts_answer(500)
    await desk.last_attempt("two")
    await says(card, "Seen 2 times")
    await card.get_by_role("combobox", name="Snooze").click()
    await dana.page.get_by_role("option").first.click()
    await says(card, "Snoozed by @Dana Whitfield until")

    desk.office.autotask.control.sandbox.faults.clear()
    await card.get_by_role("button", name="Retry").click()
    await says(card, "Recovered after 20 min, seen 2 times")
    await expect(card.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await expect(dana.page.get_by_role("article").filter(has_text=TITLE)).to_have_count(1)
    await dana.command("/autotask alerts", expecting="Nothing is wrong that Deskhand knows of")


async def subscribe(dana: Member) -> None:
    """This channel hears of syncs from now on."""
    await dana.command("/autotask alerts channels")
    await dana.shown("Alert channels")
    await dana.press("Add a channel")
    form = await dana.shown("Who is told of what")
    await dana.choose("Channel", "service-desk")
    await form.get_by_label("Syncs").check()
    await dana.press("Save")
    await dana.shown("Alert channels")
    await dana.close_everything()
    await dana.sees("This is a test: alerts arrive here.")


async def says(card: Locator, *wanted: str) -> None:
    for words in wanted:
        await expect(card).to_contain_text(words, timeout=PATIENCE)
