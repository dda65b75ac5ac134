"""``bot manifest``: what Slack is told when the app is created, for this installation's commands and addresses."""

from pathlib import Path
from typing import Any

import yaml

from bot.settings import Mode, Settings
from bot.slack.oauth import REDIRECT

FILE = Path(__file__).parents[2] / "slack-manifest.yaml"
EXAMPLE = "https://deskhand.example.com"


def manifest(settings: Settings, mode: Mode, url: str = "") -> str:
    """The manifest as YAML; ``url`` is the public address, else BOT_PUBLIC_URL, else an example."""
    told = yaml.safe_load(FILE.read_text())
    public = (url or settings.public_url or EXAMPLE).rstrip("/")
    _name_commands(told, settings.commands)
    told["settings"]["socket_mode_enabled"] = mode == "socket"
    if mode == "http":
        _give_addresses(told, f"{public}/slack/events")
    if mode == "http" or settings.by_oauth:
        told["oauth_config"] = {"redirect_urls": [f"{public}{REDIRECT}"], **told["oauth_config"]}
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def _name_commands(told: dict[str, Any], commands: tuple[str, ...]) -> None:
    declared = told["features"]["slash_commands"]
    told["features"]["slash_commands"] = [
        {**each, "command": command} for each, command in zip(declared, commands, strict=False)
    ]


def _give_addresses(told: dict[str, Any], endpoint: str) -> None:
    for command in told["features"]["slash_commands"]:
        command["url"] = endpoint
    told["settings"]["event_subscriptions"]["request_url"] = endpoint
    interactivity = told["settings"]["interactivity"]
    interactivity |= {"request_url": endpoint, "message_menu_options_url": endpoint}
