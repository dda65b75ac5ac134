"""A full sync of every group at exact volumes: time, requests, memory and acks beside what anybody would need."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bot.jobs import RunSync
from bot.syncs import GROUPS
from bot.syncs.declared import Sync
from sandbox.slack.seed import STAFF
from tests.benchmarks.figures import Figure, pages, percentile
from tests.benchmarks.processes import ROOT, Program, ProgramFailed
from tests.benchmarks.stage import AT_ONCE, DESK, Plan, Stage, connect, settled, staged

SYNCS: Sequence[Sync] = tuple({each.name: each for group in GROUPS for each in group.syncs}.values())
CURSORS, LOGS = "sync_cursors", "sync_logs"
UNDER_WAY = """SELECT count(*) FILTER (WHERE finished_at IS NULL OR state = 'retrying')::int, count(*)::int
               FROM sync_runs WHERE key = %s"""
ENDED = """SELECT state, error, extract(epoch FROM max(finished_at) OVER () - min(started_at) OVER ())::float
           FROM sync_runs WHERE key = %s"""
COMPAT = ROOT / ".venv-compat" / "bin" / "python"
FOREIGN = (
    "Companies", "Contracts", "ContractServices", "ContractServiceUnits", "TimeEntries", "BillingItems",
)  # fmt: skip


@dataclass(frozen=True)
class Pass:
    """One run of all groups. ``rows`` and ``requests`` by Autotask's name of the entity."""

    seconds: float
    processor_s: float
    peak_mib: float
    rows: Mapping[str, int]
    requests: Mapping[str, int]

    @property
    def least(self) -> int:
        """Requests that nobody can do without."""
        return sum(pages(self.rows[name]) for name in self.rows)

    def floor_s(self, latency_ms: float) -> float:
        """The slowest endpoint's pages, as many at once as Autotask takes."""
        return max(map(pages, self.rows.values())) * latency_ms / 1000 / AT_ONCE


@dataclass(frozen=True)
class Foreign:
    """What the foreign client took for the same records."""

    seconds: float
    pages: int
    records: int


async def sections(plan: Plan, folder: Path) -> dict[str, list[Figure]]:
    """A tenth first, for its memory; then the whole."""
    for name in ("tenth", "whole"):
        (folder / name).mkdir()
    async with _volumes(plan, folder / "tenth", plan.share / 10) as (stage, bot):
        tenth = await _full(stage, bot)
    async with _volumes(plan, folder / "whole", plan.share) as (stage, bot):
        whole = await _full(stage, bot)
        await _run(stage, bot, full=False)  # with what is due once a day
        again = await _run(stage, bot, full=False)
        await _forget(stage)
        acks = await _acks_meanwhile(stage, bot)
        foreign = await _foreign(stage)
    return {
        "A full sync of every group": _figures(plan, tenth, whole)
        + _others(plan, again, acks, foreign, whole)
    }


@asynccontextmanager
async def _volumes(plan: Plan, folder: Path, share: float) -> AsyncIterator[tuple[Stage, Program]]:
    """A connected bot before an Autotask of that share of the volumes, idle, with an empty mirror."""
    crowd = ("tests.benchmarks.volumes_autotask", "--share", str(share))
    async with staged(plan, folder, crowd) as stage, stage.serving("bot", "run") as bot:
        await connect(stage)
        await settled(stage)
        await _forget(stage)
        await stage.autotask.latency(plan.latency_ms)
        yield stage, bot


async def _forget(stage: Stage) -> None:
    """Nothing is mirrored any more."""
    tables = sorted({each.table.name for each in SYNCS} | {CURSORS, LOGS})
    await stage.rows(f"TRUNCATE {', '.join(tables)} CASCADE")


async def _full(stage: Stage, bot: Program) -> Pass:
    return await _run(stage, bot, full=True)


async def _run(stage: Stage, bot: Program, *, full: bool) -> Pass:
    await stage.autotask.forget_requests()
    bot.forget_peak()
    worked, key = bot.processor_s(), await _enqueue(stage, full=full)
    seconds = await _finished(stage, key)
    asked = (await stage.autotask.requests())["by_entity"]
    rows = await _rows(stage, asked)
    return Pass(seconds, bot.processor_s() - worked, bot.peak_mib(), rows, asked)


async def _enqueue(stage: Stage, *, full: bool) -> str:
    key = f"bench:{uuid4().hex}"
    job = RunSync(
        tenant_id=stage.ctx.tenant.id,
        groups=tuple(each.name.value for each in GROUPS),
        run_key=key,
        full=full,
    )
    async with stage.bot.database.unit(stage.ctx.tenant.id) as uow:
        await stage.bot.jobs.enqueue(uow, job)
    return key


