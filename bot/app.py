"""The composition root: the only file that constructs things. Built in reading order, closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.routing import Route

import handlers
from bot import keys
from bot.autotask.pool import AutotaskPool, Credentials, Limits
from bot.background import in_background
from bot.clock import Clock, SystemClock
from bot.db.embedded import EmbeddedServerProblem, embedded_server
from bot.db.migrate import is_current, migrate
from bot.db.session import Database
from bot.domain.context import Ctx, Tenant
from bot.domain.credentials import CredentialsForm
from bot.domain.scopes import SCOPES
from bot.jobs import Jobs, Perform
from bot.log import Redactor
from bot.scheduler import Scheduler
from bot.secretbox import SecretBox
from bot.services.access import AccessService
from bot.services.audit import AuditService
from bot.services.authors import Authors
from bot.services.clients import Clients
from bot.services.closing import ClosingService
from bot.services.connections import ConnectionsService
from bot.services.credential_pages import CredentialLink, CredentialPages
from bot.services.digests import DigestsService
from bot.services.exports import ExportsService
from bot.services.groups import GroupsService
from bot.services.imports import ImportsService
from bot.services.installations import InstallationsService
from bot.services.mapping import MappingService
from bot.services.organizations import OrganizationsService
from bot.services.overview import OverviewService
from bot.services.pausing import Pausing
from bot.services.proofs import Asked, ProofsService
from bot.services.removal import RemovalService
from bot.services.reviews import ReviewsService
from bot.services.settings import SettingsService
from bot.services.templates import TemplatesService
from bot.services.ticket_note_push import TicketNotePush
from bot.services.ticket_notes import TicketNotesService
from bot.services.ticket_panes import TicketPanes
from bot.services.ticket_push import TicketPush
from bot.services.ticket_reconcile import TicketReconcile
from bot.services.tickets import TicketsService
from bot.services.verification import VerificationService
from bot.services.who import WhoService
from bot.settings import Settings, SettingsProblem
from bot.slack.credential_routes import CredentialRoutes
from bot.slack.directory import People
from bot.slack.files import Files
from bot.slack.health import Health
from bot.slack.identity import FIRST_PATIENCE, Identity
from bot.slack.install_routes import InstallRoutes
from bot.slack.installs import Install, Installs
from bot.slack.notifier import Notifier
from bot.slack.oauth import OAuth
from bot.slack.socket import SocketLink
from bot.slack.views import Views
from bot.slack.web import serving, web_app
from bot.slack.workspaces import Workspaces
from bot.starter import starter_templates
from bot.workflows import Performer
from bot.workflows.export_everything import ExportEverythingWorkflow
from bot.workflows.import_organizations import ImportOrganizationsWorkflow
from bot.workflows.installed import WhileInstalled
from bot.workflows.mirror_companies import MirrorCompaniesWorkflow
from bot.workflows.note_ticket import NoteTicketWorkflow
from bot.workflows.pausing import TellPausedWorkflow
from bot.workflows.post_digest import PostDigestWorkflow
from bot.workflows.prove_connection import ProveConnectionWorkflow
from bot.workflows.push_ticket import PushTicketWorkflow
from bot.workflows.reconcile_tickets import ReconcileTicketsWorkflow
from bot.workflows.refresh_choices import RefreshChoicesWorkflow
from bot.workflows.remove_connection import RemoveConnectionWorkflow
from bot.workflows.tell_access import TellAccessWorkflow
from bot.workflows.verify_nightly import VerifyNightlyWorkflow
from bot.workflows.welcome_installer import WelcomeInstallerWorkflow
from handlers.command import Feature
from handlers.resolve import house_rules, person_of
from handlers.tools import Services, Tools

Role: TypeAlias = Literal["all", "web", "worker"]

DRAIN: Final = 10.0
"""Seconds that requests and jobs under way get at a stop; the rest is left to takeover."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ground:
    """What every command of the command line stands on: the database at its place, and the keys."""

    settings: Settings
    url: str
    database: Database
    secrets: SecretBox


