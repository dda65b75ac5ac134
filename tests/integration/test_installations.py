"""Workspaces add Deskhand by themselves, and remove it: the way in, the way out, and back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.domain.retries import Parked
from bot.domain.scopes import SCOPES
from bot.jobs import Attempt, WelcomeInstaller
from bot.workflows.installed import WhileInstalled
from sandbox.slack.faults import Fault
from sandbox.slack.harbor import OWNER, TECHNICIAN
from sandbox.slack.seed import ADMIN
from sandbox.slack.server import RunningSlack, serve
from tests.factories import FrozenClock, until
from tests.integration.installing import (
    HARBOR,
    HARBOR_DESK,
    NORTHWIND,
    Hosting,
    hosting,
    hosting_settings,
    words,
)
from tests.integration.slack_world import DESK, MANIFEST


@pytest.fixture
async def slack() -> AsyncIterator[RunningSlack]:
    async with serve(manifest=MANIFEST) as opened:
        yield opened


@pytest.fixture
async def host(slack, database_url, tmp_path) -> AsyncIterator[Hosting]:
    async with hosting(slack, hosting_settings(slack, database_url, tmp_path)) as opened:
        yield opened


async def welcomed(host: Hosting, count: int = 1) -> list[str]:
    """What the owner of Harbor IT was written, once there are so many messages."""

    async def look() -> bool:
        return len(host.direct(OWNER)) >= count

    await until(look)
    return [words(message) for message in host.direct(OWNER)]


async def gone(host: Hosting, team_id: str = HARBOR) -> None:
    async def look() -> bool:
        tenant = await host.tenant(team_id)
        return tenant is not None and not tenant.is_installed

    await until(look)


async def stored_token(host: Hosting) -> bytes | None:
    tenant = await host.tenant(HARBOR)
    assert tenant is not None
    async with host.bot.database.unit(tenant.id) as uow:
        installation = await uow.installations.get()
    return installation.token if installation else None


# --- the page ---


async def test_the_page_names_every_scope_with_its_reason_and_loads_nothing_from_elsewhere(host: Hosting):
    page = await host.browser.get(f"{host.url}/slack/install")
    assert page.status_code == 200
    for scope in SCOPES:
        assert f"<code>{scope}</code>" in page.text
    assert "Add to Slack" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert page.cookies.get("deskhand-install") is None


async def test_the_button_asks_slack_for_exactly_these_scopes(host: Hosting):
    asked = parse_qs(urlsplit(await host.begin()).query)
    assert asked["scope"] == [",".join(SCOPES)]
    assert asked["redirect_uri"] == [f"{host.url}/slack/oauth_redirect"]
    assert asked["client_id"] == [host.slack.client_id]


async def test_without_oauth_settings_there_is_no_page(slack, database_url, tmp_path):
    settings = hosting_settings(
        slack, database_url, tmp_path, slack_client_id="", slack_client_secret=None, public_url=""
    )
    async with hosting(slack, settings, role="web") as host:
        assert (await host.browser.get(f"{host.bot.address}/slack/install")).status_code == 404


# --- the way in ---


async def test_a_workspace_that_installs_can_use_it_and_who_installed_is_told_what_comes_next(host: Hosting):
    page = await host.install(OWNER)
    assert page.status_code == 200
    assert "Deskhand is in Harbor IT" in page.text
    assert f"team={HARBOR}" in page.text
    assert "slack://app?" in page.text
    [message] = await welcomed(host)
    assert "Become the first Admin" in message
    await host.people.type_command(TECHNICIAN, HARBOR_DESK, "/autotask help")
    await host.people.wait_for(TECHNICIAN, HARBOR_DESK, "/autotask")
    assert host.direct(TECHNICIAN) == []


async def test_the_token_is_stored_sealed_and_used_for_its_own_team_alone(host: Hosting):
    await host.install(OWNER)
    await welcomed(host)
    token = host.slack.workspace_of(HARBOR).installation.token
    stored = await stored_token(host)
    assert stored is not None
    assert token.encode() not in stored
    assert host.bot.ground.secrets.open(stored).get_secret_value() == token


async def test_renewing_the_scopes_changes_the_token_row_and_writes_to_nobody(host: Hosting):
    await host.install(OWNER)
    await welcomed(host)
    page = await host.install(TECHNICIAN)
    assert "up to date in Harbor IT" in page.text
    await host.people.type_command(OWNER, HARBOR_DESK, "/autotask help")
    await host.people.wait_for(OWNER, HARBOR_DESK, "/autotask")
    assert len(host.direct(OWNER)) == 1
    assert host.direct(TECHNICIAN) == []


async def test_another_replica_hears_of_an_installation_and_of_its_end(host: Hosting, slack, database_url):
    """The second replica was started before the workspace installed; nobody tells it but the database."""
    folder = host.bot.settings.data_dir
    async with hosting(slack, hosting_settings(slack, database_url, folder), role="web") as other:
        await host.install(OWNER)
        tenant = await other.bot.tools.workspaces.by_team([HARBOR])
        assert tenant is not None
        assert other.bot.installs.of(HARBOR) is not None
        slack.people.uninstall(HARBOR)
        await gone(host)
        assert await other.bot.tools.workspaces.by_team([HARBOR]) is None
        assert other.bot.installs.of(HARBOR) is None


# --- what goes wrong on the way ---


async def test_a_cancelled_consent_installs_nothing_and_says_so(host: Hosting):
    page = await host.browser.get(host.people.deny(OWNER, await host.begin()))
    assert "Nothing was installed" in page.text
    assert await host.tenant(HARBOR) is None


async def test_an_address_works_once(host: Hosting):
    back = host.people.allow(OWNER, await host.begin())
    assert (await host.browser.get(back)).status_code == 200
    again = await host.browser.get(back)
    assert again.status_code == 400
    assert "used before" in again.text


async def test_an_attempt_of_another_browser_is_refused(host: Hosting):
    """Else somebody could make a colleague's browser finish what they began."""
    back = host.people.allow(OWNER, await host.begin())
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.get(back)).status_code == 400
    assert await host.tenant(HARBOR) is None


