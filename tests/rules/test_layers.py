"""The dependency rule holds, and every contract that guards it can fail."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "blocks", "sandbox")
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")
NAMES = {
    section.rpartition(":")[2]: CONTRACTS[section]["name"]
    for section in CONTRACTS.sections()
    if section.startswith("importlinter:contract:")
}


@dataclass(frozen=True)
class Violation:
    """One forbidden import; `breaks` is the only contract that may fall."""

    breaks: str
    module: str
    line: str
    companion: str = ""


VIOLATIONS = (
    Violation("layers", "bot/domain/planted.py", "import bot.workflows"),
    Violation("layers", "bot/services/planted.py", "import bot.syncs"),
    Violation("layers", "blocks/planted.py", "import bot.starter"),
    Violation("layers", "bot/db/planted.py", "import bot.services"),
    Violation("layers", "bot/errors.py", "import bot.domain"),
    Violation("pure-decisions", "bot/services/planted.py", "import sqlalchemy"),
    Violation("pure-decisions", "bot/services/planted.py", "from slack_sdk.errors import SlackApiError"),
    Violation("pure-decisions", "bot/services/planted.py", "import blocks"),
    Violation("pure-decisions", "bot/domain/planted.py", "from starlette.requests import Request"),
    Violation("pure-blocks", "blocks/planted.py", "import bot.settings"),
    Violation("pure-blocks", "blocks/planted.py", "import slack_sdk"),
    Violation(
        "independent-services",
        "bot/services/planted.py",
        "from bot.services import planted_too",
        companion="bot/services/planted_too.py",
    ),
    Violation("one-job-engine", "bot/workflows/planted.py", "import procrastinate"),
    Violation("one-job-engine", "handlers/planted.py", "from procrastinate import App"),
    Violation("one-http-client", "bot/autotask/planted.py", "import httpx"),
    Violation("one-http-client", "bot/slack/planted.py", "from httpx import AsyncClient"),
    Violation("no-sandbox-inside", "bot/workflows/planted.py", "import sandbox"),
    Violation("no-sandbox-inside", "handlers/planted.py", "from tests import anything"),
    Violation("honest-sandbox", "sandbox/data/planted.py", "from bot.domain import tickets"),
    Violation("honest-sandbox", "sandbox/slack/planted.py", "def late():\n    import blocks"),
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The packages as they are, in a place where damage is allowed."""
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=_all_but_python)
    shutil.copy(ROOT / ".importlinter", tree)
    return tree


def _all_but_python(folder, names):
    return [name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()]


def broken_contracts(tree):
    """The keys of the contracts that fall in this tree."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "500", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)(?: \(.*\))?$", done.stdout, re.MULTILINE))
    assert set(verdicts) == set(NAMES.values()), done.stdout + done.stderr
    return {key for key, name in NAMES.items() if verdicts[name] == "BROKEN"}


def test_the_layers_hold():
    assert broken_contracts(ROOT) == set()


@pytest.mark.parametrize(
    "violation", VIOLATIONS, ids=lambda each: f"{each.module}: {each.line.splitlines()[-1].strip()}"
)
def test_a_planted_violation_breaks_exactly_its_contract(copied, violation):
    planted = copied / violation.module
    before = planted.read_text() if planted.exists() else None
    companion = copied / violation.companion if violation.companion else None
    if companion:
        companion.touch()
    planted.write_text(f"{before or ''}\n{violation.line}\n")
    try:
        assert broken_contracts(copied) == {violation.breaks}
    finally:
        planted.unlink() if before is None else planted.write_text(before)
        if companion:
            companion.unlink()


def test_every_contract_has_a_planted_violation():
    assert {violation.breaks for violation in VIOLATIONS} == set(NAMES)


def test_every_part_of_the_application_has_its_layer():
    layers = re.findall(r"[\w.]+", CONTRACTS["importlinter:contract:layers"]["layers"])
    parts = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert parts - {"bot.__init__"} <= set(layers)
