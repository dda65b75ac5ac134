import re
import tomllib
from pathlib import Path

import pytest

from bot.settings import VERSION, Settings, variable

ROOT = Path(__file__).parents[2]
VARIABLES = {variable(field) for field in Settings.model_fields}


def in_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (re.match(r"#?([A-Z][A-Z0-9_]+)=(.*)$", line) for line in lines)
    return {found[1]: found[2] for found in pairs if found}


def in_docs() -> dict[str, str]:
    rows = re.findall(
        r"^\| `([A-Z][A-Z0-9_]+)` \| (.+?) \| (.+) \|$", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    return {name: default.strip("`") for name, default, _ in rows}


def default_of(field: str) -> str:
    default = Settings.model_fields[field].default
    return "" if default in (None, "", ()) else str(default)


def test_the_example_lists_every_setting_and_no_other():
    assert set(in_example()) == VARIABLES


def test_the_documentation_lists_every_setting_and_no_other():
    assert set(in_docs()) == VARIABLES


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_default_is_the_same_in_code_example_and_documentation(field: str):
    name, default = variable(field), default_of(field)
    assert in_example()[name] == default
    assert in_docs()[name] == (default or "none")


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_setting_says_what_it_means(field: str):
    description = Settings.model_fields[field].description or ""
    assert len(description) > 10
    assert description in (ROOT / "docs/settings.md").read_text()


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
