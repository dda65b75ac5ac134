"""The web page that takes the secret instead of a modal, in HTTP mode."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from bot.app import running
from bot.domain.context import Role
from sandbox.slack import feed
from sandbox.slack.control.writes import delivery
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN
from tests.factories import until
from tests.integration.steps import DESK, modal_words
from tests.world import World, admin_of, sandboxes, settings_for


@dataclass
class Browser:
    """What somebody's browser keeps between two requests."""

    http: httpx.AsyncClient

    async def open(self, url: str) -> httpx.Response:
        return await self.http.get(url)

    async def send(self, url: str, page: httpx.Response, **changes: str) -> httpx.Response:
        once = re.search(r'name="once" value="([^"]+)"', page.text)
        return await self.http.post(url, data={"once": once.group(1) if once else "", **changes})


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with sandboxes() as (autotask, slack):
        own = {"mode": "http", "host": "127.0.0.1", "public_url": "http://127.0.0.1:1"}
        settings = settings_for(autotask, slack, database_url, tmp_path, **own)
        async with running(settings) as bot:
            await delivery(slack.hub, {"mode": "http", "request_url": f"{bot.address}/slack/events"})
            yield World(autotask, slack, bot, await admin_of(bot, slack))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Browser(http)


async def page_of(office: World) -> str:
    people = office.slack.people
    await people.type_command(ADMIN, DESK, "/autotask connect")
    card = await people.wait_for(ADMIN, DESK, "Enter the secret on a web page")
    await people.click(ADMIN, on(card), "connect_web")
    message = await people.wait_for(ADMIN, DESK, "Your page for the secret")
    assert message.ephemeral_to == ADMIN
    public = message.blocks[1]["elements"][0]["url"]
    return public.replace(office.bot.settings.public_url, office.bot.address)


def values(office: World, **changes: str) -> dict[str, str]:
    given = office.autotask.credentials
    kept = {"username": given.username, "secret": given.secret, "tracking_id": given.tracking_id}
    return kept | changes


async def test_the_page_takes_the_secret_masked_and_the_answer_comes_in_slack(office, browser):
    url = await page_of(office)
    page = await browser.open(url)
    assert page.status_code == 200
    assert page.text.count('type="password"') == 2
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await browser.send(url, page, **values(office))).status_code == 200
    people = office.slack.people
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    message = await people.wait_for(ADMIN, direct.id, "accepted the credentials")
    await people.click(ADMIN, on(message), "connect_resume")

    async def asks() -> bool:
        return "Queue for new tickets" in modal_words(office, ADMIN)

    await until(asks)
    found = await people.suggest(ADMIN, inside(people.modal(ADMIN)), "connect_queue", "Client")
    assert (await people.submit(ADMIN, {"queue": found.options[0]})).ok
    connected = await people.wait_for(ADMIN, direct.id, "Autotask is connected")
    assert connected.ts == message.ts
    assert office.autotask.credentials.secret not in feed.words_of_message(connected)


async def test_the_page_works_once(office, browser):
    url = await page_of(office)
    page = await browser.open(url)
    await browser.send(url, page, **values(office))
    again = await browser.send(url, page, **values(office))
    assert again.status_code in {403, 404}
    assert (await browser.open(url)).status_code == 404


async def test_a_wrong_value_is_told_at_its_field_and_the_page_is_not_used_up(office, browser):
    url = await page_of(office)
    page = await browser.open(url)
    refused = await browser.send(url, page, **values(office, secret="someone@example.com"))
    assert refused.status_code == 422
    assert "e-mail address" in refused.text
    assert "someone@example.com" not in refused.text
    assert office.autotask.credentials.username in refused.text
    assert (await browser.send(url, refused, **values(office))).status_code == 200


async def test_a_form_from_elsewhere_is_refused_and_uses_nothing_up(office, browser):
    url = await page_of(office)
    page = await browser.open(url)
    async with httpx.AsyncClient(trust_env=False) as stranger:
        forged = await stranger.post(url, data={"once": "guessed", **values(office)})
    assert forged.status_code == 403
    evil = {"origin": "https://evil.example"}
    once = re.search(r'name="once" value="([^"]+)"', page.text).group(1)
    other = await browser.http.post(url, data={"once": once, **values(office)}, headers=evil)
    assert other.status_code == 403
    assert (await browser.send(url, page, **values(office))).status_code == 200


async def test_a_page_that_never_was_is_not_found(office, browser):
    tokens = ("1.made-up", "x.y", "999999999999999999999.z", "1." + "a" * 500)
    answers = [await browser.open(f"{office.bot.address}/slack/connect/{token}") for token in tokens]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


async def test_a_new_page_voids_the_one_before(office, browser):
    first = await page_of(office)
    people = office.slack.people
    card = await people.wait_for(ADMIN, DESK, "Enter the secret on a web page")
    await people.click(ADMIN, on(card), "connect_web")

    async def void() -> bool:
        return (await browser.open(first)).status_code == 404

    await until(void)


async def test_who_lost_the_right_meanwhile_saves_nothing(office, browser):
    url = await page_of(office)
    page = await browser.open(url)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(ADMIN, Role.VIEWER, "U1", office.bot.tools.clock.now())
    assert (await browser.send(url, page, **values(office))).status_code == 403
    assert office.autotask.control.log() == []


@pytest.mark.parametrize(("body", "status"), [("a=1&" * 50, 403), ("a=" + "x" * 20_000, 413)])
async def test_what_is_no_form_of_ours_is_refused_without_a_crash(office, browser, body, status):
    answer = await browser.http.post(await page_of(office), content=body)
    assert answer.status_code == status


async def test_a_secret_in_the_field_of_the_username_is_not_sent_back(office, browser):
    url = await page_of(office)
    misplaced = "xY7#kP2$vN9@qLm4"
    again = await browser.send(url, await browser.open(url), **values(office, username=misplaced))
    assert again.status_code == 422
    assert misplaced not in html.unescape(again.text)
    empty = await browser.send(url, again, **values(office, username=misplaced, secret=""))
    assert misplaced not in html.unescape(empty.text)
