"""By whose clock a workspace lives: the zone that somebody chose, else that of who sets it up."""

from dataclasses import replace

import pytest

from bot.db.session import Database
from bot.db.zones import adopt_zone
from bot.domain.context import Ctx
from bot.domain.schedules import NIGHTLY_SYNC, STANDING
from tests.factories import NOON, ctx


async def opened(database: Database, zone: str = "UTC", *, by: str = "America/New_York") -> Ctx:
    """A workspace with its schedules, and the person who sets it up."""
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "One", zone)
    async with database.unit(tenant.id) as uow:
        for each in STANDING:
            await uow.schedules.add_if_missing(each.made(tenant.id, zone, NOON))
    found = ctx(of=tenant)
    return replace(found, person=replace(found.person, timezone=by))


async def zones(database: Database, here: Ctx) -> tuple[str, str]:
    """The workspace's zone, and that by which the nightly sync rings."""
    async with database.directory() as directory:
        tenant = await directory.tenant_by_team(here.tenant.team_id)
    async with database.unit(here.tenant.id) as uow:
        nightly = await uow.schedules.get(NIGHTLY_SYNC)
    assert tenant is not None
    assert nightly is not None
    return tenant.timezone, nightly.timezone


async def test_where_nobody_chose_a_zone_it_is_that_of_the_first_who_sets_deskhand_up(database: Database):
    here = await opened(database)
    adopted = await adopt_zone(database, here, NOON)
    assert adopted.tenant.timezone == "America/New_York"
    later = replace(here, person=replace(here.person, timezone="Asia/Tokyo"))
    await adopt_zone(database, later, NOON)
    assert await zones(database, here) == ("America/New_York", "America/New_York")
    async with database.unit(here.tenant.id) as uow:
        acts = [(act.action, act.subject) for act in await uow.audit.recent(5)]
    assert acts == [("take over time zone", "Time zone")]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
async def test_a_zone_that_somebody_chose_stays_also_where_it_is_utc(database: Database, zone: str):
    here = await opened(database, zone)
    async with database.directory() as directory:
        await directory.move(here.tenant.id, zone)
    kept = await adopt_zone(database, here, NOON)
    assert kept == here
    assert await zones(database, here) == (zone, zone)


async def test_a_zone_that_is_not_known_here_changes_nothing(database: Database):
    here = await opened(database, by="Mars/Olympus")
    assert await adopt_zone(database, here, NOON) == here
    assert await zones(database, here) == ("UTC", "UTC")
