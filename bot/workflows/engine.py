"""What every workflow is: the steps of one kind of job, each harmless to repeat."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from blocks.kit import Message
from bot.domain.context import Person, Tenant
from bot.jobs import Attempt, Job
from bot.slack.notifier import Notifier

OUR_SIDE = "Something broke on our side. The log knows the rest."

After = Callable[[str], Awaitable[None]]
"""Called after each step with its name; the crash tests die there."""

TenantOf = Callable[[int], Awaitable[Tenant]]
PersonOf = Callable[[Tenant, str], Awaitable[Person]]
"""Looks a person up as of now: who lost a right meanwhile is refused by the service."""


async def post_somewhere(
    notifier: Notifier, tenant: Tenant, key: str, places: Sequence[str], message: Message
) -> None:
    """Posts once, in the first place that takes it; the last one's refusal is raised."""
    for place in places[:-1]:
        if await notifier.takes(tenant, key, place, message):
            return
    await notifier.post(tenant, key, places[-1], message)


AuthorOf = Callable[[Tenant, str, str], Awaitable[int | None]]
"""The Autotask user to write an entity as, for a person; None: as the API user."""


async def as_ourselves(_tenant: Tenant, _user_id: str, _entity: str) -> int | None:
    return None


async def go_on(_step: str) -> None:
    return None


class Workflow(Protocol):
    """Performs one kind of job. It runs at least once, from its first step."""

    @property
    def job_type(self) -> type[Job]: ...

    async def run(self, job: Job, attempt: Attempt) -> None: ...
