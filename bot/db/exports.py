"""What is kept of a workspace, table by table, for its export. Never a credential, never a token."""

from collections.abc import Sequence

from sqlalchemy import Column, FromClause, LargeBinary, Table, select

from bot.db.repository import Repository
from bot.db.tables import (
    audit,
    autotask_fields,
    companies,
    connections,
    contract_milestones,
    contract_service_bundles,
    contract_services,
    contract_standings,
    contracts,
    customer_requests,
    organizations,
    people,
    preferences,
    review_answers,
    reviews,
    schedules,
    service_bundles,
    services,
    switches,
    sync_runs,
    template_questions,
    templates,
    ticket_notes,
    tickets,
)

EXPORTED = (
    connections, switches, preferences, schedules, people, organizations, companies, autotask_fields, templates,
    template_questions, reviews, review_answers, tickets, ticket_notes, contracts, contract_standings, contract_services,
    contract_service_bundles, contract_milestones, services, service_bundles, customer_requests, sync_runs, audit,
)  # fmt: skip
"""Everything that people made or Autotask told us. What only keeps the machine going (leases, outbox) is left out."""
AT_ONCE = 1_000
"""Rows that are read between two turns of the event loop: everybody else is served meanwhile."""
_OURS = frozenset({"tenant_id", "hash", "search_name", "search_text", "identifier", "request_key"})
_NAMED = {
    "organization_id": (organizations.c.id, organizations.c.name, "organization"),
    "company_id": (companies.c.autotask_id, companies.c.name, "company"),
    "template_id": (templates.c.id, templates.c.name, "template"),
    "question_id": (template_questions.c.id, template_questions.c.text, "question"),
}
"""What an id stands for, in a column of its own beside it."""


class Exports(Repository):
    async def rows(self, table: Table) -> tuple[tuple[str, ...], list[Sequence[object]]]:
        """The table's columns, with the names that ids stand for, and its rows in the order of its key."""
        shown = [column for column in table.columns if _is_shown(column)]
        named = [(column, *_NAMED[column.name]) for column in shown if column.name in _NAMED]
        source: FromClause = table
        for column, key, _, _ in named:
            same = (key.table.c.tenant_id == table.c.tenant_id) & (key == column)
            source = source.outerjoin(key.table, same)
        chosen = select(*shown, *(name.label(label) for _, _, name, label in named))
        ordered = chosen.select_from(source).where(table.c.tenant_id == self.tenant_id)
        found: list[Sequence[object]] = []
        async with self.connection.stream(ordered.order_by(*table.primary_key.columns)) as result:
            async for some in result.partitions(AT_ONCE):
                found += map(tuple, some)
        columns = (*(column.name for column in shown), *(label for *_, label in named))
        return columns, found


def _is_shown(column: Column[object]) -> bool:
    return column.name not in _OURS and not isinstance(column.type, LargeBinary)
