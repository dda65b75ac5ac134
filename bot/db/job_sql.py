"""The few statements that jobs need beside the engine's own, and the table of why jobs failed.

The engine keeps that a job failed; the table keeps the reason. It belongs to operations, not to a tenant: the
application's role cannot see it, and a row goes with its job.
"""

from typing import Final, LiteralString

FAILURES_TABLE: Final[LiteralString] = """
CREATE TABLE job_failures (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE,
    attempt integer NOT NULL,
    reason text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
)
"""

KEEP_REASON: Final[LiteralString] = """
INSERT INTO job_failures (job_id, attempt, reason) VALUES (%(job_id)s, %(attempt)s, %(reason)s)
ON CONFLICT (job_id) DO UPDATE SET attempt = excluded.attempt, reason = excluded.reason, failed_at = now()
"""

LATEST_FAILURES: Final[LiteralString] = """
SELECT job.task_name AS name, job.args -> 'payload' AS payload, job.status = 'failed' AS is_final,
       failure.attempt, failure.reason, failure.failed_at
FROM job_failures failure JOIN procrastinate_jobs job ON job.id = failure.job_id
ORDER BY failure.failed_at DESC, failure.job_id DESC LIMIT %(limit)s
"""

RELEASE: Final[LiteralString] = """
UPDATE procrastinate_jobs SET scheduled_at = NULL, attempts = 0, priority = 0
WHERE status = 'todo' AND scheduled_at > now() + interval '1000 years'
  AND (args -> 'payload' ->> 'tenant_id')::bigint IN (SELECT id FROM tenants WHERE uninstalled_at IS NULL)
"""
"""Work that was parked while its workspace had uninstalled us starts afresh."""

FORGET: Final[LiteralString] = """
DELETE FROM procrastinate_jobs
WHERE status <> 'doing' AND (args -> 'payload' ->> 'tenant_id')::bigint = %(tenant_id)s
"""

WAITING_OF: Final[LiteralString] = """
SELECT id FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = ANY(%(names)s) AND (args -> 'payload' ->> 'tenant_id')::bigint = %(tenant_id)s
"""

RUNNING_OF: Final[LiteralString] = """
SELECT count(*) AS running FROM procrastinate_jobs
WHERE status = 'doing' AND task_name = ANY(%(names)s) AND (args -> 'payload' ->> 'tenant_id')::bigint = %(tenant_id)s
"""

UNDER_WAY: Final[LiteralString] = """
SELECT args -> 'payload' AS payload, CASE WHEN status = 'todo' AND attempts > 0 THEN scheduled_at END AS again_at FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND task_name = %(name)s
  AND (args -> 'payload' ->> 'tenant_id')::bigint = %(tenant_id)s
ORDER BY status = 'todo', id LIMIT 200
"""
"""Of one kind: running first, then waiting."""

NOT_COUNTED: Final[LiteralString] = """
UPDATE procrastinate_jobs SET attempts = attempts - 1 WHERE id = %(job_id)s AND status = 'doing'
"""
"""The engine counts the attempt when it puts the job back; one that only found no room is no attempt."""

WAITS_SINCE: Final[LiteralString] = """
SELECT min(event.at) AS since FROM procrastinate_jobs job
JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'todo' AND job.attempts = 0 AND job.scheduled_at IS NULL
  AND (job.args -> 'payload' ->> 'tenant_id')::bigint = %(tenant_id)s
  AND NOT EXISTS (
    SELECT FROM procrastinate_jobs other WHERE other.status = 'doing' AND other.lock = job.lock
  )
"""
"""Of work that could start and that nobody starts."""

TAKEOVER_TURN: Final[LiteralString] = "SELECT pg_try_advisory_xact_lock(716243052)"
"""True for one replica at a time, until its transaction ends."""
