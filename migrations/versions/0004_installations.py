"""The encrypted installations of several workspaces."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_A_TENANT = ("by_environment", "installation", "uninstalled_at")


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tenants
            ADD COLUMN by_environment BOOLEAN DEFAULT false NOT NULL,
            ADD COLUMN installation BIGINT DEFAULT '0' NOT NULL,
            ADD COLUMN uninstalled_at TIMESTAMP WITH TIME ZONE
        """
    )
    # Until now there was no other way in than SLACK_BOT_TOKEN.
    op.execute("UPDATE tenants SET by_environment = true")
    op.execute(
        """
        CREATE TABLE installations (
            tenant_id BIGINT NOT NULL,
            token BYTEA NOT NULL,
            app_id TEXT DEFAULT '' NOT NULL,
            bot_user_id TEXT DEFAULT '' NOT NULL,
            bot_id TEXT DEFAULT '' NOT NULL,
            scopes TEXT DEFAULT '' NOT NULL,
            installed_by TEXT DEFAULT '' NOT NULL,
            installed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            enterprise_id TEXT DEFAULT '' NOT NULL,
            is_enterprise BOOLEAN DEFAULT false NOT NULL,
            CONSTRAINT pk_installations PRIMARY KEY (tenant_id),
            CONSTRAINT fk_installations_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
        )
        """
    )
    for statement in tenant_policies("installations"):
        op.execute(statement)
    op.execute(
        """
        CREATE TABLE consents (
            state_hash BYTEA NOT NULL,
            browser_hash BYTEA NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_consents PRIMARY KEY (state_hash)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE consents")
    op.execute("DROP TABLE installations")
    for column in OF_A_TENANT:
        op.execute(f"ALTER TABLE tenants DROP COLUMN {column}")
