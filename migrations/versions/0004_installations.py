"""The encrypted installations of several workspaces."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
