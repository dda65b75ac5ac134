"""After a complete run nothing secret is anywhere but in the key file, at the most talkative log level."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.db.embedded import embedded_server, tool
from bot.db.urls import libpq_url
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.e2e.desk import PATIENCE, Desk, opened_desk

WRONG_SECRET = "Typ0-in-the-secret~99"
"""What somebody types by mistake is often a secret of something else."""
SUMMARY = "Seen everywhere it may be seen"


@pytest.fixture(scope="module")
async def desk(tmp_path_factory) -> AsyncIterator[Desk]:
    """A run that is over: connected (at the second try), verified, a ticket raised, an error met, stopped."""
    folder = tmp_path_factory.mktemp("secrets")
    async with opened_desk(folder, BOT_LOG_LEVEL="DEBUG") as opened:
        bot = await opened.bots.start()
        await bot.ready()
        await opened.claim()
        await mistyped(opened)
        await opened.connect()
        await opened.map_acme()
        await opened.start_review(FULL_MEMBER)
        opened.autotask.control.fail_next(1, status=503)
        await opened.raise_ticket(SUMMARY)
        await opened.said(FULL_MEMBER, "View in Autotask")
        await opened.type(ADMIN, "/autotask verify")
        await opened.said(ADMIN, "All permissions are in place")
        await take_everything_along(opened)
        assert (await bot.stop()).code == 0
        yield opened


async def mistyped(desk: Desk) -> None:
    await desk.type(ADMIN, "/autotask connect")
    card = await desk.said(ADMIN, "Enter the three values")
    await desk.people.click(ADMIN, on(card), "connect_open")
    await desk.people.wait_for_modal(ADMIN, "Connect Autotask")
    given = desk.autotask.credentials
    answers = {"username": given.username, "secret": WRONG_SECRET, "tracking_id": given.tracking_id}
    refused = await desk.people.submit(ADMIN, answers)
    assert "secret" in refused.errors
    await desk.people.close(ADMIN)


async def take_everything_along(desk: Desk) -> None:
    """The audit trail and the whole export, as files in the Admin's conversation with us."""
    people = desk.people
    await desk.type(ADMIN, "/autotask audit")
    await people.click(ADMIN, on(await desk.said(ADMIN, "Audit trail")), "audit_export")
    await desk.type(ADMIN, "/autotask settings")
    view = await desk.shows(ADMIN, "Remove connection")
    block_id, _ = await desk.offered(ADMIN, view, "removal_export")
    await people.click(ADMIN, inside(view), "removal_export", block_id=block_id)

    def given() -> bool | None:
        return len(desk.slack.workspace.files) >= 3 or None

    await people.until(given, "the audit trail, and the export in two formats", timeout_s=PATIENCE)


def data_dir(desk: Desk) -> Path:
    return desk.bots.folder / "var"


def secrets_of(desk: Desk) -> Mapping[str, str]:
    given = desk.autotask.credentials
    return {
        "the API secret": given.secret,
        "the mistyped secret": WRONG_SECRET,
        "the tracking identifier": given.tracking_id,
        "the bot token": desk.slack.bot_token,
        "the app token": desk.slack.app_token,
        "the signing secret": desk.slack.signing_secret,
        "the encryption key": (data_dir(desk) / "secret.key").read_text().strip(),
    }


def leaks(desk: Desk, text: bytes) -> list[str]:
    """The names of the secrets in it, as they are or as they look in an address."""
    return [
        name
        for name, secret in secrets_of(desk).items()
        if secret.encode() in text or quote(secret, safe="").encode() in text
    ]


async def test_nothing_secret_is_logged_even_at_debug(desk: Desk):
    said = desk.bots.started[0].words.encode()
    assert b"push_ticket" in said
    assert leaks(desk, said) == []


async def test_nothing_secret_is_in_the_database(desk: Desk):
    dump = await plain_dump(desk)
    assert SUMMARY.encode() in dump
    assert desk.autotask.credentials.username.encode() in dump
    assert leaks(desk, dump) == []


async def test_nothing_secret_is_in_any_file_but_the_key(desk: Desk):
    everything = [path for path in data_dir(desk).rglob("*") if path.is_file()]
    assert {path.name for path in everything} >= {"secret.key", "PG_VERSION"}
    leaking = {str(path): leaks(desk, path.read_bytes()) for path in everything if path.name != "secret.key"}
    assert {path: names for path, names in leaking.items() if names} == {}
    assert (data_dir(desk) / "secret.key").stat().st_mode & 0o077 == 0


async def test_nothing_secret_was_shown_or_sent_to_slack(desk: Desk):
    shown = json.dumps(desk.slack.journal.transcript, default=str).encode()
    sent = json.dumps([asdict(call) for call in desk.slack.journal.calls], default=str).encode()
    views = [view.body for user in (ADMIN, FULL_MEMBER) for view in desk.slack.hub.views.stack(user)]
    kept = json.dumps([views, [feed.words_of(home.body) for home in desk.slack.hub.views.homes.values()]])
    assert SUMMARY.encode() in shown
    assert SUMMARY.encode() in sent
    assert leaks(desk, shown + sent + kept.encode()) == []


async def test_nothing_secret_was_taken_along_in_a_file(desk: Desk):
    files = list(desk.slack.workspace.files.values())
    assert {Path(file.name).suffix for file in files} == {".csv", ".json", ".zip"}
    everything = b"".join(plain for file in files for plain in unpacked(file.name, file.content))
    assert SUMMARY.encode() in everything
    assert leaks(desk, everything) == []


def unpacked(name: str, content: bytes) -> list[bytes]:
    if not name.endswith(".zip"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(each) for each in archive.namelist()]


async def plain_dump(desk: Desk) -> bytes:
    async with embedded_server(data_dir(desk)) as url:
        process = await asyncio.create_subprocess_exec(
            tool("pg_dump"), "--format=plain", libpq_url(url), stdout=asyncio.subprocess.PIPE
        )
        dump, _ = await process.communicate()
        assert process.returncode == 0
    return dump
