"""One real process in HTTP mode serves a second workspace: it installs, works, leaves, and comes back."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.db.session import Database
from sandbox.slack.control.writes import delivery
from sandbox.slack.harbor import OWNER, TECHNICIAN
from sandbox.slack.people import HOME
from sandbox.slack.seed import FULL_MEMBER
from tests.e2e.desk import PATIENCE, Desk, opened_desk
from tests.factories import until
from tests.integration.installing import HARBOR, HARBOR_DESK, free_port


@pytest.fixture
async def desk(database_url, tmp_path) -> AsyncIterator[Desk]:
    port = str(free_port())
    more = {
        "BOT_DATABASE_URL": database_url, "BOT_MODE": "http", "SLACK_APP_TOKEN": "", "BOT_PORT": port,
        "BOT_HOST": "127.0.0.1", "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    async with opened_desk(tmp_path, **more) as opened:
        slack = opened.slack
        bot = await opened.bots.start(
            SLACK_CLIENT_ID=slack.client_id, SLACK_CLIENT_SECRET=slack.client_secret
        )
        await bot.ready()
        asked = {"mode": "http", "request_url": f"{await bot.started()}/slack/events"}
        await delivery(slack.hub, asked)
        yield opened


async def install(desk: Desk) -> str:
    """Hannah's browser goes the whole way; the words of the page at its end."""
    url = await desk.bots.started[-1].started()
    async with httpx.AsyncClient(trust_env=False) as browser:
        begun = await browser.post(f"{url}/slack/install")
        page = await browser.get(desk.people.allow(OWNER, begun.headers["location"]))
    assert page.status_code == 200, page.text
    return page.text


async def answered(desk: Desk, user: str, channel: str, line: str, words: str) -> None:
    assert (await desk.people.type_command(user, channel, line)).ok
    await desk.people.wait_for(user, channel, words, timeout_s=PATIENCE)


async def test_a_second_workspace_comes_works_goes_and_comes_back(desk: Desk, database_url: str):
    await desk.claim()
    assert "Deskhand is in Harbor IT" in await install(desk)
    harbors = desk.slack.hub.peers[HARBOR].workspace

    async def welcomed() -> bool:
        return bool(harbors.app_im(OWNER).messages)

    await until(welcomed, within=PATIENCE)
    desk.people.open_home(OWNER)
    await desk.people.wait_for_home(OWNER, timeout_s=PATIENCE)
    assert (await desk.people.click(OWNER, HOME, "access:claim")).ok
    await answered(desk, TECHNICIAN, HARBOR_DESK, "/autotask help", "/autotask")
    await answered(desk, FULL_MEMBER, "C0SERVICE", "/autotask help", "/autotask")

    desk.people.uninstall(HARBOR)
    async with Database(database_url) as database:

        async def left() -> bool:
            async with database.directory() as directory:
                tenant = await directory.tenant_by_team(HARBOR)
            return tenant is not None and not tenant.is_installed

        await until(left, within=PATIENCE)
    await answered(desk, FULL_MEMBER, "C0SERVICE", "/autotask help tickets", "tickets")

    assert "there again" in await install(desk)
    await answered(desk, OWNER, HARBOR_DESK, "/autotask audit", "claim")
    log = desk.bots.started[-1].words
    assert harbors.installation.token not in log
    assert desk.slack.client_secret not in log
