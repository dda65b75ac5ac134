"""The schema, one module per noun. Every tenant table carries ``tenant_id`` in its key and lies under forced row-level security."""

from bot.db.tables.access import audit, people, tenants
from bot.db.tables.columns import metadata
from bot.db.tables.connections import autotask_fields, connection_drafts, connections
from bot.db.tables.organizations import companies, organizations
from bot.db.tables.reviews import review_answers, reviews, template_questions, templates
from bot.db.tables.schedules import schedule_slots, schedules
from bot.db.tables.switches import switches
from bot.db.tables.syncs import sync_cursors, sync_runs
from bot.db.tables.tickets import tickets
from bot.db.tables.work import deliveries, leases, messages

__all__ = [
    "audit",
    "autotask_fields",
    "companies",
    "connection_drafts",
    "connections",
    "deliveries",
    "leases",
    "messages",
    "metadata",
    "organizations",
    "people",
    "review_answers",
    "reviews",
    "schedule_slots",
    "schedules",
    "switches",
    "sync_cursors",
    "sync_runs",
    "template_questions",
    "templates",
    "tenants",
    "tickets",
]
