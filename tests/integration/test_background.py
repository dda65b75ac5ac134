"""Work nobody waits for: the company mirror and the daily digest, with the clock in the test's hand."""

from datetime import UTC, datetime, time

import pytest

from bot.app import performer
from bot.domain.digests import Period, Subscription, schedule_name
from bot.domain.syncs import SyncState
from bot.errors import AutotaskUnavailable, SlackUnavailable
from bot.jobs import Attempt, MirrorCompanies, PostDigest, RunSync
from bot.scheduler import Scheduler
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.faults import Fault as SlackFault
from tests.factories import FrozenClock
from tests.world import World, world

DESK = "C0SERVICE"
DAILY = schedule_name(Period.DAILY, DESK)
BEFORE_EIGHT = datetime(2026, 11, 21, 6, 59, tzinfo=UTC)
ONCE = Attempt(1, is_last=False, holder="test")


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock(BEFORE_EIGHT)
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        yield found, clock


async def companies_in_mirror(found: World) -> int:
    async with found.bot.database.unit(found.tenant.id) as uow:
        return await uow.companies.count()


def grow(found: World, number: int) -> None:
    owner = list(found.autotask.database.rows("Companies"))[-1]["ownerResourceID"]
    row = {"companyType": 1, "ownerResourceID": owner, "phone": "1", "isActive": True}
    for each in range(number):
        found.autotask.database.insert("Companies", {**row, "companyName": f"Company {each}"})


async def test_a_mirror_that_dies_goes_on_after_its_last_saved_page(here):
    found, _ = here
    before = await companies_in_mirror(found)
    grow(found, 1400)
    found.autotask.control.plan(Fault("fail", "Companies", "POST", skip=2, count=20, status=503))
    job = MirrorCompanies(tenant_id=found.tenant.id)
    with pytest.raises(AutotaskUnavailable):
        await performer(found.bot)(job, ONCE)
    assert await companies_in_mirror(found) == 1000
    async with found.bot.database.unit(found.tenant.id) as uow:
        last = await uow.syncs.last("companies")
    assert (last.state, last.error) == (SyncState.FAILED, "AT-301 Autotask is not answering")
    found.autotask.control.sandbox.faults.clear()
    found.autotask.control.clear_log()
    await performer(found.bot)(job, ONCE)
    assert await companies_in_mirror(found) == before + 1400
    assert len(found.autotask.control.log(entity="Companies")) == 1


async def test_mirroring_twice_changes_nothing(here):
    found, clock = here
    clock.advance(minutes=1)
    await performer(found.bot)(MirrorCompanies(tenant_id=found.tenant.id), ONCE)
    async with found.bot.database.unit(found.tenant.id) as uow:
        counts = (await uow.syncs.last("companies")).counts
    assert (counts.inserted, counts.updated, counts.gone) == (0, 0, 0)
    assert counts.unchanged == await companies_in_mirror(found)


async def test_half_of_the_companies_gone_at_once_is_a_problem_also_after_connecting(here):
    found, clock = here
    grow(found, 200)
    job = MirrorCompanies(tenant_id=found.tenant.id, run_key="first")
    await performer(found.bot)(job, ONCE)
    for each in list(found.autotask.database.rows("Companies"))[20:]:
        found.autotask.database.delete("Companies", each["id"])
    clock.advance(days=1)
    await performer(found.bot)(job.model_copy(update={"run_key": "second"}), ONCE)
    async with found.bot.database.unit(found.tenant.id) as uow:
        problem = await uow.problems.latest("big-change:companies")
    assert problem is not None
    assert not problem.is_over


async def test_the_attempts_of_one_mirror_are_one_run(here):
    found, _ = here
    found.autotask.control.plan(Fault("fail", "Companies", "POST", count=20, status=503))
    job = MirrorCompanies(tenant_id=found.tenant.id, run_key="first")
    async with found.bot.database.unit(found.tenant.id) as uow:
        before = (await uow.syncs.tally()).total
    for _ in range(2):
        with pytest.raises(AutotaskUnavailable):
            await performer(found.bot)(job, ONCE)
    async with found.bot.database.unit(found.tenant.id) as uow:
        assert (await uow.syncs.tally()).total == before + 1


