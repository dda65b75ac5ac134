"""``bot doctor``: every setting with its source, then database, Slack, every workspace and Autotask, for real."""

import asyncio
import os
from dataclasses import dataclass
from typing import Final

import aiohttp
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.app import Bot, at_rest
from bot.commands.connect import OPERATOR
from bot.commands.terminal import say
from bot.domain.context import Ctx, Tenant
from bot.domain.installations import Installation
from bot.domain.scopes import SCOPES
from bot.errors import BotError, NotConnected
from bot.settings import Settings, SettingsProblem, variable
from bot.slack.oauth import INSTALL, REDIRECT

PATIENCE: Final = 10.0
"""Seconds for our own public address to answer."""


@dataclass(frozen=True)
class Finding:
    what: str
    well: bool
    says: str


async def doctor(settings: Settings) -> int:
    """0 when all is well, 1 when something is not."""
    for line in settings_table(settings):
        say(line)
    findings = await _examine(settings)
    for finding in findings:
        say(f"{'ok ' if finding.well else 'BAD'}  {finding.what}: {finding.says}")
    return 0 if all(finding.well for finding in findings) else 1


def settings_table(settings: Settings) -> list[str]:
    """Each setting's variable, value (secrets masked) and source."""
    file = dotenv_values(".env")
    rows = []
    for field in Settings.model_fields:
        name = variable(field)
        source = "environment" if os.environ.get(name) else ".env" if file.get(name) else "default"
        rows.append(f"{name:32} {_shown(getattr(settings, field)):40} {source}")
    return rows


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "*** (set)"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "-"
    return "-" if value in (None, "") else str(value)


async def _examine(settings: Settings) -> list[Finding]:
    try:
        settings.require_slack()
        async with at_rest(settings) as bot:
            findings = [Finding("Database", True, "answers, up to date")]
            if settings.slack_bot_token is not None:
                findings.append(await _environments(bot))
            if settings.by_oauth:
                findings += await _installing(bot)
            for tenant, installation in await bot.services.installations.all():
                findings += await _workspace(bot, tenant, installation)
            return findings
    except SettingsProblem as problem:
        return [Finding("Settings", False, str(problem))]


async def _environments(bot: Bot) -> Finding:
    """The workspace of SLACK_BOT_TOKEN. Raises ``SettingsProblem`` when Slack refuses the token."""
    tenant = await bot.identity.find()
    if tenant is None:
        return Finding("Slack", False, f"does not answer: {bot.health.report['slack']}")
    return Finding("Slack", True, f"SLACK_BOT_TOKEN is for {tenant.name} ({tenant.team_id})")


async def _installing(bot: Bot) -> list[Finding]:
    url = bot.settings.public_url
    told = f"{url}{INSTALL}; the app's redirect URLs must name {url}{REDIRECT}"
    return [Finding("Installing", True, told), await _reachable(bot, url)]


async def _reachable(bot: Bot, url: str) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE), bot.installs.session.get(f"{url}/healthz") as answer:
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as problem:
        why = f"{url} does not answer ({type(problem).__name__}): is `bot run` up, and the proxy before it?"
        return Finding("BOT_PUBLIC_URL", False, why)
    well = status == 200
    return Finding("BOT_PUBLIC_URL", well, f"{url} answers" if well else f"{url}/healthz says {status}")


async def _workspace(bot: Bot, tenant: Tenant, installation: Installation | None) -> list[Finding]:
    what = f"Workspace {tenant.name} ({tenant.team_id})"
    if not tenant.is_installed:
        days = bot.settings.uninstalled_kept_days
        return [Finding(what, True, f"has uninstalled Deskhand; its data is kept for {days} days")]
    if tenant.by_environment:
        return [await _autotask(bot, tenant)]
    if installation is None:
        return [Finding(what, False, "has no token: install Deskhand there again")]
    return [await _token(bot, tenant, installation, what), await _autotask(bot, tenant)]


async def _token(bot: Bot, tenant: Tenant, installation: Installation, what: str) -> Finding:
    since = f"installed by {installation.installed_by} on {installation.installed_at:%Y-%m-%d}"
    await bot.tools.workspaces.by_team((tenant.team_id,))
    if not await bot.tools.workspaces.is_alive(tenant):
        return Finding(what, False, f"{since}; Slack does not take its token, or does not answer")
    missing = sorted(set(SCOPES) - set(installation.scopes))
    if missing:
        again = f"install it again at {bot.settings.public_url}{INSTALL}"
        return Finding(what, False, f"{since}; lacks {', '.join(missing)}: {again}")
    return Finding(what, True, since)


async def _autotask(bot: Bot, tenant: Tenant) -> Finding:
    what = f"Autotask of {tenant.name}"
    try:
        found = await bot.services.verification.verify(Ctx(tenant, OPERATOR))
    except NotConnected:
        return Finding(what, not tenant.by_environment, f"not connected yet: {bot.settings.command} connect")
    except BotError as problem:
        return Finding(what, False, str(problem))
    missing = [f"{check.need.entity} ({check.need.right})" for check in found.checks if not check.ok]
    well = f"{found.zone.name}, every permission is there"
    return Finding(what, not missing, f"missing: {', '.join(missing)}" if missing else well)
