"""How fast saved tickets reach Autotask, and at how many requests each."""

import asyncio
from dataclasses import replace

from bot.domain.context import Ctx, Person, Role
from bot.domain.reviews import Review
from bot.domain.tickets import TicketForm
from bot.services.reviews import ReviewForm
from bot.slack.budget import REGULAR
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import ProgramFailed
from tests.benchmarks.stage import Stage, settled, staff

STATES = "SELECT state, count(*)::int FROM tickets GROUP BY state"
LEAST_REQUESTS = 2
"""Look up by our reference, create. (The number that people know takes a third.)"""
CHAT = frozenset({"chat.postMessage", "chat.update"})


async def figures(stage: Stage) -> list[Figure]:
    """All tickets are saved at once; each person is told in the conversation with the app."""
    loop = asyncio.get_running_loop()
    review = await _review(stage)
    await settled(stage)  # a company that is mapped has its contracts read
    told = len(_told(stage))
    await stage.autotask.forget_requests()
    started = loop.time()
    await asyncio.gather(
        *(_submit(stage, review, n, user) for n, user in enumerate(staff(stage.plan.tickets)))
    )
    saved = loop.time() - started
    await stage.until(lambda: _created(stage), "every ticket in Autotask", within_s=120)
    pushed = loop.time() - started
    await stage.until(lambda: _all_told(stage, told), "every card", within_s=120)
    shown = loop.time() - started
    asked = await stage.autotask.requests()
    count = stage.plan.tickets
    pace = 2 * count / REGULAR.per_second
    return [
        Figure("push.saved", f"{count} tickets saved and queued", saved * 1000, "ms"),
        Figure("push.seconds", f"{count} tickets, all in Autotask after", pushed, "s"),
        Figure(
            "push.shown",
            f"{count} tickets, every card up to date after (floor: Slack's pace)",
            shown,
            "s",
            pace,
        ),
        Figure(
            "push.requests", "requests to Autotask per ticket", asked["count"] / count, "", LEAST_REQUESTS
        ),
    ]


async def _review(stage: Stage) -> Review:
    rows = await stage.rows(
        "SELECT autotask_id FROM companies WHERE is_active ORDER BY autotask_id DESC LIMIT 1"
    )
    services = stage.bot.services
    organization = await services.organizations.save(
        stage.ctx, organization_id=None, name="Benchmark", company_id=rows[0][0]
    )
    template = (await services.templates.all(stage.ctx))[0]
    return await services.reviews.create(stage.ctx, ReviewForm(organization.id, template.id, "", ""))


async def _submit(stage: Stage, review: Review, n: int, user_id: str) -> None:
    question = review.template.questions[n % len(review.template.questions)]
    service = stage.bot.services.tickets
    ctx = _acting(stage, user_id)
    draft = await service.draft(ctx, review.id, question.id)
    if draft.typed.queue is None:
        raise ProgramFailed("the form of a new ticket has no queue")
    form = TicketForm(
        request_key=f"bench:{n}",
        summary=question.text,
        description="Please look into it.",
        queue_id=draft.typed.queue.value,
        priority=int(draft.typed.priority),
        organization_id=review.organization_id,
        review_id=review.id,
        question_id=question.id,
        n=1 + n // len(review.template.questions),
    )
    await service.submit(ctx, form)


def _acting(stage: Stage, user_id: str) -> Ctx:
    return replace(stage.ctx, person=Person(user_id, user_id, Role.ADMIN))


async def _created(stage: Stage) -> bool:
    states = dict(await stage.rows(STATES))
    if "failed" in states:
        raise ProgramFailed("a ticket was not created")
    return states == {"created": stage.plan.tickets}


def _told(stage: Stage) -> list[str]:
    return [call.method for call in stage.slack.journal.calls if call.method in CHAT and call.ok]


async def _all_told(stage: Stage, before: int) -> bool:
    """Each ticket is a post and its redraw."""
    return len(_told(stage)) - before >= 2 * stage.plan.tickets
