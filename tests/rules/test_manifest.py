from pathlib import Path
from typing import Any

import pytest
import yaml

import handlers
from bot.commands.manifest import manifest as printed
from bot.domain.scopes import SCOPES
from bot.settings import Settings
from handlers.command import Listener

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(_env_file=None)
LISTENERS = handlers.listeners(handlers.grammar(), SETTINGS.commands)


def manifest() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "slack-manifest.yaml").read_text())


def heard(kind: str) -> set[str]:
    """What listeners name exactly; the last resorts' patterns hear everything and prove nothing."""
    return {each.id for each in LISTENERS if each.kind == kind and not each.id.startswith("^")}


def test_every_slash_command_of_the_manifest_is_listened_to_and_no_other():
    assert {each["command"] for each in manifest()["features"]["slash_commands"]} == heard("command")


def test_every_event_of_the_manifest_is_listened_to_and_no_other():
    declared = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in declared} == heard("event")  # message.im is heard as message


def test_every_shortcut_of_the_manifest_is_listened_to_and_no_other():
    declared = manifest()["features"].get("shortcuts", [])
    for kind, ours in (("global", "shortcut"), ("message", "message_shortcut")):
        assert {each["callback_id"] for each in declared if each["type"] == kind} == heard(ours)


@pytest.mark.parametrize("kind", ["action", "view", "view_closed", "options"])
def test_no_two_features_listen_to_the_same(kind: str):
    ids = [each.id for each in LISTENERS if each.kind == kind]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("kind", ["action", "view", "view_closed", "options", "event"])
def test_what_nobody_listens_to_is_still_acknowledged(kind: str):
    last: Listener = [each for each in LISTENERS if each.kind == kind][-1]
    assert last.id == "^"


def test_texts_fit_slacks_limits():
    told = manifest()
    about = told["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    for each in told["features"]["slash_commands"]:
        assert len(each["command"]) <= 32
        assert len(each["usage_hint"]) <= 1000


def test_the_home_tab_is_on_and_nobody_types_into_a_void():
    home = manifest()["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_read_only_enabled"] or "message" in heard("event")


def test_every_scope_that_is_asked_for_has_a_reason_and_no_other():
    """The install page shows the reasons, asks Slack for exactly these, and doctor misses what is not granted."""
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert all(len(reason) > 15 for reason in SCOPES.values())


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_the_printed_manifest_names_the_addresses_of_this_installation(mode):
    oauth = {"slack_client_id": "1.2", "public_url": "https://desk.example/"}
    told = yaml.safe_load(printed(Settings(_env_file=None, **oauth), mode))
    assert told["oauth_config"]["redirect_urls"] == ["https://desk.example/slack/oauth_redirect"]
    assert {"app_uninstalled", "tokens_revoked"} <= set(told["settings"]["event_subscriptions"]["bot_events"])
    url = told["settings"]["event_subscriptions"].get("request_url")
    assert url == ("https://desk.example/slack/events" if mode == "http" else None)


def test_without_several_workspaces_a_socket_manifest_names_no_address():
    assert "https://" not in printed(SETTINGS, "socket")
