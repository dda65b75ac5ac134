"""`python -m sandbox autotask|slack|demo`: each prints one line of JSON when ready and runs until it is told to stop."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the process's exit code."""
    options = _parser().parse_args(arguments)
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    if options.command == "autotask":
        from sandbox.alone import AutotaskOptions, run_autotask

        return await run_autotask(
            AutotaskOptions(
                port=options.port,
                companies=options.companies,
                seed=options.seed,
                today=options.today or datetime.now(UTC).date(),
                thread_limit=options.thread_limit,
                no_latency=options.no_latency,
                latency_ms=options.latency_ms,
            )
        )
    if options.command == "slack":
        from sandbox.alone import SlackOptions, run_slack

        return await run_slack(
            SlackOptions(port=options.port, manifest=options.manifest, request_url=options.request_url)
        )
    from sandbox.demo import DemoOptions, run_demo

    return await run_demo(
        DemoOptions(
            port=options.port,
            reset=options.reset,
            folder=options.folder,
            companies=options.companies,
            seed=options.seed,
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The outside world, simulated.")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_autotask(commands.add_parser("autotask", help="an Autotask database over HTTP"))
    _add_slack(commands.add_parser("slack", help="a Slack workspace with its web page"))
    _add_demo(commands.add_parser("demo", help="both, and the bot"))
    return parser


def _add_autotask(parser: argparse.ArgumentParser) -> None:
    _add_port(parser, default=0)
    _add_data(parser)
    parser.add_argument("--today", type=date.fromisoformat, help="the day on which the data ends")
    parser.add_argument("--thread-limit", type=int, default=3, help="concurrent requests per endpoint")
    parser.add_argument(
        "--no-latency", action="store_true", help="never slow down or refuse for the hourly threshold"
    )
    parser.add_argument(
        "--latency-ms", type=float, default=0, help="what every request takes besides its work"
    )


def _add_slack(parser: argparse.ArgumentParser) -> None:
    _add_port(parser, default=0)
    parser.add_argument("--manifest", type=Path, help="the app's slack-manifest.yaml")
    parser.add_argument("--request-url", help="deliver signed HTTP requests here instead of by Socket Mode")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_port(parser, default=None)
    _add_data(parser)
    parser.add_argument("--reset", action="store_true", help="forget what the demo remembers")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"), help="where the demo remembers")


def _add_port(parser: argparse.ArgumentParser, *, default: int | None) -> None:
    parser.add_argument("--port", type=_port, default=default, metavar="N", help="0 takes a free one")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--companies", type=_companies, default=120, metavar="N", help="10 to 10000 and more")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same data")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return port


def _companies(text: str) -> int:
    companies = int(text)
    if companies < 10:
        raise argparse.ArgumentTypeError("an MSP has at least 10 company records")
    return companies


if __name__ == "__main__":
    sys.exit(main())
