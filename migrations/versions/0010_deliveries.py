"""What a form's submit was answered with, so that the same submit again gets the same answer."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE deliveries ADD COLUMN answer JSONB")


def downgrade() -> None:
    op.execute("ALTER TABLE deliveries DROP COLUMN answer")
