"""What people see when something goes wrong, and that Slack always gets its answer."""

from collections.abc import AsyncIterator

import pytest

from blocks import kit
from bot.errors import AutotaskBusy, AutotaskRejected, InvalidInput, NotFound
from bot.slack.directory import FIRST_PATIENCE, PATIENCE
from handlers.command import Listener
from handlers.context import Request
from sandbox.slack.faults import Fault
from sandbox.slack.model import View
from sandbox.slack.people import HOME, inside, on
from sandbox.slack.seed import FULL_MEMBER
from tests.integration.slack_world import DESK, Office, opened_office, words

FORM = "probe_form"


async def open_form(request: Request) -> None:
    await request.open_or_push(form())


def form() -> kit.View:
    name = kit.input_block("name:2", "Name", kit.plain_text_input("value"))
    return kit.modal(
        "Probe", [name, kit.actions(kit.button("Deeper", "probe_open"))], callback_id=FORM, submit="Go"
    )


async def submit(request: Request) -> None:
    match request.form.text("name"):
        case "bad":
            raise InvalidInput("name", "This name is taken.")
        case "rejected":
            raise AutotaskRejected("Ticket", ("Title is <required>",))
        case "late":
            await request.ack_update(kit.modal("Saving", [kit.section("Saving…")]))
            raise AutotaskBusy
        case "bug":
            raise KeyError("no such thing")


async def broken(request: Request) -> None:
    await request.open(kit.modal("Loading", [kit.section("Loading…")]))
    raise NotFound("review", "7")


async def bug(_request: Request) -> None:
    raise ZeroDivisionError


async def suggest(_request: Request) -> None:
    raise AutotaskBusy


PROBES = (
    Listener("action", "probe_open", open_form),
    Listener("action", "probe_broken", broken),
    Listener("action", "probe_bug", bug),
    Listener("options", "probe_options", suggest),
    Listener("view", FORM, submit),
)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """An office in which a message with the probes' buttons has been posted."""
    async with opened_office(database_url, listeners=PROBES) as opened:
        names = ("probe_open", "probe_broken", "probe_bug", "from_an_old_version", "link:x")
        row = kit.actions(*(kit.button(name, name) for name in names), kit.external_select("probe_options"))
        tenant = await opened.tenant()
        await opened.bot.notifier.post(tenant, "probe", DESK, kit.Message("Probes", (row,)))
        yield opened


async def press(office: Office, action_id: str) -> None:
    seen = await office.people.wait_for(FULL_MEMBER, DESK, "probe_open")
    assert (await office.people.click(FULL_MEMBER, on(seen), action_id)).ok


async def test_a_wrong_value_is_named_under_its_field_and_nothing_typed_is_lost(office: Office):
    await press(office, "probe_open")
    await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    refused = await office.people.submit(FULL_MEMBER, {"name:2": "bad"})
    assert refused.errors == {"name:2": "This name is taken."}


async def test_an_error_without_a_field_lies_on_top_of_the_form(office: Office):
    await press(office, "probe_open")
    await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    refused = await office.people.submit(FULL_MEMBER, {"name:2": "rejected"})
    assert refused.response_action == "push"
    on_top = await office.people.wait_for_modal(FULL_MEMBER, "That did not work")
    assert "Title is &lt;required&gt;" in words(on_top)
    await office.people.close(FULL_MEMBER)
    below = await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    assert below.values["name:2"]["value"]["value"] == "rejected"


async def test_on_the_third_level_the_error_stands_under_the_first_field(office: Office):
    await press(office, "probe_open")
    for _ in range(2):
        view = await office.people.wait_for_modal(FULL_MEMBER, "Probe")
        await office.people.click(FULL_MEMBER, inside(view), "probe_open")
        await office.people.until(
            lambda before=view.id: another_modal(office, before),
            "the next level",
        )
    refused = await office.people.submit(FULL_MEMBER, {"name:2": "rejected"})
    assert list(refused.errors) == ["name:2"], refused


def another_modal(office: Office, before: str) -> View | None:
    top = office.people.modal(FULL_MEMBER)
    return top if top is not None and top.id != before else None


async def test_an_error_after_the_answer_replaces_what_the_modal_shows(office: Office):
    await press(office, "probe_open")
    await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    assert (await office.people.submit(FULL_MEMBER, {"name:2": "late"})).ok
    seen = await office.people.wait_for_modal(FULL_MEMBER, "That did not work")
    assert "takes no more requests" in words(seen)


async def test_an_error_after_a_loading_view_replaces_it(office: Office):
    await press(office, "probe_broken")
    seen = await office.people.wait_for_modal(FULL_MEMBER, "That did not work")
    assert "There is no review *7*" in words(seen)


async def test_a_mistake_of_ours_is_admitted_with_a_reference_and_no_details(office: Office):
    await press(office, "probe_bug")
    seen = await office.people.wait_for(FULL_MEMBER, DESK, "Something broke on our side")
    assert seen.ephemeral_to == FULL_MEMBER
    assert "ZeroDivision" not in words(seen)


async def test_a_mistake_behind_a_form_keeps_the_form(office: Office):
    await press(office, "probe_open")
    await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    assert (await office.people.submit(FULL_MEMBER, {"name:2": "bug"})).response_action == "push"


async def test_a_form_that_says_nothing_closes(office: Office):
    await press(office, "probe_open")
    await office.people.wait_for_modal(FULL_MEMBER, "Probe")
    assert (await office.people.submit(FULL_MEMBER, {"name:2": "fine"})).ok
    assert office.people.modal(FULL_MEMBER) is None


async def test_a_type_ahead_that_fails_shows_nothing_and_is_answered(office: Office):
    seen = await office.people.wait_for(FULL_MEMBER, DESK, "probe_open")
    found = await office.people.suggest(FULL_MEMBER, on(seen), "probe_options", "acm")
    assert found.ok
    assert not found.options


async def test_a_button_of_an_older_version_explains_itself(office: Office):
    await press(office, "from_an_old_version")
    assert await office.people.wait_for(FULL_MEMBER, DESK, "from an older message")


async def test_a_link_button_is_acknowledged_and_does_nothing(office: Office):
    before = len(office.people.messages(FULL_MEMBER, DESK))
    await press(office, "link:x")
    await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
    assert len(office.people.messages(FULL_MEMBER, DESK)) == before + 1


async def test_somebody_we_never_saw_waits_while_slack_does_not_say_who_it_is(office: Office):
    office.slack.hub.faults.add(Fault("users.info", error="internal_error", status=500))
    assert await office.answer(FULL_MEMBER, "/autotask help", "Slack did not take it in time")


async def test_somebody_we_never_saw_is_served_although_slack_is_slow_to_say_who_it_is(office: Office):
    slow = Fault("users.info", delay_ms=round(1000 * (PATIENCE + FIRST_PATIENCE) / 2))
    office.slack.hub.faults.add(slow)
    assert await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")


async def test_somebody_we_know_is_served_while_slack_does_not_say_who_it_is(office: Office):
    await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
    async with office.bot.database.unit((await office.tenant()).id) as uow:
        stored = await uow.people.get(FULL_MEMBER)
        assert stored is not None
        assert stored.profile_at is not None
    office.slack.hub.faults.add(Fault("users.info", error="internal_error", status=500))
    assert await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")


async def test_home_shows_the_error_when_it_cannot_be_drawn(office: Office):
    office.slack.hub.faults.add(Fault("users.info", error="internal_error", status=500))
    office.people.open_home(FULL_MEMBER)
    assert await office.people.wait_for_home(FULL_MEMBER, "Slack did not take it in time")
    assert HOME["type"] == "home"
