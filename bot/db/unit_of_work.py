"""What one transaction for one tenant can reach: every repository, made when it is first asked for."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.access_requests import AccessRequests
from bot.db.alerts import AlertChannels, SyncPauses
from bot.db.api_usage import ApiUsages
from bot.db.audit import Audit
from bot.db.billing_items import BillingItems
from bot.db.companies import Companies
from bot.db.connections import Connections
from bot.db.contract_lines import ContractLines
from bot.db.contract_standings import ContractStandings
from bot.db.contracts import Contracts
from bot.db.credential_links import CredentialLinks
from bot.db.customers import Customers
from bot.db.deliveries import Deliveries
from bot.db.digest_facts import DigestFacts
from bot.db.digests import Digests
from bot.db.exports import Exports
from bot.db.fetches import Fetches
from bot.db.fields import Fields
from bot.db.groups import Groups
from bot.db.imports import Imports
from bot.db.installations import Installations
from bot.db.invoice_files import InvoiceFiles
from bot.db.invoices import Invoices
from bot.db.leases import Leases
from bot.db.mapping import MappingChanges
from bot.db.messages import Messages
from bot.db.mirror import Mirror
from bot.db.news import NewsBoard
from bot.db.opportunities import Opportunities
from bot.db.organizations import Organizations
from bot.db.people import People
from bot.db.problems import Problems
from bot.db.proofs import Proofs
from bot.db.removal import Removals
from bot.db.resources import Resources
from bot.db.reviews import Reviews
from bot.db.schedules import Schedules
from bot.db.settings import SettingsStore
from bot.db.sights import Sights
from bot.db.switches import SwitchBoard
from bot.db.sync_logs import SyncLogs
from bot.db.syncs import Syncs
from bot.db.templates import Templates
from bot.db.ticket_forms import TicketForms
from bot.db.ticket_notes import TicketNotes
from bot.db.tickets import Tickets
from bot.db.time_entries import TimeEntries
from bot.db.time_imports import TimeImports
from bot.db.time_nudges import TimeNudges
from bot.db.time_quality import TimeQuality
from bot.db.time_rates import TimeRates
from bot.db.user_groups import UserGroups
from bot.db.verification import Verifications


class UnitOfWork:
    """One transaction for one tenant: row-level security hides every other tenant's rows."""

    def __init__(self, connection: AsyncConnection, tenant_id: int) -> None:
        self.connection = connection
        self.tenant_id = tenant_id

    @cached_property
    def access_requests(self) -> AccessRequests:
        return AccessRequests(self.connection, self.tenant_id)

    @cached_property
    def alert_channels(self) -> AlertChannels:
        return AlertChannels(self.connection, self.tenant_id)

    @cached_property
    def api_usage(self) -> ApiUsages:
        return ApiUsages(self.connection, self.tenant_id)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.connection, self.tenant_id)

    @cached_property
    def billing_items(self) -> BillingItems:
        return BillingItems(self.connection, self.tenant_id)

    @cached_property
    def companies(self) -> Companies:
        return Companies(self.connection, self.tenant_id)

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.connection, self.tenant_id)

    @cached_property
    def contracts(self) -> Contracts:
        return Contracts(self.connection, self.tenant_id)

    @cached_property
    def contract_lines(self) -> ContractLines:
        return ContractLines(self.connection, self.tenant_id)

    @cached_property
    def standings(self) -> ContractStandings:
        return ContractStandings(self.connection, self.tenant_id)

    @cached_property
    def customers(self) -> Customers:
        return Customers(self.connection, self.tenant_id)

    @cached_property
    def credential_links(self) -> CredentialLinks:
        return CredentialLinks(self.connection, self.tenant_id)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connection, self.tenant_id)

    @cached_property
    def digest_facts(self) -> DigestFacts:
        return DigestFacts(self.connection, self.tenant_id)

    @cached_property
    def digests(self) -> Digests:
        return Digests(self.connection, self.tenant_id)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self.connection, self.tenant_id)

    @cached_property
    def fetches(self) -> Fetches:
        return Fetches(self.connection, self.tenant_id)

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.connection, self.tenant_id)

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.connection, self.tenant_id)

    @cached_property
    def installations(self) -> Installations:
        return Installations(self.connection, self.tenant_id)

    @cached_property
    def imports(self) -> Imports:
        return Imports(self.connection, self.tenant_id)

    @cached_property
    def invoice_files(self) -> InvoiceFiles:
        return InvoiceFiles(self.connection, self.tenant_id)

    @cached_property
    def invoices(self) -> Invoices:
        return Invoices(self.connection, self.tenant_id)

    @cached_property
    def leases(self) -> Leases:
        return Leases(self.connection, self.tenant_id)

    @cached_property
    def mapping(self) -> MappingChanges:
        return MappingChanges(self.connection, self.tenant_id)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self.connection, self.tenant_id)

    @cached_property
    def mirror(self) -> Mirror:
        return Mirror(self.connection, self.tenant_id)

    @cached_property
    def news(self) -> NewsBoard:
        return NewsBoard(self.connection, self.tenant_id)

    @cached_property
    def opportunities(self) -> Opportunities:
        return Opportunities(self.connection, self.tenant_id)

    @cached_property
    def organizations(self) -> Organizations:
        return Organizations(self.connection, self.tenant_id)

    @cached_property
    def people(self) -> People:
        return People(self.connection, self.tenant_id)

    @cached_property
    def problems(self) -> Problems:
        return Problems(self.connection, self.tenant_id)

    @cached_property
    def removals(self) -> Removals:
        return Removals(self.connection, self.tenant_id)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self.connection, self.tenant_id)

    @cached_property
    def resources(self) -> Resources:
        return Resources(self.connection, self.tenant_id)

    @cached_property
    def reviews(self) -> Reviews:
        return Reviews(self.connection, self.tenant_id)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.connection, self.tenant_id)

    @cached_property
    def settings(self) -> SettingsStore:
        return SettingsStore(self.connection, self.tenant_id)

    @cached_property
    def sights(self) -> Sights:
        return Sights(self.connection, self.tenant_id)

    @cached_property
    def switches(self) -> SwitchBoard:
        return SwitchBoard(self.connection, self.tenant_id)

    @cached_property
    def sync_logs(self) -> SyncLogs:
        return SyncLogs(self.connection, self.tenant_id)

    @cached_property
    def sync_pauses(self) -> SyncPauses:
        return SyncPauses(self.connection, self.tenant_id)

    @cached_property
    def syncs(self) -> Syncs:
        return Syncs(self.connection, self.tenant_id)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.connection, self.tenant_id)

    @cached_property
    def ticket_forms(self) -> TicketForms:
        return TicketForms(self.connection, self.tenant_id)

    @cached_property
    def ticket_notes(self) -> TicketNotes:
        return TicketNotes(self.connection, self.tenant_id)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self.connection, self.tenant_id)

    @cached_property
    def time_entries(self) -> TimeEntries:
        return TimeEntries(self.connection, self.tenant_id)

    @cached_property
    def time_imports(self) -> TimeImports:
        return TimeImports(self.connection, self.tenant_id)

    @cached_property
    def time_nudges(self) -> TimeNudges:
        return TimeNudges(self.connection, self.tenant_id)

    @cached_property
    def time_quality(self) -> TimeQuality:
        return TimeQuality(self.connection, self.tenant_id)

    @cached_property
    def time_rates(self) -> TimeRates:
        return TimeRates(self.connection, self.tenant_id)

    @cached_property
    def user_groups(self) -> UserGroups:
        return UserGroups(self.connection, self.tenant_id)

    @cached_property
    def verifications(self) -> Verifications:
        return Verifications(self.connection, self.tenant_id)