async def test_a_made_up_state_is_refused_before_slack_is_asked(host: Hosting):
    page = await host.browser.get(f"{host.url}/slack/oauth_redirect?code=1&state=guess")
    assert page.status_code == 400
    assert not [call for call in host.slack.journal.calls if call.method == "oauth.v2.access"]


async def test_an_attempt_is_over_after_ten_minutes(slack, database_url, tmp_path):
    clock = FrozenClock()
    async with hosting(
        slack, hosting_settings(slack, database_url, tmp_path), role="web", clock=clock
    ) as host:
        consent = await host.begin()
        clock.advance(minutes=10)
        page = await host.browser.get(host.people.allow(OWNER, consent))
        assert page.status_code == 400
        assert "ten minutes" in page.text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("bad_client_secret", "SLACK_CLIENT_SECRET"),
        ("invalid_code", "ten minutes"),
        ("odd_thing", "odd_thing"),
    ],
)
async def test_slacks_refusal_is_explained(host: Hosting, error: str, said: str):
    host.slack.hub.faults.add(Fault(method="oauth.v2.access", error=error))
    page = await host.install(OWNER)
    assert page.status_code == 502
    assert said in page.text
    assert await host.tenant(HARBOR) is None


async def test_when_slack_does_not_answer_nothing_is_installed_and_the_page_says_so(host: Hosting):
    host.slack.hub.faults.add(Fault(method="oauth.v2.access", error="fatal_error", status=503))
    page = await host.install(OWNER)
    assert page.status_code == 503
    assert "try again" in page.text


async def test_what_the_address_says_never_becomes_markup(host: Hosting):
    consent = parse_qs(urlsplit(await host.begin()).query)
    evil = {"state": consent["state"][0], "error": "<script>alert(1)</script>"}
    page = await host.browser.get(f"{host.url}/slack/oauth_redirect", params=evil)
    assert page.status_code == 400
    assert "<script" not in page.text


# --- the way out ---


async def test_an_uninstalled_workspace_is_left_alone_at_once(host: Hosting):
    await host.install(OWNER)
    await welcomed(host)
    host.slack.people.uninstall(HARBOR)
    await gone(host)
    assert await stored_token(host) is None
    assert host.bot.installs.of(HARBOR) is None
    posts = host.posts(HARBOR)
    tenant = await host.tenant(HARBOR)
    async with host.bot.database.unit(tenant.id) as uow:
        await host.bot.jobs.enqueue(uow, _welcome(tenant.id))

    async def parked() -> bool:
        return any("Parked" in failure.reason for failure in await host.bot.jobs.failures())

    await until(parked)
    assert host.posts(HARBOR) == posts
    assert (await host.tenant(NORTHWIND)).is_installed


def _welcome(tenant_id: int) -> WelcomeInstaller:
    """Any job that posts."""
    return WelcomeInstaller(tenant_id=tenant_id, user_id=OWNER, installation=99)


async def test_a_workspace_that_comes_back_finds_everything_and_its_work_goes_on(host: Hosting):
    await host.install(OWNER)
    await welcomed(host)
    before = await host.tenant(HARBOR)
    async with host.bot.database.unit(before.id) as uow:
        await uow.organizations.add("Dockside Freight", "U1", host.bot.tools.clock.now())
    host.slack.people.uninstall(HARBOR)
    await gone(host)
    async with host.bot.database.unit(before.id) as uow:
        await host.bot.jobs.enqueue(uow, _welcome(before.id))
    page = await host.install(OWNER)
    assert "there again" in page.text
    after = await host.tenant(HARBOR)
    assert (after.id, after.is_installed) == (before.id, True)
    async with host.bot.database.unit(after.id) as uow:
        assert [each.name for each in await uow.organizations.search("")] == ["Dockside Freight"]
    told = await welcomed(host, 3)
    assert sum("is back" in message for message in told) == 1
    assert await host.bot.jobs.count("todo", "failed") == 0


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked", "invalid_auth"])
async def test_a_void_token_is_noticed_when_it_is_used_though_slack_never_told(host: Hosting, code: str):
    await host.install(OWNER)
    await welcomed(host)
    host.slack.hub.faults.add(Fault(method="chat.postEphemeral", error=code))
    tenant = await host.tenant(HARBOR)
    client = host.bot.installs.clients(HARBOR).prompt
    with pytest.raises(Exception, match=code):
        await client.chat_postEphemeral(channel=HARBOR_DESK, user=OWNER, text="hello")
    assert not (await host.tenant(HARBOR)).is_installed
    assert tenant.id == (await host.tenant(HARBOR)).id


