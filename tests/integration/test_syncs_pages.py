"""Syncs that people start, in one workspace with Autotask and jobs running."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.switches import Capability, Mode
from bot.jobs import RunSync
from sandbox.slack import feed
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import until
from tests.integration.contract_rows import company, contract, month, sync_contracts
from tests.integration.steps import DESK, opened_world
from tests.world import COMPANIES, World, world


@pytest.fixture
async def office(database_url: str, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()

        async def idle() -> bool:
            return not await opened.bot.jobs.under_way(RunSync, opened.tenant.id)

        await until(idle)
        yield opened


async def test_a_sync_is_queued_at_once_edited_in_place_and_mentions_who_asked_once(office: World):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask sync companies")
    said = await people.wait_for(FULL_MEMBER, DESK, "Company sync has been queued")
    assert "Follow it here" in feed.words_of_message(said)
    done = await people.wait_for(FULL_MEMBER, DESK, "Synced from Autotask")
    words = feed.words_of_message(done)
    assert "as many as last time" in words

    def replies():
        every = office.slack.workspace.channels[DESK].messages.values()
        return [each for each in every if "is done" in feed.words_of_message(each)]

    async def told() -> bool:
        return bool(replies())

    await until(told)
    (reply,) = replies()
    assert f"<@{FULL_MEMBER}>" in str(reply)
    assert reply.thread_ts == done.ts
    async with office.bot.database.unit(office.tenant.id) as uow:
        run = await uow.syncs.last("companies")
    assert run is not None
    assert (run.trigger, run.requested_by, run.state) == ("manual", FULL_MEMBER, "succeeded")


async def test_a_run_is_set_beside_the_last_one_and_far_more_records_than_then_are_named(office: World):
    people = office.slack.people
    for number in range(25):
        row = {"companyName": f"New <{number}>", "phone": "555", "companyType": 1, "isActive": True}
        office.autotask.database.insert("Companies", row)
    await people.type_command(ADMIN, DESK, "/autotask sync companies")
    done = feed.words_of_message(await people.wait_for(ADMIN, DESK, "Synced from Autotask"))
    assert "+25 new" in done
    async with office.bot.database.unit(office.tenant.id) as uow:
        run = await uow.syncs.last("companies")
    assert run is not None
    [size] = run.sizes.values()
    assert size.now == (size.before or 0) + 25
    words = f"far more companies than last time: {size.now} now, {size.before} then"
    assert f"{size.now} companies, {size.before} last time (+" in done
    assert words in done
    await people.type_command(ADMIN, DESK, "/autotask status companies")
    page = await people.wait_for(ADMIN, DESK, "Sync status: companies")
    assert words in feed.words_of_message(page)


async def test_a_run_that_may_not_read_something_does_not_only_say_that_nothing_is_new(office: World):
    people = office.slack.people
    office.autotask.control.revoke("Opportunities", ("query",))
    await people.type_command(ADMIN, DESK, "/autotask sync opps now")
    done = feed.words_of_message(await people.wait_for(ADMIN, DESK, "Synced from Autotask"))
    assert "Autotask does not let Deskhand read Opportunities." in done
    assert "See the warning" in done


async def test_the_forms_refuse_days_that_cannot_be_and_unknown_words_are_offered_others(office: World):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask sync time")
    await people.wait_for_modal(FULL_MEMBER, "Start a sync")
    today = office.bot.tools.clock.now().date()
    future, long_ago = today + timedelta(days=3), today - timedelta(days=400)
    for first, last, why in (
        (today, today - timedelta(days=2), "before the start"),
        (future, future, "in the future"),
        (long_ago, today, "At most 366 days"),
    ):
        filled = {"first": first.isoformat(), "last": last.isoformat()}
        assert why in str(await people.submit(FULL_MEMBER, filled))
    await people.close(FULL_MEMBER, everything=True)
    await people.type_command(FULL_MEMBER, DESK, "/autotask sync bananas")
    await people.wait_for(FULL_MEMBER, DESK, "There is no sync called")


@pytest.fixture
async def still(database_url: str, tmp_path) -> AsyncIterator[World]:
    """No job runs by itself."""
    async with world(database_url, tmp_path) as opened:
        await opened.slack.wait_connected()
        await opened.connected()
        await opened.bot.jobs.forget(opened.tenant.id)
        yield opened


async def test_a_second_wish_for_the_same_sync_starts_no_second_job_and_a_switch_explains_itself(
    still: World,
):
    people = still.slack.people
    await people.type_command(ADMIN, DESK, "/autotask sync companies")
    await people.wait_for(ADMIN, DESK, "Company sync has been queued")
    await people.type_command(ADMIN, DESK, "/autotask sync companies")
    said = await people.wait_for(ADMIN, DESK, "is queued or running already")
    assert "Follow it here" in feed.words_of_message(said)
    assert len(await still.bot.jobs.under_way(RunSync, still.tenant.id)) == 1
    await people.type_command(ADMIN, DESK, "/autotask sync all")
    said = await people.wait_for(ADMIN, DESK, "not started twice: companies")
    second, _ = (await still.bot.jobs.under_way(RunSync, still.tenant.id))[1]
    assert "companies" not in second.groups
    assert {"contracts", "time"} <= set(second.groups)
    async with still.bot.database.unit(still.tenant.id) as uow:
        await uow.switches.set(Capability.INVOICES, Mode.OFF, by=ADMIN, at=still.bot.tools.clock.now())
    await people.type_command(ADMIN, DESK, "/autotask sync invoices")
    await people.wait_for(ADMIN, DESK, "switched off")


async def test_ending_expired_contracts_shows_which_before_anything_is_queued(still: World):
    people, acme = still.slack.people, company(still, COMPANIES[0])
    await still.mapped()
    today = still.bot.tools.clock.now().date()
    contract(still, acme, "Old <one>", endDate=month(today, -3, last=True))
    await sync_contracts(still, "first")
    await still.bot.jobs.forget(still.tenant.id)
    await people.type_command(ADMIN, DESK, "/autotask sync contracts")
    view = await people.wait_for_modal(ADMIN, "Start a sync")
    options = next(b["element"]["options"] for b in view.body["blocks"] if b["block_id"] == "expired")
    await people.submit(ADMIN, {"expired": options})
    view = await people.wait_for_modal(ADMIN, "End expired contracts")
    assert "1 contract would be ended" in feed.words_of(view.body)
    assert "Old <one>" in feed.words_of(view.body)
    assert not await still.bot.jobs.under_way(RunSync, still.tenant.id)
    assert (await people.submit(ADMIN)).ok
    await people.wait_for(ADMIN, DESK, "Contract sync has been queued")
    ((job, _),) = await still.bot.jobs.under_way(RunSync, still.tenant.id)
    assert (job.groups, job.options) == (("contracts",), ("end-expired",))
