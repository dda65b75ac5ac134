"""What every workflow is: the steps of one kind of job, each harmless to repeat."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.domain.context import Person, Tenant
from bot.jobs import Attempt, Job

After = Callable[[str], Awaitable[None]]
"""Called after each step with its name; the crash tests die there."""

TenantOf = Callable[[int], Awaitable[Tenant]]
PersonOf = Callable[[Tenant, str], Awaitable[Person]]
"""Looks a person up as of now: who lost a right meanwhile is refused by the service."""


async def go_on(_step: str) -> None:
    return None


class Workflow(Protocol):
    """Performs one kind of job. It runs at least once, from its first step."""

    @property
    def job_type(self) -> type[Job]: ...

    async def run(self, job: Job, attempt: Attempt) -> None: ...
