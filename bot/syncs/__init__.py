"""Every group of syncs there is, in the order in which conclusions are drawn."""

from typing import Final

from bot.syncs import companies, contracts, invoices, opportunities, resources, tickets, time_entries
from bot.syncs.groups import SyncGroup

GROUPS: Final[tuple[SyncGroup, ...]] = (
    companies.GROUP,
    resources.GROUP,
    contracts.GROUP,
    invoices.GROUP,
    time_entries.GROUP,
    opportunities.GROUP,
    tickets.GROUP,
)
