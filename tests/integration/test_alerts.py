"""Alerts as people meet them: who subscribes, one message from first failure to recovery, retries, pauses, news."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from bot.app import performer
from bot.domain.alerts import Subscription
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.errors import BotError
from bot.jobs import Attempt, RunSync
from bot.workflows.alarms import Alarms
from sandbox.autotask.faults import Fault as AutotaskFault
from sandbox.slack import feed
from sandbox.slack.faults import Fault
from sandbox.slack.model import Message
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.factories import FrozenClock, until
from tests.integration.steps import DESK, modal_words
from tests.world import World, world

ALL = [each.value for each in EventKind]


@dataclass
class Desk:
    """A connected workspace whose jobs run by themselves; syncs are started by the test, on its clock."""

    office: World
    clock: FrozenClock

    @property
    def people(self):
        return self.office.slack.people

    async def sync(self, key: str, *, by: str = "", groups: Sequence[str] = ("companies",)) -> None:
        """One run whose attempts are over at once."""
        job = RunSync(tenant_id=self.office.tenant.id, groups=tuple(groups), run_key=key, requested_by=by)
        with suppress(BotError):
            await performer(self.office.bot)(job, Attempt(6, is_last=True, holder="test"))

    async def subscribe(self, *kinds: EventKind) -> None:
        wanted = Subscription(DESK, frozenset(kinds or EventKind))
        await self.office.bot.services.alert_channels.save(self.office.ctx, wanted)

    async def report(self, *found: ProblemReport) -> None:
        alarms = Alarms(self.office.bot.database, self.office.bot.jobs, self.clock)
        for each in found:
            await alarms.report(self.office.tenant.id, each)

    def cards(self, about: str = "The sync of companies failed") -> list[Message]:
        workspace = self.office.slack.workspace
        there = workspace.channels[DESK].messages.values()
        mine = [each for each in there if each.user == workspace.bot.id]
        return [each for each in mine if not each.thread_ts and about in feed.words_of_message(each)]

    async def card_says(self, *wanted: str, about: str = "The sync of companies failed") -> Message:
        async def said() -> bool:
            found = [feed.words_of_message(each) for each in self.cards(about)]
            return any(all(each in text for each in wanted) for text in found)

        await until(said)
        (card,) = self.cards(about)
        return card

    async def quiet(self) -> None:
        """Nothing runs, and nothing waits that could."""
        jobs, tenant_id = self.office.bot.jobs, self.office.tenant.id

        async def look() -> bool:
            return await jobs.waits_since(tenant_id) is None and await jobs.count("doing") == 0

        await until(look)


@pytest.fixture
async def desk(database_url, tmp_path) -> AsyncIterator[Desk]:
    clock = FrozenClock()
    async with world(database_url, tmp_path, role="all", clock=clock) as office:
        await office.connected()
        await office.slack.wait_connected()
        found = Desk(office, clock)
        await found.quiet()
        yield found


def option_of(view, block_id: str, value: str) -> dict:
    element = next(block["element"] for block in view.body["blocks"] if block.get("block_id") == block_id)
    return next(option for option in element["options"] if option["value"] == value)


async def test_an_admin_subscribes_a_channel_and_it_is_tried_at_once(desk: Desk):
    people = desk.people
    await people.type_command(ADMIN, DESK, "/autotask alerts channels")
    page = await people.wait_for_modal(ADMIN, "Alert channels")
    assert "Nobody has subscribed yet" in feed.words_of(page.body)
    await people.click(ADMIN, inside(page), "alerts_add", block_id="add")
    form = await people.wait_for_modal(ADMIN, "Who is told of what")
    kinds = [option_of(form, "kinds", each) for each in ("sync", "tickets")]
    amounts = [option_of(form, "money", "money")]
    assert (await people.submit(ADMIN, {"channel": DESK, "kinds": kinds, "money": amounts})).ok
    await people.wait_for(ADMIN, DESK, "This is a test: alerts arrive here.")
    (saved,) = await desk.office.bot.services.alert_channels.all(desk.office.ctx)
    assert (saved.channel_id, saved.kinds) == (DESK, {EventKind.SYNC, EventKind.TICKETS})
    assert saved.money

    async def listed() -> bool:
        return "a first message is in the channel" in modal_words(desk.office, ADMIN)

    await until(listed)
    page = people.modal(ADMIN)
    row = next(block for block in page.body["blocks"] if "alerts_remove" in str(block))
    assert (await people.click(ADMIN, inside(page), "alerts_remove", block_id=row["block_id"])).ok

    async def removed() -> bool:
        return not await desk.office.bot.services.alert_channels.all(desk.office.ctx)

    await until(removed)
    async with desk.office.bot.database.unit(desk.office.tenant.id) as uow:
        acts = [each.action for each in await uow.audit.recent(3)]
    assert "remove alert channel" in acts
    await people.close(ADMIN, everything=True)
    await people.type_command(VIEWER, DESK, "/autotask alerts channels")
    await people.wait_for(VIEWER, DESK, "You may not change Deskhand's settings")


async def test_a_failing_sync_is_one_message_from_its_first_failure_to_its_recovery(desk: Desk):
    people, autotask = desk.people, desk.office.autotask
    await desk.subscribe(EventKind.SYNC)
    autotask.control.revoke("Companies", ("query",))
    await desk.sync("one")
    card = await desk.card_says("Error", "Seen once", "Help AT-203", "Verify permissions", "Retry")
    await asyncio.gather(
        people.click(FULL_MEMBER, on(card), "alert_ack", block_id=block_of(card, "alert_ack")),
        people.click(ADMIN, on(card), "alert_ack", block_id=block_of(card, "alert_ack")),
    )
    card = await desk.card_says("Acknowledged by")
    assert (
        len([each for each in (FULL_MEMBER, ADMIN) if refused(desk, each, "acknowledged this already")]) == 1
    )
    chosen = {"selected_user": FULL_MEMBER}
    block = block_of(card, "alert_assign")
    assert (await people.choose(ADMIN, on(card), "alert_assign", chosen, block_id=block)).ok
    await desk.card_says("Assigned to")
    direct = desk.office.slack.workspace.direct(FULL_MEMBER, desk.office.slack.workspace.bot.id)
    await people.wait_for(FULL_MEMBER, direct.id, "asks you to look at")

    await desk.quiet()
    desk.clock.advance(minutes=20)
    await desk.sync("two")
    card = await desk.card_says("Seen 2 times", "Acknowledged by")
    await people.click(VIEWER, on(card), "alert_mute", block_id=block_of(card, "alert_mute"))
    await people.wait_for(VIEWER, DESK, "You may not change Deskhand's settings")
    autotask.control.grant("Companies", ("query",))
    assert (await people.click(ADMIN, on(card), "alert_retry", block_id=block_of(card, "alert_retry"))).ok
    card = await desk.card_says("Recovered after 20 min, seen 2 times")
    assert "alert_ack" not in str(card.blocks)
    await desk.quiet()
    assert len(desk.cards()) == 1

    autotask.control.revoke("Companies", ("query",))
    desk.clock.advance(hours=2)
    await desk.sync("three")
    await desk.card_says("Seen 3 times", "Came back 1 time within a day")
    await desk.quiet()
    assert len(desk.cards()) == 1


async def test_twelve_problems_are_retried_with_one_press(desk: Desk):
    await desk.subscribe()
    found = [
        ProblemReport(
            f"test:{number}",
            EventKind.SYNC,
            Severity.ERROR,
            f"Problem {number}",
            retry={"job": "run_sync", "groups": ["companies"]},
        )
        for number in range(12)
    ]
    await desk.report(*found)
    await desk.quiet()
    await desk.people.type_command(ADMIN, DESK, "/autotask alerts")
    page = await desk.people.wait_for(ADMIN, DESK, "Showing 1 to 8 of 12")
    assert "As of <!date^" in feed.words_of_message(page)
    for _ in range(2):
        await desk.people.click(
            ADMIN, on(page), "alerts_retry_all", block_id=block_of(page, "alerts_retry_all")
        )
    await desk.people.wait_for(ADMIN, DESK, "12 problems tried again")
    await desk.quiet()
    await desk.people.wait_for(ADMIN, DESK, "Everything that can be tried again is just being tried")
    direct = desk.office.slack.workspace.direct(ADMIN, desk.office.slack.workspace.bot.id)
    assert str([each.metadata for each in direct.messages.values()]).count("sync:retry:") == 1


async def test_a_sync_that_keeps_failing_is_warned_of_then_paused_and_resumed_with_one_press(desk: Desk):
    people, autotask = desk.people, desk.office.autotask
    await desk.subscribe(EventKind.SYNC)
    autotask.control.revoke("Companies", ("query",))
    for number in range(3):
        desk.clock.advance(hours=1)
        await desk.sync(f"slot-{number}")
    await desk.card_says("3 runs in a row; after 2 more failures it is paused")
    for number in range(3, 5):
        desk.clock.advance(hours=1)
        await desk.sync(f"slot-{number}")
    card = await desk.card_says("Paused", "Resume", "Verify permissions")
    autotask.control.grant("Companies", ("query",))
    autotask.control.clear_log()
    await desk.sync("slot-5")
    assert autotask.control.log(entity="Companies") == []
    assert (
        await people.click(FULL_MEMBER, on(card), "alert_resume", block_id=block_of(card, "alert_resume"))
    ).ok
    await desk.card_says("Recovered")
    async with desk.office.bot.database.unit(desk.office.tenant.id) as uow:
        assert await uow.sync_pauses.all() == []


async def test_a_long_outage_of_autotask_pauses_nothing_and_is_one_message_until_it_is_back(desk: Desk):
    await desk.subscribe(EventKind.SYNC)
    desk.office.autotask.control.plan(AutotaskFault("fail", "Companies", status=503, body="away", count=1000))
    for number in range(7):
        desk.clock.advance(hours=1)
        await desk.sync(f"slot-{number}")
    card = await desk.card_says("Seen 7 times", "AT-301")
    assert "paused" not in feed.words_of_message(card)
    desk.office.autotask.control.sandbox.faults.clear()
    desk.clock.advance(hours=1)
    await desk.sync("slot-7")
    await desk.card_says("Recovered")
    assert len(desk.cards()) == 1


async def test_while_slack_is_down_nothing_is_lost_and_told_once_afterwards(desk: Desk):
    await desk.subscribe(EventKind.SYNC)
    for _ in range(2):
        desk.office.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited"))
    desk.office.autotask.control.revoke("Companies", ("query",))
    await desk.sync("one")

    async def told() -> bool:
        return len(desk.cards()) == 1

    await until(told, within=40)
    await desk.quiet()
    assert len(desk.cards()) == 1


def block_of(card: Message, action_id: str) -> str:
    return next(block["block_id"] for block in card.blocks if f"'{action_id}'" in str(block))


def refused(desk: Desk, user: str, text: str) -> bool:
    return any(text in feed.words_of_message(each) for each in desk.people.messages(user, DESK))
