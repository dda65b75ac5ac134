"""A problem is one message per place, and its news one per channel, wherever the job dies and whoever overlaps."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

import pytest

from bot.domain.alerts import Subscription, Threads
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.domain.problems import EventKind, News, ProblemReport, Severity
from bot.errors import SlackUnavailable
from bot.jobs import Attempt, TellNews, TellProblem
from bot.workflows.engine import After, go_on
from bot.workflows.tell_news import STEPS as NEWS_STEPS
from bot.workflows.tell_news import TellNewsWorkflow
from bot.workflows.tell_problem import STEPS, TellProblemWorkflow
from handlers.resolve import person_of
from sandbox.slack.faults import Fault
from sandbox.slack.model import Message
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.crash.deaths import Died, dies_at
from tests.factories import FrozenClock
from tests.integration.slack_world import DESK, SALES_ROOM, Office, opened_office, words
from tests.world import admins_of

REPORT = ProblemReport(
    "sync:companies",
    EventKind.SYNC,
    Severity.ERROR,
    "The sync of companies failed",
    retry={"job": "run_sync", "groups": ["companies"]},
)
ATTEMPT = Attempt(1, is_last=False, holder="w")


@dataclass
class Here:
    """An office where a channel with us hears of syncs; the test carries out the jobs."""

    office: Office
    tenant: Tenant
    clock: FrozenClock
    problem_id: int = 0

    @property
    def admin(self) -> Ctx:
        return Ctx(self.tenant, Person(ADMIN, "Dana", Role.ADMIN))

    async def tenant_of(self, _tenant_id: int) -> Tenant:
        return self.tenant

    async def subscribed(self, *channels: str, threads: Threads = Threads.ALWAYS) -> None:
        async with self.office.bot.database.unit(self.tenant.id) as uow:
            for channel in channels:
                wanted = Subscription(channel, frozenset(EventKind), threads=threads)
                await uow.alert_channels.save(replace(wanted, changed_at=self.clock.now()))

    async def report(self, found: ProblemReport = REPORT) -> None:
        async with self.office.bot.database.unit(self.tenant.id) as uow:
            self.problem_id = await uow.problems.report(found, self.clock.now())

    async def recover(self) -> None:
        async with self.office.bot.database.unit(self.tenant.id) as uow:
            await uow.problems.recover(REPORT.fingerprint, self.clock.now())

    async def tell(self, after: After = go_on) -> None:
        bot = self.office.bot
        workflow = TellProblemWorkflow(
            bot.database,
            bot.notifier,
            admins_of(bot),
            tenant_of=self.tenant_of,
            person_of=partial(person_of, tools=bot.tools),
            clock=self.clock,
            after=after,
        )
        await workflow.run(TellProblem(tenant_id=self.tenant.id, problem_id=self.problem_id), ATTEMPT)

    async def tell_news(self, run_id: int, after: After = go_on) -> None:
        bot = self.office.bot
        workflow = TellNewsWorkflow(bot.database, bot.notifier, tenant_of=self.tenant_of, after=after)
        await workflow.run(TellNews(tenant_id=self.tenant.id, run_id=run_id), ATTEMPT)

    def posted(self, channel: str = DESK, about: str = "companies") -> list[Message]:
        """What stands in the channel and in its threads, by the application."""
        workspace = self.office.slack.workspace
        there = workspace.channels[channel].messages.values()
        return [each for each in there if each.user == workspace.bot.id and about in words(each)]


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    clock = FrozenClock()
    async with opened_office(database_url, clock=clock) as office:
        await office.give_role(ADMIN, Role.ADMIN)
        yield Here(office, await office.tenant(), clock)


async def test_who_may_no_longer_see_a_problem_is_told_no_more_of_it(here: Here):
    await here.report()
    await here.tell()
    direct = here.office.slack.workspace.direct(ADMIN, here.office.slack.workspace.bot.id)
    (card,) = direct.messages.values()
    assert "Seen once" in words(card)
    await here.office.bot.services.alerts.assign(here.admin, here.problem_id, here.admin.person)
    await here.office.give_role(ADMIN, Role.NONE)
    here.clock.advance(minutes=42)
    await here.report()
    await here.tell()
    assert [words(each) for each in direct.messages.values()] == [words(card)]
    assert "Seen once" in words(card)


@pytest.mark.parametrize("step", STEPS)
async def test_dying_after_any_step_leaves_one_message_and_one_reply(here: Here, step: str):
    await here.subscribed(DESK)
    await here.report()
    if step in {"posted", "shown"}:
        with pytest.raises(Died):
            await here.tell(dies_at(step))
    await here.tell()
    await here.office.bot.services.alerts.assign(here.admin, here.problem_id, here.admin.person)
    here.clock.advance(minutes=42)
    if step == "assigned":
        with pytest.raises(Died):
            await here.tell(dies_at(step))
    await here.tell()
    await here.recover()
    if step in {"redrawn", "followed", "shown"}:
        with pytest.raises(Died):
            await here.tell(dies_at(step))
    for _ in range(2):
        await here.tell()
    (card,) = [each for each in here.posted() if not each.thread_ts]
    (reply,) = [
        each for each in here.office.slack.workspace.channels[DESK].messages.values() if each.thread_ts
    ]
    assert "Recovered after 42 min, seen once" in words(card)
    assert "Recovered after 42 min" in words(reply)
    direct = here.office.slack.workspace.direct(ADMIN, here.office.slack.workspace.bot.id)
    assert len(direct.messages) == 1


async def test_two_workers_and_two_reports_at_once_leave_one_message_with_both(here: Here):
    await here.subscribed(DESK)
    await here.report()

    async def reports_again() -> None:
        await here.report()
        await here.tell()

    await asyncio.gather(here.tell(), reports_again(), here.tell())
    await here.tell()
    (card,) = here.posted()
    assert "Seen 2 times" in words(card)


async def test_slack_away_for_a_while_only_delays_it_and_other_places_hear_of_it(here: Here):
    await here.subscribed(DESK)
    here.office.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited"))
    await here.report()
    with pytest.raises(SlackUnavailable):
        await here.tell()
    assert here.posted() == []
    await here.recover()
    await here.tell()
    (card,) = here.posted()
    assert "Recovered" in words(card)


async def test_a_lost_answer_from_slack_leaves_one_message(here: Here):
    await here.subscribed(DESK)
    here.office.slack.hub.faults.add(
        Fault("chat.postMessage", error="internal_error", status=500, after=True)
    )
    await here.report()
    for _ in range(2):
        await here.tell()
    assert len(here.posted()) == 1


async def test_where_no_subscriber_takes_it_the_admins_hear_of_it(here: Here):
    await here.subscribed("C0NOWHERE")
    await here.report()
    for _ in range(2):
        await here.tell()
    direct = here.office.slack.workspace.direct(ADMIN, here.office.slack.workspace.bot.id)
    (card,) = direct.messages.values()
    assert "The sync of companies failed" in words(card)


async def test_a_snooze_ends_once_with_a_reply_and_quiet_problems_are_not_posted(here: Here):
    await here.subscribed(DESK, threads=Threads.NEVER)
    await here.report()
    await here.tell()
    member = Ctx(here.tenant, Person(FULL_MEMBER, "Kim", Role.FULL_MEMBER, "Europe/Berlin"))
    from bot.domain.problems import Snooze

    await here.office.bot.services.alerts.snooze(member, here.problem_id, Snooze.HOUR)
    await here.tell()
    here.clock.advance(minutes=30)
    await here.report()
    await here.tell()
    assert "Snoozed by" in words(here.posted()[0])
    here.clock.advance(minutes=31)
    with pytest.raises(Died):
        await here.tell(dies_at("followed"))
    for _ in range(2):
        await here.tell()
    card, reply = here.posted()
    assert "Snoozed" not in words(card)
    assert "it is still there" in words(reply)


@pytest.mark.parametrize("step", [*NEWS_STEPS, ""])
async def test_news_of_a_run_is_told_once_in_each_channel(here: Here, step: str):
    await here.subscribed(DESK, SALES_ROOM)
    async with here.office.bot.database.unit(here.tenant.id) as uow:
        found = [News(EventKind.CONTRACTS, f"Contract {n} ended <b>") for n in range(40)]
        await uow.news.add(7, found, here.clock.now())
    if step:
        with pytest.raises(Died):
            await here.tell_news(7, dies_at(step))
    await asyncio.gather(here.tell_news(7), here.tell_news(7))
    await here.tell_news(8)
    (told,) = here.posted(about="News from")
    assert "And 25 more" in words(told)
    assert "Contracts: 40" in words(told)
