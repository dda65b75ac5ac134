"""The command line: ``python -m bot <command>``."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import log
from bot import settings as settings_module
from bot.settings import Settings, SettingsProblem


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 well, 1 it broke, 2 the settings (or what was typed) cannot work."""
    chosen = _parser().parse_args(arguments)
    try:
        return _perform(chosen, settings_module.load())
    except SettingsProblem as problem:
        print(f"Deskhand cannot start.\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Deskhand: Autotask PSA in Slack.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    run = commands.add_parser("run", help="serve Slack and do the work")
    run.add_argument(
        "--role", choices=("all", "web", "worker"), default="all", help="which part (default: all)"
    )
    commands.add_parser("migrate", help="bring the database up to date")
    connect = commands.add_parser("connect", help="connect Autotask; the secret is typed unseen")
    connect.add_argument("--team", default="", help="which workspace (T…), where there are several")
    commands.add_parser("doctor", help="check settings, database, Slack and Autotask")
    manifest = commands.add_parser("manifest", help="print the Slack app manifest")
    manifest.add_argument("--mode", choices=("socket", "http"), help="default: BOT_MODE")
    manifest.add_argument("--url", default="", help="public address, for http; default: BOT_PUBLIC_URL")
    for name, what in (("backup", "write the database to FILE"), ("restore", "replace the database by FILE")):
        commands.add_parser(name, help=what).add_argument("file", type=Path, metavar="FILE")
    rotate = commands.add_parser("rotate-key", help="seal stored secrets with the first encryption key")
    rotate.add_argument("--new", action="store_true", help="only print a new key")
    return parser


def _perform(chosen: argparse.Namespace, settings: Settings) -> int:
    """Imports what the command needs, so that each starts fast."""
    if chosen.command != "run":
        log.configure(level="ERROR", form="console", redactor=log.Redactor(settings.secrets))
    match chosen.command:
        case "run":
            from bot.commands.run import run

            return run(settings, chosen.role)
        case "manifest":
            from bot.commands.manifest import manifest

            print(manifest(settings, chosen.mode or settings.mode, chosen.url), end="")
            return 0
        case "connect":
            from bot.commands.connect import connect

            return asyncio.run(connect(settings, chosen.team))
        case "doctor":
            from bot.commands.doctor import doctor

            return asyncio.run(doctor(settings))
        case "rotate-key":
            from bot.commands.rotate_key import rotate_key

            return asyncio.run(rotate_key(settings, only_new=chosen.new))
        case _:
            from bot.commands import database

            return asyncio.run(database.perform(chosen.command, settings, getattr(chosen, "file", None)))


if __name__ == "__main__":
    sys.exit(main())
