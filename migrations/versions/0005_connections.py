"""How a proof ended, refused logins, what the nightly verification found, one-time pages for the secret."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_TENANT = "FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE"
TABLES = {
    "login_refusals": f"""
        tenant_id BIGINT NOT NULL,
        username TEXT NOT NULL,
        refusals INTEGER DEFAULT 0 NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_login_refusals PRIMARY KEY (tenant_id, username),
        CONSTRAINT fk_login_refusals_tenant_id {OF_TENANT}
    """,
    "verifications": f"""
        tenant_id BIGINT NOT NULL,
        slot TEXT DEFAULT '' NOT NULL,
        checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        missing JSONB DEFAULT '[]' NOT NULL,
        told JSONB DEFAULT '[]' NOT NULL,
        worse JSONB DEFAULT '[]' NOT NULL,
        recovered JSONB DEFAULT '[]' NOT NULL,
        CONSTRAINT pk_verifications PRIMARY KEY (tenant_id),
        CONSTRAINT fk_verifications_tenant_id {OF_TENANT}
    """,
    "credential_links": f"""
        tenant_id BIGINT NOT NULL,
        digest TEXT NOT NULL,
        user_id TEXT DEFAULT '' NOT NULL,
        channel_id TEXT DEFAULT '' NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_credential_links PRIMARY KEY (tenant_id, digest),
        CONSTRAINT fk_credential_links_tenant_id {OF_TENANT}
    """,
}
SEEN_BY_THE_OWNER = ("connections", "schedules")


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.execute(f"CREATE TABLE {name} ({columns})")
        for statement in tenant_policies(name):
            op.execute(statement)
    op.execute("ALTER TABLE connection_drafts ADD COLUMN outcome JSONB")
    op.execute("ALTER TABLE connection_drafts ADD COLUMN told TEXT DEFAULT '' NOT NULL")
    _verify_every_night()


def downgrade() -> None:
    op.execute("ALTER TABLE connection_drafts DROP COLUMN told")
    op.execute("ALTER TABLE connection_drafts DROP COLUMN outcome")
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")


def _verify_every_night() -> None:
    """Whoever was connected before is verified at night from now on, too."""
    for table in SEEN_BY_THE_OWNER:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO schedules (tenant_id, name, local_time, timezone, since)"
        " SELECT c.tenant_id, 'nightly-verify', '02:30', t.timezone, now()"
        " FROM connections c JOIN tenants t ON t.id = c.tenant_id ON CONFLICT DO NOTHING"
    )
    for table in SEEN_BY_THE_OWNER:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
