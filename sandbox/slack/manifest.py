"""Reads the app's slack-manifest.yaml: commands, shortcuts, scopes, events, tabs."""

from pathlib import Path

import yaml

from sandbox.slack.model import AppManifest, Command, Shortcut
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text

DEFAULT = AppManifest(
    name="Deskhand",
    description="Run Autotask PSA from Slack",
    bot_name="Deskhand",
    commands=(
        Command("/autotask", "Reviews, tickets, contracts and billing from Autotask", "help"),
        Command("/at", "Short for /autotask", "help"),
    ),
    shortcuts=(),
    scopes=(
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "mpim:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ),
    events=frozenset({"app_home_opened", "app_mention", "message.im", "member_joined_channel"}),
)


def read_manifest(path: Path | None) -> AppManifest:
    """The manifest at `path`, or the built-in one (`/autotask`, `/at`) when there is no path."""
    if path is None:
        return DEFAULT
    return parse_manifest(as_object(yaml.safe_load(path.read_text(encoding="utf-8"))))


def parse_manifest(source: JsonObject) -> AppManifest:
    """Read a manifest's parsed YAML or JSON (layout: "App manifest" in Slack's reference)."""
    display = as_object(source.get("display_information"))
    features = as_object(source.get("features"))
    home = as_object(features.get("app_home"))
    name = as_text(display.get("name"), DEFAULT.name)
    return AppManifest(
        name=name,
        description=as_text(display.get("description"), DEFAULT.description),
        bot_name=as_text(as_object(features.get("bot_user")).get("display_name"), name),
        commands=tuple(_command(item) for item in as_objects(features.get("slash_commands"))),
        shortcuts=tuple(_shortcut(item) for item in as_objects(features.get("shortcuts"))),
        scopes=_scopes(source),
        events=_events(source),
        unfurl_domains=tuple(as_text(item) for item in as_list(features.get("unfurl_domains"))),
        redirect_urls=_redirects(source),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", False)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
    )


def _command(item: JsonObject) -> Command:
    return Command(
        command=as_text(item.get("command")),
        description=as_text(item.get("description")),
        usage_hint=as_text(item.get("usage_hint")),
    )


def _shortcut(item: JsonObject) -> Shortcut:
    return Shortcut(
        name=as_text(item.get("name")),
        type="message" if item.get("type") == "message" else "global",
        callback_id=as_text(item.get("callback_id")),
        description=as_text(item.get("description")),
    )


def _scopes(source: JsonObject) -> tuple[str, ...]:
    declared = as_object(as_object(source.get("oauth_config")).get("scopes"))
    names = [*as_list(declared.get("bot")), *as_list(declared.get("bot_optional"))]
    return tuple(sorted({as_text(name) for name in names}))


def _redirects(source: JsonObject) -> tuple[str, ...]:
    return tuple(as_text(url) for url in as_list(as_object(source.get("oauth_config")).get("redirect_urls")))


def _events(source: JsonObject) -> frozenset[str]:
    subscriptions = as_object(as_object(source.get("settings")).get("event_subscriptions"))
    return frozenset(as_text(name) for name in as_list(subscriptions.get("bot_events")))
