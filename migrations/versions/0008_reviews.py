"""Versions of templates, drafts of imports, queues by category, and who changed an answer or its note."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW_TABLES = ("template_drafts", "template_queues")

UP = """
ALTER TABLE templates ADD COLUMN version INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE templates ADD COLUMN created_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE templates ADD COLUMN created_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE templates ADD COLUMN replaced_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE templates ADD COLUMN archived_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE templates DROP CONSTRAINT uq_templates_tenant_id;
ALTER TABLE templates ADD CONSTRAINT uq_templates_version UNIQUE (tenant_id, key, version);
CREATE UNIQUE INDEX uq_templates_current ON templates (tenant_id, key) WHERE replaced_at IS NULL;

CREATE TABLE template_drafts (
    tenant_id BIGINT NOT NULL,
    id TEXT NOT NULL,
    key TEXT DEFAULT '' NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    questions JSONB NOT NULL,
    created_by TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_template_drafts PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_template_drafts_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE template_queues (
    tenant_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    category TEXT NOT NULL,
    queue_id INTEGER NOT NULL,
    set_by TEXT DEFAULT '' NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_template_queues PRIMARY KEY (tenant_id, key, category),
    CONSTRAINT fk_template_queues_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

ALTER TABLE reviews ADD COLUMN completed_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE reviews ADD COLUMN search_title TEXT DEFAULT '' NOT NULL;
ALTER TABLE reviews ADD COLUMN shared_in TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE reviews NO FORCE ROW LEVEL SECURITY;
UPDATE reviews SET search_title = lower(title);
ALTER TABLE reviews FORCE ROW LEVEL SECURITY;
ALTER TABLE review_answers ADD COLUMN note_version INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE review_answers ADD COLUMN note_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE review_answers ADD COLUMN note_at TIMESTAMP WITH TIME ZONE
"""

# Replaced versions keep their reviews; without versions each needs a key of its own.
DOWN = """
ALTER TABLE review_answers DROP COLUMN note_at;
ALTER TABLE review_answers DROP COLUMN note_by;
ALTER TABLE review_answers DROP COLUMN note_version;
ALTER TABLE reviews DROP COLUMN shared_in;
ALTER TABLE reviews DROP COLUMN search_title;
ALTER TABLE reviews DROP COLUMN completed_by;
DROP TABLE template_queues;
DROP TABLE template_drafts;
DROP INDEX uq_templates_current;
ALTER TABLE templates DROP CONSTRAINT uq_templates_version;
ALTER TABLE templates NO FORCE ROW LEVEL SECURITY;
UPDATE templates SET key = key || '~' || version WHERE replaced_at IS NOT NULL;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
ALTER TABLE templates ADD CONSTRAINT uq_templates_tenant_id UNIQUE (tenant_id, key);
ALTER TABLE templates DROP COLUMN archived_at;
ALTER TABLE templates DROP COLUMN replaced_at;
ALTER TABLE templates DROP COLUMN created_at;
ALTER TABLE templates DROP COLUMN created_by;
ALTER TABLE templates DROP COLUMN version
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    for table in NEW_TABLES:
        for statement in tenant_policies(table):
            op.execute(statement)


def downgrade() -> None:
    for statement in DOWN.split(";"):
        op.execute(statement)
