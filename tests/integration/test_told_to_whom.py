"""What is told to people by themselves, held against what they may see when they ask."""

from decimal import Decimal

from bot.db.session import Database
from bot.domain.context import Ctx, Person, Role
from bot.domain.digests import Period
from bot.domain.problems import EventKind, News
from bot.domain.switches import Capability, Mode
from bot.domain.time_entries import Rate
from bot.services.digest_parts import gather
from bot.services.digests import DigestsService
from tests.factories import NOON, FrozenClock
from tests.integration import time_rows
from tests.integration.filled import SEALED, ZONE


async def test_a_viewers_digest_has_no_sums_and_an_approvers_has(database: Database):
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "Northwind IT", "UTC")
    async with database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by="U1", at=NOON)
        for each in (Capability.TIME, Capability.CONTRACTS):
            await uow.switches.set(each, Mode.ON, by="U1", at=NOON)
        await uow.switches.set(Capability.TICKETS, Mode.OFF, by="U1", at=NOON)
        await time_rows.clients(uow)
        await time_rows.contract(uow, 10)
        await uow.time_rates.add(Rate(Decimal(150), "USD", time_rows.USUAL), NOON)
        await time_rows.entry(uow, 1, contract=10)
        await time_rows.posted(uow, 1)
        await time_rows.decided(uow)
        found = [News(EventKind.CONTRACTS, "Managed ended", 1, Decimal("-411.00"))]
        await uow.news.add(None, found, NOON)
    clock = FrozenClock()
    clock.set(NOON)
    clock.advance(minutes=1)
    service = DigestsService(database, clock, gather=gather)

    async def told(person: Person) -> str:
        return repr(await service.now(Ctx(tenant, person), Period.DAILY))

    approver = Person("U2", "Kim", Role.VIEWER, billing_approver=True)
    said = await told(approver)
    assert "Unbilled" in said
    assert "411.00" in said
    said = await told(Person("U3", "Vic", Role.VIEWER))
    assert "Managed ended" in said
    assert "Unbilled" not in said
    assert "411.00" not in said
