"""Time from Autotask to what people read: hours, sums, what waits and why, a contract picked by hand, reminders."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.app import performer
from bot.db.tables import sync_logs
from bot.domain.authors import AutotaskPerson
from bot.domain.context import Role
from bot.domain.settings import Chosen
from bot.domain.time_entries import WINDOW_SETTING, TimeState
from bot.domain.time_nudges import NudgeKind, NudgeSettings
from bot.jobs import Attempt, NudgeTime, RunSync
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import FrozenClock, until
from tests.integration.contract_rows import company, contract, month
from tests.integration.steps import DESK, block_with, modal_words
from tests.world import COMPANIES, World, world

FRIDAY = datetime(2026, 11, 20, 18, tzinfo=UTC)
PETRA = 29_682_886


@dataclass
class Time:
    """The world, by hand: no job runs by itself, the clock moves when told."""

    world: World
    clock: FrozenClock
    runs: list[str] = field(default_factory=list)

    def worked(self, days_ago: int, hours: str = "5", **more: object) -> int:
        """A billable entry of Petra's on a ticket."""
        begun = self.clock.now() - timedelta(days=days_ago, hours=8)
        row = {
            "resourceID": PETRA,
            "dateWorked": begun.replace(hour=0),
            "startDateTime": begun,
            "hoursWorked": Decimal(hours),
            "hoursToBill": Decimal(hours),
            "isNonBillable": False,
            "summaryNotes": "Restored *the* <backup>",
            "lastModifiedDateTime": self.clock.now(),
        }
        return self.world.autotask.database.insert("TimeEntries", {**row, **more})

    def posted(self, entry: int, company_id: int, **more: object) -> None:
        """Somebody approves and posts the entry in Autotask."""
        row = {"timeEntryID": entry, "companyID": company_id, "postedDate": self.clock.now().replace(hour=0)}
        stamp = {"postedOnTime": self.clock.now(), "nonBillable": 0}
        self.world.autotask.database.insert("BillingItems", {**row, **stamp, **more})

    async def sync(self, **asked: object) -> str:
        """Contracts, then time entries; every run is a while after the one before."""
        self.clock.advance(minutes=30)
        self.runs.append(f"run-{len(self.runs)}")
        job = RunSync(
            tenant_id=self.world.tenant.id, groups=("contracts", "time"), run_key=self.runs[-1], **asked
        )
        await self.perform(job)
        return self.runs[-1]

    async def perform(self, job: RunSync | NudgeTime) -> None:
        await performer(self.world.bot)(job, Attempt(1, is_last=True, holder="test"))

    async def logged(self) -> list[tuple[str, str, str]]:
        """Operation, status and message of every line about time but the one that all were read."""
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            chosen = select(sync_logs).where(sync_logs.c.type == "time_entry").order_by(sync_logs.c.id)
            rows = (await uow.connection.execute(chosen)).mappings().all()
        told = [(row["operation"], row["status"], row["message"]) for row in rows]
        return [line for line in told if not line[2].endswith("read for the first time")]

    async def said(self, line: str, contains: str, user: str = ADMIN) -> str:
        people = self.world.slack.people
        before = {each.ts for each in people.messages(user, DESK)}
        assert (await people.type_command(user, DESK, line)).ok

        def look() -> str | None:
            fresh = [each for each in people.messages(user, DESK) if each.ts not in before]
            words = [feed.words_of_message(each) for each in fresh]
            return next((each for each in words if contains in each), None)

        return await people.until(look, f"{contains!r} after {line!r}")

    async def state(self, entry: int) -> TimeState:
        return (await self.world.bot.services.time_entries.entry(self.world.ctx, entry)).state


@pytest.fixture
async def time(database_url, tmp_path) -> AsyncIterator[Time]:
    clock = FrozenClock(FRIDAY)
    async with world(database_url, tmp_path, clock=clock) as opened:
        await opened.connected()
        await opened.mapped()
        async with opened.bot.database.unit(opened.tenant.id) as uow:
            await uow.resources.save([AutotaskPerson(PETRA, "Petra Novak")], FRIDAY)
        yield Time(opened, clock)


