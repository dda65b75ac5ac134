"""What the composition root makes from what it opened: services, pages, Slack's application."""

from datetime import timedelta

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.routing import Route

from bot.autotask.pool import AutotaskPool, Credentials
from bot.clock import Clock
from bot.domain.context import Ctx
from bot.domain.credentials import CredentialsForm
from bot.domain.scopes import SCOPES
from bot.jobs import Jobs
from bot.parts import Bot, Ground
from bot.services.access import AccessService
from bot.services.alert_channels import AlertChannelsService
from bot.services.alerts import AlertsService
from bot.services.audit import AuditService
from bot.services.clients import Clients
from bot.services.closing import ClosingService
from bot.services.connections import ConnectionsService
from bot.services.contract_arrivals import ContractArrivals
from bot.services.contract_rules import ContractRulesService
from bot.services.contracts import ContractsService
from bot.services.credential_pages import CredentialLink, CredentialPages
from bot.services.digest_parts import gather
from bot.services.digests import DigestsService
from bot.services.exports import ExportsService
from bot.services.fetches import FetchesService
from bot.services.groups import GroupsService
from bot.services.imports import ImportsService
from bot.services.installations import InstallationsService
from bot.services.invoices import InvoicesService
from bot.services.logs import LogsService
from bot.services.mapping import MappingService
from bot.services.opportunities import OpportunitiesService
from bot.services.organizations import OrganizationsService
from bot.services.overview import OverviewService
from bot.services.proofs import Asked, ProofsService
from bot.services.removal import RemovalService
from bot.services.reviews import ReviewsService
from bot.services.schedules import SchedulesService
from bot.services.settings import SettingsService
from bot.services.status import StatusService
from bot.services.syncs import SyncsService
from bot.services.templates import TemplatesService
from bot.services.ticket_note_push import TicketNotePush
from bot.services.ticket_notes import TicketNotesService
from bot.services.ticket_panes import TicketPanes
from bot.services.ticket_push import TicketPush
from bot.services.ticket_reconcile import TicketReconcile
from bot.services.tickets import TicketsService
from bot.services.time_entries import TimeEntriesService
from bot.services.time_nudges import TimeNudgesService
from bot.services.time_quality import TimeQualityService
from bot.services.time_rates import TimeRatesService
from bot.services.verification import VerificationService
from bot.services.who import WhoService
from bot.settings import Settings
from bot.slack.credential_routes import CredentialRoutes
from bot.slack.health import Health
from bot.slack.install_routes import InstallRoutes
from bot.slack.installs import Install, Installs
from bot.slack.oauth import OAuth
from bot.slack.workspaces import Workspaces
from bot.starter import starter_templates
from handlers.resolve import house_rules, person_of
from handlers.tools import Services


def installations_of(ground: Ground, jobs: Jobs, clock: Clock) -> InstallationsService:
    settings = ground.settings
    return InstallationsService(
        ground.database,
        ground.secrets,
        jobs=jobs,
        clock=clock,
        kept_for=timedelta(days=settings.uninstalled_kept_days),
        timezone=settings.timezone,
        zone_is_set="timezone" in settings.model_fields_set,
    )


async def stored(installations: InstallationsService, team_id: str) -> Install | None:
    """A workspace's installation, on its way from the store to a client."""
    found = await installations.of_team(team_id)
    if found is None:
        return None
    tenant, stored = found.tenant, found.installation
    return Install(
        tenant.team_id, tenant.name, stored.bot_user_id, stored.bot_id, found.token, tenant.installation
    )


async def refused(
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


def services_of(
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
    arrivals = ContractArrivals(jobs, clock)
    return Services(
        access=AccessService(database, clock, jobs=jobs, rules=rules),
        alert_channels=AlertChannelsService(database, clock),
        alerts=AlertsService(database, jobs=jobs, clock=clock),
        audit=AuditService(database, clock),
        connections=ConnectionsService(database, autotask, jobs=jobs, clock=clock),
        contracts=ContractsService(database, clock),
        contract_rules=ContractRulesService(database, clock),
        credential_pages=CredentialPages(database, clock),
        closing=ClosingService(database, clients.while_removing, clock=clock),
        digests=DigestsService(database, clock, gather=gather),
        exports=ExportsService(database, jobs=jobs, clock=clock),
        removal=RemovalService(database, clients.while_removing, autotask, jobs=jobs, clock=clock),
        installations=installations,
        groups=GroupsService(database, clock),
        fetches=FetchesService(database, jobs=jobs, clock=clock),
        imports=ImportsService(database, jobs, clock, arrivals=arrivals),
        logs=LogsService(database, jobs, clock),
        invoices=InvoicesService(database, clients, jobs=jobs, clock=clock),
        mapping=MappingService(database, clock, arrivals=arrivals),
        opportunities=OpportunitiesService(database, clock),
        organizations=OrganizationsService(database, jobs, clock, arrivals=arrivals),
        overview=OverviewService(database, clock, rules=rules),
        proofs=proofs,
        reviews=ReviewsService(database, clock, tickets=tickets, notes=ticket_notes),
        status=StatusService(database, jobs, clock),
        syncs=SyncsService(database, jobs, clock),
        templates=TemplatesService(database, clock, starters=starter_templates()),
        schedules=SchedulesService(database, clock),
        settings=SettingsService(database, clients, jobs=jobs, clock=clock),
        ticket_note_push=TicketNotePush(database, clients, clock=clock),
        ticket_notes=ticket_notes,
        ticket_push=TicketPush(database, clients, jobs=jobs, clock=clock),
        ticket_reconcile=TicketReconcile(database, clients, jobs=jobs, clock=clock),
        ticket_panes=TicketPanes(database, clients, clock=clock),
        tickets=tickets,
        time_entries=TimeEntriesService(database, clock),
        time_nudges=TimeNudgesService(database, clients, jobs=jobs, clock=clock),
        time_quality=TimeQualityService(database, clock),
        time_rates=TimeRatesService(database, clock),
        verification=VerificationService(database, clients, clock=clock),
        who=WhoService(database, rules=rules),
    )


def managed_credentials(settings: Settings) -> Credentials | None:
    """The Autotask login that the environment gives, if it gives all three parts."""
    secret, tracking_id = settings.autotask_secret, settings.autotask_tracking_id
    if not settings.autotask_username or secret is None or tracking_id is None:
        return None
    return Credentials(settings.autotask_username, secret, tracking_id)


def bolt_of(settings: Settings, installs: Installs) -> AsyncApp:
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


def install_pages(bot: Bot) -> list[Route]:
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
    return InstallRoutes(oauth, bot.services.installations, settings.uninstalled_kept_days).routes()


def credential_pages(bot: Bot) -> list[Route]:
    """Where the secret is typed masked, if browsers can reach us."""
    settings, tools = bot.settings, bot.tools
    if not settings.has_web_page:
        return []

    async def submit(tenant_id: int, link: CredentialLink, form: CredentialsForm) -> None:
        tenant = await tools.workspaces.by_id(tenant_id)
        ctx = Ctx(tenant, await person_of(tenant, link.user_id, tools))
        await bot.services.proofs.submit(ctx, form, Asked(channel_id=link.channel_id), by_job=True)

    return CredentialRoutes(bot.services.credential_pages, submit, settings.public_url).routes()
