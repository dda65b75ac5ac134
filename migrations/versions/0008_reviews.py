"""Imported templates, drafts of answers, and review tickets."""

from alembic import op

from bot.db.tenancy import organization_policy, tenant_policies

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
