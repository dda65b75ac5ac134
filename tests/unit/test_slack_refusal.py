import pytest
from slack_sdk.errors import SlackApiError

from bot.errors import NotFound
from bot.slack.problems import SlackRefused, refusal, slack_errors


@pytest.mark.parametrize("body", ["ok", "", '{"ok":true}', "{}"])
def test_what_a_reply_address_took_is_no_refusal(body: str):
    assert refusal(200, body) == {}


@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_in_json_is_read_whatever_the_status(status: int):
    assert refusal(status, '{"ok":false,"error":"invalid_blocks"}')["error"] == "invalid_blocks"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, "used_url\n", "used_url"),
        (429, '{"ok":false,"error":"whatever"}', "ratelimited"),
        (503, "", "http_503"),
        (400, '{"ok":false}', "refused"),
    ],
)
def test_a_refusal_has_a_code(status: int, body: str, code: str):
    assert refusal(status, body)["error"] == code


@pytest.mark.parametrize(
    "code",
    ["restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "user_not_found",
     "slack_connect_file_link_sharing_blocked", "channel_is_limited_access"],
)  # fmt: skip
def test_a_place_that_is_closed_to_us_is_no_mistake_of_ours(code: str):
    with pytest.raises(NotFound), slack_errors(channel="C1"):
        raise SlackApiError("no", {"error": code})


def test_a_person_whom_slack_does_not_know_is_no_channel():
    with pytest.raises(SlackRefused), slack_errors():
        raise SlackApiError("no", {"error": "user_not_found"})
