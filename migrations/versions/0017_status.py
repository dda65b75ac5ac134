"""The API budget as each process last knew it, and whether somebody chose a workspace's time zone."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE api_usage (
    tenant_id BIGINT NOT NULL,
    process TEXT NOT NULL,
    used INTEGER,
    allowed INTEGER,
    own INTEGER DEFAULT '0' NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_api_usage PRIMARY KEY (tenant_id, process),
    CONSTRAINT fk_api_usage_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
)
"""

ZONE = "ALTER TABLE tenants ADD COLUMN zone_is_chosen BOOLEAN DEFAULT 'false' NOT NULL"


def upgrade() -> None:
    for statement in (UP, *tenant_policies("api_usage"), ZONE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE tenants DROP COLUMN zone_is_chosen")
    op.execute("DROP TABLE api_usage")