@dataclass(frozen=True)
class Bot:
    """The running application. ``address`` is where the web server listens; "" in a worker."""

    ground: Ground
    autotask: AutotaskPool
    installs: Installs
    clients: Clients
    tools: Tools
    bolt: AsyncApp
    health: Health = field(default_factory=Health)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    @property
    def identity(self) -> Identity:
        settings = self.settings
        assert settings.slack_bot_token is not None
        return Identity(
            self.installs,
            self.database,
            self.health,
            settings.slack_bot_token,
            settings.timezone,
            zone_is_set="timezone" in settings.model_fields_set,
        )

    def beside(self, name: str, work: Coroutine[object, object, None]) -> AbstractAsyncContextManager[None]:
        """Runs ``work`` beside the block; when it breaks, the application asks to be stopped and started anew."""
        return in_background(name, work, broke=self.stop.set)

    @property
    def settings(self) -> Settings:
        return self.ground.settings

    @property
    def database(self) -> Database:
        return self.ground.database

    @property
    def services(self) -> Services:
        return self.tools.services

    @property
    def notifier(self) -> Notifier:
        return self.tools.notifier

    @property
    def jobs(self) -> Jobs:
        return self.tools.jobs


@asynccontextmanager
async def grounded(settings: Settings) -> AsyncIterator[Ground]:
    """Starts or finds PostgreSQL, brings it up to date and opens the key box. Raises ``SettingsProblem``."""
    async with database_at(settings) as url:
        if settings.migrate == "auto":
            await migrate(url, backups=backups_of(settings))
        elif not await is_current(url):
            raise SettingsProblem("The database is not up to date and BOT_MIGRATE=never: run `bot migrate`.")
        async with Database(url) as database:
            yield Ground(settings, url, database, await keys.secret_box(settings, database))


def backups_of(settings: Settings) -> Path | None:
    """Where the embedded server is backed up before each migration; an outside server has its own backups."""
    return settings.data_dir / "backups" if settings.database_url is None else None


