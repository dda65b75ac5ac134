"""Modals and the Home tab: stacks, hashes, what stays entered, what closing says."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.errors import Refused
from sandbox.slack.people import HOME, inside
from sandbox.slack.seed import ADMIN, FULL_MEMBER, SALES
from tests.sandbox.slack.demo_app import LOADING, button, card, option, plain, ticket_form
from tests.sandbox.slack.raw_app import connected

DESK = "C0SERVICE"


@pytest.fixture
async def app(slack):
    async with connected(slack) as raw:
        yield raw


@pytest.fixture
def trigger(slack, app):
    async def fresh(user=FULL_MEMBER):
        typing = asyncio.create_task(slack.people.type_command(user, DESK, "/autotask x"))
        envelope = await app.answer()
        assert (await typing).ok
        return envelope["payload"]["trigger_id"]

    return fresh


@pytest.fixture
def opened(client, trigger):
    async def fresh(view, user=FULL_MEMBER):
        return (await client.views_open(trigger_id=await trigger(user), view=view))["view"]

    return fresh


async def during(acting, app, payload=None):
    """Let the person act and the app answer; gives both."""
    task = asyncio.create_task(acting)
    envelope = await app.answer(payload)
    return await task, envelope["payload"]


def inner(action_id="go", **extra):
    return {**LOADING, "blocks": card("Inside", button("Go", action_id)), **extra}


def text_input(block_id, **extra):
    element = {"type": "plain_text_input", "action_id": "text", **extra}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element}


def form(*blocks, **extra):
    return {**LOADING, "submit": plain("Save"), "blocks": list(blocks), **extra}


async def test_an_opened_view_comes_back_with_what_slack_adds(opened):
    view = await opened(inner(private_metadata="m", external_id="e1"))
    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert (view["private_metadata"], view["external_id"]) == ("m", "e1")
    assert view["hash"].split(".")[0].isdigit()
    assert view["title"] == plain("New ticket")
    assert view["blocks"][1]["elements"][0]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}
    assert all(block["block_id"] for block in view["blocks"])


async def test_a_stack_holds_three_views(slack, client, app, opened):
    view = await opened(inner())
    for depth in (2, 3):
        _, payload = await during(
            slack.people.click(FULL_MEMBER, inside(slack.people.modal(FULL_MEMBER)), "go"), app
        )
        pushed = await client.views_push(trigger_id=payload["trigger_id"], view=inner())
        assert pushed["view"]["root_view_id"] == view["id"]
        assert len(slack.hub.views.stack(FULL_MEMBER)) == depth
    _, payload = await during(
        slack.people.click(FULL_MEMBER, inside(slack.people.modal(FULL_MEMBER)), "go"), app
    )
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=payload["trigger_id"], view=inner())


async def test_a_push_needs_a_trigger_from_inside_a_modal(client, trigger, opened):
    await opened(inner())
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=await trigger(), view=inner())


async def test_a_press_in_a_modal_carries_the_view_and_neither_channel_nor_response_url(slack, app, opened):
    view = await opened(inner())
    _, payload = await during(
        slack.people.click(FULL_MEMBER, inside(slack.people.modal(FULL_MEMBER)), "go"), app
    )
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["hash"] == view["hash"]
    assert not {"channel", "message", "response_url"} & payload.keys()


async def test_a_stale_hash_is_a_conflict_and_a_closed_view_is_not_found(slack, client, opened):
    view = await opened(inner())
    second = (await client.views_update(view_id=view["id"], view=inner(), hash=view["hash"]))["view"]
    assert (second["id"], second["hash"] != view["hash"]) == (view["id"], True)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], view=inner(), hash=view["hash"])
    assert (await slack.people.close(FULL_MEMBER)).ok
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=view["id"], view=inner())


async def test_an_external_id_is_unique_and_finds_its_view(client, opened, trigger):
    await opened(inner(external_id="same"))
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=await trigger(SALES), view=inner(external_id="same"))
    updated = await client.views_update(external_id="same", view=inner(external_id="same"))
    assert updated["view"]["external_id"] == "same"


async def test_an_update_keeps_what_was_entered_where_both_ids_stay(slack, client, app, opened):
    people = slack.people
    view = await opened(form(text_input("kept"), text_input("renamed")))
    refused, _ = await during(
        people.submit(FULL_MEMBER, {"kept": "mine", "renamed": "gone"}),
        app,
        {"response_action": "errors", "errors": {"kept": "No"}},
    )
    assert refused.errors == {"kept": "No"}
    await client.views_update(
        view_id=view["id"], view=form(text_input("kept", initial_value="yours"), text_input("fresh"))
    )
    values = people.modal(FULL_MEMBER).values
    assert values["kept"]["text"]["value"] == "mine"
    assert values["fresh"]["text"]["value"] is None
    assert "renamed" not in values


async def test_errors_for_a_block_that_is_no_input_are_a_failure_the_person_sees(slack, app, opened):
    await opened(form(text_input("a")))
    outcome, _ = await during(
        slack.people.submit(FULL_MEMBER, {"a": "x"}),
        app,
        {"response_action": "errors", "errors": {"b": "No"}},
    )
    assert (outcome.ok, outcome.error) == (False, "invalid_response_errors")
    assert slack.people.modal(FULL_MEMBER) is not None


async def test_a_submission_can_update_push_and_clear(slack, app, opened):
    people = slack.people
    root = await opened(form(text_input("a")))
    changed = {"response_action": "update", "view": form(text_input("a"), title=plain("Changed"))}
    await during(people.submit(FULL_MEMBER, {"a": "x"}), app, changed)
    assert people.modal(FULL_MEMBER).body["title"]["text"] == "Changed"
    pushed = {"response_action": "push", "view": form(text_input("a"), title=plain("On top"))}
    await during(people.submit(FULL_MEMBER), app, pushed)
    assert people.modal(FULL_MEMBER).previous_view_id == root["id"]
    await during(people.submit(FULL_MEMBER, {"a": "x"}), app, {"response_action": "clear"})
    assert people.modal(FULL_MEMBER) is None


async def test_an_empty_ack_closes_the_view_and_shows_the_one_below(slack, client, app, opened):
    people = slack.people
    root = await opened(inner())
    _, payload = await during(people.click(FULL_MEMBER, inside(people.modal(FULL_MEMBER)), "go"), app)
    await client.views_push(trigger_id=payload["trigger_id"], view=form(text_input("a")))
    await during(people.submit(FULL_MEMBER, {"a": "x"}), app)
    assert people.modal(FULL_MEMBER).id == root["id"]


async def test_an_invalid_view_in_an_ack_is_reported_and_changes_nothing(slack, app, opened):
    await opened(form(text_input("a")))
    broken = {"response_action": "update", "view": {**LOADING, "title": plain("x" * 25)}}
    outcome, _ = await during(slack.people.submit(FULL_MEMBER, {"a": "x"}), app, broken)
    assert outcome.error == "invalid_arguments"
    assert "/view/title/text" in outcome.message
    assert slack.people.modal(FULL_MEMBER).body["title"]["text"] == "New ticket"


@pytest.mark.parametrize(
    ("element", "entered", "words"),
    [
        ({"type": "plain_text_input"}, "", "Please complete this required field."),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "no more than 3"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
        ({"type": "number_input", "is_decimal_allowed": True}, "one", "a number"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.9", "not below 2"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.1", "not above 2"),
        ({"type": "email_text_input"}, "nobody", "valid email"),
        ({"type": "url_text_input"}, "example", "valid URL"),
    ],
)
async def test_the_client_itself_stops_a_wrong_entry(slack, opened, element, entered, words):
    await opened(form({**text_input("a"), "element": {"action_id": "text", **element}}))
    outcome = await slack.people.submit(FULL_MEMBER, {"a": entered})
    assert outcome.error == "invalid_input"
    assert words in outcome.errors["a"]
    assert [d.payload_type for d in slack.journal.deliveries] == ["command"]


async def test_cancel_reports_the_view_and_x_reports_the_root(slack, client, app, opened):
    people = slack.people
    root = await opened(inner(notify_on_close=True))
    _, payload = await during(people.click(FULL_MEMBER, inside(people.modal(FULL_MEMBER)), "go"), app)
    top = (await client.views_push(trigger_id=payload["trigger_id"], view=inner(notify_on_close=True)))[
        "view"
    ]
    _, cancelled = await during(people.close(FULL_MEMBER), app)
    assert (cancelled["type"], cancelled["is_cleared"]) == ("view_closed", False)
    assert cancelled["view"]["id"] == top["id"]
    assert "trigger_id" not in cancelled
    _, cleared = await during(people.close(FULL_MEMBER, everything=True), app)
    assert (cleared["view"]["id"], cleared["is_cleared"]) == (root["id"], True)
    assert people.modal(FULL_MEMBER) is None


async def test_a_view_that_does_not_ask_is_closed_in_silence(slack, app, opened):
    await opened(inner())
    assert (await slack.people.close(FULL_MEMBER)).ok
    with pytest.raises(TimeoutError):
        await app.envelope(timeout_s=0.1)


async def test_a_select_can_only_take_what_it_offers(slack, app, opened):
    select = {"type": "static_select", "action_id": "s", "options": [option("One", "1")]}
    await opened({**LOADING, "blocks": [{"type": "actions", "block_id": "b", "elements": [select]}]})
    place = inside(slack.people.modal(FULL_MEMBER))
    with pytest.raises(Refused, match="does not offer"):
        await slack.people.choose(FULL_MEMBER, place, "s", {"selected_option": option("Two", "2")})
    choosing = slack.people.choose(FULL_MEMBER, place, "s", {"selected_option": {"value": "1"}})
    _, payload = await during(choosing, app)
    assert payload["actions"][0]["selected_option"]["text"]["text"] == "One"
    assert payload["view"]["state"]["values"]["b"]["s"]["selected_option"]["value"] == "1"


async def test_an_external_select_asks_from_its_least_letters_and_refuses_long_options(slack, app, opened):
    await opened(ticket_form())
    place = inside(slack.people.modal(FULL_MEMBER))
    assert (await slack.people.suggest(FULL_MEMBER, place, "company", "c")).options == []
    found, payload = await during(
        slack.people.suggest(FULL_MEMBER, place, "company", "co"), app, {"options": [option("Contoso", "1")]}
    )
    assert (payload["type"], payload["value"], payload["block_id"]) == ("block_suggestion", "co", "company")
    assert found.options[0]["value"] == "1"
    long, _ = await during(
        slack.people.suggest(FULL_MEMBER, place, "company", "co"), app, {"options": [option("x" * 76, "1")]}
    )
    assert (long.options, long.error) == ([], "invalid_options")


async def test_late_options_are_no_results(slack, app, opened):
    await opened(ticket_form())
    asking = asyncio.create_task(
        slack.people.suggest(FULL_MEMBER, inside(slack.people.modal(FULL_MEMBER)), "company", "co")
    )
    await app.envelope()
    slack.workspace.clock.advance(3.1)
    late = await asking
    assert (late.options, late.error) == ([], "operation_timeout")


async def test_a_conversation_select_gives_response_urls_on_submit(slack, app, opened):
    select = {
        "type": "conversations_select",
        "action_id": "c",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    await opened(form({"type": "input", "block_id": "where", "label": plain("Where"), "element": select}))
    _, payload = await during(slack.people.submit(FULL_MEMBER), app)
    assert [(u["block_id"], u["channel_id"]) for u in payload["response_urls"]] == [("where", DESK)]


async def test_every_person_has_a_home_of_their_own(slack, client, app):
    home = {"type": "home", "blocks": card("For the admin", button("Go", "go"))}
    view = (await client.views_publish(user_id=ADMIN, view=home))["view"]
    assert slack.people.home(SALES) is None
    _, payload = await during(slack.people.click(ADMIN, HOME, "go"), app)
    assert payload["view"]["type"] == "home"
    again = (await client.views_publish(user_id=ADMIN, view=home, hash=view["hash"]))["view"]
    assert again["id"] == view["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id=ADMIN, view=home, hash=view["hash"])


async def test_each_opening_of_the_home_tab_is_an_event(slack, client, app):
    await client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": card("Hi")})
    slack.people.open_home(ADMIN)
    slack.people.open_home(ADMIN, "messages")
    events = [(await app.answer())["payload"]["event"] for _ in range(2)]
    assert [(e["type"], e["tab"], "view" in e) for e in events] == [
        ("app_home_opened", "home", True),
        ("app_home_opened", "messages", False),
    ]
    assert events[0]["channel"] == slack.workspace.app_im(ADMIN).id


async def test_nobody_acts_in_the_view_of_another(slack, opened):
    await opened(inner())
    with pytest.raises(Refused):
        await slack.people.click(SALES, inside(slack.people.modal(FULL_MEMBER)), "go")
