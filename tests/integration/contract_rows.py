"""Contracts in the simulated Autotask, as its people would make them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.app import performer
from bot.jobs import Attempt, RunSync
from sandbox.autotask.units import SERVICES, generate_units
from tests.world import World

RECURRING_CODE = 29_682_804


@dataclass(frozen=True)
class Sold:
    """A recurring contract with one service on it."""

    contract: int
    service: int
    line: int


def company(world: World, name: str) -> int:
    """The id of a company in Autotask."""
    return next(row["id"] for row in world.autotask.database.rows("Companies") if row["companyName"] == name)


def month(today: date, months: int, *, last: bool = False) -> datetime:
    """The first, or the last, day of the month so many months away."""
    year, index = divmod(today.year * 12 + today.month - 1 + months, 12)
    return datetime(year, index + 1, monthrange(year, index + 1)[1] if last else 1, tzinfo=UTC)


def contract(world: World, company_id: int, name: str, **changes: object) -> int:
    """A recurring contract of two years, half of them over."""
    today = world.bot.tools.clock.now().date()
    row = {
        "companyID": company_id,
        "contractName": name,
        "contractType": 7,
        "contractPeriodType": "m",
        "startDate": month(today, -12),
        "endDate": month(today, 11, last=True),
        "status": 1,
        "timeReportingRequiresStartAndStopTimes": 0,
    }
    return world.autotask.database.insert("Contracts", {**row, **changes})


def sell(
    world: World, contract_id: int, service: str, *, units: int = 10, price: str = "20.00", **line: object
) -> Sold:
    """A service of the catalogue, made if need be, on the contract."""
    database = world.autotask.database
    known = next((row["id"] for row in database.rows("Services") if row["name"] == service), None)
    service_id = known or database.insert(
        "Services",
        {"name": service, "periodType": "m", "unitPrice": Decimal(price), "billingCodeID": RECURRING_CODE,
         "isActive": True, "sku": f"SKU-{service}"[:20]},
    )  # fmt: skip
    row = {"contractID": contract_id, "serviceID": service_id, "unitPrice": Decimal(price)}
    line_id = database.insert("ContractServices", {**row, **line})
    generate_units(database, line_id, units=units, family=SERVICES)
    return Sold(contract_id, service_id, line_id)


async def sync_contracts(
    world: World, key: str, *options: str, groups: tuple[str, ...] = ("contracts",)
) -> None:
    """A run of the sync, as a schedule starts it."""
    job = RunSync(tenant_id=world.tenant.id, groups=groups, run_key=key, options=options)
    await performer(world.bot)(job, Attempt(1, is_last=True, holder=f"test-{key}"))


async def logged(world: World) -> list[tuple[str, str, str, str]]:
    """Type, operation, status and message of every line but those that all were read, in their order."""
    from sqlalchemy import select

    from bot.db.tables import sync_logs

    async with world.bot.database.unit(world.tenant.id) as uow:
        rows = await uow.connection.execute(select(sync_logs).order_by(sync_logs.c.id))
        told = [(row.type, row.operation, row.status, row.message) for row in rows]
    return [line for line in told if not line[3].endswith("read for the first time")]


async def told(world: World) -> list[tuple[str, Decimal | None]]:
    """Every piece of news, with its amount."""
    from sqlalchemy import select

    from bot.db.tables import news

    async with world.bot.database.unit(world.tenant.id) as uow:
        rows = await uow.connection.execute(select(news).order_by(news.c.id))
        return [(row.text, row.amount) for row in rows]