async def _finished(stage: Stage, key: str) -> float:
    async def ended() -> bool:
        [(unfinished, runs)] = await stage.rows(UNDER_WAY, key)
        return runs > 0 and not unfinished

    await stage.until(ended, "a full sync to end", within_s=600)
    found = await stage.rows(ENDED, key)
    failed = [error for state, error, _ in found if state != "succeeded"]
    if failed:
        raise ProgramFailed(f"a sync failed: {failed[0]}")
    seconds: float = found[0][2]
    return seconds


async def _rows(stage: Stage, asked: Mapping[str, int]) -> dict[str, int]:
    """Of each entity that was asked for: how many records are mirrored."""
    found: dict[str, int] = {}
    for each in SYNCS:
        name = each.entity.endpoint.name
        if (key := _known_as(asked, each)) is not None:
            [(count,)] = await stage.rows(f"SELECT count(*)::int FROM {each.table.name}")
            found[key or name] = max(found.get(key, 0), count)
    return found


def _known_as(asked: Mapping[str, int], sync: Sync) -> str | None:
    """The name under which Autotask counts the entity's requests."""
    endpoint = sync.entity.endpoint
    return next((name for name in (endpoint.collection, endpoint.name) if name in asked), None)


async def _acks_meanwhile(stage: Stage, bot: Program) -> list[float]:
    """Milliseconds to the acks of commands typed all through a full sync, ten a second."""
    deliveries = stage.slack.journal.deliveries
    before = len(deliveries)
    syncing = asyncio.create_task(_run(stage, bot, full=True))
    number = 0
    while not syncing.done():
        outcome = await stage.slack.people.type_command(STAFF[number % len(STAFF)], DESK, "/autotask help")
        if not outcome.ok:
            raise ProgramFailed(f"a command failed: {outcome.message}")
        number += 1
        await asyncio.sleep(0.1)
    await syncing
    return [each.ack_ms for each in deliveries[before:] if each.kind == "slash_commands"]


async def _foreign(stage: Stage) -> Foreign | None:
    """None where its environment has not been made (``make compat`` makes it)."""
    if not COMPAT.exists():
        return None
    process = await asyncio.create_subprocess_exec(
        str(COMPAT), str(ROOT / "compat" / "fetch.py"), json.dumps(stage.autotask.said), *FOREIGN,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate()
    if process.returncode:
        raise ProgramFailed("the foreign client failed")
    found = json.loads(output).values()
    return Foreign(
        sum(each["seconds"] for each in found),
        sum(each["pages"] for each in found),
        sum(each["records"] for each in found),
    )


def _figures(plan: Plan, tenth: Pass, whole: Pass) -> list[Figure]:
    rows, asked = sum(whole.rows.values()), sum(whole.requests.values())
    label = f"{rows:,} records at {plan.latency_ms} ms a request"
    return [
        Figure("whole.seconds", f"{label}", whole.seconds, "s", whole.floor_s(plan.latency_ms)),
        Figure("whole.processor", f"{label}: bot's processor time", whole.processor_s, "s"),
        Figure("whole.requests", f"{label}: requests", asked, "", whole.least),
        Figure("whole.peak", f"{label}: bot's peak memory beside that of a tenth", whole.peak_mib, "MiB",
               tenth.peak_mib),
    ]  # fmt: skip


def _others(
    plan: Plan, again: Pass, acks: Sequence[float], foreign: Foreign | None, whole: Pass
) -> list[Figure]:
    modified = (each for each in SYNCS if each.entity.endpoint.modified_field is not None)
    dated = {_known_as(again.requests, each) for each in modified} - {None}
    asked = sum(count for name, count in again.requests.items() if name in dated)
    found = [
        Figure("whole.again.seconds", "nothing new", again.seconds, "s"),
        Figure("whole.again.dated", "nothing new: requests to entities with a last-modified field", asked, "",
               len(dated)),
        Figure("whole.again.requests", "nothing new: all requests", sum(again.requests.values())),
        Figure("whole.acks.p50", "ack p50 meanwhile", percentile(acks, 0.5), "ms"),
        Figure("whole.acks.p99", "ack p99 meanwhile", percentile(acks, 0.99), "ms"),
    ]  # fmt: skip
    if foreign is None:
        return found
    label = f"django-autotask, {foreign.records:,} of the records on {foreign.pages} pages, nothing stored"
    return [*found, Figure("whole.foreign.seconds", label, foreign.seconds, "s", whole.seconds)]
