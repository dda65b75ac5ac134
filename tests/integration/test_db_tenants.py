from bot.domain.organizations import Company
from tests.factories import NOON


async def test_a_row_of_one_tenant_is_invisible_to_another(database):
    async with database.directory() as directory:
        one = await directory.ensure_tenant("T1", "One")
        two = await directory.ensure_tenant("T2", "Two")
    async with database.unit(one.id) as uow:
        await uow.companies.upsert([Company(1, "Acme", is_active=True)], NOON)
    async with database.unit(two.id) as uow:
        assert await uow.companies.search("acme") == []
    async with database.unit(one.id) as uow:
        assert [company.name for company in await uow.companies.search("acme")] == ["Acme"]
