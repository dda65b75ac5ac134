"""How a command tells that it is ready, and learns that it shall stop."""

import asyncio
import json
import signal
from collections.abc import Mapping

from sandbox.autotask.server import RunningAutotask
from sandbox.slack.server import RunningSlack


def stop_signal() -> asyncio.Event:
    """An event that SIGINT (Ctrl-C) and SIGTERM set, from now on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def say_ready(line: Mapping[str, object]) -> None:
    """Print the one line of JSON, at once."""
    print(json.dumps(line), flush=True)


def autotask_line(autotask: RunningAutotask) -> dict[str, object]:
    """Addresses and credentials of a running Autotask."""
    return {
        "service": "autotask",
        "ready": True,
        "url": autotask.url,
        "discovery_url": autotask.discovery_url,
        "zone_url": f"{autotask.url}ATServicesRest/",
        "web_url": autotask.url,
        "control_url": autotask.control_url,
        "credentials": {
            "username": autotask.credentials.username,
            "secret": autotask.credentials.secret,
            "tracking_id": autotask.credentials.tracking_id,
        },
    }


def slack_line(slack: RunningSlack) -> dict[str, object]:
    """Addresses and credentials of a running workspace; `url` is its page."""
    return {
        "service": "slack",
        "ready": True,
        "url": slack.url,
        "api_url": slack.api_url,
        "control_url": slack.control_url,
        "authorize_url": slack.authorize_url,
        "credentials": {
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "client_id": slack.client_id,
            "client_secret": slack.client_secret,
        },
        "team_id": slack.workspace.team.id,
    }
