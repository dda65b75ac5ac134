"""The sandbox's commands as processes: one line of JSON when ready, a clean end on a signal."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
LOGIN = ("username", "secret", "tracking_id")


@contextmanager
def started(*command, cwd=ROOT, **environment):
    """A process whose end is guaranteed; its group goes with it."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=20)


def ready(process, within_s=30):
    """The line of JSON. Fails with the process's words when it does not come."""
    readable, _, _ = select.select([process.stdout], [], [], within_s)
    line = process.stdout.readline() if readable else ""
    if not line:
        process.terminate()
        pytest.fail(f"no line of JSON; stderr: {process.communicate(timeout=20)[1]}")
    return json.loads(line)


def stop(process, number=signal.SIGINT):
    """Send a signal; gives the rest of stdout and stderr once it has ended."""
    process.send_signal(number)
    return process.communicate(timeout=10)


def headers(credentials):
    username, secret, tracking_id = (credentials[name] for name in LOGIN)
    return {"UserName": username, "Secret": secret, "ApiIntegrationCode": tracking_id}


def count_of(line, entity):
    query = {"filter": [{"op": "gte", "field": "id", "value": 0}]}
    url = f"{line['zone_url']}v1.0/{entity}/query/count"
    reply = httpx.post(url, json=query, headers=headers(line["credentials"]), trust_env=False)
    return reply.raise_for_status().json()["queryCount"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_autotask_alone_serves_the_companies_asked_for_and_stops_cleanly(number):
    with started("-m", "sandbox", "autotask", "--companies", "12", "--seed", "3") as process:
        line = ready(process)
        assert (line["service"], line["ready"]) == ("autotask", True)
        assert count_of(line, "Companies") == 13  # and the MSP itself
        out, err = stop(process, number)
    assert (process.returncode, out, err) == (0, "", "")


def test_autotask_alone_is_found_by_zone_discovery_at_the_address_it_prints():
    with started("-m", "sandbox", "autotask", "--companies", "10", "--no-latency") as process:
        line = ready(process)
        url = f"{line['discovery_url']}atservicesrest/v1.0/zoneInformation"
        user = {"user": line["credentials"]["username"]}
        zone = httpx.get(url, params=user, trust_env=False).json()
        assert zone["url"] == line["zone_url"]
        assert zone["webUrl"] == line["web_url"]
        assert httpx.get(f"{line['control_url']}log", trust_env=False).status_code == 200


def test_slack_alone_answers_to_its_token_and_stops_cleanly():
    with started("-m", "sandbox", "slack", "--manifest", "slack-manifest.yaml") as process:
        line = ready(process)
        token = {"Authorization": f"Bearer {line['credentials']['bot_token']}"}
        who = httpx.post(f"{line['api_url']}auth.test", headers=token, trust_env=False).json()
        assert who["ok"] is True
        assert who["team_id"] == line["team_id"]
        assert "<html" in httpx.get(line["url"], trust_env=False).text
        out, err = stop(process)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("service", ["autotask", "slack"])
def test_a_taken_port_is_said_and_ends_with_1(service):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("-m", "sandbox", service, "--port", port) as process:
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert f"Port {port} is taken" in err


def test_too_few_companies_are_refused_with_the_reason():
    with started("-m", "sandbox", "autotask", "--companies", "3") as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "at least 10" in err


# The demo, with a stub in the bot's place


def demo(folder, how="ready", *flags, **environment):
    script = str(Path(__file__).with_name("demo_with_stub.py"))
    return started(script, str(folder), how, *flags, **environment)


def say(line, text):
    act = {"user": "U0DANA0001", "channel": "general", "text": text}
    reply = httpx.post(f"{line['slack']['control_url']}say", json=act, trust_env=False).json()
    assert reply["ok"], reply


def said(line):
    return httpx.get(f"{line['slack']['control_url']}messages", params=CHANNEL, trust_env=False).text


CHANNEL = {"user": "U0DANA0001", "channel": "general"}


def create_ticket(line, title):
    autotask = line["autotask"]
    body = {"companyID": 0, "title": title, "status": 1, "priority": 2, "queueID": 5}
    url = f"{autotask['zone_url']}v1.0/Tickets"
    reply = httpx.post(url, json=body, headers=headers(autotask["credentials"]), trust_env=False)
    return reply.raise_for_status().json()["itemId"]


def title_of(line, ticket):
    autotask = line["autotask"]
    url = f"{autotask['zone_url']}v1.0/Tickets/{ticket}"
    reply = httpx.get(url, headers=headers(autotask["credentials"]), trust_env=False)
    item = reply.raise_for_status().json()["item"]
    return item and item["title"]


def test_the_demo_tells_the_page_and_stops_everything_on_ctrl_c(tmp_path):
    with demo(tmp_path / "demo") as process:
        line = ready(process)
        assert line["service"] == "demo"
        assert line["page"] == line["slack"]["url"]
        assert httpx.get(line["bot"]["health_url"], trust_env=False).status_code == 200
        _, err = stop(process)
    assert process.returncode == 0
    assert line["page"] in err
    assert "/autotask" in err
    for name in LOGIN:
        assert line["autotask"]["credentials"][name] in err
    with pytest.raises(httpx.ConnectError):
        httpx.get(line["bot"]["health_url"], trust_env=False)


def test_the_bot_learns_everything_from_its_environment_and_nothing_of_anyone_elses(tmp_path):
    elsewhere = {"BOT_DATABASE_URL": "postgresql://production", "SLACK_BOT_TOKEN": "xoxb-real"}
    with demo(tmp_path / "demo", **elsewhere) as process:
        line = ready(process)
        stop(process)
    seen = json.loads((tmp_path / "demo" / "environment.json").read_text())
    assert {name for name in seen if name.startswith(("BOT_", "SLACK_"))} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "BOT_PUBLIC_URL",
        "BOT_SLACK_API_URL",
        "BOT_AUTOTASK_DISCOVERY_URL",
        "BOT_DATA_DIR",
        "BOT_MODE",
        "BOT_PORT",
        "BOT_LOG_FORMAT",
        "BOT_ROLES",
    }
    assert seen["SLACK_BOT_TOKEN"] == line["slack"]["credentials"]["bot_token"]
    assert seen["BOT_AUTOTASK_DISCOVERY_URL"] == line["autotask"]["discovery_url"]
    assert seen["BOT_DATA_DIR"] == str(tmp_path / "demo")


