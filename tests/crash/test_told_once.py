"""Jobs whose only effect is a message: however they die, repeat or overlap, people read it once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import performer
from bot.domain.digests import Period, Subscription, schedule_name
from bot.domain.time_nudges import NudgeKind
from bot.errors import SlackUnavailable
from bot.jobs import JOB_TYPES, Attempt, Job, NudgeTime, PostDigest, RefreshChoices, WelcomeInstaller
from sandbox.slack import feed
from sandbox.slack.faults import Fault
from tests.integration import time_rows
from tests.world import World, world

Make = Callable[[World], Awaitable[tuple[Job, str]]]


async def a_digest(found: World) -> tuple[Job, str]:
    at, owner = found.bot.tools.clock.now(), found.ctx.person.user_id
    digest = Subscription(owner, owner)
    async with found.bot.database.unit(found.tenant.id) as uow:
        await uow.digests.save(digest)
        for each in digest.schedules(found.tenant.id, "UTC", at):
            await uow.schedules.save(each)
    name, slot = schedule_name(Period.DAILY, owner), at.strftime("%Y-%m-%dT%H:%M")
    return PostDigest(tenant_id=found.tenant.id, schedule=name, slot=slot), "aily digest"


async def a_queue_that_is_gone(found: World) -> tuple[Job, str]:
    async with found.bot.database.unit(found.tenant.id) as uow:
        defaults = await uow.connections.ticket_defaults()
    values = found.autotask.database.picklist("Tickets", "queueID")
    chosen = next(each.value for each in values if each.label == defaults.queue.label)
    found.autotask.control.set_picklist_value_active("Tickets", "queueID", chosen, active=False)
    return RefreshChoices(tenant_id=found.tenant.id, slot="2026-11-21T03:30"), "no longer"


async def a_welcome(found: World) -> tuple[Job, str]:
    owner = found.ctx.person.user_id
    return WelcomeInstaller(tenant_id=found.tenant.id, user_id=owner, installation=7), "Deskhand is here"


async def time_that_waits(found: World) -> tuple[Job, str]:
    async with found.bot.database.unit(found.tenant.id) as uow:
        await time_rows.entry(uow, 1)
        await time_rows.decided(uow)
    owner = found.ctx.person.user_id
    job = NudgeTime(tenant_id=found.tenant.id, kind=NudgeKind.APPROVALS, user_id=owner, slot="V1")
    return job, "wait for approval"


EVERY = pytest.mark.parametrize("make", [a_digest, a_queue_that_is_gone, a_welcome, time_that_waits])


@pytest.fixture
async def found(database_url, tmp_path):
    async with world(database_url, tmp_path) as opened:
        await opened.connected()
        yield opened


async def run(found: World, job: Job) -> None:
    await performer(found.bot)(job, Attempt(1, is_last=False, holder="w"))


def said(found: World) -> list[str]:
    owner = found.ctx.person.user_id
    direct = found.slack.workspace.direct(owner, found.slack.workspace.bot.id)
    return [feed.words_of_message(each) for each in direct.messages.values()]


@EVERY
async def test_run_again_and_by_two_at_once_it_is_told_once(found: World, make: Make):
    job, words = await make(found)
    await asyncio.gather(run(found, job), run(found, job))
    await run(found, job)
    (message,) = said(found)
    assert words in message


@EVERY
async def test_a_lost_answer_from_slack_leaves_one_message(found: World, make: Make):
    job, _ = await make(found)
    found.slack.hub.faults.add(Fault("chat.postMessage", error="internal_error", status=500, after=True))
    for _ in range(2):
        await run(found, job)
    assert len(said(found)) == 1


@EVERY
async def test_slack_away_for_a_while_only_delays_it(found: World, make: Make):
    job, words = await make(found)
    found.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited"))
    with pytest.raises(SlackUnavailable):
        await run(found, job)
    assert said(found) == []
    await run(found, job)
    assert words in said(found)[0]


@pytest.mark.parametrize("kind", JOB_TYPES)
def test_every_kind_of_job_is_tried_by_dying(kind: type[Job]):
    played = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert kind.__name__ in played
