"""A part of a group that the API user may not read: the group goes on without it, and says so until it may."""

from typing import Final

from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.errors import PermissionMissing
from bot.syncs.declared import Row, Sync, Work

_MAY: Final = {"query": "read"}
"""Autotask's word for reading means nothing to who has not read its API."""


def fingerprint(sync: Sync[Row]) -> str:
    return f"right:{sync.entity.endpoint.collection}"


async def gone_without(sync: Sync[Row], missing: PermissionMissing, work: Work) -> ProblemReport:
    """The problem, which is in the log as well."""
    problem = _problem(sync, missing)
    line = LogEntry(
        sync.kind,
        Operation.SKIP,
        LogStatus.WARNING,
        f"{problem.title}. {problem.detail}",
        code=problem.code,
        details={"sync": sync.name, "entity": missing.entity, "right": missing.right},
    )
    async with work.database.unit(work.tenant_id) as uow:
        await uow.sync_logs.add(work.run_id, [line], work.clock.now())
    return problem


def _problem(sync: Sync[Row], missing: PermissionMissing) -> ProblemReport:
    return ProblemReport(
        fingerprint=fingerprint(sync),
        kind=EventKind.SYNC,
        severity=Severity.WARNING,
        title=f"Autotask does not let Deskhand {_MAY.get(missing.right, missing.right)} {sync.entity.endpoint.collection}",
        detail=(
            "The rest is synced; of these, what was known stays. In Autotask, allow it in the API user's security"
            " level: with the next sync they are there."
        ),
        code=PermissionMissing.code,
    )
