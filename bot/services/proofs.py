"""Proving credentials before they are saved: what was typed, whether Autotask takes it, what it offers then."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from pydantic import SecretStr

from bot.autotask.entities import Ticket
from bot.autotask.facts import ticket_facts, unstaffed_queues
from bot.autotask.pool import AutotaskPool, Credentials
from bot.autotask.zones import Zone
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.connections import SealedCredentials, ZoneFacts
from bot.domain.context import Ctx, Right
from bot.domain.credentials import CredentialsForm, check_credentials
from bot.domain.proofs import HELD_FOR, MOST_REFUSALS, Choices, Proof, Standing, held, refused
from bot.errors import BotError, CredentialsRejected, InvalidInput, MappingMissing, NotFound, UpstreamError
from bot.jobs import Jobs, ProveConnection
from bot.secretbox import SecretBox

"""What the ticket form and the connect form need to know of Autotask's Tickets."""
NEEDED_CHOICES = {"queueID": "ticket queue", "status": "ticket status", "priority": "ticket priority"}
LOOK_EVERY = 0.05
"""Seconds between two looks for a job's answer."""


def _keep(_secret: SecretStr, _tracking_id: SecretStr) -> None:
    """There is no log to hide them from."""


@dataclass(frozen=True)
class Asked:
    """Where the question was asked: the modal that shows the answer, and the conversation behind it."""

    view_id: str = ""
    channel_id: str = ""