async def set_rate(time: Time, rate: str, valid_from: str) -> None:
    people = time.world.slack.people
    await people.type_command(ADMIN, DESK, "/autotask time rate")
    page = await people.wait_for_modal(ADMIN, "Rates and days")
    await people.click(ADMIN, inside(page), "time_rate_add", block_id=block_with(page, "time_rate_add"))
    await people.wait_for_modal(ADMIN, "Set an hourly rate")
    assert (await people.submit(ADMIN, {"rate": rate, "valid_from": valid_from})).ok


async def until_page_says(time: Time, text: str) -> None:
    async def said() -> bool:
        return text in modal_words(time.world, ADMIN)

    await until(said)


async def test_five_hours_are_imported_once_approved_and_worth_seven_hundred_and_fifty(time):
    acme = company(time.world, COMPANIES[0])
    managed = contract(time.world, acme, "Managed *Services*")
    entry = time.worked(1, contractID=managed)
    await time.sync()
    assert await time.logged() == [("skip", "skip", "Left alone: 1 not approved yet, 5 h")]
    assert "1 not approved yet (oldest 1 day), 5 h" in await time.said("/autotask time", "not approved yet")

    time.posted(entry, acme)
    await time.sync()
    assert (await time.logged())[1:] == [
        ("create", "success", "5 h worked on 19 Nov 2026 by Petra Novak (Managed *Services*)")
    ]
    assert "No hourly rate is set yet" in await time.said("/autotask time", "1 entry, 5 h")

    await set_rate(time, "150.00", "2026-01-01")
    await until_page_says(time, "1 entry: no sum → $750.00")
    await time.world.slack.people.submit(ADMIN)
    await until_page_says(time, "$150.00 an hour from 1 Jan 2026")
    await time.world.slack.people.close(ADMIN, everything=True)
    card = await time.said("/autotask time acme", "$750.00")
    assert "Ready for the next invoice: 1 entry, 5 h, $750.00" in card.replace("*", "")
    await time.sync()
    assert len(await time.logged()) == 2


async def test_what_is_not_imported_is_counted_listed_and_told_once(time):
    acme = company(time.world, COMPANIES[0])
    ended = contract(time.world, acme, "Old", endDate=month(FRIDAY.date(), -1, last=True))
    current = contract(time.world, acme, "Managed")
    late, unlinked, internal = (
        time.worked(2, contractID=ended),
        time.worked(3, ticketID=None),
        time.worked(4, isNonBillable=True, hoursToBill=Decimal(0)),
    )
    for each in (late, unlinked, internal):
        time.posted(each, acme)
    await time.sync()
    lines = await time.logged()
    assert ("skip", "skip", "Left alone: 1 not billable, 5 h") in lines
    warnings = [text for operation, status, text in lines if (operation, status) == ("skip", "warning")]
    assert "5 h worked on 18 Nov 2026 by Petra Novak, but the contract ended on 31 Oct 2026 (Old)" in warnings
    assert any("17 Nov 2026" in text and "no contract that Deskhand knows" in text for text in warnings)
    before = len(lines)
    await time.sync()
    assert len(await time.logged()) == before

    assert "After the end · Acme: 1" in await time.said("/autotask time acme ended", "After the end")
    assert "Searched for: ended backups" in await time.said("/autotask time ended backups", "Searched for")
    people = time.world.slack.people
    await people.type_command(ADMIN, DESK, "/autotask time")
    card = await people.wait_for(ADMIN, DESK, "without contract")
    await people.click(ADMIN, on(card), "time_list:unlinked")
    page = await people.wait_for(ADMIN, DESK, "Pick a contract")
    assert "Restored *the* <backup>" in feed.words_of_message(page)
    await people.click(ADMIN, on(page), "time_pick")
    modal = await people.wait_for_modal(ADMIN, "Pick a contract")
    found = await people.suggest(ADMIN, inside(modal), "time_contract", "")
    assert {each["text"]["text"] for each in found.options} == {"Old", "Managed"}
    chosen = next(each for each in found.options if each["text"]["text"] == "Managed")
    assert (await people.submit(ADMIN, {"contract": chosen})).ok
    word = await people.wait_for(ADMIN, DESK, "Undo works for ten minutes")
    assert await time.state(unlinked) is TimeState.IMPORTED
    assert (await time.world.bot.services.time_entries.entry(time.world.ctx, unlinked)).contract_id == current
    await people.click(ADMIN, on(word), "time_unpick")
    await people.wait_for(ADMIN, DESK, "without contract again")
    assert await time.state(unlinked) is TimeState.UNLINKED
    posts = [each for each in time.world.autotask.control.log() if each.method in {"PATCH", "PUT"}]
    assert posts == []


