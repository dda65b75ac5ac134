"""Units of work: one transaction, bound to one tenant by the database itself."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

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
from bot.db.directory import Directory
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
from bot.db.time_rates import TimeRates
from bot.db.urls import sqlalchemy_url
from bot.db.user_groups import UserGroups
from bot.db.verification import Verifications
from bot.domain.context import Ctx

APP_ROLE = "deskhand_app"
"""May read and write rows of the tenant named in ``app.tenant_id``, and nothing else."""

_BIND = text(
    "SELECT set_config('app.tenant_id', :tenant, true), set_config('app.organizations', :organizations, true),"
    " set_config('role', CASE WHEN :role_exists THEN :role ELSE 'none' END, true)"
)

_ROLE_STATE = text(
    "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role AND pg_has_role(oid,"
    " CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)),"
    " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)"
)


class Unprotected(Exception):  # a bug in how the database was set up: nobody's tenant may be opened
    """Row-level security does not bind the connected user, and the role that it binds is missing."""


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
    def time_rates(self) -> TimeRates:
        return TimeRates(self.connection, self.tenant_id)

    @cached_property
    def user_groups(self) -> UserGroups:
        return UserGroups(self.connection, self.tenant_id)

    @cached_property
    def verifications(self) -> Verifications:
        return Verifications(self.connection, self.tenant_id)


class Database:
    """The application's PostgreSQL: ``async with Database(url) as database``."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        self._role_exists: bool | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def unit(
        self, tenant_id: int, *, organizations: Collection[int] | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """One transaction for the tenant; commits on a clean exit, rolls back otherwise.

        With ``organizations``, rows that belong to any other organization are hidden, by the database itself.
        """
        seen = "" if organizations is None else "{" + ",".join(map(str, sorted(organizations))) + "}"
        async with self._engine.begin() as connection:
            role_exists = await self._app_role(connection)
            bound = {
                "tenant": str(tenant_id),
                "organizations": seen,
                "role": APP_ROLE,
                "role_exists": role_exists,
            }
            await connection.execute(_BIND, bound)
            yield UnitOfWork(connection, tenant_id)

    def unit_for(self, ctx: Ctx) -> AbstractAsyncContextManager[UnitOfWork]:
        """One transaction in which the person sees the organizations of their groups, and no other."""
        return self.unit(ctx.tenant.id, organizations=ctx.person.organizations)

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[Directory]:
        """The list of tenants itself, which no tenant's row hides."""
        async with self._engine.begin() as connection:
            yield Directory(connection)

    async def take_stock(self, tables: Sequence[Table]) -> None:
        """Fresh statistics of tables that much was just written to.

        PostgreSQL's own come up to a minute later; until then it joins such tables as if they were empty, every
        row with every other.
        """
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                await connection.execute(text(f'ANALYZE "{table.name}"'))

    async def ping(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def _app_role(self, connection: AsyncConnection) -> bool:
        """Whether the role could be made; where it could not, forced security binds the owner alone.

        Raises ``Unprotected`` when neither holds, as after restoring a backup without migrating.
        """
        if self._role_exists is None:
            exists, is_above = (await connection.execute(_ROLE_STATE, {"role": APP_ROLE})).one()
            if is_above and not exists:
                raise Unprotected("the role that row-level security binds is missing: run `bot migrate`")
            self._role_exists = bool(exists)
        return self._role_exists
