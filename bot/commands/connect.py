"""``bot connect``: the way to connect Autotask without typing the secret where others see it."""

import asyncio

from bot.app import Bot, at_hand, managed_credentials
from bot.commands.terminal import ask, ask_secret, choose, say
from bot.domain.connections import PicklistOption
from bot.domain.context import Ctx, Person, Role
from bot.domain.credentials import CredentialsForm
from bot.domain.proofs import Proof
from bot.domain.switches import Mode
from bot.errors import BotError, CredentialsRejected, InvalidInput
from bot.services.connections import ChosenDefaults
from bot.settings import Settings

OPERATOR = Person("", "Command line", Role.ADMIN)
"""Whoever may run commands on the server may connect."""


TICKETS = (
    PicklistOption(Mode.READ_ONLY.value, "Read-only: look, but create nothing (for a first try)"),
    PicklistOption(Mode.ON.value, "On: create tickets in Autotask"),
)


async def connect(settings: Settings, team_id: str = "") -> int:
    """Asks, proves, lets choose, saves. Nothing is saved before Autotask accepted the login."""
    async with at_hand(settings, team_id) as (bot, tenant):
        ctx = Ctx(tenant, OPERATOR)
        try:
            form = None
            if managed_credentials(settings) is None or not tenant.by_environment:
                form = await asyncio.to_thread(_credentials)
            draft_id = await bot.services.proofs.save_draft(ctx, form)
            proof = await _prove(bot, ctx, draft_id)
            chosen = await asyncio.to_thread(_choose, proof)
            saved = await bot.services.connections.finish(ctx, draft_id, chosen)
        except BotError as problem:
            say(f"Not connected: {_words(problem)}")
            return 1
    say(f"Connected to {saved.zone.name}. Deskhand now reads the companies; map them in Slack.")
    return 0


async def _prove(bot: Bot, ctx: Ctx, draft_id: str) -> Proof:
    """Raises what Autotask said, and forgets the credentials then."""
    say("Checking…")
    try:
        return await bot.services.proofs.prove(ctx, draft_id)
    except BotError:
        await bot.services.proofs.told(ctx, draft_id)
        raise


def _credentials() -> CredentialsForm:
    say("The three values of the Autotask API user. The secret is not shown while you type.")
    return CredentialsForm(
        ask("Username (key): "), ask_secret("Password (secret): "), ask_secret("Tracking identifier: ")
    )


def _choose(proof: Proof) -> ChosenDefaults:
    queues, statuses, priorities = (proof.options(name) for name in ("queueID", "status", "priority"))
    return ChosenDefaults(
        queue=choose("Queue for new tickets", queues),
        status_new=choose("Status of new tickets", statuses),
        status_updated=choose("Status of updated tickets", statuses),
        status_closed=choose("Status of closed tickets", statuses),
        priority=choose("Priority of new tickets", priorities),
        tickets=Mode(choose("Tickets", TICKETS)),
    )


def _words(problem: BotError) -> str:
    if isinstance(problem, InvalidInput | CredentialsRejected):
        return f"{problem.field}: {problem.reason}".removeprefix(": ")
    return str(problem)