def test_a_second_run_finds_what_the_first_one_left_and_a_reset_does_not(tmp_path):
    folder = tmp_path / "demo"
    with demo(folder) as process:
        first = ready(process)
        say(first, "remember the *milk*")
        ticket = create_ticket(first, "Kept & found")
        stop(process)
    with demo(folder) as process:
        second = ready(process)
        assert "remember the *milk*" in said(second)
        assert title_of(second, ticket) == "Kept & found"
        assert second["autotask"]["url"] == first["autotask"]["url"]  # the bot remembers this address
        assert create_ticket(second, "The next one") > ticket
        stop(process)
    with demo(folder, "ready", "reset") as process:
        third = ready(process)
        assert "remember the *milk*" not in said(third)
        assert title_of(third, ticket) is None or title_of(third, ticket) != "Kept & found"
        stop(process)


def test_what_was_done_survives_a_kill_within_seconds(tmp_path):
    folder = tmp_path / "demo"
    with demo(folder) as process:
        line = ready(process)
        before = (folder / "slack.json.gz").stat().st_mtime_ns
        say(line, "written down soon")
        _until(lambda: (folder / "slack.json.gz").stat().st_mtime_ns != before)
        child = _child_of(process)
        process.kill()
        process.communicate(timeout=10)
        with demo(folder) as refused:
            _, err = refused.communicate(timeout=20)
        assert refused.returncode == 1
        assert "already running" in err  # the bot that was left behind still holds the folder
        os.kill(child, signal.SIGTERM)
    _until(lambda: _is_gone(child))
    with demo(folder) as process:
        assert "written down soon" in said(ready(process))


def _child_of(process):
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def _is_gone(pid):
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def _until(condition, within_s=15):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_a_bot_that_dies_is_quoted_and_ends_the_demo_with_1(tmp_path):
    with demo(tmp_path / "demo", "dies") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "ended with code 3" in err
    assert "no such key in the drawer" in err


def test_a_bot_that_never_gets_ready_ends_the_demo_with_1(tmp_path):
    with demo(tmp_path / "demo", "lazy") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "was not ready within 2 s" in err


def test_a_bot_that_dies_later_ends_the_demo_with_1(tmp_path):
    with demo(tmp_path / "demo") as process:
        ready(process)
        os.kill(_child_of(process), signal.SIGKILL)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "ended with code -9" in err


def test_a_reset_spares_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with demo(tmp_path, "ready", "reset") as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "something else" in err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
