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
from bot.db.tables.contracts import (
    contract_milestones,
    contract_service_bundle_units,
    contract_service_bundles,
    contract_service_units,
    contract_services,
    contract_standings,
    contracts,
    customer_requests,
    service_bundles,
    services,
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
from bot.db.tables.invoices import (
    billing_items,
    currencies,
    fetch_turns,
    invoice_files,
    invoices,
    payment_terms,
)
from bot.db.tables.opportunities import opportunities
from bot.db.tables.organizations import companies, imports, mapping_batches, mapping_changes, organizations
from bot.db.tables.problems import alert_channels, heartbeats, news, problems, sync_pauses
from bot.db.tables.removal import closings, removals
from bot.db.tables.reviews import (
    review_answers,
    reviews,
    template_drafts,
    template_questions,
    template_queues,
    templates,
)
from bot.db.tables.schedules import digests, schedule_slots, schedules
from bot.db.tables.settings import preferences, setting_changes
from bot.db.tables.status import api_usage
from bot.db.tables.switches import switches
from bot.db.tables.syncs import sync_cursors, sync_logs, sync_runs
from bot.db.tables.tickets import (
    resources,
    ticket_demands,
    ticket_drafts,
    ticket_mirror,
    ticket_notes,
    tickets,
)
from bot.db.tables.time_entries import time_entries, time_imports, time_links, time_nudges, time_rates
from bot.db.tables.work import deliveries, leases, messages

__all__ = [
    "access_requests",
    "alert_channels",
    "api_usage",
    "audit",
    "autotask_fields",
    "billing_items",
    "closings",
    "companies",
    "connection_drafts",
    "connections",
    "consents",
    "contract_milestones",
    "contract_service_bundle_units",
    "contract_service_bundles",
    "contract_service_units",
    "contract_services",
    "contract_standings",
    "contracts",
    "credential_links",
    "currencies",
    "customer_requests",
    "deliveries",
    "digests",
    "fetch_turns",
    "group_members",
    "group_organizations",
    "heartbeats",
    "imports",
    "installations",
    "invoice_files",
    "invoices",
    "leases",
    "login_refusals",
    "mapping_batches",
    "mapping_changes",
    "messages",
    "metadata",
    "news",
    "opportunities",
    "organization_groups",
    "organizations",
    "payment_terms",
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
    "service_bundles",
    "services",
    "setting_changes",
    "switches",
    "sync_cursors",
    "sync_logs",
    "sync_pauses",
    "sync_runs",
    "template_drafts",
    "template_questions",
    "template_queues",
    "templates",
    "tenants",
    "ticket_demands",
    "ticket_drafts",
    "ticket_mirror",
    "ticket_notes",
    "tickets",
    "time_entries",
    "time_imports",
    "time_links",
    "time_nudges",
    "time_rates",
    "user_groups",
    "verifications",
]
