"""``bot doctor``: every setting with its source, then database, Slack and Autotask, each checked for real."""

import os
from dataclasses import dataclass

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.app import Bot, at_hand
from bot.commands.connect import OPERATOR
from bot.commands.terminal import say
from bot.domain.context import Ctx, Tenant
from bot.errors import BotError
from bot.settings import Settings, SettingsProblem, variable


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
        async with at_hand(settings) as (bot, tenant):
            return [
                Finding("Database", True, "answers, up to date"),
                Finding("Slack", True, f"{tenant.name} ({tenant.team_id})"),
                await _autotask(bot, tenant),
            ]
    except SettingsProblem as problem:
        return [Finding("Settings", False, str(problem))]


async def _autotask(bot: Bot, tenant: Tenant) -> Finding:
    try:
        found = await bot.services.verification.verify(Ctx(tenant, OPERATOR))
    except BotError as problem:
        return Finding("Autotask", False, str(problem))
    missing = [f"{check.need.entity} ({check.need.right})" for check in found.checks if not check.ok]
    well = f"{found.zone.name}, every permission is there"
    return Finding("Autotask", not missing, f"missing: {', '.join(missing)}" if missing else well)
