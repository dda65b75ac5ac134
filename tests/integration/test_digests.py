"""Digests with the clock in the test's hand: own zones, quiet hours, what each reader sees, late and lost ones."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from bot.app import performer
from bot.domain.context import Ctx, Role
from bot.domain.digests import Period, Section, Subscription, schedule_name
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncCounts, SyncState, SyncType
from bot.errors import SlackUnavailable
from bot.jobs import Attempt, PostDigest
from bot.scheduler import Scheduler
from handlers.resolve import person_of
from sandbox.slack import feed
from sandbox.slack.faults import Fault
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import FrozenClock
from tests.world import World, world

DESK = "C0SERVICE"
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday."""
ONCE = Attempt(1, is_last=False, holder="test")


@pytest.fixture
async def here(database_url, tmp_path) -> AsyncIterator[tuple[World, FrozenClock]]:
    clock = FrozenClock(NOON)
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        async with found.bot.database.unit(found.tenant.id) as uow:
            await uow.digests.remove(ADMIN)
            await uow.schedules.drop([schedule_name(period, ADMIN) for period in Period])
        yield found, clock


async def subscribe(found: World, digest: Subscription, zone: str = "Europe/Berlin") -> None:
    async with found.bot.database.unit(found.tenant.id) as uow:
        await uow.digests.save(digest)
        for each in digest.schedules(found.tenant.id, zone, found.bot.tools.clock.now()):
            await uow.schedules.save(each)


async def in_zone(found: World, user: str, zone: str) -> None:
    """As Slack says it of the person."""
    await person_of(found.tenant, user, found.bot.tools)
    async with found.bot.database.unit(found.tenant.id) as uow:
        known = await uow.people.get(user)
        facts = {
            "is_guest": False,
            "is_outsider": False,
            "is_deactivated": False,
            "is_workspace_admin": False,
        }
        at = found.bot.tools.clock.now() + timedelta(days=30)
        await uow.people.save_profile(user, name=known.name, timezone=zone, at=at, **facts)
        await uow.people.set_role(user, Role.FULL_MEMBER, ADMIN, at)


async def ring(found: World, clock: FrozenClock) -> list[str]:
    """The digests' schedules that ring now."""
    async with found.bot.database.unit(found.tenant.id) as uow:
        before = await uow.schedules.last_slots()
    await Scheduler(found.bot.database, found.bot.jobs, clock, tick=20).ring()
    async with found.bot.database.unit(found.tenant.id) as uow:
        after = await uow.schedules.last_slots()
    return [
        f"{name}|{slot}"
        for name, slot in after.items()
        if name.startswith("digest:") and before.get(name) != slot
    ]


async def post(found: World, rung: str) -> None:
    name, _, slot = rung.partition("|")
    await performer(found.bot)(PostDigest(tenant_id=found.tenant.id, schedule=name, slot=slot), ONCE)


def said_to(found: World, user: str) -> list[str]:
    direct = found.slack.workspace.direct(user, found.slack.workspace.bot.id)
    return [feed.words_of_message(each) for each in direct.messages.values()]


def said_in(found: World, channel: str = DESK) -> list[str]:
    return [feed.words_of_message(each) for each in found.slack.workspace.channel(channel).messages.values()]


async def test_a_person_in_sydney_is_told_at_their_own_eight_o_clock_and_once(here):
    found, clock = here
    await subscribe(found, Subscription(FULL_MEMBER, weekly=False))
    await in_zone(found, FULL_MEMBER, "Australia/Sydney")
    clock.set(datetime(2026, 11, 18, 20, 59, tzinfo=UTC))
    assert await ring(found, clock) == []
    clock.advance(minutes=1)  # 08:00 of the 19th in Sydney, 22:00 of the 18th in Berlin
    (rung,) = await ring(found, clock)
    assert rung == f"digest:daily:{FULL_MEMBER}|2026-11-19T08:00"
    for _ in range(2):
        await post(found, rung)
    (words,) = said_to(found, FULL_MEMBER)
    assert "Daily digest" in words
    clock.advance(hours=12)  # 09:00 in Berlin
    assert await ring(found, clock) == []


async def test_quiet_hours_put_it_off_and_it_comes_once_when_they_end(here):
    found, clock = here
    digest = Subscription(FULL_MEMBER, weekly=False, at=time(5), quiet_from=time(22), quiet_until=time(7))
    await subscribe(found, digest)
    await in_zone(found, FULL_MEMBER, "Europe/Berlin")
    clock.set(datetime(2026, 11, 19, 4, 0, tzinfo=UTC))
    waiting = await found.bot.jobs.count("todo")
    (rung,) = await ring(found, clock)
    await post(found, rung)
    assert said_to(found, FULL_MEMBER) == []
    assert await found.bot.jobs.count("todo") >= waiting + 2  # what rang, and what comes back at seven
    clock.set(datetime(2026, 11, 19, 6, 0, tzinfo=UTC))
    for _ in range(2):
        await post(found, rung)
    assert len(said_to(found, FULL_MEMBER)) == 1


