"""The crash matrix of the jobs around a connection: proving, mirroring, pausing, the nightly look."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from pydantic import SecretStr

from bot.clock import Clock
from bot.domain.credentials import CredentialsForm
from bot.domain.proofs import PATIENCE
from bot.errors import BotError
from bot.jobs import Attempt, MirrorCompanies, ProveConnection, TellPaused, VerifyNightly
from bot.services.proofs import Asked
from bot.workflows import prove_connection, verify_nightly
from bot.workflows.alarms import Alarms
from bot.workflows.mirror_companies import MirrorCompaniesWorkflow
from bot.workflows.prove_connection import ProveConnectionWorkflow
from bot.workflows.tell_paused import TellPausedWorkflow
from bot.workflows.verify_nightly import VerifyNightlyWorkflow
from handlers.resolve import person_of
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from tests.crash.deaths import Died, dies_at, goes_on
from tests.factories import FrozenClock
from tests.world import World, admins_of, world

OVERLAP = 2
SLOT = "2026-11-22T02:30"


class DyingClock(FrozenClock):
    """A process that dies when it looks at the clock for the n-th time: before, between and after its pages."""

    def __init__(self, reading: int) -> None:
        super().__init__()
        self._left = reading

    def now(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            raise Died
        return super().now()


class Scene:
    """A world whose jobs are run by hand, in a time that passes only where somebody waits."""

    def __init__(self, found: World, clock: FrozenClock) -> None:
        self.world, self.clock, self.runs = found, clock, 0
        bot = found.bot
        self.tenant_of = bot.tools.workspaces.by_id
        self.person_of = partial(person_of, tools=bot.tools)

    @property
    def user_id(self) -> str:
        return self.world.ctx.person.user_id

    def told(self, *words: str) -> list[str]:
        """What stands in the Admin's conversation with us and holds one of the words."""
        slack = self.world.slack
        direct = slack.workspace.direct(self.user_id, slack.workspace.bot.id)
        said = [feed.words_of_message(message) for message in direct.messages.values()]
        return [each for each in said if any(word in each for word in words)]

    def attempt(self) -> Attempt:
        self.runs += 1
        return Attempt(self.runs, is_last=False, holder="job-1")

    async def pause(self, seconds: float) -> None:
        """A second passes in 15 ms, in which a server answers; a long wait lasts as long as any post."""
        await asyncio.sleep(0.015 * seconds if seconds < 5 else 1.0)
        self.clock.advance(seconds=seconds)

    # --- proving ---

    async def submitted(self, **changes: str) -> ProveConnection:
        given = self.world.autotask.credentials
        values = {"username": given.username, "secret": given.secret, "tracking_id": given.tracking_id}
        typed = values | changes
        form = CredentialsForm(typed["username"], SecretStr(typed["secret"]), SecretStr(typed["tracking_id"]))
        proofs, ctx = self.world.bot.services.proofs, self.world.ctx
        draft_id = await proofs.submit(ctx, form, Asked())
        async with self.world.bot.database.unit(ctx.tenant.id) as uow:
            assert await uow.proofs.leave_to_job(draft_id)
        return ProveConnection(
            tenant_id=ctx.tenant.id, draft_id=draft_id, user_id=self.user_id, view_id="", channel_id=""
        )

    async def prove(self, job: ProveConnection, *, after=goes_on, pause=None) -> None:
        bot = self.world.bot
        workflow = ProveConnectionWorkflow(
            bot.services.proofs,
            bot.notifier,
            bot.tools.views,
            tenant_of=self.tenant_of,
            person_of=self.person_of,
            clock=self.clock,
            after=after,
            pause=pause or self.pause,
        )
        await workflow.run(job, self.attempt())

    def logins(self) -> int:
        return len(self.world.autotask.control.log(entity="ThresholdInformation"))

    # --- the night ---

    async def verify(self, *, slot: str = SLOT, after=goes_on) -> None:
        bot = self.world.bot
        workflow = VerifyNightlyWorkflow(
            bot.services.verification, admins_of(bot), tenant_of=self.tenant_of, after=after
        )
        await workflow.run(VerifyNightly(tenant_id=self.world.tenant.id, slot=slot), self.attempt())

    # --- the mirror ---

    async def mirror(self, job: MirrorCompanies, *, clock: Clock | None = None) -> None:
        bot = self.world.bot
        workflow = MirrorCompaniesWorkflow(
            bot.database,
            bot.clients,
            bot.notifier,
            alarms=Alarms(bot.database, bot.jobs, self.clock),
            tenant_of=self.tenant_of,
            clock=clock or self.clock,
        )
        await workflow.run(job, self.attempt())


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        yield Scene(found, clock)


