"""The sync log as a file: wherever the job dies, its reader gets the file once and reads one message."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from bot.domain.sync_logs import Operation, succeeded
from bot.domain.syncs import SyncType
from bot.jobs import Attempt, ExportLogs
from bot.workflows.export_logs import STEPS, ExportLogsWorkflow
from sandbox.slack import feed
from tests.crash.deaths import Died, dies_at, goes_on
from tests.world import World, world


@pytest.fixture
async def found(database_url, tmp_path):
    async with world(database_url, tmp_path) as opened:
        async with opened.bot.database.unit(opened.tenant.id) as uow:
            lines = [succeeded(SyncType.COMPANY, Operation.CREATE, f"Created {n}") for n in range(30)]
            await uow.sync_logs.add(None, lines, opened.bot.tools.clock.now() - timedelta(hours=1))
        yield opened


def job_of(found: World) -> ExportLogs:
    now = found.bot.tools.clock.now()
    return ExportLogs(
        tenant_id=found.tenant.id, user_id=found.ctx.person.user_id, run_key="k", until=now, filter=""
    )


async def run(found: World, job: ExportLogs, after=goes_on) -> None:
    tools = found.bot.tools

    async def person_of(_tenant, _user_id):
        return found.ctx.person

    workflow = ExportLogsWorkflow(
        found.bot.services.logs,
        tools.files,
        tools.notifier,
        tenant_of=tools.workspaces.by_id,
        person_of=person_of,
        after=after,
    )
    with contextlib.suppress(Died):
        await workflow.run(job, Attempt(1, is_last=False, holder="w"))


def told(found: World) -> list[str]:
    owner = found.ctx.person.user_id
    direct = found.slack.workspace.direct(owner, found.slack.workspace.bot.id)
    said = [feed.words_of_message(each) for each in direct.messages.values()]
    return [each for each in said if "sync log" in each]


@pytest.mark.parametrize("step", STEPS)
async def test_a_file_whose_job_died_anywhere_is_given_once(found: World, step: str):
    job = job_of(found)
    for after in (dies_at(step), goes_on, goes_on):
        await run(found, job, after)
    (message,) = told(found)
    assert "30 lines" in message
    (file,) = found.slack.workspace.files.values()
    assert len(file.content.splitlines()) == 31


async def test_two_at_once_give_one_file(found: World):
    job = job_of(found)
    await asyncio.gather(run(found, job), run(found, job))
    assert len(found.slack.workspace.files) == 1
    assert len(told(found)) == 1
