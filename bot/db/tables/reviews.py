"""Templates, reviews and their answers."""

from sqlalchemy import ARRAY, BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of, of_tenant, row_id, tenant, words

templates = Table(
    "templates",
    metadata,
    tenant(),
    row_id(),
    words("key"),
    words("name"),
    Column("version", Integer, nullable=False, server_default="1"),
    words("created_by"),
    at("created_at", nullable=True),
    at("replaced_at", nullable=True),
    at("archived_at", nullable=True),
    UniqueConstraint("tenant_id", "key", "version", name="uq_templates_version"),
    Index(
        "uq_templates_current", "tenant_id", "key", unique=True, postgresql_where=text("replaced_at IS NULL")
    ),
    of_tenant(),
)

template_questions = Table(
    "template_questions",
    metadata,
    tenant(),
    row_id(),
    Column("template_id", BigInteger, nullable=False),
    words("category"),
    Column("position", Integer, nullable=False),
    words("text"),
    words("guidance"),
    UniqueConstraint("tenant_id", "template_id", "position"),
    of("template_id", "templates"),
)

template_drafts = Table(
    "template_drafts",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    words("key"),
    words("name"),
    Column("questions", JSONB, nullable=False),
    words("created_by"),
    at("created_at"),
    of_tenant(),
)

template_queues = Table(
    "template_queues",
    metadata,
    tenant(),
    Column("key", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("queue_id", Integer, nullable=False),
    words("set_by"),
    at("set_at"),
    of_tenant(),
)

reviews = Table(
    "reviews",
    metadata,
    tenant(),
    row_id(),
    Column("organization_id", BigInteger, nullable=False),
    Column("template_id", BigInteger, nullable=False),
    words("title"),
    Column("categories", ARRAY(Text), nullable=False),
    words("channel_id"),
    words("created_by"),
    at("opened_at"),
    at("completed_at", nullable=True),
    words("completed_by"),
    words("search_title"),
    Column("shared_in", ARRAY(Text), nullable=False, server_default="{}"),
    Column("request_key", Text, nullable=False),
    UniqueConstraint("tenant_id", "request_key", name="uq_reviews_request_key"),
    of("organization_id", "organizations"),
    of("template_id", "templates"),
)

review_answers = Table(
    "review_answers",
    metadata,
    tenant(),
    Column("review_id", BigInteger, primary_key=True),
    Column("question_id", BigInteger, primary_key=True),
    words("answer", "open"),
    words("note"),
    words("answered_by"),
    at("answered_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("note_version", Integer, nullable=False, server_default="0"),
    words("note_by"),
    at("note_at", nullable=True),
    of("review_id", "reviews"),
    of("question_id", "template_questions"),
)
