"""Hourly schedules, schedules by a person's own clock, and a digest for each channel and person that wants one."""

from alembic import op

from bot.db.tenancy import tenant_policies

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE schedules ADD COLUMN hourly BOOLEAN DEFAULT 'false' NOT NULL;
ALTER TABLE schedules ADD COLUMN own_zone BOOLEAN DEFAULT 'false' NOT NULL;

CREATE TABLE digests (
    tenant_id BIGINT NOT NULL,
    target TEXT NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    daily BOOLEAN DEFAULT 'true' NOT NULL,
    weekly BOOLEAN DEFAULT 'true' NOT NULL,
    at TIME WITHOUT TIME ZONE DEFAULT '08:00:00' NOT NULL,
    weekday INTEGER DEFAULT '0' NOT NULL,
    sections JSONB DEFAULT '[]' NOT NULL,
    organizations JSONB,
    money BOOLEAN DEFAULT 'false' NOT NULL,
    says_nothing BOOLEAN DEFAULT 'false' NOT NULL,
    quiet_from TIME WITHOUT TIME ZONE,
    quiet_until TIME WITHOUT TIME ZONE,
    daily_until TIMESTAMP WITH TIME ZONE,
    weekly_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_digests PRIMARY KEY (tenant_id, target),
    CONSTRAINT fk_digests_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
)
"""

SEEN_BY_THE_OWNER = ("schedules", "schedule_slots", "connections")
"""Forced row security hides every tenant's rows from the owner of the tables, too, who now moves some."""

MOVED = """
UPDATE schedules s SET channel_id = c.connected_by FROM connections c
    WHERE c.tenant_id = s.tenant_id AND s.name = 'daily-digest' AND s.channel_id = '';
INSERT INTO digests (tenant_id, target, owner, daily, weekly, at, money)
    SELECT s.tenant_id, s.channel_id, COALESCE(c.connected_by, ''), s.enabled, s.enabled, s.local_time,
        s.channel_id ~ '^[UW]'
    FROM schedules s LEFT JOIN connections c ON c.tenant_id = s.tenant_id
    WHERE s.name = 'daily-digest' AND s.channel_id <> '';
INSERT INTO schedules (tenant_id, name, local_time, timezone, channel_id, weekday, enabled, since, own_zone)
    SELECT tenant_id, 'digest:weekly:' || channel_id, local_time, timezone, channel_id, 0, enabled, now(),
        channel_id ~ '^[UW]'
    FROM schedules WHERE name = 'daily-digest' AND channel_id <> '';
UPDATE schedule_slots r SET name = 'digest:daily:' || s.channel_id FROM schedules s
    WHERE r.tenant_id = s.tenant_id AND r.name = 'daily-digest' AND s.name = 'daily-digest' AND s.channel_id <> '';
UPDATE schedules SET name = 'digest:daily:' || channel_id, own_zone = channel_id ~ '^[UW]'
    WHERE name = 'daily-digest' AND channel_id <> ''
"""

DOWN = """
DELETE FROM schedules WHERE name LIKE 'digest:%' AND (name LIKE 'digest:weekly:%' OR (tenant_id, name) NOT IN (
    SELECT tenant_id, min(name) FROM schedules WHERE name LIKE 'digest:daily:%' GROUP BY tenant_id));
DELETE FROM schedule_slots r WHERE r.name LIKE 'digest:%' AND NOT EXISTS (
    SELECT 1 FROM schedules s WHERE s.tenant_id = r.tenant_id AND s.name = r.name);
UPDATE schedule_slots SET name = 'daily-digest' WHERE name LIKE 'digest:daily:%';
UPDATE schedules SET name = 'daily-digest' WHERE name LIKE 'digest:daily:%';
DELETE FROM schedules WHERE hourly OR name IN ('nightly-sync', 'nightly-invoices', 'nightly-opportunities', 'nightly-resources')
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    _moving(MOVED)
    for statement in tenant_policies("digests"):
        op.execute(statement)


def downgrade() -> None:
    _moving(DOWN)
    op.execute("DROP TABLE digests")
    op.execute("ALTER TABLE schedules DROP COLUMN own_zone")
    op.execute("ALTER TABLE schedules DROP COLUMN hourly")


def _moving(statements: str) -> None:
    for table in SEEN_BY_THE_OWNER:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in statements.split(";"):
        op.execute(statement)
    for table in SEEN_BY_THE_OWNER:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
