"""Organization groups, roles by user group, requests for access."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
