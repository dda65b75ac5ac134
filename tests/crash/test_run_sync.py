"""The crash matrix of a sync: wherever it dies, every row and line is there once, and people read one message."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.tables import companies, resources, sync_logs, sync_runs
from bot.domain.problems import Problem, ProblemState
from bot.errors import AutotaskUnavailable, CredentialsRejected, PermissionMissing
from bot.jobs import Attempt, RunSync
from bot.workflows import run_sync
from bot.workflows.alarms import Alarms
from bot.workflows.engine import After
from bot.workflows.run_sync import RunSyncWorkflow
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.faults import Fault as SlackFault
from tests.crash.deaths import Died, dies_at, goes_on
from tests.factories import NOON
from tests.world import World, world

GROUPS = ("resources", "companies")
DEADLOCK = '{"errors":["Transaction was deadlocked on lock resources."]}'


class Scene:
    """A connected world in which syncs are run by hand."""

    def __init__(self, found: World) -> None:
        self.world = found
        self.control = found.autotask.control

    def job(self, key: str = "once", *, by: str = "", groups: tuple[str, ...] = GROUPS) -> RunSync:
        return RunSync(tenant_id=self.world.tenant.id, groups=groups, run_key=key, requested_by=by, full=True)

    async def run(self, job: RunSync, *, after: After = goes_on, number: int = 1) -> None:
        bot = self.world.bot
        workflow = RunSyncWorkflow(
            bot.database,
            bot.clients,
            bot.notifier,
            alarms=Alarms(bot.database, bot.jobs, bot.tools.clock),
            tenant_of=bot.tools.workspaces.by_id,
            clock=bot.tools.clock,
            after=after,
        )
        await workflow.run(job, Attempt(number, is_last=number == 6, holder="w"))

    async def count(self, table) -> int:
        return len(await self.all(table))

    async def all(self, table) -> list[dict[str, object]]:
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            found = await uow.connection.execute(select(table))
            return [dict(row) for row in found.mappings()]

    async def states(self) -> dict[str, str]:
        return {str(row["name"]): str(row["state"]) for row in await self.all(sync_runs) if row["key"]}

    def said(self) -> list[str]:
        slack, owner = self.world.slack, self.world.ctx.person.user_id
        direct = slack.workspace.direct(owner, slack.workspace.bot.id)
        return [feed.words_of_message(each) for each in direct.messages.values()]

    async def all_is_there_once(self) -> None:
        people = len(list(self.world.autotask.database.rows("Resources")))
        assert await self.count(resources) == people
        assert await self.count(companies) == 5
        new = [row for row in await self.all(sync_logs) if row["operation"] == "create"]
        assert {row["type"]: row["count"] for row in new} == {"resource": people, "company": 5}
        assert len(new) == 2
        assert await self.states() == dict.fromkeys(GROUPS, "succeeded")


@pytest.fixture
async def here(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield Scene(found)


async def dies_in_turn(here: Scene, job: RunSync, step: str) -> None:
    with pytest.raises(Died):
        await here.run(job, after=dies_at(step))


@pytest.mark.parametrize("step", run_sync.STEPS)
async def test_a_sync_that_died_after_a_step_is_told_once_and_everything_is_there_once(
    here: Scene, step: str
):
    job = here.job(by=here.world.ctx.person.user_id)
    await dies_in_turn(here, job, step)
    for _ in range(2):
        await here.run(job, number=2)
    await here.all_is_there_once()
    [message] = here.said()
    assert "Synced" in message


async def test_two_workers_at_once_write_every_row_and_line_once_and_one_message(here: Scene):
    job = here.job(by=here.world.ctx.person.user_id)
    await asyncio.gather(here.run(job), here.run(job))
    await here.all_is_there_once()
    assert len(here.said()) == 1


async def test_a_process_that_stops_leaves_the_run_to_be_tried_again(here: Scene):
    async def stops(step: str) -> None:
        if step == "fetched":
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await here.run(here.job(), after=stops)
    assert await here.states() == dict.fromkeys(GROUPS, "retrying")
    await here.run(here.job())
    await here.all_is_there_once()


async def test_what_autotask_does_not_answer_is_tried_again_and_what_it_forbids_is_told_at_once(here: Scene):
    here.control.plan(Fault("fail", "Companies", status=500, body=DEADLOCK, count=2))
    here.control.revoke("Resources", ("query",))
    with pytest.raises(AutotaskUnavailable):
        await here.run(here.job())
    assert await here.states() == {"resources": "failed", "companies": "retrying"}
    [waiting] = [row for row in await here.all(sync_runs) if row["state"] == "retrying"]
    assert (waiting["retry_at"] - waiting["finished_at"]).total_seconds() == 15
    assert [each.fingerprint for each in await problems(here)] == ["sync:resources"]
    here.control.clear_log()
    await here.run(here.job(), number=2)
    assert await here.states() == {"resources": "failed", "companies": "succeeded"}
    assert here.control.log(entity="Resources") == []
    failures = [row for row in await here.all(sync_logs) if row["operation"] == "error"]
    assert {(row["status"], row["code"]) for row in failures} == {("error", "AT-203"), ("warning", "AT-301")}
    assert all(
        row["details"]["request"].startswith(("Resources/query", "Companies/query")) for row in failures
    )


async def test_who_asked_reads_when_it_is_tried_again_and_slack_away_keeps_no_sync_from_running(here: Scene):
    job = here.job(by=here.world.ctx.person.user_id, groups=("companies",))
    here.world.slack.hub.faults.add(SlackFault("chat.postMessage", error="accesslimited", times=10))
    here.control.plan(Fault("fail", "Companies", status=500, body=DEADLOCK, count=2))
    with pytest.raises(AutotaskUnavailable):
        await here.run(job)
    assert here.said() == []
    here.world.slack.hub.faults.clear()
    here.control.plan(Fault("fail", "Companies", status=500, body=DEADLOCK, count=2))
    with pytest.raises(AutotaskUnavailable):
        await here.run(job, number=2)
    [message] = here.said()
    assert "trying again at" in message
    assert "Try again" not in message
    await here.run(job, number=3)
    [message] = here.said()
    assert "Synced" in message


async def test_a_sync_that_could_not_be_announced_is_told_at_its_end(here: Scene):
    job = here.job(by=here.world.ctx.person.user_id, groups=("companies",))

    async def slack_is_back(step: str) -> None:
        if step == "concluded":
            here.world.slack.hub.faults.clear()

    here.world.slack.hub.faults.add(SlackFault("chat.postMessage", error="accesslimited", times=10))
    await here.run(job, after=slack_is_back)
    [message] = here.said()
    assert "Synced" in message


async def test_the_problem_of_a_sync_is_over_when_it_goes_through(here: Scene):
    here.control.revoke("Resources", ("query",))
    with pytest.raises(PermissionMissing):
        await here.run(here.job(groups=("resources",)))
    here.control.grant("Resources")
    await here.run(here.job("later", groups=("resources",)))
    [problem] = await problems(here)
    assert problem.state is ProblemState.RECOVERED


async def test_a_refused_login_is_no_syncs_problem_and_the_run_says_why(here: Scene):
    here.control.user().secret = "rotated"
    here.control.clear_log()
    here.world.bot.autotask.forget(here.world.tenant.id)  # as a new process: one call finds out
    with pytest.raises(CredentialsRejected):
        await here.run(here.job())
    with pytest.raises(CredentialsRejected):
        await here.run(here.job("later"))
    assert [each for each in await problems(here) if each.fingerprint.startswith("sync:")] == []
    runs = [row for row in await here.all(sync_runs) if row["key"]]
    assert {(row["state"], row["error"]) for row in runs} == {("failed", "AT-202 Autotask refused the login")}
    written = str([row["details"] for row in await here.all(sync_logs)])
    assert here.world.autotask.credentials.secret not in written
    assert len(here.control.log(entity="Companies")) + len(here.control.log(entity="Resources")) == 1


async def problems(here: Scene) -> list[Problem]:
    async with here.world.bot.database.unit(here.world.tenant.id) as uow:
        return await uow.problems.between(NOON - timedelta(days=3_650), NOON + timedelta(days=3_650))
