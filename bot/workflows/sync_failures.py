"""What becomes of an attempt of a sync that failed: a log line, the run's state, and in the end a problem."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from blocks import catalogue
from blocks import errors as words
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncState, SyncType
from bot.errors import (
    AutotaskRejected,
    AutotaskUnavailable,
    BotError,
    CredentialsRejected,
    NotConnected,
    PermissionMissing,
    UpstreamError,
)
from bot.jobs import Attempt, RunSync
from bot.log import Redactor
from bot.syncs.groups import SyncGroup
from bot.workflows.alarms import Alarms

BROKE = "AT-500"
LONGEST_TEXT = 500
_OF_THE_CONNECTION = (NotConnected, CredentialsRejected)
"""The connection is missing or paused: the Admins know, and no sync is to blame."""


@dataclass(frozen=True)
class Fallen:
    """An attempt of a group that failed, and when the next one is; None: it was the last one."""

    group: SyncGroup
    run_id: int
    error: BaseException
    again_in: timedelta | None
    attempt: int
    milliseconds: int

    @property
    def name(self) -> str:
        return self.group.name.value

    @property
    def reason(self) -> str:
        return catalogue.short(_code(self.error))


class SyncFailures:
    def __init__(self, database: Database, alarms: Alarms, clock: Clock) -> None:
        self._database = database
        self._alarms = alarms
        self._clock = clock

    async def note(self, tenant_id: int, fallen: Fallen) -> None:
        """People hear of the last attempt's failure; before they do, the run is not ended."""
        if fallen.again_in is None and not isinstance(fallen.error, _OF_THE_CONNECTION):
            await self._tell(tenant_id, fallen)
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            await uow.sync_logs.add(fallen.run_id, [line_of(fallen)], now)
            if fallen.again_in is None:
                await uow.syncs.finish(fallen.run_id, SyncState.FAILED, None, error=fallen.reason, at=now)
            else:
                until = now + fallen.again_in
                await uow.syncs.waits(fallen.run_id, error=fallen.reason, at=now, until=until)

    async def _tell(self, tenant_id: int, fallen: Fallen) -> None:
        """What time mends brings no sync nearer to its pause: it goes on by itself when Autotask is back."""
        if isinstance(fallen.error, UpstreamError):
            await self._alarms.report(tenant_id, problem_of(fallen))
        else:
            await self._alarms.failed(tenant_id, fallen.name, str(fallen.run_id), problem_of(fallen))

    async def interrupted(self, tenant_id: int, run_ids: list[int]) -> None:
        """The process stops: another one goes on at once."""
        await asyncio.shield(self._interrupted(tenant_id, run_ids))

    async def _interrupted(self, tenant_id: int, run_ids: list[int]) -> None:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            for each in run_ids:
                await uow.syncs.waits(each, error="interrupted", at=now, until=now)


def fingerprint(group: SyncGroup) -> str:
    return f"sync:{group.name.value}"


def problem_of(fallen: Fallen) -> ProblemReport:
    return ProblemReport(
        fingerprint=fingerprint(fallen.group),
        kind=EventKind.SYNC,
        severity=Severity.ERROR,
        title=f"The sync of {fallen.group.name.label} failed",
        detail=_said(fallen.error),
        code=_code(fallen.error),
        retry={"job": RunSync.name, "groups": [fallen.name]},
    )


def line_of(fallen: Fallen) -> LogEntry:
    """What failed, and on what; Autotask's own words and the request, without secrets."""
    is_last = fallen.again_in is None
    ending = "" if is_last else "; it will be tried again"
    return LogEntry(
        fallen.group.syncs[0].kind if fallen.group.syncs else SyncType.COMPANY,
        Operation.ERROR,
        LogStatus.ERROR if is_last else LogStatus.WARNING,
        f"The sync of {fallen.group.name.label} failed{ending}: {_said(fallen.error)}",
        duration_ms=fallen.milliseconds,
        details=_details(fallen),
        code=_code(fallen.error),
    )


def _details(fallen: Fallen) -> dict[str, JsonValue]:
    error, clean = fallen.error, Redactor().text
    found: dict[str, JsonValue] = {"error": type(error).__name__, "attempt": fallen.attempt}
    if isinstance(error, AutotaskRejected | PermissionMissing):
        found["entity"] = error.entity
    if isinstance(error, AutotaskRejected):
        found["reasons"] = [clean(each)[:LONGEST_TEXT] for each in error.reasons]
    if asked := getattr(error, "__notes__", None):
        found["request"] = clean(str(asked[0]))[:LONGEST_TEXT]
    if fallen.again_in is not None:
        found["again_in_seconds"] = round(fallen.again_in.total_seconds())
    return found


def next_attempt(error: BaseException, attempt: Attempt) -> timedelta | None:
    """How long until the sync is tried again after this error; None: not at all."""
    return None if isinstance(error, _OF_THE_CONNECTION) else RunSync.retry.after(error, attempt.number)


def _said(error: BaseException) -> str:
    if isinstance(error, AutotaskUnavailable):
        return "Autotask did not answer. What was synced before stays; the next run goes on where this one stopped."
    return words.field_text(error) if isinstance(error, BotError) else "Something broke on our side."


def _code(error: BaseException) -> str:
    return error.code if isinstance(error, BotError) else BROKE