@asynccontextmanager
async def database_at(settings: Settings) -> AsyncIterator[str]:
    """The address of the database in use; the embedded server runs while the block does."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    try:
        async with embedded_server(settings.data_dir) as url:
            yield url
    except EmbeddedServerProblem as problem:
        raise SettingsProblem(f"The embedded PostgreSQL cannot run: {problem}") from problem


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    role: Role = "all",
    clock: Clock | None = None,
    redactor: Redactor | None = None,
    features: Sequence[Feature] = handlers.FEATURES,
) -> AsyncIterator[Bot]:
    """The application, from here until the block ends: it stops taking work first and closes clients last.

    Slack may be down: then it keeps trying and ``health`` says why. Raises ``SettingsProblem`` for what only
    a person can mend (a missing or refused token, the wrong key).
    """
    settings.require_slack()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(_built(settings, clock or SystemClock(), redactor))
        handlers.register(bot.bolt, bot.tools, features)
        if not await _knows_its_own(bot):
            await stack.enter_async_context(bot.beside("slack", bot.identity.keep_finding()))
        await bot.jobs.release()
        if role != "web":
            await stack.enter_async_context(bot.jobs.working(performer(bot), grace=DRAIN))
            scheduler = Scheduler(
                bot.database,
                bot.jobs,
                bot.tools.clock,
                tick=settings.tick_seconds,
                tidies=(bot.services.installations.purge,),
            )
            await stack.enter_async_context(scheduler.ringing())
        if role != "worker":
            stack.push_async_callback(_drain, bot)
            bot = replace(bot, address=await stack.enter_async_context(_serving(bot)))
            if settings.mode == "socket":
                await stack.enter_async_context(bot.beside("socket", _socket(bot).run()))
        logger.info("running", role=role, mode=settings.mode, address=bot.address)
        yield bot


async def _knows_its_own(bot: Bot) -> bool:
    """Finds the workspace of SLACK_BOT_TOKEN, if there is one; False while Slack does not answer."""
    if bot.settings.slack_bot_token is not None:
        return await bot.identity.find(patience=FIRST_PATIENCE) is not None
    async with bot.database.directory() as directory:
        await directory.environment_is("")
    return True


@asynccontextmanager
async def at_rest(settings: Settings) -> AsyncIterator[Bot]:
    """The application for one command of the command line: nothing runs beside it."""
    async with _built(settings, SystemClock(), None) as bot:
        yield bot


@asynccontextmanager
async def at_hand(settings: Settings, team_id: str = "") -> AsyncIterator[tuple[Bot, Tenant]]:
    """The same with a workspace: the named one, else that of SLACK_BOT_TOKEN, else the only one there is."""
    async with at_rest(settings) as bot:
        yield bot, await _workspace(bot, team_id)


async def _workspace(bot: Bot, team_id: str) -> Tenant:
    if bot.settings.slack_bot_token is not None:
        found = await bot.identity.find()
        if found is None:
            raise SettingsProblem(f"Slack does not answer: {bot.health.report['slack']}.")
        if team_id in {"", found.team_id}:
            return found
    async with bot.database.directory() as directory:
        installed = [each for each in await directory.installed() if team_id in {"", each.team_id}]
    if len(installed) == 1:
        return installed[0]
    if team_id or not installed:
        raise SettingsProblem(f"No workspace {team_id} has Deskhand installed.".replace("  ", " "))
    names = ", ".join(f"{each.team_id} ({each.name})" for each in installed)
    raise SettingsProblem(f"Which workspace? Say it with --team: {names}.")


@asynccontextmanager
async def _built(settings: Settings, clock: Clock, redactor: Redactor | None) -> AsyncIterator[Bot]:
    """Everything that has to be opened and closed, and what is made from it."""
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(grounded(settings))
        limits = Limits(at_once=settings.autotask_concurrency, ceiling=settings.autotask_hourly_ceiling)
        autotask = await stack.enter_async_context(
            AutotaskPool(settings.autotask_discovery_url, clock=clock, limits=limits)
        )
        jobs = await stack.enter_async_context(Jobs(ground.url))
        hide, health = (redactor or Redactor()).add, Health()
        installations = _installations(ground, jobs, clock)
        installs = Installs.opened(settings.slack_api_url, stored=partial(_stored, installations), hide=hide)
        stack.push_async_callback(installs.close)
        workspaces = Workspaces(ground.database, installs)
        installs.refused = partial(_refused, installations, workspaces, health)
        views = Views(installs)
        notifier = Notifier(installs, ground.database, views)
        stack.push_async_callback(notifier.close)
        clients = Clients(
            ground.database,
            autotask,
            ground.secrets,
            managed=managed_credentials(settings),
            hide=hide,
            refused=Pausing(ground.database, jobs, clock).refused,
        )
        proofs = ProofsService(
            ground.database,
            autotask,
            secrets=ground.secrets,
            jobs=jobs,
            clock=clock,
            managed=managed_credentials(settings),
            hide=hide,
        )
        services = _services(ground, autotask, clients, installations, proofs=proofs, jobs=jobs, clock=clock)
        tools = Tools(
            settings=settings,
            clock=clock,
            database=ground.database,
            jobs=jobs,
            services=services,
            notifier=notifier,
            views=views,
            people=People(installs),
            files=Files(installs, ground.database),
            workspaces=workspaces,
        )
        yield Bot(ground, autotask, installs, clients, tools, _bolt(settings, installs), health=health)


def _installations(ground: Ground, jobs: Jobs, clock: Clock) -> InstallationsService:
    settings = ground.settings
    return InstallationsService(
        ground.database,
        ground.secrets,
        jobs=jobs,
        clock=clock,
        kept_for=timedelta(days=settings.uninstalled_kept_days),
        timezone=settings.timezone,
    )


async def _stored(installations: InstallationsService, team_id: str) -> Install | None:
    """A workspace's installation, on its way from the store to a client."""
    found = await installations.of_team(team_id)
    if found is None:
        return None
    tenant, stored = found.tenant, found.installation
    return Install(
        tenant.team_id, tenant.name, stored.bot_user_id, stored.bot_id, found.token, tenant.installation
    )


