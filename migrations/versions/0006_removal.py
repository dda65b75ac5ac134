"""Settings of a connection, and its removal."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
