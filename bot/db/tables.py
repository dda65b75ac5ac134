"""The schema. Every tenant table carries ``tenant_id`` in its key and lies under forced row-level security."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _tenant() -> Column[int]:
    return Column("tenant_id", BigInteger, primary_key=True, nullable=False)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(), primary_key=True)


def _at(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _of_tenant() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE")


def _of(column: str, table: str, *, key: str = "id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.{key}"])


tenants = Table(
    "tenants",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("team_id", Text, nullable=False, unique=True),
    _text("enterprise_id"),
    _text("name"),
    _text("domain"),
    _text("timezone", "UTC"),
    _text("bot_user_id"),
    _at("created_at"),
)

people = Table(
    "people",
    metadata,
    _tenant(),
    Column("user_id", Text, primary_key=True),
    Column("role", Text),
    Column("billing_approver", Boolean, nullable=False, server_default="false"),
    _at("role_at", nullable=True),
    _text("role_by"),
    _text("name"),
    _text("timezone"),
    Column("is_workspace_admin", Boolean, nullable=False, server_default="false"),
    Column("is_guest", Boolean, nullable=False, server_default="false"),
    Column("is_outsider", Boolean, nullable=False, server_default="false"),
    Column("is_deactivated", Boolean, nullable=False, server_default="false"),
    Column("is_bot", Boolean, nullable=False, server_default="false"),
    _at("profile_at", nullable=True),
    _of_tenant(),
)

connections = Table(
    "connections",
    metadata,
    _tenant(),
    _text("username"),
    Column("secret", LargeBinary, nullable=False),
    Column("tracking_id", LargeBinary, nullable=False),
    _text("zone_name"),
    _text("api_url"),
    _text("web_url"),
    Column("ci", BigInteger, nullable=False),
    _text("state", "active"),
    _text("paused_reason"),
    Column("defaults", JSONB),
    _text("connected_by"),
    _at("connected_at"),
    _at("proven_at"),
    _of_tenant(),
)

connection_drafts = Table(
    "connection_drafts",
    metadata,
    _tenant(),
    Column("id", Text, primary_key=True),
    _text("username"),
    Column("secret", LargeBinary, nullable=False),
    Column("tracking_id", LargeBinary, nullable=False),
    _text("created_by"),
    _at("created_at"),
    _of_tenant(),
)

autotask_fields = Table(
    "autotask_fields",
    metadata,
    _tenant(),
    Column("entity", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("max_length", Integer, nullable=False, server_default="0"),
    Column("is_required", Boolean, nullable=False, server_default="false"),
    Column("options", JSONB, nullable=False, server_default=text("'[]'")),
    _at("synced_at"),
    _of_tenant(),
)

companies = Table(
    "companies",
    metadata,
    _tenant(),
    Column("autotask_id", BigInteger, primary_key=True),
    _text("name"),
    _text("search_name"),
    Column("is_active", Boolean, nullable=False),
    Column("company_type", Integer),
    _text("company_number"),
    _text("city"),
    _text("hash"),
    _at("synced_at"),
    _at("gone_at", nullable=True),
    _of_tenant(),
    Index(
        "ix_companies_search", "tenant_id", "search_name", postgresql_ops={"search_name": "text_pattern_ops"}
    ),
)

organizations = Table(
    "organizations",
    metadata,
    _tenant(),
    _id(),
    _text("name"),
    _text("search_name"),
    Column("company_id", BigInteger),
    _text("mapped_by"),
    _at("mapped_at", nullable=True),
    _text("created_by"),
    _at("created_at"),
    _at("archived_at", nullable=True),
    _of_tenant(),
    _of("company_id", "companies", key="autotask_id"),
    Index(
        "uq_organizations_name",
        "tenant_id",
        "search_name",
        unique=True,
        postgresql_where=text("archived_at IS NULL"),
    ),
)

templates = Table(
    "templates",
    metadata,
    _tenant(),
    _id(),
    _text("key"),
    _text("name"),
    UniqueConstraint("tenant_id", "key"),
    _of_tenant(),
)

template_questions = Table(
    "template_questions",
    metadata,
    _tenant(),
    _id(),
    Column("template_id", BigInteger, nullable=False),
    _text("category"),
    Column("position", Integer, nullable=False),
    _text("text"),
    _text("guidance"),
    UniqueConstraint("tenant_id", "template_id", "position"),
    _of("template_id", "templates"),
)

reviews = Table(
    "reviews",
    metadata,
    _tenant(),
    _id(),
    Column("organization_id", BigInteger, nullable=False),
    Column("template_id", BigInteger, nullable=False),
    _text("title"),
    Column("categories", ARRAY(Text), nullable=False),
    _text("channel_id"),
    _text("created_by"),
    _at("opened_at"),
    _at("completed_at", nullable=True),
    Column("request_key", Text, nullable=False),
    UniqueConstraint("tenant_id", "request_key", name="uq_reviews_request_key"),
    _of("organization_id", "organizations"),
    _of("template_id", "templates"),
)

review_answers = Table(
    "review_answers",
    metadata,
    _tenant(),
    Column("review_id", BigInteger, primary_key=True),
    Column("question_id", BigInteger, primary_key=True),
    _text("answer", "open"),
    _text("note"),
    _text("answered_by"),
    _at("answered_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    _of("review_id", "reviews"),
    _of("question_id", "template_questions"),
)

tickets = Table(
    "tickets",
    metadata,
    _tenant(),
    _id(),
    Column("reference", Text, nullable=False),
    Column("request_key", Text, nullable=False),
    _text("state", "saved"),
    Column("organization_id", BigInteger, nullable=False),
    Column("company_id", BigInteger, nullable=False),
    Column("review_id", BigInteger),
    Column("question_id", BigInteger),
    Column("n", Integer, nullable=False, server_default="1"),
    _text("summary"),
    _text("description"),
    Column("queue_id", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    _text("requested_by"),
    _text("requester_name"),
    _text("channel_id"),
    _text("error"),
    _text("error_code"),
    _at("saved_at"),
    _at("sent_at", nullable=True),
    Column("autotask_id", BigInteger),
    _text("number"),
    _text("status_label"),
    _text("queue_label"),
    _at("created_at", nullable=True),
    _at("refreshed_at", nullable=True),
    _at("archived_at", nullable=True),
    UniqueConstraint("tenant_id", "reference", name="uq_tickets_reference"),
    UniqueConstraint("tenant_id", "request_key", name="uq_tickets_request_key"),
    Index(
        "uq_tickets_place",
        "tenant_id",
        "review_id",
        text("coalesce(question_id, 0)"),
        "n",
        unique=True,
        postgresql_where=text("review_id IS NOT NULL"),
    ),
    _of("organization_id", "organizations"),
    _of("review_id", "reviews"),
    _of("question_id", "template_questions"),
)

leases = Table(
    "leases",
    metadata,
    _tenant(),
    Column("reference", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    _text("holder"),
    _at("expires_at", nullable=True),
    _of_tenant(),
)

messages = Table(
    "messages",
    metadata,
    _tenant(),
    Column("key", Text, primary_key=True),
    _text("channel"),
    Column("ts", Text),
    _text("state", "planned"),
    _of_tenant(),
)

schedules = Table(
    "schedules",
    metadata,
    _tenant(),
    Column("name", Text, primary_key=True),
    Column("local_time", Time, nullable=False),
    _text("timezone", "UTC"),
    _text("channel_id"),
    Column("weekday", Integer),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    _at("since", nullable=True),
    _of_tenant(),
)

schedule_slots = Table(
    "schedule_slots",
    metadata,
    _tenant(),
    Column("name", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    _at("fired_at"),
    _of_tenant(),
)

sync_cursors = Table(
    "sync_cursors",
    metadata,
    _tenant(),
    Column("name", Text, primary_key=True),
    Column("after_id", BigInteger),
    _at("watermark", nullable=True),
    _of_tenant(),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    _tenant(),
    _id(),
    _text("name"),
    _text("trigger"),
    _text("requested_by"),
    _text("state", "running"),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    _text("error"),
    _at("started_at"),
    _at("finished_at", nullable=True),
    _of_tenant(),
)

audit = Table(
    "audit",
    metadata,
    _tenant(),
    _id(),
    _at("at"),
    _text("by"),
    _text("action"),
    _text("subject"),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("autotask_id", BigInteger),
    _of_tenant(),
    Index("ix_audit_at", "tenant_id", "at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _tenant(),
    Column("key", Text, primary_key=True),
    _at("at"),
    _of_tenant(),
    Index("ix_deliveries_at", "at"),
)