async def _refused(
    installations: InstallationsService,
    workspaces: Workspaces,
    health: Health,
    install: Install,
    code: str,
) -> None:
    """Slack takes a token no more: its workspace has left, unless it has another by now."""
    tenant = await workspaces.by_team((install.team_id,))
    if tenant is None or not await installations.refused(tenant, install.token, code):
        return
    workspaces.installs.forget(install.team_id)
    if tenant.by_environment:
        health.wrong("slack", code)


def _services(
    ground: Ground,
    autotask: AutotaskPool,
    clients: Clients,
    installations: InstallationsService,
    *,
    proofs: ProofsService,
    jobs: Jobs,
    clock: Clock,
) -> Services:
    database, rules = ground.database, house_rules(ground.settings)
    tickets = TicketsService(database, jobs=jobs, clock=clock)
    ticket_notes = TicketNotesService(database, jobs=jobs, clock=clock)
    return Services(
        access=AccessService(database, clock, jobs=jobs, rules=rules),
        audit=AuditService(database, clock),
        connections=ConnectionsService(database, autotask, jobs=jobs, clock=clock),
        credential_pages=CredentialPages(database, clock),
        closing=ClosingService(database, clients.while_removing, clock=clock),
        digests=DigestsService(database, clock),
        exports=ExportsService(database, jobs=jobs, clock=clock),
        removal=RemovalService(database, clients.while_removing, autotask, jobs=jobs, clock=clock),
        installations=installations,
        groups=GroupsService(database, clock),
        imports=ImportsService(database, jobs, clock),
        mapping=MappingService(database, clock),
        organizations=OrganizationsService(database, jobs, clock),
        overview=OverviewService(database, clock, admins=ground.settings.admins),
        proofs=proofs,
        reviews=ReviewsService(database, clock, tickets=tickets, notes=ticket_notes),
        templates=TemplatesService(database, clock, starters=starter_templates()),
        settings=SettingsService(database, clients, jobs=jobs, clock=clock),
        ticket_note_push=TicketNotePush(database, clients, clock=clock),
        ticket_notes=ticket_notes,
        ticket_push=TicketPush(database, clients, jobs=jobs, clock=clock),
        ticket_reconcile=TicketReconcile(database, clients, jobs=jobs, clock=clock),
        ticket_panes=TicketPanes(database, clients, clock=clock),
        tickets=tickets,
        verification=VerificationService(database, clients, clock=clock),
        who=WhoService(database, rules=rules),
    )


def performer(bot: Bot) -> Perform:
    """What carries out jobs."""
    tools, services = bot.tools, bot.services
    tenant_of = tools.workspaces.by_id
    author_of = Authors(bot.database, bot.clients, tools.people.email, clock=tools.clock)
    every = Performer(
        (
            PushTicketWorkflow(
                services.ticket_push,
                tools.notifier,
                tenant_of,
                url_of=services.ticket_panes.url,
                clock=tools.clock,
                author_of=author_of,
            ),
            RefreshChoicesWorkflow(services.settings, tools.notifier, tenant_of),
            ReconcileTicketsWorkflow(
                bot.database, services.ticket_reconcile, tools.notifier, tenant_of=tenant_of
            ),
            NoteTicketWorkflow(services.ticket_note_push, tools.notifier, tenant_of, author_of=author_of),
            ProveConnectionWorkflow(
                services.proofs,
                tools.notifier,
                tools.views,
                tenant_of=tenant_of,
                person_of=partial(person_of, tools=tools),
                clock=tools.clock,
            ),
            ImportOrganizationsWorkflow(
                services.imports,
                tools.notifier,
                tenant_of=tenant_of,
                person_of=partial(person_of, tools=tools),
            ),
            MirrorCompaniesWorkflow(
                bot.database, bot.clients, tools.notifier, tenant_of=tenant_of, clock=tools.clock
            ),
            PostDigestWorkflow(
                bot.database,
                services.digests,
                tools.notifier,
                tenant_of=tenant_of,
                person_of=partial(person_of, tools=tools),
                clock=tools.clock,
            ),
            RemoveConnectionWorkflow(services.removal, services.closing, tools.notifier, tenant_of),
            ExportEverythingWorkflow(
                services.exports,
                tools.files,
                tools.notifier,
                tenant_of=tenant_of,
                person_of=partial(person_of, tools=tools),
            ),
            TellPausedWorkflow(bot.database, tools.notifier, tenant_of),
            VerifyNightlyWorkflow(bot.database, services.verification, tools.notifier, tenant_of=tenant_of),
            WelcomeInstallerWorkflow(
                bot.database, tools.notifier, tenant_of=tenant_of, command=bot.settings.command
            ),
            TellAccessWorkflow(bot.database, tools.notifier, tenant_of, rules=house_rules(bot.settings)),
        ),
    )
    return WhileInstalled(every, tenant_of)


