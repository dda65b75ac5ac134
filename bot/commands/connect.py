"""``bot connect``: the way to connect Autotask without typing the secret where others see it."""

import asyncio

from bot.app import Bot, at_hand, managed_credentials
from bot.commands.terminal import ask, ask_secret, choose, say
from bot.domain.context import Ctx, Person, Role
from bot.errors import BotError, CredentialsRejected, InvalidInput
from bot.services.connections import ChosenDefaults, CredentialsForm, Proven
from bot.settings import Settings

OPERATOR = Person("", "Command line", Role.ADMIN)
"""Whoever may run commands on the server may connect."""


async def connect(settings: Settings) -> int:
    """Asks, proves, lets choose, saves. Nothing is saved before Autotask accepted the login."""
    async with at_hand(settings) as (bot, tenant):
        ctx = Ctx(tenant, OPERATOR)
        try:
            form = _managed(settings)
            if form is None:
                form = await asyncio.to_thread(_credentials)
            proven = await _prove(bot, ctx, form)
            chosen = await asyncio.to_thread(_choose, proven)
            saved = await bot.services.connections.finish(ctx, proven.draft_id, proven.zone, chosen)
        except BotError as problem:
            say(f"Not connected: {_words(problem)}")
            return 1
    say(f"Connected to {saved.zone.name}. Deskhand now reads the companies; map them in Slack.")
    return 0


async def _prove(bot: Bot, ctx: Ctx, form: CredentialsForm) -> Proven:
    draft_id = await bot.services.connections.save_draft(ctx, form)
    say("Checking…")
    return await bot.services.connections.prove(ctx, draft_id)


def _managed(settings: Settings) -> CredentialsForm | None:
    """The environment's credentials, if it gives all three."""
    given = managed_credentials(settings)
    if given is None:
        return None
    return CredentialsForm(given.username, given.secret, given.tracking_id)


def _credentials() -> CredentialsForm:
    say("The three values of the Autotask API user. The secret is not shown while you type.")
    return CredentialsForm(
        ask("Username (key): "), ask_secret("Password (secret): "), ask_secret("Tracking identifier: ")
    )


def _choose(proven: Proven) -> ChosenDefaults:
    return ChosenDefaults(
        queue=choose("Queue for new tickets", proven.queues),
        status_new=choose("Status of new tickets", proven.statuses),
        status_updated=choose("Status of updated tickets", proven.statuses),
        status_closed=choose("Status of closed tickets", proven.statuses),
        priority=choose("Priority of new tickets", proven.priorities),
    )


def _words(problem: BotError) -> str:
    if isinstance(problem, InvalidInput | CredentialsRejected):
        return f"{problem.field}: {problem.reason}".removeprefix(": ")
    return str(problem)
