"""The schema, one module per noun. Every tenant table carries ``tenant_id`` in its key and lies under forced row-level security."""

from bot.db.tables.access import audit, people, tenants
from bot.db.tables.columns import metadata
from bot.db.tables.connections import (
    autotask_fields,
    connection_drafts,
    connections,
    credential_links,
    login_refusals,
    verifications,
)
from bot.db.tables.groups import (
    access_requests,
    group_members,
    group_organizations,
    organization_groups,
    role_bindings,
    user_groups,
)
from bot.db.tables.installations import consents, installations
from bot.db.tables.organizations import companies, imports, mapping_batches, mapping_changes, organizations
from bot.db.tables.problems import news, problems
from bot.db.tables.removal import closings, removals
from bot.db.tables.reviews import (
    review_answers,
    reviews,
    template_drafts,
    template_questions,
    template_queues,
    templates,
)
from bot.db.tables.schedules import schedule_slots, schedules
from bot.db.tables.settings import preferences, setting_changes
from bot.db.tables.switches import switches
from bot.db.tables.syncs import sync_cursors, sync_logs, sync_runs
from bot.db.tables.tickets import resources, ticket_demands, ticket_drafts, ticket_notes, tickets
from bot.db.tables.work import deliveries, leases, messages

__all__ = [
    "access_requests",
    "audit",
    "autotask_fields",
    "closings",
    "companies",
    "connection_drafts",
    "connections",
    "consents",
    "credential_links",
    "deliveries",
    "group_members",
    "group_organizations",
    "imports",
    "installations",
    "leases",
    "login_refusals",
    "mapping_batches",
    "mapping_changes",
    "messages",
    "metadata",
    "news",
    "organization_groups",
    "organizations",
    "people",
    "preferences",
    "problems",
    "removals",
    "resources",
    "review_answers",
    "reviews",
    "role_bindings",
    "schedule_slots",
    "schedules",
    "setting_changes",
    "switches",
    "sync_cursors",
    "sync_logs",
    "sync_runs",
    "template_drafts",
    "template_questions",
    "template_queues",
    "templates",
    "tenants",
    "ticket_demands",
    "ticket_drafts",
    "ticket_notes",
    "tickets",
    "user_groups",
    "verifications",
]