def managed_credentials(settings: Settings) -> Credentials | None:
    """The Autotask login that the environment gives, if it gives all three parts."""
    secret, tracking_id = settings.autotask_secret, settings.autotask_tracking_id
    if not settings.autotask_username or secret is None or tracking_id is None:
        return None
    return Credentials(settings.autotask_username, secret, tracking_id)


def _bolt(settings: Settings, installs: Installs) -> AsyncApp:
    secret = settings.slack_signing_secret

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """A plain function, because Bolt would fill in ``self`` of a method, too."""
        return await installs.authorize(enterprise_id, team_id)

    return AsyncApp(
        name="deskhand",
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None, its annotation does not
        client=installs.anonymous(),
        signing_secret=secret.get_secret_value() if secret else "",
    )


def _socket(bot: Bot) -> SocketLink:
    token = bot.settings.slack_app_token
    assert token is not None
    return SocketLink(bot.bolt, token, bot.installs.anonymous(), bot.health)


def _serving(bot: Bot) -> AbstractAsyncContextManager[str]:
    by_http = bot.bolt if bot.settings.mode == "http" else None
    own = [*_install_pages(bot), *_credential_pages(bot)]
    app = web_app(bot.health, partial(_database_says, bot.database), by_http, own)
    return serving(app, bot.settings.host, bot.settings.port)


def _install_pages(bot: Bot) -> list[Route]:
    """Where workspaces install Deskhand by themselves, if they may."""
    settings = bot.settings
    if settings.slack_client_secret is None:
        return []
    oauth = OAuth(
        bot.installs,
        settings.slack_client_id,
        settings.slack_client_secret,
        settings.public_url,
        tuple(SCOPES),
    )
    return InstallRoutes(oauth, bot.services.installations).routes()


def _credential_pages(bot: Bot) -> list[Route]:
    """Where the secret is typed masked, if browsers can reach us."""
    settings, tools = bot.settings, bot.tools
    if not settings.has_web_page:
        return []

    async def submit(tenant_id: int, link: CredentialLink, form: CredentialsForm) -> None:
        tenant = await tools.workspaces.by_id(tenant_id)
        ctx = Ctx(tenant, await person_of(tenant, link.user_id, tools))
        await bot.services.proofs.submit(ctx, form, Asked(channel_id=link.channel_id), by_job=True)

    return CredentialRoutes(bot.services.credential_pages, submit, settings.public_url).routes()


async def _database_says(database: Database) -> str:
    """What is wrong with it, or nothing."""
    try:
        await asyncio.wait_for(database.ping(), 2)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the database is not ready
        return type(problem).__name__
    return ""


async def _drain(bot: Bot) -> None:
    """Waits for the requests under way, but not for long."""
    try:
        await asyncio.wait_for(bot.tools.inflight.idle(), DRAIN)
    except TimeoutError:
        logger.warning("requests still under way at the stop")
