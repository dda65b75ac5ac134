"""Templates, reviews and their answers."""

from sqlalchemy import ARRAY, BigInteger, Column, Integer, Table, Text, UniqueConstraint

from bot.db.tables.columns import at, metadata, of, of_tenant, row_id, tenant, words

templates = Table(
    "templates",
    metadata,
    tenant(),
    row_id(),
    words("key"),
    words("name"),
    UniqueConstraint("tenant_id", "key"),
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
    of("review_id", "reviews"),
    of("question_id", "template_questions"),
)
