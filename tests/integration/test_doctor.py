"""What the operator is told about the workspaces that installed Deskhand; and Slack away while it writes to one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.app import performer
from bot.commands.doctor import doctor
from bot.domain.scopes import SCOPES
from bot.errors import SlackUnavailable
from bot.jobs import Attempt, WelcomeInstaller
from sandbox.slack.faults import Fault
from sandbox.slack.harbor import OWNER
from sandbox.slack.server import serve
from tests.integration.installing import HARBOR, Hosting, hosting, hosting_settings, words
from tests.integration.slack_world import MANIFEST


@pytest.fixture
async def host(database_url, tmp_path) -> AsyncIterator[Hosting]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(serve(manifest=MANIFEST))
        settings = hosting_settings(slack, database_url, tmp_path)
        opened = await stack.enter_async_context(hosting(slack, settings, role="web"))
        await opened.install(OWNER)
        yield opened


async def told(host: Hosting, capsys: pytest.CaptureFixture[str]) -> str:
    await doctor(host.bot.settings)
    return capsys.readouterr().out


async def test_every_workspace_and_the_public_address_are_looked_at(host: Hosting, capsys):
    said = await told(host, capsys)
    assert "ok   Workspace Harbor IT (T0HARBOR1): installed by U0HANNAH01" in said
    assert f"ok   BOT_PUBLIC_URL: {host.url} answers" in said
    assert f"{host.url}/slack/oauth_redirect" in said
    assert "SLACK_BOT_TOKEN is for Northwind IT" in said
    assert host.slack.client_secret not in said
    assert host.slack.workspace_of(HARBOR).installation.token not in said


async def test_a_missing_scope_and_a_void_token_are_told(host: Hosting, capsys):
    tenant = await host.tenant(HARBOR)
    async with host.bot.database.unit(tenant.id) as uow:
        stored = await uow.installations.get()
        less = tuple(scope for scope in SCOPES if scope != "files:write")
        await uow.installations.save(replace(stored, scopes=less))
    assert "lacks files:write: install it again at" in await told(host, capsys)
    host.slack.workspace_of(HARBOR).uninstall("account_inactive")
    assert "Slack does not take its token" in await told(host, capsys)
    assert "has uninstalled Deskhand; its data is kept for 30 days" in await told(host, capsys)


async def test_a_message_that_slack_could_not_take_is_written_when_it_can_and_once(host: Hosting):
    """Slack turns everything down for as many attempts as a minute has; the job keeps its message."""
    tenant = await host.tenant(HARBOR)
    job = WelcomeInstaller(tenant_id=tenant.id, user_id=OWNER, installation=tenant.installation)
    perform = performer(host.bot)
    host.slack.hub.faults.add(
        Fault("chat.postMessage", error="service_limited", status=429, retry_after=0, times=9)
    )
    for number in (1, 2, 3):
        with pytest.raises(SlackUnavailable):
            await perform(job, Attempt(number, is_last=False, holder="test"))
    assert host.direct(OWNER) == []
    host.slack.hub.faults.clear()
    for number in (4, 5):
        await perform(job, Attempt(number, is_last=False, holder="test"))
    [message] = host.direct(OWNER)
    assert "Deskhand is here" in words(message)
