"""Invoices: new ones hourly, what changed of unpaid ones daily, and what is on them."""

from bot.domain.switches import Capability
from bot.domain.syncs import Group
from bot.syncs import billing_items
from bot.syncs.groups import SyncGroup

GROUP = SyncGroup(Group.INVOICES, billing_items.SYNCS, capability=Capability.INVOICES)
