"""Slack's user groups, the roles bound to them, organization groups, and requests for access."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words


def _goes_with(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
    )


user_groups = Table(
    "user_groups",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    words("handle"),
    words("name"),
    Column("members", ARRAY(Text), nullable=False, server_default="{}"),
    Column("is_disabled", Boolean, nullable=False, server_default="false"),
    at("synced_at"),
    of_tenant(),
)

role_bindings = Table(
    "role_bindings",
    metadata,
    tenant(),
    Column("user_group_id", Text, primary_key=True),
    Column("role", Text),
    Column("billing_approver", Boolean, nullable=False, server_default="false"),
    words("bound_by"),
    at("bound_at"),
    _goes_with("user_group_id", "user_groups"),
)

organization_groups = Table(
    "organization_groups",
    metadata,
    tenant(),
    row_id(),
    words("name"),
    words("search_name"),
    words("created_by"),
    at("created_at"),
    UniqueConstraint("tenant_id", "search_name", name="uq_organization_groups_name"),
    of_tenant(),
)

group_organizations = Table(
    "group_organizations",
    metadata,
    tenant(),
    Column("group_id", BigInteger, primary_key=True),
    Column("organization_id", BigInteger, primary_key=True),
    _goes_with("group_id", "organization_groups"),
    _goes_with("organization_id", "organizations"),
    Index("ix_group_organizations_organization", "tenant_id", "organization_id"),
)

group_members = Table(
    "group_members",
    metadata,
    tenant(),
    Column("group_id", BigInteger, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("is_user_group", Boolean, nullable=False, server_default="false"),
    _goes_with("group_id", "organization_groups"),
    Index("ix_group_members_member", "tenant_id", "member_id"),
)

access_requests = Table(
    "access_requests",
    metadata,
    tenant(),
    row_id(),
    Column("user_id", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    words("state", "open"),
    at("asked_at"),
    words("decided_by"),
    at("decided_at", nullable=True),
    Column("role", Text),
    of_tenant(),
    Index(
        "uq_access_requests_open",
        "tenant_id",
        "user_id",
        "wanted",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
)