async def test_a_refusal_of_an_older_token_does_not_end_the_newer_installation(host: Hosting):
    await host.install(OWNER)
    await welcomed(host)
    old = host.bot.installs.clients(HARBOR).prompt
    host.slack.workspace_of(HARBOR).uninstall("account_inactive")  # nobody is told
    await host.install(OWNER)
    with pytest.raises(Exception, match="account_inactive"):
        await old.auth_test()
    assert (await host.tenant(HARBOR)).is_installed
    assert await host.bot.tools.workspaces.is_alive(await host.tenant(HARBOR))


async def test_word_of_an_uninstallation_that_comes_after_the_next_installation_is_not_believed(
    host: Hosting,
):
    await host.install(OWNER)
    await welcomed(host)
    tenant, service = await host.tenant(HARBOR), host.bot.services.installations
    alive = host.bot.tools.workspaces.is_alive
    installed_at = await service.installed_at(tenant)
    assert not await service.is_over(tenant, installed_at - timedelta(hours=3), is_alive=alive)
    assert not await service.is_over(tenant, installed_at + timedelta(seconds=5), is_alive=alive)
    assert await service.is_over(tenant, installed_at + timedelta(hours=3), is_alive=alive)
    host.slack.workspace_of(HARBOR).uninstall("account_inactive")
    assert await service.is_over(tenant, installed_at + timedelta(seconds=5), is_alive=alive)


async def test_an_installation_that_comes_while_the_workspace_leaves_keeps_its_token(host: Hosting):
    await host.install(OWNER)
    tenant, database = await host.tenant(HARBOR), host.bot.database
    async with database.unit(tenant.id) as uow:  # it comes back while the word of its leaving is dealt with
        standing = await uow.installations.get()
        later = standing.installed_at + timedelta(minutes=1)
        await uow.installations.save(replace(standing, installed_at=later))
        leaving = asyncio.create_task(host.bot.services.installations.leave(tenant, "test"))
        await gone(host)
    assert await leaving
    async with database.directory() as directory:
        await directory.arrived(tenant.id)
    assert await host.bot.services.installations.of_team(HARBOR) is not None


async def test_what_is_under_way_stops_when_the_workspace_leaves(host: Hosting):
    await host.install(OWNER)
    tenant = await host.tenant(HARBOR)
    steps = []

    async def endless(job, attempt) -> None:
        steps.append("begun")
        await host.bot.services.installations.leave(tenant, "test")
        await host.bot.stop.wait()
        steps.append("never")

    perform = WhileInstalled(endless, host.bot.tools.workspaces.by_id, look_every=0.05)
    with pytest.raises(Parked):
        await perform(_welcome(tenant.id), Attempt(1, is_last=False, holder="test"))
    assert steps == ["begun"]


async def test_data_of_a_workspace_that_stays_away_is_deleted_after_its_time(slack, database_url, tmp_path):
    clock = FrozenClock()
    settings = hosting_settings(slack, database_url, tmp_path)
    async with hosting(slack, settings, role="web", clock=clock) as host:
        await host.install(OWNER)
        tenant, service = await host.tenant(HARBOR), host.bot.services.installations
        await service.leave(tenant, "test")
        clock.advance(days=30)
        assert await service.purge() == 0
        clock.advance(minutes=1)
        assert await service.purge() == 1
        assert await host.tenant(HARBOR) is None
        assert await host.tenant(NORTHWIND) is not None
        assert await host.bot.jobs.count("todo") == 0


# --- several ways in at once ---


async def test_without_a_token_of_the_environment_oauth_is_enough(slack, database_url, tmp_path):
    settings = hosting_settings(
        slack, database_url, tmp_path, slack_bot_token=None, mode="http", slack_app_token=None
    )
    async with hosting(slack, settings) as host:
        await host.install(OWNER)
        await welcomed(host)
        await host.people.type_command(OWNER, HARBOR_DESK, "/autotask help")
        await host.people.wait_for(OWNER, HARBOR_DESK, "/autotask")


async def test_the_environments_token_wins_for_its_own_workspace(host: Hosting):
    assert "up to date" in (await host.install(ADMIN)).text
    await host.bot.tools.workspaces.by_team([NORTHWIND])
    assert host.bot.installs.of(NORTHWIND).token.get_secret_value() == host.slack.bot_token


async def test_the_environments_workspace_may_leave_and_come_back_by_itself(host: Hosting):
    host.slack.people.uninstall(NORTHWIND)
    await gone(host, NORTHWIND)
    assert "there again" in (await host.install(ADMIN)).text
    await host.people.type_command(ADMIN, DESK, "/autotask help")
    await host.people.wait_for(ADMIN, DESK, "/autotask")
