"""The whole outside world and the application in it: what integration and crash tests start from."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg import AsyncConnection
from pydantic import SecretStr

from bot.app import Bot, Role, running
from bot.clock import Clock
from bot.db.urls import libpq_url
from bot.domain.context import Ctx, Person, Tenant
from bot.domain.context import Role as Standing
from bot.domain.credentials import CredentialsForm
from bot.domain.organizations import Organization
from bot.domain.reviews import Review
from bot.domain.switches import Capability, Mode
from bot.domain.tickets import Ticket, TicketForm
from bot.jobs import Attempt, MirrorCompanies
from bot.services.connections import ChosenDefaults
from bot.services.reviews import ReviewForm
from bot.settings import Settings
from bot.workflows.admins import Admins
from handlers.resolve import house_rules
from sandbox.autotask.database import Database as AutotaskDatabase
from sandbox.autotask.server import RunningAutotask
from sandbox.autotask.server import serve as serve_autotask
from sandbox.slack.server import RunningSlack
from sandbox.slack.server import serve as serve_slack
from tests.factories import HASTY, UNHURRIED, UNPACED, until

MANIFEST = Path(__file__).parents[1] / "slack-manifest.yaml"
FORGET_SYNCS = """DELETE FROM procrastinate_jobs
                  WHERE status = 'todo' AND task_name IN ('mirror_companies', 'run_sync')"""
COMPANIES = ("Acme Dental", "Ünit & Söhne <GmbH>", "Contoso Ltd", "Contoso Limited")


@dataclass(frozen=True)
class World:
    """Both sandboxes and one bot; ``ctx`` is the workspace's Admin."""

    autotask: RunningAutotask
    slack: RunningSlack
    bot: Bot
    ctx: Ctx

    @property
    def tenant(self) -> Tenant:
        return self.ctx.tenant

    async def connected(self, *, first_syncs: bool = False) -> None:
        """Connects Autotask as the Admin would, and mirrors its companies.

        What else connecting sets going is a second's work that most tests have no use for.
        """
        services, given = self.bot.services, self.autotask.credentials
        form = CredentialsForm(given.username, SecretStr(given.secret), SecretStr(given.tracking_id))
        draft_id = await services.proofs.save_draft(self.ctx, form)
        proof = await services.proofs.prove(self.ctx, draft_id)
        queue, priority = proof.options("queueID")[0].value, proof.options("priority")[0].value
        status = {option.label: option.value for option in proof.options("status")}
        chosen = ChosenDefaults(queue, status["New"], status["New"], status["Complete"], priority)
        await services.connections.finish(self.ctx, draft_id, chosen)
        if not first_syncs:
            await self.spare_first_syncs()
        async with self.bot.database.unit(self.tenant.id) as uow:
            for capability in Capability:
                await uow.switches.set(
                    capability, Mode.ON, by=self.ctx.person.user_id, at=self.bot.tools.clock.now()
                )
        await self.mirrored()

    async def spare_first_syncs(self) -> None:
        """Those that connecting set going and that have not begun are dropped; returns when none runs any more."""
        address = self.bot.settings.database_url
        assert address is not None
        async with await AsyncConnection.connect(libpq_url(address.get_secret_value())) as connection:
            await connection.execute(FORGET_SYNCS)

        async def ended() -> bool:
            return await self.bot.jobs.count("doing") == 0

        await until(ended, within=30)

    async def mirrored(self) -> None:
        from bot.app import performer

        job = MirrorCompanies(tenant_id=self.tenant.id)
        await performer(self.bot)(job, Attempt(1, is_last=True, holder="test"))

    async def mapped(self, name: str = "Acme", company: str = COMPANIES[0]) -> Organization:
        found = await self.bot.services.organizations.search_companies(self.ctx, company)
        return await self.bot.services.organizations.save(
            self.ctx, organization_id=None, name=name, company_id=found[0].autotask_id
        )

    async def reviewed(self, organization: Organization, *, channel_id: str = "") -> Review:
        template = (await self.bot.services.templates.all(self.ctx))[0]
        return await self.bot.services.reviews.create(
            self.ctx, ReviewForm(organization.id, template.id, "", channel_id)
        )

    async def ticket(
        self,
        review: Review,
        *,
        request_key: str = "view:V1",
        n: int = 1,
        index: int = 0,
        ctx: Ctx | None = None,
    ) -> Ticket:
        """A ticket saved from one of the review's questions; its push is queued."""
        question = review.template.questions[index]
        draft = await self.bot.services.tickets.draft(ctx or self.ctx, review.id, question.id)
        form = TicketForm(
            request_key=request_key,
            summary=question.text,
            description="Please look into it.",
            queue_id=draft.typed.queue.value,
            priority=int(draft.typed.priority),
            organization_id=review.organization_id,
            review_id=review.id,
            question_id=question.id,
            n=n,
            channel_id=review.channel_id,
        )
        return await self.bot.services.tickets.submit(ctx or self.ctx, form)

    def tickets_in_autotask(self) -> Sequence[dict[str, object]]:
        """Every ticket of Autotask that carries one of our references."""
        rows = self.autotask.database.rows("Tickets")
        return [dict(row) for row in rows if str(row.get("externalID") or "").startswith("dh-")]


@asynccontextmanager
async def sandboxes() -> AsyncIterator[tuple[RunningAutotask, RunningSlack]]:
    """Both servers with a small valid database."""
    autotask_database = AutotaskDatabase.minimal(7)
    owner = next(row["id"] for row in autotask_database.rows("Resources") if row.get("isActive"))
    for name in COMPANIES:
        autotask_database.insert(
            "Companies",
            {"companyName": name, "companyType": 1, "ownerResourceID": owner, "phone": "1", "isActive": True},
        )
    async with AsyncExitStack() as stack:
        autotask = await stack.enter_async_context(serve_autotask(autotask_database))
        slack = await stack.enter_async_context(serve_slack(manifest=MANIFEST, settings=UNHURRIED))
        yield autotask, slack


def settings_for(
    autotask: RunningAutotask, slack: RunningSlack, database_url: str, data_dir: Path, **more: object
) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        autotask_discovery_url=autotask.discovery_url,
        database_url=SecretStr(database_url),
        data_dir=data_dir,
        port=0,
        **more,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def world(
    database_url: str, data_dir: Path, *, role: Role = "web", clock: Clock | None = None
) -> AsyncIterator[World]:
    """Sandboxes and bot. With ``role="web"`` no job runs by itself: the test performs them."""
    async with sandboxes() as (autotask, slack):
        settings = settings_for(autotask, slack, database_url, data_dir)
        async with running(settings, role=role, clock=clock, pace=UNPACED, pauses=HASTY) as bot:
            yield World(autotask, slack, bot, await admin_of(bot, slack))


def admins_of(bot: Bot) -> Admins:
    return Admins(bot.database, bot.notifier, house_rules(bot.settings))


async def admin_of(bot: Bot, slack: RunningSlack) -> Ctx:
    """The workspace owner, made Deskhand's first Admin."""
    async with bot.database.directory() as directory:
        tenant = (await directory.tenants())[0]
    owner = next(user for user in slack.workspace.members.values() if user.kind == "admin")
    person = Person(owner.id, owner.real_name, Standing.VIEWER, is_workspace_admin=True)
    await bot.services.access.claim(Ctx(tenant, person))
    return Ctx(tenant, replace(person, role=Standing.ADMIN))