@pytest.fixture
async def connected(here):
    await here.world.connected()
    here.world.autotask.control.clear_log()
    return here


# --- ProveConnection ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", prove_connection.STEPS)
@pytest.mark.parametrize("secret", ["right", "wrong"])
async def test_a_proof_that_died_after_a_step_is_told_once_and_logs_in_once(here, step, secret):
    changes = {} if secret == "right" else {"secret": "not-the-secret"}
    job = await here.submitted(**changes)
    with pytest.raises(Died):
        await here.prove(job, after=dies_at(step))
    for _ in range(2):
        await here.prove(job)
    [said] = here.told("accepted the credentials", "not connected", "Checking")
    assert ("accepted" in said) == (secret == "right")
    assert here.logins() == 1


async def test_an_answer_finds_the_person_although_nobody_knows_whether_checking_was_posted(here):
    job = await here.submitted()
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        await uow.messages.plan(f"proof:{job.draft_id}", here.user_id)
        await uow.messages.mark(f"proof:{job.draft_id}", "posting")
    await here.prove(job)
    assert len(here.told("accepted the credentials")) == 1


async def test_two_workers_that_prove_the_same_draft_tell_once(here):
    job = await here.submitted()
    await asyncio.gather(*(here.prove(job) for _ in range(OVERLAP)))
    assert len(here.told("accepted the credentials", "Checking")) == 1


async def test_two_workers_with_a_wrong_secret_never_lock_the_user(here):
    job = await here.submitted(secret="not-the-secret")
    await asyncio.gather(*(here.prove(job) for _ in range(OVERLAP)))
    assert len(here.told("not connected")) == 1
    assert not here.world.autotask.control.user().locked


async def test_a_refused_draft_is_forgotten_with_its_secret(here):
    job = await here.submitted(secret="not-the-secret")
    await here.prove(job)
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        assert await uow.connections.draft(job.draft_id) is None


async def test_a_proof_for_who_lost_the_right_meanwhile_sends_nothing(here):
    job = await here.submitted()
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        from bot.domain.context import Role

        await uow.people.set_role(here.user_id, Role.VIEWER, "U1", here.clock.now())
    await here.prove(job)
    assert here.logins() == 0
    assert here.told("may not connect")


async def test_autotask_away_at_first_is_waited_for(here):
    here.world.autotask.control.fail_next(2, status=503, entity="ThresholdInformation")
    job = await here.submitted()
    await here.prove(job)
    [said] = here.told("accepted the credentials")
    assert here.logins() == 3
    assert "after 0 s" not in said


async def test_autotask_away_for_two_minutes_is_told_with_the_time_it_took(here):
    here.world.autotask.control.fail_next(10_000, status=503, entity="ThresholdInformation")
    job = await here.submitted()
    await here.prove(job)
    [said] = here.told("not connected")
    assert "Autotask did not answer" in said
    assert "2 min 0 s" in said


async def test_autotask_at_its_hourly_limit_is_told_as_that(here):
    control = here.world.autotask.control
    control.set_request_count(10_000)
    job = await here.submitted()
    await here.prove(job)
    [said] = here.told("not connected")
    assert "takes no more requests" in said
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        assert await uow.proofs.tries_left(here.world.autotask.credentials.username) == 3


async def test_an_autotask_that_never_answers_is_given_up_when_patience_ends(here):
    here.world.autotask.control.hang_next(50)
    job = await here.submitted()
    started: datetime = here.clock.now()
    await here.prove(job)
    [said] = here.told("not connected")
    assert "2 min 0 s" in said
    assert timedelta() <= here.clock.now() - started - PATIENCE < timedelta(seconds=5)


async def test_an_answer_after_75_seconds_is_taken(here):
    """Hung, while the clock leaps 75 s; then the one answer comes."""
    job = await here.submitted()
    started = here.clock.now()
    here.world.autotask.control.plan(Fault("slow", "ThresholdInformation", "GET", delay_ms=300))

    async def leaps(_seconds: float) -> None:
        here.clock.advance(seconds=75 if here.clock.now() == started else 0)
        await asyncio.sleep(0)

    await here.prove(job, pause=leaps)
    [said] = here.told("accepted the credentials")
    assert here.clock.now() - started > timedelta(seconds=60)
    assert "min" in said
    assert here.logins() == 1


# --- VerifyNightly --------------------------------------------------------------------------------


