"""Slack's listeners: one module per noun, each with a ``FEATURE``; ``FEATURES`` is the list of them."""

from collections.abc import Sequence
from typing import Final

from slack_bolt.async_app import AsyncApp

from handlers import (
    access,
    access_requests,
    alerts,
    audit,
    companies,
    connections,
    contract_rules,
    contract_services,
    contracts,
    digests,
    fetches,
    groups,
    home,
    imports,
    installations,
    invoices,
    logs,
    mapping,
    opportunities,
    organizations,
    removal,
    reviews,
    schedules,
    settings,
    status,
    syncs,
    templates,
    ticket_notes,
    ticket_panes,
    tickets,
    time_entries,
    user_groups,
)
from handlers.command import Command, Feature, Grammar, Listener, router, run_listener
from handlers.help import help_command
from handlers.registry import LAST_RESORTS, attach
from handlers.tools import Tools

FEATURES: Final[tuple[Feature, ...]] = (
    connections.FEATURE,
    organizations.FEATURE,
    companies.FEATURE,
    mapping.FEATURE,
    imports.FEATURE,
    reviews.FEATURE,
    templates.FEATURE,
    tickets.FEATURE,
    ticket_panes.FEATURE,
    ticket_notes.FEATURE,
    time_entries.FEATURE,
    contracts.FEATURE,
    contract_services.FEATURE,
    contract_rules.FEATURE,
    invoices.FEATURE,
    fetches.FEATURE,
    opportunities.FEATURE,
    digests.FEATURE,
    schedules.FEATURE,
    installations.FEATURE,
    settings.FEATURE,
    removal.FEATURE,
    access.FEATURE,
    access_requests.FEATURE,
    user_groups.FEATURE,
    groups.FEATURE,
    audit.FEATURE,
    alerts.FEATURE,
    logs.FEATURE,
    status.FEATURE,
    syncs.FEATURE,
)


def grammar(features: Sequence[Feature] = FEATURES) -> Grammar:
    """Every command, help included."""
    commands = tuple(command for feature in features for command in feature.commands)
    return Grammar((*commands, _help(commands)))


def listeners(
    words: Grammar, slash_commands: Sequence[str], features: Sequence[Feature] = FEATURES
) -> tuple[Listener, ...]:
    """Everything Slack may deliver, in the order Bolt tries it; the last ones take what nobody wants."""
    route = router(words, menu=home.menu(words))
    return (
        *(Listener("command", name, route) for name in slash_commands),
        *(listener for feature in features for listener in feature.listeners),
        *home.feature(words).listeners,
        run_listener(words),
        *LAST_RESORTS,
    )


def register(bolt: AsyncApp, tools: Tools, features: Sequence[Feature] = FEATURES) -> None:
    """Attaches every listener to Bolt, each inside the guard."""
    for listener in listeners(grammar(features), tools.settings.commands, features):
        attach(bolt, listener, tools)


def _help(commands: tuple[Command, ...]) -> Command:
    """Help that lists itself, too."""
    alone = help_command(Grammar(commands))
    return help_command(Grammar((*commands, alone)))
