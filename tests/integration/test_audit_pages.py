"""The audit trail as Admins read it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.audit import AuditQuery
from bot.domain.context import Role
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.slack_world import DESK, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Forty acts, one every six hours; Marcus has made every other one."""
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        await opened.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
        tenant, now = await opened.tenant(), opened.bot.tools.clock.now()
        async with opened.bot.database.unit(tenant.id) as uow:
            for number in range(40):
                await uow.audit.record(
                    at=now - timedelta(hours=6 * (40 - number)),
                    by=FULL_MEMBER if number % 2 else ADMIN,
                    action="create ticket" if number % 4 else "set role",
                    subject=f"Acme {number}",
                    before={"role": "viewer", "secret": "hunter2"},
                    after={"role": "sales", "secret": "hunter3"},
                    autotask_id=7000 + number,
                )
        yield opened


async def test_a_page_keeps_the_words_that_narrowed_it(office: Office):
    page = await office.answer(ADMIN, "/autotask audit marcus tickets", "1 to 10 of 20")
    assert "Acme 39" in words(page)
    await office.people.click(ADMIN, on(page), "audit_page:next")
    second = await office.people.wait_for(ADMIN, DESK, "11 to 20 of 20")
    assert "marcus tickets" in words(second)
    assert "viewer → sales" in words(second)


async def test_an_id_of_autotask_and_a_day_are_found(office: Office):
    assert "Acme 7" in words(await office.answer(ADMIN, "/autotask audit 7007", "1 to 1 of 1"))
    assert await office.answer(ADMIN, "/autotask audit last 2 days", "Acme 39")
    assert await office.answer(ADMIN, "/autotask audit kim 1999-01-01", "Nothing in the audit trail")


async def test_the_details_show_everything_but_a_secret(office: Office):
    page = await office.answer(ADMIN, "/autotask audit 7007", "1 to 1 of 1")
    await office.people.click(ADMIN, on(page), "audit_details")
    shown = words(await office.people.wait_for_modal(ADMIN, "Audit entry"))
    assert "7007" in shown
    assert "hunter" not in shown


async def test_the_export_is_what_was_filtered_and_is_itself_in_the_trail(office: Office):
    page = await office.answer(ADMIN, "/autotask audit marcus", "1 to 10 of 20")
    await office.people.click(ADMIN, on(page), "audit_export")
    assert await office.people.wait_for(ADMIN, DESK, "20 acts as a file")
    (file,) = office.slack.workspace.files.values()
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 21
    assert "hunter" not in file.content.decode()
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        ((act,), _) = await uow.audit.page(AuditQuery(("export",)), 0, 1)
    assert (act.by, act.after) == (ADMIN, {"rows": 20})


async def test_nobody_but_an_admin_reads_it(office: Office):
    await office.answer(FULL_MEMBER, "/autotask audit", "You may not read the audit trail")