@pytest.mark.parametrize("step", verify_nightly.STEPS)
async def test_a_night_that_died_after_a_step_is_looked_at_once_and_told_once(connected, step):
    await connected.verify(slot="2026-11-21T02:30")
    connected.world.autotask.control.revoke("Contracts", ("query",))
    with pytest.raises(Died):
        await connected.verify(after=dies_at(step))
    connected.world.autotask.control.clear_log()
    for _ in range(2):
        await connected.verify()
    [said] = connected.told("got worse")
    assert "Contracts: View" in said
    assert connected.world.autotask.control.log(entity="EntityInformation") == []


async def test_two_workers_of_one_night_tell_once(connected):
    await connected.verify(slot="2026-11-21T02:30")
    connected.world.autotask.control.revoke("Invoices", ("query",))
    await asyncio.gather(*(connected.verify() for _ in range(OVERLAP)))
    assert len(connected.told("got worse")) == 1


async def test_nights_tell_what_changed_once_and_one_line_when_it_is_well_again(connected):
    control, nights = connected.world.autotask.control, _nights()
    await connected.verify(slot=next(nights))
    assert connected.told("permissions") == []
    control.revoke("Invoices", ("query",))
    await connected.verify(slot=next(nights))
    await connected.verify(slot=next(nights))
    assert len(connected.told("got worse")) == 1
    control.grant("Invoices", ("query",))
    await connected.verify(slot=next(nights))
    await connected.verify(slot=next(nights))
    [recovered] = connected.told("Recovered")
    assert "Invoices: View" in recovered
    assert len(connected.told("got worse")) == 1


async def test_a_night_without_an_answer_changes_nothing_and_is_tried_again(connected):
    await connected.verify(slot="2026-11-21T02:30")
    connected.world.autotask.control.set_request_count(10_000)
    with pytest.raises(BotError):
        await connected.verify()
    connected.world.autotask.control.set_request_count(0)
    connected.clock.advance(minutes=6)
    await connected.verify()
    assert connected.told("permissions") == []


async def test_a_night_of_a_workspace_that_is_not_connected_is_quiet(here):
    await here.verify()
    assert here.told("permissions") == []


async def test_the_schedule_of_the_night_is_made_with_the_connection(connected):
    async with connected.world.bot.database.unit(connected.world.tenant.id) as uow:
        found = {each.name: each for each in await uow.schedules.all()}
    assert found["nightly-verify"].local_time.isoformat() == "02:30:00"
    assert found["nightly-verify"].timezone == connected.world.tenant.timezone


def _nights() -> Iterator[str]:
    return (f"2026-11-{day}T02:30" for day in range(21, 30))


# --- TellPaused -----------------------------------------------------------------------------------


async def test_pausing_is_told_once_however_often_its_job_runs_and_dies(connected):
    bot = connected.world.bot
    job = TellPaused(tenant_id=connected.world.tenant.id, proven_at="2026-11-21T12:00:00+00:00")
    for after in (dies_at("told"), goes_on, goes_on):
        workflow = TellPausedWorkflow(bot.database, admins_of(bot), connected.tenant_of, after=after)
        with contextlib.suppress(Died):
            await workflow.run(job, connected.attempt())
    assert len(connected.told("refuses Deskhand's login")) == 1


# --- MirrorCompanies ------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_mirror_that_runs_again_says_it_once_and_has_every_company_once(connected, times):
    job = MirrorCompanies(tenant_id=connected.world.tenant.id, requested_by=connected.user_id, run_key="once")
    for _ in range(times):
        await connected.mirror(job)
    async with connected.world.bot.database.unit(connected.world.tenant.id) as uow:
        assert await uow.companies.count() == 5
    assert len(connected.told("from Autotask are here")) == 1


async def test_two_mirrors_at_once_leave_one_message_and_every_company_once(connected):
    job = MirrorCompanies(tenant_id=connected.world.tenant.id, requested_by=connected.user_id, run_key="once")
    await asyncio.gather(*(connected.mirror(job) for _ in range(OVERLAP)))
    async with connected.world.bot.database.unit(connected.world.tenant.id) as uow:
        assert await uow.companies.count() == 5
    assert len(connected.told("from Autotask")) == 1


@pytest.mark.parametrize("reading", [1, 2, 3])
async def test_a_mirror_that_died_anywhere_goes_on_and_ends_complete(connected, reading):
    job = MirrorCompanies(tenant_id=connected.world.tenant.id, requested_by=connected.user_id, run_key="once")
    with pytest.raises(Died):
        await connected.mirror(job, clock=DyingClock(reading))
    await connected.mirror(job)
    async with connected.world.bot.database.unit(connected.world.tenant.id) as uow:
        assert await uow.companies.count() == 5
    assert len(connected.told("from Autotask")) == 1
