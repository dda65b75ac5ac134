"""Credentials are proven: the form hears of it while it waits, else one message that is edited in place (CV9)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, repeat

from blocks import connections as blocks
from blocks.kit import Message, View
from bot.background import ended
from bot.clock import Clock
from bot.domain.context import Ctx
from bot.domain.proofs import PATIENCE, Proof, Standing
from bot.errors import AutotaskUnavailable, BotError, UpstreamError
from bot.jobs import Attempt, Job, ProveConnection
from bot.services.proofs import ProofsService
from bot.slack.notifier import Notifier
from bot.slack.views import Views
from bot.workflows.engine import After, PersonOf, TenantOf, go_on

STEPS = ("proved", "claimed", "told")
AGAIN_AFTER = (3.0, 5.0, 10.0, 15.0)
"""Seconds before each further try, while Autotask does not answer."""
TICK = 1.0
"""Seconds between two looks at the clock."""
LOOK_EVERY = 0.2
TOLD_FROM = timedelta(seconds=4)
"""A proof that takes longer gets a message of its own; the modal says "checking" since two seconds."""
POSTED_WITHIN = 5.0
"""Seconds in which a message that another worker is posting has surely been noted."""
ACK_ARRIVES = 0.5
"""Seconds after which Slack has surely drawn "checking"; a result that overtook it would be drawn over."""


class ProveConnectionWorkflow:
    job_type: type[Job] = ProveConnection

    def __init__(
        self,
        proofs: ProofsService,
        notifier: Notifier,
        views: Views,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        clock: Clock,
        after: After = go_on,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._proofs = proofs
        self._notifier = notifier
        self._views = views
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._clock = clock
        self._after = after
        self._pause = pause

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Proves the saved draft once and tells the person once, in the form, the modal or a message."""
        assert isinstance(job, ProveConnection)
        tenant = await self._tenant_of(job.tenant_id)
        ctx = Ctx(tenant, await self._person_of(tenant, job.user_id))
        standing = await self._proofs.standing(ctx, job.draft_id)
        if standing is None or standing.told in {"form", "done"}:
            return
        outcome = standing.outcome or await self._proven(ctx, job, standing)
        await self._after("proved")
        if not await self._is_mine_to_tell(ctx, job, standing):
            return
        await self._after("claimed")
        await self._tell(ctx, job, standing, outcome)
        await self._after("told")
        await self._proofs.told(ctx, job.draft_id)

    async def _proven(self, ctx: Ctx, job: ProveConnection, standing: Standing) -> Proof | BotError:
        """How the proof ended, at the latest when patience does. Meanwhile the message shows the seconds."""
        trouble = _Trouble()
        proof = asyncio.create_task(self._persist(ctx, job, trouble))
        try:
            while not proof.done() and self._spent(standing) < PATIENCE:
                await self._show_progress(ctx, job, standing)
                await self._tick(proof)
            if proof.done():
                return proof.result()
        finally:
            await ended(proof)
        await self._proofs.record(ctx, job.draft_id, trouble.last)
        return trouble.last

    async def _tick(self, proof: asyncio.Task[Proof | BotError]) -> None:
        ticked = asyncio.ensure_future(self._pause(TICK))
        await asyncio.wait({proof, ticked}, return_when=asyncio.FIRST_COMPLETED)
        ticked.cancel()

    async def _persist(self, ctx: Ctx, job: ProveConnection, trouble: "_Trouble") -> Proof | BotError:
        """Tries again while Autotask does not answer, until it is broken off; a refusal is an answer."""
        for seconds in chain(AGAIN_AFTER, repeat(AGAIN_AFTER[-1])):
            try:
                return await self._proofs.prove(ctx, job.draft_id)
            except UpstreamError as error:
                trouble.last = error
            except BotError as error:
                return error
            await self._wait_for_another_try(seconds)
        raise AssertionError("the tries do not end")

    async def _wait_for_another_try(self, seconds: float) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        while self._clock.now() < until:  # noqa: ASYNC110 - the clock tells no event
            await asyncio.sleep(LOOK_EVERY)

    async def _show_progress(self, ctx: Ctx, job: ProveConnection, standing: Standing) -> None:
        spent = self._spent(standing)
        now = await self._proofs.standing(ctx, job.draft_id)
        if spent < TOLD_FROM or now is None or now.told != "job":
            return
        key, message = _key(job), blocks.waiting(spent)
        await self._notifier.post(ctx.tenant, key, job.user_id, message)
        self._notifier.progress(ctx.tenant, key, message)

    async def _is_mine_to_tell(self, ctx: Ctx, job: ProveConnection, standing: Standing) -> bool:
        """The form goes first while it can still be waiting; a form that died leaves it to us."""
        while self._spent(standing) < TOLD_FROM:
            now = await self._proofs.standing(ctx, job.draft_id)
            if now is None or now.told in {"form", "done"}:
                return False
            if now.told == "job":
                break
            await self._pause(0.1)
        return await self._proofs.claim(ctx, job.draft_id)

    async def _tell(
        self, ctx: Ctx, job: ProveConnection, standing: Standing, outcome: Proof | BotError
    ) -> None:
        """Redraws modal and message; a message is made only for who closed the modal and has none yet."""
        view, message = await self._words(ctx, job, standing, outcome)
        await self._pause(ACK_ARRIVES)
        shown = bool(job.view_id) and await self._views.update(ctx.tenant, job.view_id, view)
        if await self._notifier.update(ctx.tenant, _key(job), message) or shown:
            return
        if not await self._notifier.post(ctx.tenant, _key(job), job.user_id, message):
            await self._tell_anew(ctx, job, message)

    async def _tell_anew(self, ctx: Ctx, job: ProveConnection, message: Message) -> None:
        """Somebody is posting it this moment, or died over it: then a second message is better than no answer."""
        await self._pause(POSTED_WITHIN)
        if not await self._notifier.update(ctx.tenant, _key(job), message):
            await self._notifier.post(ctx.tenant, f"{_key(job)}:answer", job.user_id, message)

    async def _words(
        self, ctx: Ctx, job: ProveConnection, standing: Standing, outcome: Proof | BotError
    ) -> tuple[View, Message]:
        spent = self._spent(standing)
        if isinstance(outcome, Proof):
            try:
                choices = await self._proofs.choices(ctx, job.draft_id)
            except BotError as error:
                return await self._words(ctx, job, standing, error)
            view = blocks.choices_form(choices, channel_id=job.channel_id)
            return view, blocks.answered(outcome.zone, job.draft_id, spent)
        problem = blocks.problem_text(outcome)
        view = blocks.credentials_form(username=standing.username, problem=problem, channel_id=job.channel_id)
        return view, blocks.not_answered(problem, spent)

    def _spent(self, standing: Standing) -> timedelta:
        return self._clock.now() - standing.created_at


@dataclass
class _Trouble:
    """Why there is no answer yet."""

    last: BotError = field(default_factory=AutotaskUnavailable)


def _key(job: ProveConnection) -> str:
    return f"proof:{job.draft_id}"
