from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsProblem, variable


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)


def test_a_list_is_given_with_commas():
    assert settings(admins=" U1, U2 ,").admins == ("U1", "U2")


def test_a_command_gets_its_slash():
    assert settings(command="psa").command == "/psa"


def test_the_same_command_twice_is_registered_once():
    assert settings(command="/at", command_alias="at").commands == ("/at",)


def test_the_slack_address_ends_with_a_slash():
    assert settings(slack_api_url="http://127.0.0.1:9/api").slack_api_url == "http://127.0.0.1:9/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("slack_api_url", "slack.com"),
        ("mode", "pigeon"),
        ("default_role", "admin"),
        ("autotask_concurrency", 4),
        ("port", 70000),
    ],
)
def test_a_value_that_cannot_work_is_refused(name: str, value: object):
    with pytest.raises(ValidationError) as refused:
        settings(**{name: value})
    assert "input_value" not in str(refused.value)


def test_settings_do_not_change_while_running():
    with pytest.raises(ValidationError):
        settings().port = 1  # type: ignore[misc]


def test_secrets_do_not_show_in_the_representation():
    shown = repr(settings(slack_bot_token="xoxb-visible", encryption_keys="visible", database_url="visible"))
    assert "visible" not in shown


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "SLACK_BOT_TOKEN and SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxb-1", "mode": "http"}, "SLACK_SIGNING_SECRET"),
    ],
)
def test_a_missing_slack_secret_is_named(given: dict[str, object], named: str):
    with pytest.raises(SettingsProblem, match=named):
        settings(**given).require_slack()


def test_each_mode_needs_only_its_own_secrets():
    settings(slack_bot_token="xoxb-1", slack_app_token="xapp-1").require_slack()
    settings(slack_bot_token="xoxb-1", slack_signing_secret="s", mode="http").require_slack()


def test_the_first_key_encrypts_and_blanks_are_no_keys():
    assert settings(encryption_keys="one, two,").keys == ("one", "two")
    assert settings().keys == ()


def test_the_environment_manages_autotask_only_with_all_three():
    two = {"autotask_username": "u", "autotask_secret": "s"}
    assert not settings(**two).managed_by_environment
    assert settings(**two, autotask_tracking_id="t").managed_by_environment


@pytest.mark.parametrize(
    ("field", "name"), [("slack_bot_token", "SLACK_BOT_TOKEN"), ("database_url", "BOT_DATABASE_URL")]
)
def test_slack_keeps_its_own_names_and_ours_have_a_prefix(field: str, name: str):
    assert variable(field) == name


def test_only_where_slack_calls_us_the_server_listens_to_the_network():
    assert settings().host == settings(mode="socket").host == "127.0.0.1"
    assert settings(mode="http").host == "0.0.0.0"


def test_an_address_that_was_given_stands_in_every_mode(tmp_path: Path):
    assert settings(mode="http", host="127.0.0.1").host == "127.0.0.1"
    (tmp_path / ".env").write_text("BOT_MODE=http\nBOT_HOST=10.0.0.7\n")
    assert Settings(_env_file=tmp_path / ".env").host == "10.0.0.7"


def test_the_mode_in_the_file_decides_where_the_server_listens(tmp_path: Path):
    (tmp_path / ".env").write_text("BOT_MODE=http\nBOT_HOST=\n")
    assert Settings(_env_file=tmp_path / ".env").host == "0.0.0.0"
