"""How soon commands are acknowledged when many people type at once."""

import asyncio
from dataclasses import dataclass

from tests.benchmarks import mirror
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.processes import ProgramFailed
from tests.benchmarks.stage import DESK, Stage, staff

LINES = ("/autotask help", "/autotask", "/autotask map")
ANSWERED_WITHIN_S = 60.0


@dataclass(frozen=True)
class Burst:
    """Milliseconds to each ack, and seconds until the last answer was there (0: nobody answers)."""

    acks: tuple[float, ...]
    answered_s: float = 0.0


async def bare(stage: Stage) -> list[Burst]:
    """The floor: an app that only acknowledges."""
    async with stage.serving("tests.benchmarks.bare_bolt"):
        return [await burst(stage, answers=False) for _ in range(stage.plan.rounds)]


async def ours(stage: Stage) -> list[Burst]:
    """The bot that runs, which answers each command in full."""
    return [await burst(stage) for _ in range(stage.plan.rounds)]


async def during_mirror(stage: Stage) -> Burst:
    """The same while the bot mirrors every company afresh."""
    await mirror.empty(stage)
    async with mirror.under_way(stage):
        return await burst(stage)


async def burst(stage: Stage, *, answers: bool = True) -> Burst:
    """All at once, from several people in one channel. Raises ProgramFailed when an ack or an answer is missing."""
    loop = asyncio.get_running_loop()
    whispers = stage.slack.workspace.channels[DESK].ephemerals
    deliveries = stage.slack.journal.deliveries
    acked, expected, started = len(deliveries), len(whispers) + stage.plan.burst, loop.time()
    typed = [
        stage.slack.people.type_command(user, DESK, LINES[number % len(LINES)])
        for number, user in enumerate(staff(stage.plan.burst))
    ]
    failed = [outcome.message for outcome in await asyncio.gather(*typed) if not outcome.ok]
    if failed:
        raise ProgramFailed(f"{len(failed)} of {stage.plan.burst} commands failed: {failed[0]}")
    if answers:
        await stage.slack.people.until(
            lambda: len(whispers) >= expected or None, "every answer", timeout_s=ANSWERED_WITHIN_S
        )
    took = loop.time() - started if answers else 0.0
    return Burst(tuple(each.ack_ms for each in deliveries[acked:] if each.kind == "slash_commands"), took)


def figures(stage: Stage, floor: list[Burst], quiet: list[Burst], busy: Burst) -> list[Figure]:
    """p50 and p99 beside the bare app's, over all rounds."""
    least = [ms for each in floor for ms in each.acks]
    many = f"{stage.plan.burst} commands at once"
    measured = {"": [ms for each in quiet for ms in each.acks], ", while mirroring": list(busy.acks)}
    found = [
        Figure(
            f"acks.{'mirroring' if when else 'quiet'}.p{round(share * 100)}",
            f"{many}{when}: ack p{round(share * 100)}",
            percentile(acks, share),
            "ms",
            percentile(least, share),
        )
        for when, acks in measured.items()
        for share in (0.5, 0.99)
    ]
    answered = max(each.answered_s for each in quiet)
    return [*found, Figure("acks.quiet.answered", f"{many}: last answer shown after", answered, "s")]
