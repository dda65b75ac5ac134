"""Units of work: one transaction, bound to one tenant by the database itself."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from types import TracebackType
from typing import Final, Self

import structlog
from sqlalchemy import Table, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.db.directory import Directory
from bot.db.unit_of_work import UnitOfWork
from bot.db.urls import sqlalchemy_url
from bot.domain.context import Ctx
from bot.errors import DatabaseUnavailable

__all__ = ["APP_ROLE", "Database", "UnitOfWork", "Unprotected"]

APP_ROLE = "deskhand_app"
"""May read and write rows of the tenant named in ``app.tenant_id``, and nothing else."""

AGAIN_AFTER: Final = (0.1, 0.3, 0.6)
"""Seconds between tries to connect. A server that restarts or is full for a moment is waited for, but not longer than
a command can wait."""

log = structlog.get_logger(__name__)

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
        Raises ``DatabaseUnavailable``.
        """
        seen = "" if organizations is None else "{" + ",".join(map(str, sorted(organizations))) + "}"
        async with self._connected() as connection, connection.begin():
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
        async with self._connected() as connection, connection.begin():
            yield Directory(connection)

    async def take_stock(self, tables: Sequence[Table]) -> None:
        """Fresh statistics of tables that much was just written to.

        PostgreSQL's own come up to a minute later; until then it joins such tables as if they were empty, every
        row with every other.
        """
        async with self._connected() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                await connection.execute(text(f'ANALYZE "{table.name}"'))

    async def ping(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            connection = await self._connect()
            stack.push_async_exit(connection)
            yield connection

    async def _connect(self) -> AsyncConnection:
        """Raises ``DatabaseUnavailable`` when the server refuses again and again, or none of ours comes free."""
        try:
            for pause in AGAIN_AFTER:
                with suppress(OperationalError, InterfaceError):
                    return await self._engine.connect()
                await asyncio.sleep(pause)
            return await self._engine.connect()
        except (OperationalError, InterfaceError, NoneFree) as problem:
            log.exception("the database gives no connection")
            raise DatabaseUnavailable from problem

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
