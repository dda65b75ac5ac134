"""Switches per capability, and rows that only those see who may see the organization."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEEN_BY_ORGANIZATION = (("organizations", "id"), ("reviews", "organization_id"), ("tickets", "organization_id"))


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE switches (
            tenant_id BIGINT NOT NULL,
            capability TEXT NOT NULL,
            mode TEXT DEFAULT '' NOT NULL,
            changed_by TEXT DEFAULT '' NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_switches PRIMARY KEY (tenant_id, capability),
            CONSTRAINT fk_switches_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
        )
        """
    )
    # Whoever was connected before there were switches goes on creating tickets.
    op.execute("ALTER TABLE connections NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO switches (tenant_id, capability, mode, changed_at)"
        " SELECT tenant_id, 'tickets', 'on', now() FROM connections"
    )
    op.execute("ALTER TABLE connections FORCE ROW LEVEL SECURITY")
    for statement in tenant_policies("switches"):
        op.execute(statement)
    for table, column in SEEN_BY_ORGANIZATION:
        op.execute(organization_policy(table, column))


def downgrade() -> None:
    for table, _ in SEEN_BY_ORGANIZATION:
        op.execute(f"DROP POLICY organizations_seen ON {table}")
    op.execute("DROP TABLE switches")
