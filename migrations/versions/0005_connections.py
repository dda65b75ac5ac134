"""What the nightly verification found, and when."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
