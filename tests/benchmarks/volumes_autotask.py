"""``python -m tests.benchmarks.volumes_autotask``: the simulated Autotask, filled to exact numbers, in its own process."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from sandbox.autotask.database import Database
from sandbox.autotask.server import serve
from sandbox.autotask.settings import ServerSettings
from sandbox.ready import autotask_line, say_ready, stop_signal
from tests.benchmarks.volumes import Volumes, fill

NEVER_REACHED = 1_000_000_000


async def run(share: float) -> int:
    stop = stop_signal()
    database = Database(1)
    fill(database, Volumes().scaled(share), datetime.now(UTC).date())
    async with serve(database, settings=ServerSettings(request_threshold=NEVER_REACHED)) as autotask:
        say_ready(autotask_line(autotask))
        await stop.wait()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.volumes_autotask", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full volumes")
    return asyncio.run(run(parser.parse_args().share))


if __name__ == "__main__":
    sys.exit(main())