async def test_late_edits_inside_the_days_update_and_outside_are_reported(time):
    acme = company(time.world, COMPANIES[0])
    managed = contract(time.world, acme, "Managed")
    inside_days, outside, ancient = (time.worked(days, contractID=managed) for days in (10, 90, 200))
    for each in (inside_days, outside, ancient):
        time.posted(each, acme)
    await time.sync()
    assert [await time.state(each) for each in (inside_days, outside)] == [TimeState.IMPORTED] * 2
    time.clock.advance(days=1)
    changed = {"hoursToBill": Decimal(7), "hoursWorked": Decimal(7), "lastModifiedDateTime": time.clock.now()}
    for each in (inside_days, outside, ancient):
        time.world.autotask.database.update("TimeEntries", each, changed)
    await time.sync()
    told = await time.logged()
    assert any(line[:2] == ("update", "success") and "5 h → 7 h" in line[2] for line in told)
    assert any(
        line[1] == "warning" and "22 Aug 2026" in line[2] and "not taken over" in line[2] for line in told
    )
    assert any(
        line[1] == "warning" and "outside the days" in line[2] and "4 May 2026" in line[2] for line in told
    )
    assert await time.state(ancient) is TimeState.OUTSIDE

    day = date(2026, 5, 4)
    await time.sync(first_day=day, last_day=day)
    assert await time.state(ancient) is TimeState.IMPORTED
    line = await time.world.bot.services.time_entries.entry(time.world.ctx, outside)
    assert (line.state, line.hours) == (TimeState.IMPORTED, Decimal(5))


async def test_a_window_that_was_asked_for_neither_loses_nor_repeats_what_the_usual_days_bring(time):
    acme = company(time.world, COMPANIES[0])
    managed = contract(time.world, acme, "Managed")
    first = time.worked(30, contractID=managed)
    time.posted(first, acme)
    await time.sync()
    second = time.worked(20, contractID=managed)
    time.posted(second, acme)
    week = {"first_day": FRIDAY.date() - timedelta(days=7), "last_day": FRIDAY.date()}
    await time.sync(**week)
    assert await time.state(first) is TimeState.IMPORTED
    await time.sync()
    assert await time.state(second) is TimeState.IMPORTED
    time.world.autotask.database.delete("TimeEntries", first)
    await time.sync(**week)
    assert await time.state(first) is TimeState.IMPORTED
    await time.sync(full=True)
    assert await time.state(first) is TimeState.GONE


async def test_the_days_are_a_setting_and_hours_without_sums_are_what_viewers_see(time):
    acme = company(time.world, COMPANIES[0])
    managed = contract(time.world, acme, "Managed")
    near, far = time.worked(5, contractID=managed), time.worked(20, contractID=managed)
    for each in (near, far):
        time.posted(each, acme)
    services, ctx = time.world.bot.services, time.world.ctx
    saved = await services.time_rates.set_window(ctx, "10")
    assert saved.changes[0].after == Chosen("10", "last 10 days")
    await time.sync()
    summary = await services.time_entries.summary(ctx)
    assert (summary.window_days, summary.of(TimeState.IMPORTED).entries) == (10, 1)
    again = await services.time_rates.set_window(ctx, "30")
    await services.settings.undo(ctx, again.batch)
    async with time.world.bot.database.unit(ctx.tenant.id) as uow:
        assert (await uow.settings.preferences())[WINDOW_SETTING].value == "10"
        await uow.people.set_role(FULL_MEMBER, Role.VIEWER, ADMIN, time.clock.now())
    await set_rate(time, "150", "2026-01-01")
    await time.world.slack.people.submit(ADMIN)
    await until_page_says(time, "$150.00 an hour")
    assert "$750.00" in await time.said("/autotask time", "Ready for")
    seen = await time.said("/autotask time", "Ready for", FULL_MEMBER)
    assert "5 h" in seen
    assert "$" not in seen


