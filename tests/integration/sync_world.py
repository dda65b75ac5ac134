"""The sync engine between a simulated Autotask and a database, without Slack: what the tests of syncs start from."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from bot import syncs
from bot.autotask.client import AutotaskClient
from bot.autotask.pool import AutotaskPool, Limits
from bot.db.mirror import OWN
from bot.db.session import Database
from bot.db.tables import news, sync_cursors, sync_logs
from bot.domain.syncs import Scope, SyncCounts
from bot.syncs.declared import Sync, always, quietly
from bot.syncs.engine import Outcome, Progress, Work, run_pass
from sandbox.autotask import server
from sandbox.autotask.control import Control
from sandbox.autotask.database import Database as AutotaskDatabase
from sandbox.autotask.settings import ServerSettings
from sandbox.data import populate
from tests.factories import NOON, FrozenClock
from tests.integration.autotask_world import credentials
from tests.integration.filled import SEALED, ZONE

EVERY = tuple({each.name: each for group in syncs.GROUPS for each in group.syncs}.values())
"""Each sync once, also where several groups have it."""
OLD = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass
class Place:
    """One workspace's mirror of one Autotask, and the passes made there. The clock moves when told."""

    database: Database
    autotask: AutotaskDatabase
    control: Control
    client: AutotaskClient
    tenant_id: int
    clock: FrozenClock
    runs: int = 0
    began: dict[str, int] = field(default_factory=dict)

    def work(self, *, progress: Progress = quietly, page_size: int = 500, full: bool = False) -> Work:
        now = self.clock.now()
        scope = Scope(now, now.date(), full=full)
        return Work(
            self.client, self.database, self.clock, self.tenant_id, self.runs, scope, progress, page_size
        )

    async def pass_of(
        self, sync: Sync, *, progress: Progress = quietly, page_size: int = 500, full: bool = False
    ) -> Outcome:
        """A run with one pass, whether or not the sync itself finds that one is due."""
        await self.new_run(sync)
        work = self.work(progress=progress, page_size=page_size, full=full)
        return await run_pass(replace(sync, wanted=always), work)

    async def new_run(self, sync: Sync) -> None:
        async with self.database.unit(self.tenant_id) as uow:
            self.runs = await uow.syncs.start(sync.name, "schedule", "", self.clock.now())

    async def everything(self, order: Sequence[Sync] = EVERY) -> None:
        for each in order:
            await self.pass_of(each)

    async def rows(self, sync: Sync, *, own: bool = False) -> dict[int, dict[str, object]]:
        """The mirror's rows that are not gone, by Autotask's id; without what the engine notes for itself."""
        async with self.database.unit(self.tenant_id) as uow:
            found = await uow.connection.execute(
                select(sync.table).where(sync.table.c.tenant_id == self.tenant_id)
            )
            rows = [dict(row) for row in found.mappings()]
        left_out = frozenset() if own else OWN
        return {
            row["autotask_id"]: {name: value for name, value in row.items() if name not in left_out}
            for row in rows
            if own or row["gone_at"] is None
        }

    async def told(self) -> tuple[int, int]:
        """How many lines the log has, and how much news there is."""
        async with self.database.unit(self.tenant_id) as uow:
            return (
                len((await uow.connection.execute(select(sync_logs.c.id))).all()),
                len((await uow.connection.execute(select(news.c.id))).all()),
            )

    async def lines(self) -> list[dict[str, object]]:
        async with self.database.unit(self.tenant_id) as uow:
            found = await uow.connection.execute(select(sync_logs).order_by(sync_logs.c.id))
            return [dict(row) for row in found.mappings()]

    async def forget(self, sync: Sync) -> None:
        """As if it had never run: no cursor, and every row looks changed. Rows stay: other syncs may live on them."""
        async with self.database.unit(self.tenant_id) as uow:
            await uow.connection.execute(delete(sync_cursors).where(sync_cursors.c.name == sync.name))
            await uow.connection.execute(update(sync.table).values(hash=""))

    def requests(self, sync: Sync) -> int:
        return len(self.control.log(entity=sync.entity.endpoint.collection))

    async def counted(
        self, sync: Sync, *, page_size: int = 500, full: bool = False
    ) -> tuple[SyncCounts, int]:
        """A pass: what it did, and how many requests it took."""
        before = self.requests(sync)
        outcome = await self.pass_of(sync, page_size=page_size, full=full)
        return outcome.counts, self.requests(sync) - before


@asynccontextmanager
async def autotask(
    seed: int = 7, *, companies: int = 25
) -> AsyncIterator[tuple[AutotaskDatabase, server.RunningAutotask]]:
    """A small MSP whose records were last touched long before the tests' noon."""
    database = AutotaskDatabase(seed)
    populate(database, companies=companies, seed=seed, today=OLD.date())
    database.clock.set(NOON, scale=0)
    async with server.serve(database, settings=ServerSettings()) as running:
        yield database, running


@asynccontextmanager
async def place(
    database_url: str,
    served: tuple[AutotaskDatabase, server.RunningAutotask],
    *,
    team_id: str = "T0DEMO001",
    at_once: int = 3,
) -> AsyncIterator[Place]:
    """A connected workspace with an empty mirror."""
    autotask_database, running = served
    clock = FrozenClock()
    async with (
        Database(database_url) as database,
        AutotaskPool(
            running.discovery_url, clock=clock, limits=Limits(at_once=at_once, ceiling=100_000)
        ) as pool,
    ):
        async with database.directory() as directory:
            tenant = await directory.ensure_tenant(team_id, "Northwind IT", "Europe/Berlin")
        async with database.unit(tenant.id) as uow:
            await uow.connections.save(ZONE, SEALED, defaults=None, by="U1", at=NOON)
        client = pool.for_connection(team_id, credentials())
        yield Place(database, autotask_database, running.control, client, tenant.id, clock)
