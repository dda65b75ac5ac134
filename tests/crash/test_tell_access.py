"""A request for access is told once, and so is its decision, wherever the job dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.domain.context import Ctx, Person, Right, Role, Tenant
from bot.errors import SlackUnavailable
from bot.jobs import Attempt, TellAccess
from bot.workflows.engine import After, go_on
from bot.workflows.tell_access import STEPS, TellAccessWorkflow
from sandbox.slack.faults import Fault
from sandbox.slack.seed import ADMIN, FINANCE, VIEWER
from tests.crash.deaths import Died, dies_at
from tests.integration.slack_world import Office, opened_office, words
from tests.world import admins_of


@dataclass
class Here:
    """An office with two Admins and one open request; the test carries out the jobs."""

    office: Office
    tenant: Tenant
    request_id: int = 0

    def admin(self) -> Ctx:
        return Ctx(self.tenant, Person(ADMIN, "Dana", Role.ADMIN))

    async def run(self, after: After = go_on) -> None:
        bot = self.office.bot

        async def tenant_of(tenant_id: int) -> Tenant:
            async with bot.database.directory() as directory:
                found = await directory.tenant(tenant_id)
            assert found is not None
            return found

        workflow = TellAccessWorkflow(
            bot.database, bot.notifier, tenant_of, admins=admins_of(bot), after=after
        )
        job = TellAccess(tenant_id=self.tenant.id, request_id=self.request_id)
        await workflow.run(job, Attempt(1, is_last=False, holder="w"))

    def said(self, user: str) -> list[str]:
        direct = self.office.slack.workspace.direct(user, self.office.slack.workspace.bot.id)
        return [words(each) for each in self.office.people.messages(user, direct.id)]

    def assert_told_once(self) -> None:
        """One message per Admin, which shows the decision, and one to who asked."""
        for admin in (ADMIN, FINANCE):
            (card,) = self.said(admin)
            assert "approved as Full Member" in card
            assert "Approve…" not in card
        (told,) = self.said(VIEWER)
        assert "lets you run reviews" in told


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    async with opened_office(database_url) as office:
        await office.give_role(ADMIN, Role.ADMIN)
        await office.give_role(FINANCE, Role.ADMIN)
        found = Here(office, await office.tenant())
        asker = Ctx(found.tenant, Person(VIEWER, "Tomas", Role.VIEWER))
        found.request_id = (await office.bot.services.access.ask(asker, Right.RUN_REVIEWS)).id
        yield found


@pytest.mark.parametrize("step", STEPS)
async def test_dying_after_a_step_tells_everybody_once(here: Here, step: str):
    if step == "ask":
        with pytest.raises(Died):
            await here.run(dies_at(step))
    await here.run()
    await here.office.bot.services.access.approve(here.admin(), here.request_id, Role.FULL_MEMBER)
    if step != "ask":
        with pytest.raises(Died):
            await here.run(dies_at(step))
    await here.run()
    await here.run()
    here.assert_told_once()


async def test_a_decision_while_the_admins_are_being_asked_is_on_every_message(here: Here):
    async def decides(reached: str) -> None:
        if reached == "ask":
            await here.office.bot.services.access.approve(here.admin(), here.request_id, Role.FULL_MEMBER)

    await here.run(decides)
    here.assert_told_once()


async def test_two_workers_at_once_tell_everybody_once(here: Here):
    await asyncio.gather(here.run(), here.run())
    await here.office.bot.services.access.approve(here.admin(), here.request_id, Role.FULL_MEMBER)
    await asyncio.gather(here.run(), here.run())
    await here.run()
    here.assert_told_once()


async def test_slack_away_for_a_while_only_delays_the_message(here: Here):
    here.office.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited"))
    with pytest.raises(SlackUnavailable):
        await here.run()
    await here.run()
    await here.office.bot.services.access.approve(here.admin(), here.request_id, Role.FULL_MEMBER)
    await here.run()
    here.assert_told_once()


async def test_an_admin_who_cannot_be_written_to_does_not_keep_the_others_from_knowing(here: Here):
    here.office.slack.hub.faults.add(Fault("chat.postMessage", error="user_disabled"))
    await here.run()
    assert sorted(len(here.said(admin)) for admin in (ADMIN, FINANCE)) == [0, 1]
