"""A connected workspace whose Autotask has invoices, and the steps of its tests."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Table, select

from bot.app import Role, performer
from bot.db.session import UnitOfWork
from bot.jobs import Attempt, RunSync
from tests.factories import FrozenClock
from tests.world import World, world

LAST_MONTH = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass
class Billing:
    """The world, by hand: no job runs by itself, the clock moves when told."""

    world: World
    clock: FrozenClock
    runs: list[str] = field(default_factory=list)

    def unit(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.world.bot.database.unit(self.world.tenant.id)

    def add(self, entity: str, row: Mapping[str, object]) -> int:
        return self.world.autotask.database.insert(entity, row)

    def change(self, entity: str, record_id: int, **values: object) -> None:
        self.world.autotask.database.update(entity, record_id, values)

    def company(self, name: str) -> int:
        rows = self.world.autotask.database.rows("Companies")
        return next(int(str(row["id"])) for row in rows if row["companyName"] == name)

    def requests(self, entity: str) -> int:
        return len(self.world.autotask.control.log(entity=entity))

    async def sync(self, group: str = "invoices", *, options: Sequence[str] = ()) -> str:
        """Runs the group to its end; the key of the run."""
        self.runs.append(f"run-{len(self.runs)}")
        job = RunSync(
            tenant_id=self.world.tenant.id, groups=(group,), run_key=self.runs[-1], options=tuple(options)
        )
        await performer(self.world.bot)(job, Attempt(1, is_last=True, holder="test"))
        return self.runs[-1]

    async def rows(self, table: Table) -> list[Mapping[str, object]]:
        async with self.unit() as uow:
            key = table.c.autotask_id if "autotask_id" in table.c else table.c.id
            found = await uow.connection.execute(select(table).order_by(key))
            return [dict(row) for row in found.mappings()]


def an_invoice(
    company: int,
    *,
    number: str = "INV-1",
    total: str = "107.00",
    tax: str = "7.00",
    due: datetime | None = LAST_MONTH + timedelta(days=44),
    made: datetime = LAST_MONTH,
) -> dict[str, object]:
    return {
        "companyID": company,
        "invoiceNumber": number,
        "invoiceDateTime": made,
        "createDateTime": made,
        "dueDate": due,
        "paymentTerm": 1,
        "invoiceTotal": Decimal(total),
        "totalTaxValue": Decimal(tax),
        "isVoided": False,
    }


def an_item(
    company: int, invoice: int, *, total: str = "100.00", tax: str = "7.00", name: str = "Managed server"
) -> dict[str, object]:
    return {
        "companyID": company,
        "invoiceID": invoice,
        "itemName": name,
        "description": name,
        "billingItemType": 7,
        "quantity": Decimal("2.0000"),
        "rate": Decimal(total) / 2,
        "extendedPrice": Decimal(total),
        "totalAmount": Decimal(total),
        "taxDollars": Decimal(tax),
        "nonBillable": 0,
        "itemDate": LAST_MONTH.replace(hour=0),
        "postedDate": LAST_MONTH.replace(hour=0),
        "postedOnTime": LAST_MONTH,
    }


def an_opportunity(
    company: int, title: str, *, amount: str = "100.00", stage: int = 29_682_780
) -> dict[str, object]:
    return {
        "companyID": company,
        "title": title,
        "ownerResourceID": 4,
        "status": 1,
        "stage": stage,
        "probability": 50,
        "amount": Decimal(amount),
        "cost": Decimal(1),
        "useQuoteTotals": False,
        "createDate": LAST_MONTH,
        "projectedCloseDate": LAST_MONTH + timedelta(days=60),
        "lastActivity": LAST_MONTH,
    }


@asynccontextmanager
async def billing_world(database_url: str, folder: Path, *, role: Role = "web") -> AsyncIterator[Billing]:
    """With ``role="all"`` jobs run by themselves, too."""
    clock = FrozenClock()
    async with world(database_url, folder, role=role, clock=clock) as opened:
        await opened.connected()
        yield Billing(opened, clock)