async def test_who_asked_for_the_mirror_reads_why_it_failed(here):
    found, _ = here
    owner = found.ctx.person.user_id
    found.autotask.control.plan(Fault("fail", "Companies", "POST", count=20, status=503))
    job = MirrorCompanies(tenant_id=found.tenant.id, requested_by=owner, run_key="press-1")
    last = Attempt(job.retry.attempts, is_last=True, holder="test")
    with pytest.raises(AutotaskUnavailable):
        await performer(found.bot)(job, last)
    direct = found.slack.workspace.direct(owner, found.slack.workspace.bot.id)
    message = await found.slack.people.wait_for(owner, direct.id, "could not be read")
    assert "Autotask is not answering" in feed.words_of_message(message)


async def test_the_digest_is_posted_once_at_its_local_hour(here):
    found, clock = here
    await found.mapped()
    await schedule(found, clock)
    bell = Scheduler(found.bot.database, found.bot.jobs, clock, tick=20)
    assert await bell.ring() == 0
    clock.advance(minutes=2)
    assert await bell.ring() == 1
    assert await bell.ring() == 0
    job = PostDigest(tenant_id=found.tenant.id, schedule=DAILY, slot="2026-11-21T08:00")
    for _ in range(2):
        await performer(found.bot)(job, ONCE)
    said = [
        words
        for message in found.slack.workspace.channel(DESK).messages.values()
        if "Daily digest" in (words := feed.words_of_message(message))
    ]
    assert len(said) == 1
    assert "Autotask connected" in said[0]
    assert "Acme" in said[0]


async def test_a_day_without_news_is_one_line(here):
    found, clock = here
    await schedule(found, clock)
    clock.advance(days=2)
    job = PostDigest(tenant_id=found.tenant.id, schedule=DAILY, slot="2026-11-23T08:00")
    await performer(found.bot)(job, ONCE)
    message = await found.slack.people.wait_for(found.ctx.person.user_id, DESK, "nothing new")
    assert len(message.blocks) == 1


async def schedule(found: World, clock: FrozenClock, *, at: time = time(8)) -> None:
    async with found.bot.database.unit(found.tenant.id) as uow:
        digest = Subscription(DESK, found.ctx.person.user_id, at=at)
        await uow.digests.save(digest)
        for each in digest.schedules(found.tenant.id, "Europe/Berlin", clock.now()):
            await uow.schedules.save(each)


async def test_slack_unreachable_from_0150_to_0240_delays_messages_alone(here):
    """The night's syncs do not need Slack; what there is to tell is told afterwards, once."""
    found, clock = here
    bell = Scheduler(found.bot.database, found.bot.jobs, clock, tick=20)
    clock.set(datetime(2026, 11, 22, 0, 50, tzinfo=UTC))
    await found.bot.services.schedules.change_zone(found.ctx, "Europe/Berlin")
    await bell.ring()
    await schedule(found, clock, at=time(2))
    found.slack.hub.faults.add(SlackFault("chat.postMessage", error="accesslimited", times=10_000))
    clock.set(datetime(2026, 11, 22, 1, 5, tzinfo=UTC))
    assert await bell.ring() == 3  # the night's sync, the hourly one, the digest
    night = RunSync(
        tenant_id=found.tenant.id,
        groups=("companies", "contracts", "time"),
        run_key="nightly-sync:2026-11-22T02:00",
    )
    await performer(found.bot)(night, ONCE)
    async with found.bot.database.unit(found.tenant.id) as uow:
        runs = [await uow.syncs.of_key(each, night.run_key) for each in night.groups]
    assert {run.state for run in runs if run} == {SyncState.SUCCEEDED}
    digest = PostDigest(tenant_id=found.tenant.id, schedule=DAILY, slot="2026-11-22T02:00")
    attempts = await tried_until_told(found, clock, digest, back_at=datetime(2026, 11, 22, 1, 40, tzinfo=UTC))
    assert attempts > 1
    await performer(found.bot)(digest, ONCE)
    assert len([each for each in said_in(found) if "Daily digest" in each]) == 1


async def tried_until_told(found: World, clock: FrozenClock, job: PostDigest, *, back_at: datetime) -> int:
    """How many attempts it takes, waiting as its policy says."""
    for number in range(1, job.retry.attempts + 1):
        if clock.now() >= back_at:
            found.slack.hub.faults.clear()
        try:
            await performer(found.bot)(job, Attempt(number, is_last=False, holder="w"))
        except SlackUnavailable as error:
            wait = job.retry.after(error, number)
            assert wait is not None, "given up while Slack was away"
            clock.set(clock.now() + wait)
        else:
            return number
    raise AssertionError("never told")


def said_in(found: World) -> list[str]:
    channel = found.slack.workspace.channel(DESK)
    return [feed.words_of_message(message) for message in channel.messages.values()]
