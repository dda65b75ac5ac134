"""The ticket pane's facts, notes, and default queues."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
