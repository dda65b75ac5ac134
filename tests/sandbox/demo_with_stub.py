"""`python -m sandbox demo` with a stub in the bot's place: what the tests of the demo start."""

import asyncio
import sys
from pathlib import Path

from sandbox.demo import DemoOptions, run_demo


def main(folder, how, *flags):
    options = DemoOptions(
        port=0,
        folder=Path(folder),
        companies=10,
        reset="reset" in flags,
        ready_within_s=2.0 if how == "lazy" else 20.0,
    )
    stub = (sys.executable, str(Path(__file__).with_name("stub_bot.py")), how)
    return asyncio.run(run_demo(options, command=stub))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
