"""Utilisation and notes that say too little, over mirrored entries, as each reader may see them."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.db.session import Database, UnitOfWork
from bot.domain.authors import AutotaskPerson
from bot.domain.context import Ctx, Person, Role
from bot.domain.digests import Period, Section, Subscription
from bot.domain.time_quality import Days, Hours, Notes, days_before, together
from bot.errors import NotAllowed
from sandbox.slack import feed
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import NOON
from tests.integration import time_rows
from tests.integration.filled import SEALED, ZONE
from tests.integration.slack_world import DESK, Office, opened_office, words
from tests.integration.time_rows import ACME, HIDDEN, TODAY, entry, posted

MARTA = 31
YESTERDAY = TODAY - timedelta(days=1)
DAYS = days_before(TODAY, 90)


async def fill(uow: UnitOfWork, today: date = TODAY) -> dict[int, int]:
    """Petra: 6 h of 8 to bill this week, 2 h three weeks ago; Marta: an internal hour. The organizations' ids."""
    found = await time_rows.clients(uow)
    await uow.resources.save([AutotaskPerson(MARTA, "Marta <Öz> *1*")], NOON)
    for company in (ACME, HIDDEN):
        await time_rows.contract(uow, company, company)
    yesterday = today - timedelta(days=1)
    await entry(uow, 1, yesterday, hours="4", contract=ACME, note="Fixed printer")
    await entry(uow, 2, yesterday, hours="2", contract=HIDDEN, note=" \n ")
    await entry(uow, 3, yesterday, hours="2", billable=False, note="")
    await entry(uow, 4, today - timedelta(days=21), hours="2", contract=ACME, note="Set up the new printer")
    await entry(uow, 5, today, hours="9", contract=ACME, note="x")
    await entry(uow, 6, today - timedelta(days=31), hours="9", contract=ACME, note="x")
    await entry(uow, 7, yesterday, hours="1", billable=False, who=MARTA, note="Standup")
    for key, company in ((1, ACME), (2, HIDDEN), (4, ACME)):
        await posted(uow, key, company)
    await time_rows.decided(uow, today=today)
    return found


async def test_hours_to_bill_are_set_beside_hours_worked_and_only_notes_to_bill_are_judged(
    database: Database,
):
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "Northwind IT", "UTC")
    async with database.unit(tenant.id) as uow:
        await fill(uow)
        petra, marta = await uow.time_quality.workers(DAYS)
        assert (petra.month, petra.week) == (Hours(Decimal(10), Decimal(8)), Hours(Decimal(8), Decimal(6)))
        assert (petra.month.utilisation, petra.week.utilisation) == (Decimal("80.0"), Decimal("75.0"))
        assert petra.notes == Notes(entries=3, missing=1, short=1)
        assert (marta.month.utilisation, marta.notes) == (Decimal("0.0"), Notes())
        assert together([petra, marta]).month == Hours(Decimal(11), Decimal(8))
        poor, total = await uow.time_quality.poor(DAYS, offset=0, limit=1)
        assert (total, [each.id for each in poor]) == (2, [2])
        [second], _ = await uow.time_quality.poor(DAYS, offset=1, limit=1)
        assert (second.note, second.resource, second.company) == ("Fixed printer", "Petra Novak", "Acme")
        assert [each.name for each in await uow.time_quality.workers(DAYS, "öz mar")] == ["Marta <Öz> *1*"]
        assert await uow.time_quality.workers(DAYS, "50%") == []


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        await opened.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
        yield opened


async def test_the_card_compares_people_leads_to_the_notes_and_is_not_for_everybody(office: Office):
    tenant = await office.tenant()
    now = office.bot.tools.clock.now()
    async with office.bot.database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by=ADMIN, at=now)
        found = await fill(uow, now.date())
    card = await office.answer(ADMIN, "/autotask time quality", "Time quality")
    said = words(card)
    for part in ("11 h worked, 8 h to bill, utilisation 72.7 %", "9 h worked, 6 h to bill, utilisation 66.7 %",
                 "Petra Novak", "80.0 %", "75.0 %", "Marta <Öz> *1*",
                 "divided by hours worked", "fewer than 4 words", "1 without and 1 too short, of 3 entries"):  # fmt: skip
        assert part in said, part
    await office.people.click(ADMIN, on(card), "time_notes")
    listed = await office.people.wait_for(ADMIN, DESK, "Notes that say too little: 2")
    assert "Fixed printer" in feed.words_of_message(listed)
    assert "No note" in feed.words_of_message(listed)
    await office.people.click(ADMIN, on(listed), "time_quality:back")
    await office.people.wait_for(ADMIN, DESK, "divided by hours worked")

    service = office.bot.services.time_quality
    acme_only = Person("U1", "M", Role.FULL_MEMBER, organizations=frozenset({found[ACME]}))
    part_of_it = await service.card(Ctx(tenant, acme_only))
    assert part_of_it.is_part
    assert part_of_it.together.month == Hours(Decimal(6), Decimal(6))
    [note] = (await service.notes(Ctx(tenant, acme_only))).notes
    assert (note.id, note.url.startswith(f"{ZONE.web_url.rstrip('/')}/")) == (1, True)
    assert note.url.endswith("WorkEntryID=1")
    for role in (Role.SALES, Role.VIEWER):
        with pytest.raises(NotAllowed):
            await service.card(Ctx(tenant, Person("U1", "V", role)))
    approver = Person("U1", "B", Role.VIEWER, billing_approver=True)
    assert (await service.card(Ctx(tenant, approver))).people == 2


async def test_the_weekly_digest_has_the_utilisation_and_the_notes_of_what_its_reader_sees(office: Office):
    tenant = await office.tenant()
    now = office.bot.tools.clock.now()
    async with office.bot.database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by=ADMIN, at=now)
        found = await fill(uow, now.date())
    digests = office.bot.services.digests

    async def told(period: Period, organizations: frozenset[int] | None = None) -> list[str]:
        digest = Subscription(DESK, ADMIN, organizations=organizations)
        gathered = await digests.gather_for_channel(tenant, digest, period, now)
        lines = [line for each in gathered.parts if each.section is Section.TIME for line in each.lines]
        return [f"{line.lead}{line.text}" for line in lines]

    weekly = await told(Period.WEEKLY)
    assert "Utilisation: 6 h to bill of 9 h worked, 66.7 %" in weekly
    assert "Notes missing or too short: 2 of 2 entries to bill" in weekly
    assert not [each for each in await told(Period.DAILY) if "Utilisation" in each]
    assert "Utilisation: 4 h to bill of 4 h worked, 100.0 %" in await told(
        Period.WEEKLY, frozenset({found[ACME]})
    )


def test_days_are_whole_ones_and_no_more_than_are_synced():
    assert days_before(date(2026, 11, 21), 90) == Days(
        date(2026, 10, 22), date(2026, 11, 14), date(2026, 11, 20)
    )
    assert days_before(date(2026, 11, 21), 7).first == date(2026, 11, 14)
