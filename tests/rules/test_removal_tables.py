"""Whoever adds a table decides whether it hangs on the connection: a removal empties it, or it is kept on purpose."""

from bot.db.removal import FORGOTTEN, hanging_on
from bot.db.tables import metadata

KEPT = {
    # people, and what they may do
    "tenants", "people", "role_bindings", "organization_groups", "group_organizations", "group_members",
    "user_groups", "access_requests", "installations", "consents", "alert_channels", "heartbeats",
    # what is ours whatever Autotask is connected
    "organizations", "templates", "template_questions", "template_drafts", "reviews", "review_answers",
    # the record of what happened
    "audit", "removals", "closings",
    # what keeps repeated work from having repeated effects; refused logins count on after a reconnection
    "leases", "messages", "deliveries", "login_refusals",
}  # fmt: skip


def test_every_table_is_either_emptied_by_a_removal_or_kept_on_purpose():
    forgotten = {table.name for table in hanging_on(FORGOTTEN)}
    assert forgotten | KEPT == set(metadata.tables), "decide: bot/db/removal.py FORGOTTEN, or KEPT here"
    assert not forgotten & KEPT


async def test_a_removal_leaves_no_row_in_what_it_empties(database):
    from sqlalchemy import func, select

    from tests.integration.filled import fill

    tenant = await fill(database)
    other = await fill(database, "T2")
    async with database.unit(tenant.id) as uow:
        await uow.removals.forget()
        left = [
            table.name
            for table in hanging_on(FORGOTTEN)
            if await uow.connection.scalar(select(func.count()).select_from(table))
        ]
        assert left == []
        assert (await uow.organizations.page(0, 9))[1] == 1
        assert len(await uow.audit.recent(9)) > 0
    async with database.unit(other.id) as uow:
        assert await uow.connections.get() is not None
        assert len(await uow.tickets.recent(9)) == 1
