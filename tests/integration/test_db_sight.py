"""Rows of organizations that a person may not see are hidden by the database itself."""

from dataclasses import replace

from bot.domain.context import Ctx, Person, Role
from tests.factories import NOON
from tests.integration.filled import fill


def restricted(tenant, *organizations):
    return Ctx(tenant, Person("U2", "Kim", Role.FULL_MEMBER, organizations=frozenset(organizations)))


async def test_a_person_of_no_group_with_organizations_sees_none(database):
    tenant = await fill(database)
    async with database.unit_for(restricted(tenant)) as uow:
        assert await uow.organizations.page(0, 10) == ([], 0)
        assert await uow.reviews.page(0, 10) == ([], 0)
        assert await uow.tickets.recent(10) == []


async def test_a_person_sees_the_organizations_of_their_groups(database):
    tenant = await fill(database)
    async with database.unit(tenant.id) as uow:
        other = await uow.organizations.add("Contoso", "U1", NOON)
        ((acme,), _) = await uow.organizations.page(0, 1, "acme")
    async with database.unit_for(restricted(tenant, acme.id)) as uow:
        assert [each.name for each in (await uow.organizations.page(0, 10))[0]] == ["Acme"]
        assert await uow.organizations.get(other.id) is None
        assert len(await uow.tickets.recent(10)) == 1
    async with database.unit_for(restricted(tenant, other.id)) as uow:
        assert await uow.tickets.recent(10) == []
        assert (await uow.reviews.page(0, 10))[1] == 0


async def test_who_is_in_no_group_at_all_is_bound_by_none(database):
    tenant = await fill(database)
    everyone = replace(restricted(tenant), person=Person("U1", "Dana", Role.ADMIN))
    async with database.unit_for(everyone) as uow:
        assert (await uow.organizations.page(0, 10))[1] == 1
