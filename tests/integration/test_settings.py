"""Settings, played by members: switches, what new tickets get, what is gone from Autotask, and undo."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.switches import Capability, Mode
from bot.errors import AlreadyDone
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import NOON, FrozenClock, until
from tests.integration.filled import ticket_form
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
    switch_tickets,
    until_modal_says,
)
from tests.world import World, world


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


async def open_page(office: World, user: str = ADMIN) -> None:
    await office.slack.people.type_command(user, DESK, "/autotask settings")
    await office.slack.people.wait_for_modal(user, "Settings")


async def press(office: World, action_id: str, user: str = ADMIN) -> None:
    """A button of the modal on top; the first of that name."""
    view = office.slack.people.modal(user)
    await office.slack.people.click(user, inside(view), action_id, block_id=block_with(view, action_id))


def option(view, block_id: str, value: str) -> dict:
    block = next(each for each in view.body["blocks"] if each.get("block_id") == block_id)
    return next(each for each in block["element"]["options"] if each["value"] == value)


async def queue(office: World, label: str) -> dict:
    view = office.slack.people.modal(ADMIN)
    found = await office.slack.people.suggest(ADMIN, inside(view), "settings_queue", label[:4])
    return next(each for each in found.options if each["text"]["text"] == label)


def direct_messages(office: World) -> str:
    return office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id).id


async def retire_queue(office: World, label: str = "Client Portal") -> None:
    values = office.autotask.database.picklist("Tickets", "queueID")
    value = next(each.value for each in values if each.label == label)
    office.autotask.control.set_picklist_value_active("Tickets", "queueID", value, active=False)


async def mode_of(office: World, capability: Capability) -> Mode:
    async with office.bot.database.unit(office.tenant.id) as uow:
        return (await uow.switches.all()).mode(capability)


async def switch_to(office: World, capability: Capability, mode: Mode) -> None:
    people = office.slack.people
    await press(office, "settings_switches")
    view = await people.wait_for_modal(ADMIN, "Switches")
    name = f"switch_{capability.value}"
    assert (await people.submit(ADMIN, {name: option(view, name, mode.value)})).ok


async def test_a_switch_is_saved_in_place_confirmed_and_audited_and_undo_takes_it_back(office):
    people = office.slack.people
    await connect(office)
    before = await mode_of(office, Capability.BILLING)
    await open_page(office)
    await switch_to(office, Capability.BILLING, Mode.OFF)
    await until_modal_says(office, "Saved: Billing")
    message = await people.wait_for(ADMIN, DESK, "Undo works for ten minutes")
    assert await mode_of(office, Capability.BILLING) is Mode.OFF
    async with office.bot.database.unit(office.tenant.id) as uow:
        act = (await uow.audit.recent(1))[0]
    assert (act.action, act.subject, act.before, act.after) == (
        "change setting",
        "Billing",
        {"value": before.label},
        {"value": "Off"},
    )
    await people.click(ADMIN, on(message), "settings_undo")
    await people.wait_for(ADMIN, DESK, "Taken back")
    assert await mode_of(office, Capability.BILLING) is before


async def test_what_new_tickets_get_opens_at_once_while_autotask_takes_longer_than_a_press_is_good_for(
    office,
):
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.fields.replace("Tickets", (), NOON)
    await open_page(office)
    office.autotask.control.plan(Fault("slow", path="entityInformation", delay_ms=3300))
    await press(office, "settings_tickets")
    await until_modal_says(office, "Reading queues, statuses and priorities")
    await until_modal_says(office, "active queues in Autotask")


async def test_others_see_how_it_is_set_and_whom_to_ask(office):
    people = office.slack.people
    await connect(office)
    await people.type_command(FULL_MEMBER, DESK, "/autotask settings")
    message = await people.wait_for(FULL_MEMBER, DESK, "Only Admins change these")
    assert ADMIN in str(message.blocks)
    assert "settings_switches" not in str(message.blocks)


async def test_a_chosen_queue_is_kept_by_its_label_and_one_that_is_gone_is_a_problem(office):
    people = office.slack.people
    await connect(office)
    await open_page(office)
    assert "Client Portal" in modal_words(office, ADMIN)
    await retire_queue(office)
    await press(office, "settings_refresh")
    await until_modal_says(office, "Autotask no longer offers")
    await people.wait_for(ADMIN, direct_messages(office), "New tickets may be refused")
    assert "Client Portal" in modal_words(office, ADMIN)
    await press(office, "settings_tickets")
    await people.wait_for_modal(ADMIN, "New tickets")
    assert "“Client Portal” is no longer in Autotask" in modal_words(office, ADMIN)
    assert (await people.submit(ADMIN, {"queue": await queue(office, "Monitoring Alert")})).ok
    message = await people.wait_for(ADMIN, DESK, "It holds from now on")
    assert all(label in feed.words_of_message(message) for label in ("Client Portal", "Monitoring Alert"))
    await until_modal_says(office, "Saved: Queue for new tickets")
    assert "no longer offers" not in modal_words(office, ADMIN)


async def test_a_form_opened_before_somebody_elses_change_neither_undoes_it_nor_is_lost(office):
    people = office.slack.people
    await connect(office)
    await open_page(office)
    await press(office, "settings_switches")
    await people.wait_for_modal(ADMIN, "Switches")
    service = office.bot.services.settings
    async with office.bot.database.unit(office.tenant.id) as uow:
        before = (await uow.switches.all()).mode(Capability.TIME).value
    await service.change(office.ctx, {"switch_time": before}, {"switch_time": "off"})
    view = people.modal(ADMIN)
    assert (await people.submit(ADMIN, {"switch_billing": option(view, "switch_billing", "off")})).ok
    await until_modal_says(office, "Saved: Billing")
    assert await mode_of(office, Capability.TIME) is Mode.OFF
    assert await mode_of(office, Capability.BILLING) is Mode.OFF


async def test_who_changes_what_somebody_else_has_just_changed_is_told_so_under_the_field(office):
    people = office.slack.people
    await connect(office)
    await open_page(office)
    await press(office, "settings_switches")
    view = await people.wait_for_modal(ADMIN, "Switches")
    before = (await mode_of(office, Capability.TIME)).value
    await office.bot.services.settings.change(office.ctx, {"switch_time": before}, {"switch_time": "on"})
    outcome = await people.submit(ADMIN, {"switch_time": option(view, "switch_time", "off")})
    assert "Somebody changed this to “On” meanwhile" in outcome.errors["switch_time"]
    assert await mode_of(office, Capability.TIME) is Mode.ON


async def test_a_new_queue_is_what_the_next_ticket_form_opens_with(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await open_page(office)
    await press(office, "settings_tickets")
    await people.wait_for_modal(ADMIN, "New tickets")
    assert (await people.submit(ADMIN, {"queue": await queue(office, "Monitoring Alert")})).ok
    await until_modal_says(office, "Saved: Queue for new tickets")
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [ticket] = office.tickets_in_autotask()
    values = office.autotask.database.picklist("Tickets", "queueID")
    assert str(ticket["queueID"]) == next(each.value for each in values if each.label == "Monitoring Alert")


async def test_a_ticket_that_met_a_read_only_switch_goes_on_when_it_is_turned_on(office):
    people = office.slack.people
    await connect(office)
    review = await office.reviewed(await mapped(office))
    await switch_tickets(office, Mode.READ_ONLY)
    async with office.bot.database.unit(office.tenant.id) as uow:
        ticket, _ = await uow.tickets.add(
            ticket_form(review.organization_id, "waits"), "dh-waits", 1, by=ADMIN, by_name="Dana", at=NOON
        )
        await uow.tickets.failed(ticket.id, "Tickets are read-only.", code="AT-205")
    await open_page(office)
    await switch_to(office, Capability.TICKETS, Mode.ON)
    message = await people.wait_for(ADMIN, DESK, "It holds from now on")
    assert "1 ticket that had waited for this" in feed.words_of_message(message)

    async def gone_on() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            found = await uow.tickets.get(ticket.id)
        return found is not None and found.error_code != "AT-205"

    await until(gone_on)


async def test_undo_works_for_ten_minutes_and_not_on_what_was_changed_since(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as office:
        await office.connected()
        service = office.bot.services.settings
        first = await service.change(office.ctx, {"switch_time": "on"}, {"switch_time": "off"})
        second = await service.change(office.ctx, {"switch_time": "off"}, {"switch_time": "read_only"})
        with pytest.raises(AlreadyDone):
            await service.undo(office.ctx, first.batch)
        assert await mode_of(office, Capability.TIME) is Mode.READ_ONLY
        await service.undo(office.ctx, second.batch)
        assert await mode_of(office, Capability.TIME) is Mode.OFF
        with pytest.raises(AlreadyDone):
            await service.undo(office.ctx, second.batch)
        clock.advance(minutes=11)
        with pytest.raises(AlreadyDone):
            await service.undo(office.ctx, first.batch)


async def test_forty_changes_at_once_by_two_admins_lose_none(database_url, tmp_path):
    async with world(database_url, tmp_path) as office:
        await office.connected()
        service = office.bot.services.settings
        names = [f"switch_{each.value}" for each in Capability if each is not Capability.TICKETS]
        wanted = dict.fromkeys(names, "off")
        await asyncio.gather(
            *(service.change(office.ctx, {name: "on"}, {name: "off"}) for name in names),
            *(
                service.change(office.ctx, {"source_of_truth": "yes"}, {"source_of_truth": "no"})
                for _ in range(35)
            ),
        )
        state = await service.overview(office.ctx)
        assert {name: state.values[name].value for name in names} == wanted
        assert not state.is_source_of_truth
        async with office.bot.database.unit(office.tenant.id) as uow:
            acts = [act.subject for act in await uow.audit.recent(90) if act.action == "change setting"]
        assert acts.count("Autotask is our source of truth") == 1
        assert len(acts) == len(names) + 1


async def test_a_queue_that_nobody_works_comes_last_and_says_so(office):
    people = office.slack.people
    await connect(office)
    values = office.autotask.database.picklist("Tickets", "queueID")
    roles = [dict(row) for row in office.autotask.database.rows("ResourceRoles")]
    staffed = {str(row.get("queueID")) for row in roles if row.get("isActive")}
    await open_page(office)
    await press(office, "settings_refresh")
    await until_modal_says(office, "Read from Autotask")
    await press(office, "settings_tickets")
    view = await people.wait_for_modal(ADMIN, "New tickets")
    found = (await people.suggest(ADMIN, inside(view), "settings_queue", "")).options
    says_so = {each["value"] for each in found if "description" in each}
    active = {each.value for each in values if each.is_active}
    assert says_so == (active - staffed if staffed & active else set())
    assert [each["value"] in says_so for each in found] == sorted(each["value"] in says_so for each in found)


async def mapped(office: World):
    async def mirrored() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            return await uow.companies.count() >= 4

    await until(mirrored)
    return await office.mapped()
