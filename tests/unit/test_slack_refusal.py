import pytest

from bot.slack.problems import refusal


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
