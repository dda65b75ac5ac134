"""What every listener can reach: built once by ``bot.app``, handed to each request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.db.session import Database
from bot.jobs import Jobs
from bot.services.access import AccessService
from bot.services.alert_channels import AlertChannelsService
from bot.services.alerts import AlertsService
from bot.services.audit import AuditService
from bot.services.closing import ClosingService
from bot.services.connections import ConnectionsService
from bot.services.contract_rules import ContractRulesService
from bot.services.contracts import ContractsService
from bot.services.credential_pages import CredentialPages
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
from bot.services.proofs import ProofsService
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
from bot.slack.directory import People
from bot.slack.files import Files
from bot.slack.notifier import Notifier
from bot.slack.views import Views
from bot.slack.workspaces import Workspaces


@dataclass(frozen=True)
class Services:
    """One service per noun; a new noun is one more field, filled in ``bot.app``."""

    access: AccessService
    alert_channels: AlertChannelsService
    alerts: AlertsService
    audit: AuditService
    closing: ClosingService
    connections: ConnectionsService
    contracts: ContractsService
    contract_rules: ContractRulesService
    credential_pages: CredentialPages
    digests: DigestsService
    exports: ExportsService
    fetches: FetchesService
    imports: ImportsService
    installations: InstallationsService
    logs: LogsService
    invoices: InvoicesService
    mapping: MappingService
    groups: GroupsService
    opportunities: OpportunitiesService
    organizations: OrganizationsService
    overview: OverviewService
    proofs: ProofsService
    removal: RemovalService
    reviews: ReviewsService
    status: StatusService
    syncs: SyncsService
    templates: TemplatesService
    schedules: SchedulesService
    settings: SettingsService
    ticket_note_push: TicketNotePush
    ticket_notes: TicketNotesService
    ticket_panes: TicketPanes
    ticket_push: TicketPush
    ticket_reconcile: TicketReconcile
    tickets: TicketsService
    time_entries: TimeEntriesService
    time_nudges: TimeNudgesService
    time_quality: TimeQualityService
    time_rates: TimeRatesService
    verification: VerificationService
    who: WhoService


class Inflight:
    """Counts the requests under way, so that a stop can wait for them."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def idle(self) -> None:
        """Returns when no request is under way."""
        await self._idle.wait()


@dataclass(frozen=True)
class Tools:
    """The application as listeners see it."""

    settings: Settings
    clock: Clock
    database: Database
    jobs: Jobs
    services: Services
    notifier: Notifier
    views: Views
    people: People
    workspaces: Workspaces
    files: Files
    inflight: Inflight = field(default_factory=Inflight)
