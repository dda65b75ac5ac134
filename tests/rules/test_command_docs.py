"""What people can type is in the README, and nothing else is."""

import re
from pathlib import Path

import handlers

ROOT = Path(__file__).parents[2]
NOUNS = {command.noun for feature in handlers.FEATURES for command in feature.commands}


def in_readme() -> set[str]:
    table = re.findall(r"^\| (`[a-z`, ]+`) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    return {noun for cell in table for noun in re.findall(r"`([a-z]+)`", cell)}


def test_the_readme_names_every_command_and_no_other():
    assert in_readme() == NOUNS
