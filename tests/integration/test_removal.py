"""Removing the connection, played by members: the dialog, its refusals, the export, and connecting anew."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.app import performer
from bot.domain.context import Role
from bot.domain.removal import RemovalForm
from bot.errors import AlreadyDone, InvalidInput, NotAllowed, NotConnected
from bot.jobs import Attempt, MirrorCompanies
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.steps import (
    DESK,
    block_with,
    connect,
    map_acme,
    modal_words,
    open_first_category,
    opened_world,
    raise_ticket,
    start_review,
)
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


def direct(office: World, user: str = ADMIN) -> str:
    return office.slack.workspace.direct(user, office.slack.workspace.bot.id).id


async def open_dialog(office: World) -> None:
    people = office.slack.people
    await people.type_command(ADMIN, DESK, "/autotask settings")
    page = await people.wait_for_modal(ADMIN, "Settings")
    await people.click(ADMIN, inside(page), "removal_open", block_id=block_with(page, "removal_open"))
    await people.wait_for_modal(ADMIN, "Remove connection")


async def is_connected(office: World) -> bool:
    async with office.bot.database.unit(office.tenant.id) as uow:
        return await uow.connections.get() is not None


async def test_an_admin_removes_the_connection_and_connects_from_scratch(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await open_dialog(office)
    shown = modal_words(office, ADMIN)
    for expected in (
        "1 mapping of an organization",
        "mirrored companies",
        "no way to delete tickets",
        "0 opportunities",
    ):
        assert expected in shown
    outcome = await people.submit(ADMIN, {"name": "Some other name"})
    assert office.tenant.name in outcome.errors["name"]
    assert await is_connected(office)
    assert (await people.submit(ADMIN, {"name": office.tenant.name.upper()})).ok
    assert people.modal(ADMIN) is None
    message = await people.wait_for(ADMIN, direct(office), "is removed")
    assert "1 mapping of an organization" in feed.words_of_message(message)
    assert not await is_connected(office)
    await people.type_command(ADMIN, DESK, "/autotask settings")
    await people.wait_for(ADMIN, DESK, "Autotask is not connected")
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        [organization], _ = await uow.organizations.page(0, 9)
    assert (organization.name, organization.company) == ("Unit", None)


async def test_who_lost_the_role_while_the_dialog_was_open_is_refused_at_submit(office):
    people = office.slack.people
    await connect(office)
    await open_dialog(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(ADMIN, Role.FULL_MEMBER, "test", office.bot.tools.clock.now())
    await people.submit(ADMIN, {"name": office.tenant.name})
    await people.wait_for_modal(ADMIN, "That did not work")
    assert "You may not remove the connection" in modal_words(office, ADMIN)
    assert await is_connected(office)


async def test_nobody_but_an_admin_removes_exports_or_changes_settings(office):
    await connect(office)
    services = office.bot.services
    for role in Role:
        if role is Role.ADMIN:
            continue
        ctx = replace(office.ctx, person=replace(office.ctx.person, role=role))
        with pytest.raises(NotAllowed):
            await services.removal.begin(ctx, RemovalForm(office.tenant.name))
        with pytest.raises(NotAllowed):
            await services.removal.offer(ctx)
        with pytest.raises(NotAllowed):
            await services.exports.begin(ctx, run_key="k")
        with pytest.raises(NotAllowed):
            await services.settings.change(ctx, {}, {"switch_tickets": "on"})
    assert await is_connected(office)


async def test_an_empty_name_confirms_nothing(office):
    await connect(office)
    with pytest.raises(InvalidInput):
        await office.bot.services.removal.begin(office.ctx, RemovalForm(" "))


async def test_the_export_before_a_removal_comes_as_files_and_holds_no_secret(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await open_dialog(office)
    view = people.modal(ADMIN)
    block = next(each for each in view.body["blocks"] if "accessory" in each)
    await people.click(ADMIN, inside(view), "removal_export", block_id=block["block_id"])
    await people.wait_for(ADMIN, direct(office), "2 files")
    files = list(office.slack.workspace.files.values())
    document = json.loads(next(file.content for file in files if file.name.endswith(".json")))
    assert [each["name"] for each in document["organizations"]] == ["Unit"]
    assert document["organizations"][0]["company"] == "Ünit & Söhne <GmbH>"
    given = office.autotask.credentials
    for file in files:
        assert given.secret.encode() not in file.content
        assert given.tracking_id.encode() not in file.content


async def test_a_sync_under_way_when_the_removal_begins_leaves_nothing_behind(office):
    await connect(office)
    await map_acme(office)
    await office.bot.services.removal.begin(office.ctx, RemovalForm(office.tenant.name))
    with suppress(NotConnected):
        job = MirrorCompanies(tenant_id=office.tenant.id)
        await performer(office.bot)(job, Attempt(1, is_last=True, holder="test"))
    await office.slack.people.wait_for(ADMIN, direct(office), "is removed")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.companies.count() == 0
        assert await uow.schedules.all() == []
    with pytest.raises(NotConnected):
        await office.bot.services.removal.offer(office.ctx)


async def test_home_says_that_tickets_are_read_only_and_an_admin_turns_them_on_there(office):
    people = office.slack.people
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        from bot.domain.switches import Capability, Mode

        await uow.switches.set(Capability.TICKETS, Mode.READ_ONLY, by=ADMIN, at=office.bot.tools.clock.now())
    people.open_home(FULL_MEMBER)
    theirs = await people.wait_for_home(FULL_MEMBER, "Tickets are read-only")
    assert "settings_turn_on" not in str(theirs.body)
    people.open_home(ADMIN)
    view = await people.wait_for_home(ADMIN, "Tickets are read-only")
    await people.click(ADMIN, inside(view), "settings_turn_on", block_id="tickets_switch")
    await people.wait_for_modal(ADMIN, "Deskhand")
    await people.until(
        lambda: None if "read-only" in feed.words_of(people.home(ADMIN).body) else True, "the banner to go"
    )


async def test_tickets_are_closed_with_a_note_where_that_was_ticked_and_an_unsent_one_says_so(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    await raise_ticket(office)
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    refusal = Fault(
        "fail", "Tickets", "POST", skip=1, status=500, body='{"errors":["The contract is closed."]}'
    )
    office.autotask.control.plan(refusal)
    async with office.bot.database.unit(office.tenant.id) as uow:
        [review], _ = await uow.reviews.page(0, 1)
    unsent = await office.ticket(review, request_key="second", index=1)
    card = await people.wait_for(ADMIN, DESK, "Not created in Autotask")
    await open_dialog(office)
    assert "1 ticket that was not sent yet" in modal_words(office, ADMIN)
    view = people.modal(ADMIN)
    options = next(each for each in view.body["blocks"] if each.get("block_id") == "options")["element"][
        "options"
    ]
    assert (await people.submit(ADMIN, {"options": [options[0]], "name": office.tenant.name})).ok
    message = await people.wait_for(ADMIN, direct(office), "is removed")
    assert "1 of 1 ticket" in feed.words_of_message(message)
    [ticket] = office.tickets_in_autotask()
    assert ticket["status"] == 5
    notes = [row for row in office.autotask.database.rows("TicketNotes") if row["ticketID"] == ticket["id"]]
    assert ["disconnected" in str(note["title"]) for note in notes] == [True]
    found = await people.wait_for(ADMIN, DESK, "This ticket was not sent")
    assert found.ts == card.ts
    assert unsent.summary in feed.words_of_message(found)


async def test_two_admins_who_confirm_at_once_mean_one_removal(office):
    await connect(office)
    service, form = office.bot.services.removal, RemovalForm(office.tenant.name)
    outcomes = await asyncio.gather(
        *(service.begin(office.ctx, form) for _ in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert all(
        isinstance(each, AlreadyDone | NotConnected) for each in outcomes if isinstance(each, Exception)
    )
    await office.slack.people.wait_for(ADMIN, direct(office), "is removed")
    async with office.bot.database.unit(office.tenant.id) as uow:
        acts = [act.action for act in await uow.audit.recent(50)]
    assert (acts.count("remove connection"), acts.count("connection removed")) == (1, 1)


async def test_a_removal_that_has_stopped_goes_on_by_a_button(office):
    """Its job is gone, as after attempts that all met a mistake of ours."""
    people = office.slack.people
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.removals.stop_connection()
        begun = await uow.removals.begin(
            await uow.removals.inventory(),
            by=ADMIN,
            by_name="Dana",
            channel_id="",
            close_tickets=False,
            mark_lost=False,
            status_closed=None,
            at=office.bot.tools.clock.now(),
        )
    assert begun is not None
    await people.type_command(ADMIN, DESK, "/autotask settings")
    message = await people.wait_for(ADMIN, DESK, "is being removed")
    await people.click(ADMIN, on(message), "removal_go_on")
    await people.wait_for(ADMIN, direct(office), "is removed")


async def test_who_connects_while_the_removal_runs_is_told_to_wait(office):
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        sealed = await uow.connections.credentials()
        connection = await uow.connections.get()
        await uow.removals.stop_connection()
        with pytest.raises(AlreadyDone):
            await uow.connections.save(
                connection.zone, sealed, defaults=None, by=ADMIN, at=office.bot.tools.clock.now()
            )


async def test_the_other_admins_are_told(office):
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(FULL_MEMBER, Role.ADMIN, ADMIN, office.bot.tools.clock.now())
    await office.bot.services.removal.begin(office.ctx, RemovalForm(office.tenant.name))
    message = await office.slack.people.wait_for(FULL_MEMBER, direct(office, FULL_MEMBER), "was removed")
    assert ADMIN in str(message.blocks)
    assert on(message)["channel"] == direct(office, FULL_MEMBER)
