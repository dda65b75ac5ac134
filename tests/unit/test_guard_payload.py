import json

import pytest

from bot.domain.numbers import signed, small
from bot.errors import InvalidInput
from handlers.guard import input_ids, typed
from handlers.payload import Kind, Payload, dig, number_at, text_at


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("a", "b"), 1),
        (("list", 0, "x"), "y"),
        (("list", 5), None),
        (("a", "b", "c"), None),
        (("list", -1, "x"), "y"),
    ],
)
def test_a_missing_part_is_nothing_and_no_error(path: tuple[str | int, ...], found: object):
    assert dig({"a": {"b": 1}, "list": [{"x": "y"}]}, *path) == found


def test_null_and_objects_are_no_text():
    assert text_at({"a": None}, "a") == ""
    assert text_at({"a": {}}, "a") == ""


def test_the_channel_of_a_modal_is_the_one_it_was_opened_for():
    view = {"type": "modal", "private_metadata": json.dumps({"channel": "C1", "review": 3})}
    payload = Payload("view", {"view": view})
    assert payload.channel_id == "C1"
    assert payload.metadata["review"] == 3
    assert payload.in_modal


def test_metadata_of_somebody_else_is_none():
    assert Payload("view", {"view": {"private_metadata": "opaque"}}).metadata == {}


def test_an_installation_is_looked_for_by_workspace_then_organization():
    body = {"team": {"id": "T2"}, "enterprise": {"id": "E1"}, "view": {"app_installed_team_id": "T1"}}
    assert Payload("action", body).team_ids == ("T1", "E1")


def test_the_persons_home_is_never_taken_for_the_workspace_that_installed_us():
    pressed = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T2"}}
    assert Payload("action", pressed).team_ids == ("T1",)
    assert Payload("action", {"user": {"id": "U1", "team_id": "T2"}}).team_ids == ()


def test_an_event_of_a_shared_channel_is_for_the_workspace_that_it_is_authorized_for():
    event = {"team_id": "T2", "authorizations": [{"team_id": "T1", "enterprise_id": None}]}
    assert Payload("event", event).team_ids == ("T1",)


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"value": "7"}, "7"),
        ({"selected_option": {"value": "8"}}, "8"),
        ({"selected_user": "U1"}, "U1"),
        ({"selected_date": "2026-11-21"}, "2026-11-21"),
        ({"selected_option": None}, ""),
    ],
)
def test_whatever_the_control_its_value_is_found(action: dict[str, object], value: str):
    assert Payload("action", {"actions": [action]}).action_value == value


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("event", {"event_id": "Ev1"}),
        ("action", {"user": {"id": "U1"}, "actions": [{"action_id": "a", "action_ts": "1.2"}]}),
        ("view", {"view": {"id": "V1", "hash": "h"}}),
        ("command", {"trigger_id": "1.2.3"}),
    ],
)
def test_two_deliveries_of_one_act_look_the_same(kind: Kind, body: dict[str, object]):
    again = Payload(kind, json.loads(json.dumps(body)))
    assert Payload(kind, body).fingerprint == again.fingerprint
    assert again.fingerprint.strip("/")


def test_errors_are_shown_under_inputs_only():
    blocks = [{"type": "section", "block_id": "x"}, {"type": "input", "block_id": "name:2"}]
    assert input_ids({"blocks": blocks}) == ("name:2",)


@pytest.mark.parametrize("sent", ["map Smith & Sons <GmbH>", "map Smith &amp; Sons &lt;GmbH&gt;"])
def test_a_commands_words_are_what_was_typed_whether_slack_escapes_them_or_not(sent: str):
    assert typed(sent) == "map Smith & Sons <GmbH>"


def test_copies_of_a_delivery_have_one_digest_and_another_act_has_another():
    one = Payload("command", {"trigger_id": "1.2", "text": "help"})
    assert one.digest == Payload("command", {"text": "help", "trigger_id": "1.2"}).digest
    assert one.digest != Payload("command", {"trigger_id": "1.2", "text": "map"}).digest


@pytest.mark.parametrize("value", ["", "-5", "²", "٣", "1|2", "9" * 40, "f=0001-01-01", " 7"])
def test_a_control_that_carries_no_number_of_ours_is_from_another_version(value: str):
    with pytest.raises(InvalidInput, match="AT-101"):
        _ = Payload("action", {"actions": [{"value": value}]}).action_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("-7", -7), ("0", 0), ("--7", None), ("-", None), ("²", None), ("1" * 18, None)],
)
def test_a_number_of_autotasks_may_be_below_zero(text: str, number: int | None):
    assert signed(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("-7", -7), ("2147483647", 2**31 - 1), ("2147483648", None), ("-2147483648", None), ("x", None)],
)
def test_a_small_number_is_one_that_the_database_counts_to_in_four_bytes(text: str, number: int | None):
    assert small(text) == number


@pytest.mark.parametrize("value", ["", "1", "1|2", "1|2|3|4"])
def test_a_control_with_too_few_or_too_many_parts_is_from_another_version(value: str):
    payload = Payload("action", {"actions": [{"value": value}]})
    with pytest.raises(InvalidInput, match="AT-101"):
        payload.action_parts(3)


def test_a_part_of_the_blocks_id_that_is_not_there_is_nothing():
    payload = Payload("action", {"actions": [{"block_id": "row:5"}]})
    assert (payload.block_part(0), payload.block_part(1)) == ("5", "")


def test_a_number_that_is_missing_is_none_of_them_and_anything_else_is_from_another_version():
    assert (number_at({}, "review"), number_at({"review": 7}, "review"), number_at("", "review")) == (0, 7, 0)
    for odd in ("x", -1, {"id": 1}, True, 1.5):
        with pytest.raises(InvalidInput, match="AT-101"):
            number_at({"review": odd}, "review")


@pytest.mark.parametrize(
    "given", [{"at": "1\x00"}, {"back": {"review": ["\ud800"]}}, {"\x00": 1}, ["review"], 5, "opaque"]
)
def test_metadata_that_we_never_wrote_is_refused_before_anybody_reads_it(given: object):
    with pytest.raises(InvalidInput, match="AT-101"):
        Payload("view", {"view": {"private_metadata": json.dumps(given)}}).refuse_foreign()


@pytest.mark.parametrize("raw", ["{", "[" * 2_900, "NaN", "\x00"])
def test_metadata_that_is_no_json_is_refused_and_reads_as_nothing(raw: str):
    payload = Payload("view", {"view": {"private_metadata": raw}})
    assert payload.metadata == {}
    with pytest.raises(InvalidInput, match="AT-101"):
        payload.refuse_foreign()


def test_half_a_character_in_a_control_is_refused_and_a_whole_one_is_not():
    Payload(
        "action", {"actions": [{"value": "Söhne \U0001f600"}], "view": {"private_metadata": ""}}
    ).refuse_foreign()
    with pytest.raises(InvalidInput, match="AT-101"):
        Payload("action", {"actions": [{"selected_option": {"value": "\ud83d"}}]}).refuse_foreign()
