"""The mirror of companies when Autotask does not show what it has."""

import pytest

from bot.errors import PermissionMissing
from tests.world import COMPANIES, world


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


async def test_a_right_that_was_lost_silently_leaves_the_companies_as_they_were(office):
    organization = await office.mapped()
    office.autotask.control.revoke("Companies", ("query",), look="empty")
    with pytest.raises(PermissionMissing):
        await office.mirrored()
    found = await office.bot.services.organizations.search_companies(office.ctx, COMPANIES[0])
    assert [each.name for each in found] == [COMPANIES[0]]
    still = await office.bot.services.organizations.get(office.ctx, organization.id)
    assert still.company is not None
    assert not still.company.is_gone


async def test_a_company_that_is_gone_is_marked_while_others_are_seen(office):
    rows = office.autotask.database.rows("Companies")
    office.autotask.database.delete(
        "Companies", next(r["id"] for r in rows if r["companyName"] == "Contoso Ltd")
    )
    await office.mirrored()
    found = await office.bot.services.organizations.search_companies(office.ctx, "Contoso")
    assert [each.name for each in found] == ["Contoso Limited"]