class ProofsService:
    """``managed`` is the login that the environment gives; then nobody types one."""

    def __init__(
        self,
        database: Database,
        autotask: AutotaskPool,
        *,
        secrets: SecretBox,
        jobs: Jobs,
        clock: Clock,
        managed: Credentials | None = None,
        hide: Callable[[SecretStr, SecretStr], None] = _keep,
    ) -> None:
        self._database = database
        self._autotask = autotask
        self._secrets = secrets
        self._jobs = jobs
        self._clock = clock
        self._managed = managed
        self._hide = hide
        self._sent: dict[str, list[datetime]] = {}
        """Logins by username that were not accepted so far, of all workspaces: Autotask counts them together."""

    def is_managed(self, ctx: Ctx) -> bool:
        """Whether the environment gives this workspace's login: it does so in the environment's own alone."""
        return self._managed is not None and ctx.tenant.by_environment

    async def save_draft(self, ctx: Ctx, form: CredentialsForm | None = None) -> str:
        """Keeps the credentials encrypted until they are proven; the draft's id. Without a form: the environment's.

        Raises ``InvalidInput`` naming the field that cannot be right (product CV5).
        """
        ctx.require(Right.CONNECT)
        sealed = self._sealed(ctx, form)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.connections.add_draft(sealed, ctx.person.user_id, self._clock.now())

    async def submit(
        self, ctx: Ctx, form: CredentialsForm | None, asked: Asked, *, by_job: bool = False
    ) -> str:
        """The same, and in the same transaction a job that proves them, even if this process dies now.

        ``by_job``: nobody waits at a form in Slack, so the job tells the person.
        """
        ctx.require(Right.CONNECT)
        draft_id = str(uuid4())
        job = ProveConnection(
            tenant_id=ctx.tenant.id,
            draft_id=draft_id,
            user_id=ctx.person.user_id,
            view_id=asked.view_id,
            channel_id=asked.channel_id,
        )
        sealed = self._sealed(ctx, form)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.connections.add_draft(sealed, ctx.person.user_id, self._clock.now(), draft_id=draft_id)
            await self._jobs.enqueue(uow, job)
            if by_job:
                await uow.proofs.leave_to_job(draft_id)
        return draft_id

    async def prove(self, ctx: Ctx, draft_id: str) -> Proof:
        """Finds the zone, logs in, reads what may be chosen for tickets; keeps how it ended.

        Raises ``CredentialsRejected`` (with the field), ``InvalidInput``, ``PermissionMissing``,
        ``MappingMissing``, which are kept, or an ``UpstreamError``, which is not: it is worth another try.
        """
        ctx.require(Right.CONNECT)
        known = (await self._standing(ctx, draft_id)).outcome
        if known is None:
            try:
                known = await self._proof(ctx, draft_id)
            except UpstreamError:
                raise
            except BotError as error:
                known = error
            await self.record(ctx, draft_id, known)
        if isinstance(known, BotError):
            raise known
        return known

    async def record(self, ctx: Ctx, draft_id: str, outcome: Proof | BotError) -> None:
        """Keeps how the proof ended, for whoever tells the person."""
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.proofs.record(draft_id, outcome)

    async def answer_within(self, ctx: Ctx, draft_id: str, *, seconds: float) -> Proof | None:
        """The job's answer, if it comes in time; None leaves telling to the job. Raises what the proof raised."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (standing := await self._standing(ctx, draft_id)).outcome is None and loop.time() < until:  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(LOOK_EVERY)
        async with self._database.unit(ctx.tenant.id) as uow:
            if standing.outcome is None and await uow.proofs.leave_to_job(draft_id):
                return None
            if not await uow.proofs.claim(draft_id, "form"):
                return None
            outcome = standing.outcome or (await self._standing(ctx, draft_id)).outcome
            if isinstance(outcome, BotError):
                await uow.connections.drop_draft(draft_id)
        if isinstance(outcome, BotError):
            raise outcome
        return outcome

    async def standing(self, ctx: Ctx, draft_id: str) -> Standing | None:
        """How far the draft is; None once it was dropped or saved."""
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.proofs.standing(draft_id)

    async def claim(self, ctx: Ctx, draft_id: str) -> bool:
        """True when the job tells the person, because the form does not."""
        async with self._database.unit(ctx.tenant.id) as uow:
            standing = await uow.proofs.standing(draft_id)
            return standing is not None and (
                standing.told == "job" or await uow.proofs.claim(draft_id, "job")
            )

    async def told(self, ctx: Ctx, draft_id: str) -> None:
        """The person knows: refused credentials are forgotten, accepted ones wait for the second step."""
        async with self._database.unit(ctx.tenant.id) as uow:
            standing = await uow.proofs.standing(draft_id)
            if standing is not None and isinstance(standing.outcome, BotError):
                await uow.connections.drop_draft(draft_id)
            await uow.proofs.done(draft_id)

    async def choices(self, ctx: Ctx, draft_id: str) -> Choices:
        """What the second step asks. Raises ``NotFound`` once it was answered or the proof was not accepted."""
        ctx.require(Right.CONNECT)
        async with self._database.unit(ctx.tenant.id) as uow:
            standing = await uow.proofs.standing(draft_id)
            connection = await uow.connections.get()
            switches = await uow.switches.all()
        if standing is None or not isinstance(standing.outcome, Proof):
            raise NotFound("connection draft", "")
        return Choices(draft_id, standing.outcome, connection.defaults if connection else None, switches)

    # --- inside ---

    def _sealed(self, ctx: Ctx, form: CredentialsForm | None) -> SealedCredentials:
        managed = self._managed if self.is_managed(ctx) else None
        given = managed if form is None else check_credentials(form)
        if given is None:
            raise InvalidInput("username", "Please fill this in.")
        self._hide(given.secret, given.tracking_id)
        return SealedCredentials(
            given.username,
            self._secrets.seal(given.secret.get_secret_value()),
            self._secrets.seal(given.tracking_id.get_secret_value()),
        )

    async def _standing(self, ctx: Ctx, draft_id: str) -> Standing:
        standing = await self.standing(ctx, draft_id)
        if standing is None:
            raise NotFound("connection draft", "")
        return standing

    async def _proof(self, ctx: Ctx, draft_id: str) -> Proof:
        credentials = await self._credentials(ctx, draft_id)
        zone = await self._logged_in(ctx, credentials)
        await self._same_database(ctx, zone)
        key = ("draft", draft_id)
        client = self._autotask.for_connection(key, credentials)
        try:
            facts = ticket_facts(await client.fields(Ticket, fresh=True))
            proof = Proof(ZoneFacts(zone.name, zone.api_url, zone.web_url, zone.ci), tuple(facts))
            for name, what in NEEDED_CHOICES.items():
                if not proof.options(name):
                    raise MappingMissing(f"an active {what} in Autotask")
            unstaffed = await unstaffed_queues(client, proof.options("queueID"))
            return Proof(proof.zone, proof.fields, unstaffed)
        finally:
            self._autotask.forget(key)

    async def _credentials(self, ctx: Ctx, draft_id: str) -> Credentials:
        async with self._database.unit(ctx.tenant.id) as uow:
            sealed = await uow.connections.draft(draft_id)
        if sealed is None:
            raise NotFound("connection draft", "")
        secret, tracking_id = self._secrets.open(sealed.secret), self._secrets.open(sealed.tracking_id)
        self._hide(secret, tracking_id)
        return Credentials(sealed.username, secret, tracking_id)

    async def _logged_in(self, ctx: Ctx, credentials: Credentials) -> Zone:
        """One login, counted before it is sent, so that all processes together never lock the user out."""
        username = credentials.username
        async with self._database.unit(ctx.tenant.id) as uow:
            if not self._is_open(username) or not await uow.proofs.take_try(username, self._clock.now()):
                raise InvalidInput("secret", held())
        self._sent.setdefault(username.lower(), []).append(self._clock.now())
        try:
            zone = await self._autotask.prove(credentials)
        except CredentialsRejected as error:
            if error.field == "secret":
                raise InvalidInput("secret", refused(await self._tries_left(ctx, username))) from None
            await self._uncounted(ctx, username)
            raise
        except BaseException:  # broken off while nothing answered, too: that is no refusal
            await self._uncounted(ctx, username)
            raise
        self._sent.pop(username.lower(), None)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.proofs.forgive(username)
        return zone

    def _is_open(self, username: str) -> bool:
        """Whether this process has sent few enough logins of the username, for whichever workspace."""
        since = self._clock.now() - HELD_FOR
        lately = [at for at in self._sent.pop(username.lower(), ()) if at > since]
        if lately:
            self._sent[username.lower()] = lately
        return len(lately) < MOST_REFUSALS

    async def _tries_left(self, ctx: Ctx, username: str) -> int:
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.proofs.tries_left(username)

    async def _uncounted(self, ctx: Ctx, username: str) -> None:
        if sent := self._sent.get(username.lower()):
            sent.pop()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.proofs.give_try_back(username)

    async def _same_database(self, ctx: Ctx, zone: Zone) -> None:
        """Organizations are mapped to companies of one database: credentials of another would cross them."""
        async with self._database.unit(ctx.tenant.id) as uow:
            connection = await uow.connections.get()
        if connection is not None and connection.zone.ci != zone.ci:
            raise InvalidInput(
                "username",
                f"This user belongs to another Autotask database ({zone.ci}, zone {zone.name}) than the connected one "
                f"({connection.zone.ci}). Remove the connection first, or use a user of {connection.zone.ci}.",
            )
