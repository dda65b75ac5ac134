"""``make bench``: measures the bot in its own process beside the floor, prints a table, writes ``var/bench.json``."""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.benchmarks import acks, lookups, mirror, pushes, whole
from tests.benchmarks.figures import Figure, document, table
from tests.benchmarks.processes import ROOT, Program, ProgramFailed
from tests.benchmarks.stage import QUICK, Plan, Stage, staged

Sections = dict[str, list[Figure]]


def main() -> int:
    """0 unless something broke; being slow is not an error."""
    options = _parser().parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        try:
            sections = asyncio.run(measured(QUICK if options.quick else Plan(), Path(folder)))
        except (ProgramFailed, TimeoutError, httpx.HTTPError) as problem:
            _say(f"The benchmark broke: {problem}")
            return 1
    about = _about(quick=options.quick, took=time.perf_counter() - started)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(document(sections, about))
    run = (
        f"{about['cores']} cores, Python {about['python']}, load {about['load']}, {about['took_s']} s in all"
    )
    sys.stdout.write(f"{table(sections)}\n\n{run}. Written to {options.out}\n")
    return 0


async def measured(plan: Plan, folder: Path) -> Sections:
    """Every part, on one stage. The bare app is measured before and after the bot, alone."""
    synced = await whole.sections(plan, folder)
    _say("measured: a full sync")
    async with staged(plan, folder) as stage:
        floor = await acks.bare(stage)
        _say("measured: the bare app's acks")
        async with stage.serving("bot", "run") as bot:
            sections, quiet, busy = await _with_bot(stage, bot)
        floor += await acks.bare(stage)
    return {"Acks beside a bare Bolt app's": acks.figures(stage, floor, quiet, busy)} | sections | synced


async def _with_bot(stage: Stage, bot: Program) -> tuple[Sections, list[acks.Burst], acks.Burst]:
    resting = Figure("memory.start", "bot's memory after the start", bot.resident_mib(), "MiB")
    bot.forget_peak()
    start = await mirror.first(stage, bot)
    mirrored = await mirror.figures(stage, bot, start)
    _say("measured: mirrors")
    quiet = await acks.ours(stage)
    busy = await acks.during_mirror(stage)
    _say("measured: acks")
    looked = await lookups.figures(stage)
    _say("measured: type-ahead and lists")
    pushed = await pushes.figures(stage)
    _say("measured: pushes")
    peak = Figure("memory.peak", "bot's memory, peak of everything", bot.peak_mib(), "MiB")
    sections = {
        "The company mirror beside the same pages fetched and inserted raw": mirrored,
        "Type-ahead and lists": looked,
        "Pushing tickets": pushed,
        "Memory": [resting, peak],
    }
    return sections, quiet, busy


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, in under 40 s")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.json", help="where the JSON goes")
    return parser


def _about(*, quick: bool, took: float) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
        "took_s": round(took),
    }


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