async def test_missing_time_is_told_once_a_day_to_who_wants_it(time):
    services, ctx, person = time.world.bot.services, time.world.ctx, FULL_MEMBER
    database = time.world.autotask.database
    email = time.world.slack.workspace.members[person].email
    database.update("Resources", PETRA, {"email": email})
    time.worked(0, "3.5")
    await services.time_nudges.save(ctx, NudgeSettings((person,), Decimal(6)))
    async with time.world.bot.database.unit(ctx.tenant.id) as uow:
        [ring] = [each for each in await uow.schedules.all() if each.name.startswith("time-missing:")]
        assert (ring.local_time.isoformat("minutes"), ring.own_zone, ring.channel_id) == (
            "16:30",
            True,
            person,
        )

    direct = time.world.slack.workspace.direct(person, time.world.slack.workspace.bot.id)
    job = NudgeTime(tenant_id=ctx.tenant.id, kind=NudgeKind.MISSING, user_id=person, slot="2026-11-20T16:30")
    time.clock.set(datetime(2026, 11, 21, 1, tzinfo=UTC))
    for _ in range(2):
        await time.perform(job)
    [message] = direct.messages.values()
    assert "3.5 h of 6 h are logged for today, 20 Nov 2026" in feed.words_of_message(message)

    people = time.world.slack.people
    await people.click(person, on(message), "time_snooze")
    await people.wait_for(person, direct.id, "Snoozed until")
    [again] = [each for each, _ in await time.world.bot.jobs.under_way(NudgeTime, ctx.tenant.id)]
    assert again.slot == "2026-11-20/2026-11-21T02:00"
    time.clock.advance(hours=1)
    for _ in range(2):
        await time.perform(again)
    first, message = direct.messages.values()
    assert "Time for today" not in feed.words_of_message(first)  # said in place of the reminder
    assert "3.5 h of 6 h" in feed.words_of_message(message)
    picked = {"selected_date": "2026-11-24"}
    await people.choose(person, on(message), "time_pause_until", picked)
    await people.wait_for(person, direct.id, "No reminder before 24 Nov 2026")
    count = len(direct.messages)
    assert count == 2
    for slot in ("2026-11-21T16:30", "2026-11-23T16:30"):  # a Saturday, and a Monday within the week
        time.clock.set(datetime.fromisoformat(f"{slot}:00+00:00") + timedelta(hours=12))
        await time.perform(job.model_copy(update={"slot": slot}))
    assert len(direct.messages) == count
    time.clock.set(datetime(2026, 11, 25, 4, tzinfo=UTC))
    await time.perform(job.model_copy(update={"slot": "2026-11-24T16:30"}))
    back = await people.wait_for(person, direct.id, "0 h of 6 h are logged for today, 24 Nov 2026")
    await people.click(person, on(back), "time_pause:today")
    await people.wait_for(person, direct.id, "No reminder before 25 Nov 2026")
    await time.perform(job.model_copy(update={"slot": "2026-11-24/2026-11-25T05:00"}))
    assert len(direct.messages) == count + 1
    await people.type_command(person, DESK, "/autotask time reminders")
    page = await people.wait_for(person, DESK, "No reminder before 25 Nov 2026")
    await people.click(person, on(page), "time_resume")
    await people.wait_for(person, DESK, "reminded of missing time again")
    await people.type_command(person, DESK, "/autotask time reminders")
    page = await people.wait_for(person, DESK, "reminded at 16:30 by your own clock")
    await people.click(person, on(page), "time_stop")
    await people.wait_for(person, DESK, "not reminded of missing time any more")


async def test_approvers_are_told_what_waits_as_far_as_they_see_it(time):
    acme = company(time.world, COMPANIES[0])
    managed = contract(time.world, acme, "Managed")
    for days in (3, 12):
        time.worked(days, contractID=managed)
    await time.sync()
    await time.world.bot.services.time_nudges.remind(time.world.ctx, [ADMIN], weekly=True, key="V1")
    job = NudgeTime(tenant_id=time.world.tenant.id, kind=NudgeKind.APPROVALS, user_id=ADMIN, slot="V1")
    for _ in range(2):
        await time.perform(job)
    direct = time.world.slack.workspace.direct(ADMIN, time.world.slack.workspace.bot.id)
    [message] = direct.messages.values()
    words = feed.words_of_message(message)
    assert "2 time entries wait for approval" in words
    assert "Petra Novak" in words
    assert ": 2" in words
    await time.world.slack.people.click(ADMIN, on(message), "time_list:waiting")
    await time.world.slack.people.wait_for(ADMIN, direct.id, "Not approved: 2")


def test_every_state_has_words_of_its_own():
    labels: Mapping[str, TimeState] = {each.label: each for each in TimeState}
    assert len(labels) == len(TimeState)