async def test_an_empty_digest_is_one_line_or_nothing_as_chosen(here):
    found, clock = here
    clock.advance(days=3)
    await subscribe(found, Subscription(DESK, ADMIN, weekly=False))
    await in_zone(found, FULL_MEMBER, "Europe/Berlin")
    await subscribe(found, Subscription(FULL_MEMBER, weekly=False, says_nothing=True))
    clock.set(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    for rung in await ring(found, clock):
        await post(found, rung)
    (line,) = said_in(found)
    assert "nothing new" in line
    assert said_to(found, FULL_MEMBER) == []


async def test_slack_away_when_it_rings_only_delays_it_and_half_a_day_is_too_late(here):
    found, clock = here
    await subscribe(found, Subscription(DESK, ADMIN, weekly=False))
    clock.set(datetime(2026, 11, 19, 7, 0, tzinfo=UTC))
    (rung,) = await ring(found, clock)
    found.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited", times=3))
    for _ in range(3):
        with pytest.raises(SlackUnavailable):
            await post(found, rung)
    clock.advance(minutes=50)
    await post(found, rung)
    assert len(said_in(found)) == 1
    clock.set(datetime(2026, 11, 20, 7, 0, tzinfo=UTC))
    (missed,) = await ring(found, clock)
    clock.advance(hours=12, minutes=1)
    await post(found, missed)
    assert len(said_in(found)) == 1
    async with found.bot.database.unit(found.tenant.id) as uow:
        (newest, *_) = await uow.audit.recent(1)
        kept = await uow.digests.get(DESK)
    assert (newest.action, newest.subject) == ("leave out digest", DESK)
    assert kept.told[Period.DAILY] == datetime(2026, 11, 19, 7, 0, tzinfo=UTC)  # the next one begins there


async def test_each_reader_is_told_of_what_they_see_and_a_channel_of_what_was_chosen(here):
    found, clock = here
    acme, other = await found.mapped("Acme"), await found.mapped("Ünit", "Contoso Ltd")
    await in_zone(found, FULL_MEMBER, "Europe/Berlin")
    async with found.bot.database.unit(found.tenant.id) as uow:
        for each in (acme, other):
            text = f"The contract of *{each.name}* grew: +$1,912.50 a month"
            await uow.news.add(
                None, [News(EventKind.CONTRACTS, text, each.id, Decimal("1912.50"))], clock.now()
            )
            found_wrong = ProblemReport(
                f"x:{each.id}",
                EventKind.CONTRACTS,
                Severity.ERROR,
                f"{each.name} has two",
                organization_id=each.id,
            )
            await uow.problems.report(found_wrong, clock.now())
    services, now = found.bot.services, clock.now() + timedelta(hours=1)
    person = replace(
        await person_of(found.tenant, FULL_MEMBER, found.bot.tools), organizations=frozenset({acme.id})
    )
    mine = await services.digests.gather(
        Ctx(found.tenant, person), Subscription(FULL_MEMBER), Period.DAILY, now
    )
    channel = Subscription(DESK, ADMIN, organizations=frozenset({other.id}))
    theirs = await services.digests.gather_for_channel(found.tenant, channel, Period.DAILY, now)
    whole = await services.digests.gather(found.ctx, Subscription(ADMIN), Period.DAILY, now)
    assert "Acme" in str(mine)
    assert "Ünit" not in str(mine)
    assert "Ünit" in str(theirs)
    assert "Acme" not in str(theirs)
    assert "1,912.50" not in str(theirs)
    assert "+$3,825.00 in all" in str(whole)
    assert {part.section for part in whole.parts} >= {Section.CONTRACTS, Section.PROBLEMS, Section.MAPPING}


async def test_the_weekly_digest_looks_through_the_log_and_the_runs(here):
    found, clock = here
    async with found.bot.database.unit(found.tenant.id) as uow:
        for changes, at in ((10, NOON - timedelta(days=8)), (300, NOON)):
            run = await uow.syncs.start("companies", "schedule", "", at, key=f"k{changes}")
            await uow.syncs.finish(run, SyncState.SUCCEEDED, SyncCounts(3, changes, 0, 1), at=at)
        run = await uow.syncs.start("contracts", "schedule", "", NOON, key="failed")
        await uow.syncs.finish(run, SyncState.FAILED, None, error="Autotask said no", at=NOON)
        line = LogEntry(
            SyncType.CONTRACT, Operation.ERROR, LogStatus.ERROR, "Service is locked", duration_ms=700
        )
        await uow.sync_logs.add(
            run, [line, line, line, replace(line, message="Gone", count=3, duration_ms=2100)], NOON
        )
        assert (await uow.sync_logs.troubles([run]))[run].errors == 6, "a line may stand for many records"
    clock.advance(hours=1)
    digest = await found.bot.services.digests.now(found.ctx, Period.WEEKLY)
    lines = {
        part.section: " ".join(f"{each.lead}{each.text}" for each in part.lines) for part in digest.parts
    }
    assert "Contracts: 1 of 1 failed. Autotask said no" in lines[Section.SYNC]
    assert "6 errors in the log" in lines[Section.SYNC]
    assert "3 times: Service is locked" in lines[Section.ERRORS]
    assert "Once: Gone" in lines[Section.ERRORS]
    assert "p50 700 ms · p95 700 ms · 4 of 4" in lines[Section.SLOW]
    assert "300 changed" in lines[Section.CHANGES]
    assert "far more than usual" in lines[Section.CHANGES]


async def test_who_may_no_longer_read_is_told_nothing_and_a_channel_that_is_gone_has_its_owner_told(here):
    found, clock = here
    await in_zone(found, FULL_MEMBER, "Europe/Berlin")
    await subscribe(found, Subscription(FULL_MEMBER, weekly=False))
    await subscribe(found, Subscription("C0GONE0001", ADMIN, weekly=False))
    async with found.bot.database.unit(found.tenant.id) as uow:
        await uow.people.set_role(FULL_MEMBER, Role.NONE, ADMIN, clock.now())
    clock.set(datetime(2026, 11, 19, 7, 0, tzinfo=UTC))
    rung = await ring(found, clock)
    assert len(rung) == 2
    for each in rung:
        await post(found, each)
    assert said_to(found, FULL_MEMBER) == []
    assert len([words for words in said_to(found, ADMIN) if "Daily digest" in words]) == 1
