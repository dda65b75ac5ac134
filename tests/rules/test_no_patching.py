"""Tests replace nothing behind the program's back, and wait for conditions instead of sleeping."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PATCHING = {"patch", "patch.object", "patch.dict", "patch.multiple"}
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}
POLL_AT_MOST_S = 0.1
"""A pause inside `while not condition` is how one waits for a condition; a longer one is sleep."""


def offences(source):
    """What a test file does that tests must not do, as `line: what`."""
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While)]
    polling = {id(node) for loop in loops for node in ast.walk(loop)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += [(node.lineno, offence) for offence in _in_call(node, polling=id(node) in polling)]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found += [(node.lineno, offence) for offence in _in_import(node)]
    return [f"{line}: {offence}" for line, offence in sorted(found)]


def _in_call(call, *, polling):
    name = _dotted(call.func)
    if name.removeprefix("mock.").removeprefix("unittest.mock.") in PATCHING:
        yield name
    if name.endswith(("monkeypatch.setattr", "monkeypatch.delattr")) or name.startswith("mocker."):
        yield name
    if name in SLEEPS and call.args and _pause(call.args[0]) > (POLL_AT_MOST_S if polling else 0):
        yield f"{name} for a fixed time"


def _in_import(node):
    module = node.module if isinstance(node, ast.ImportFrom) else None
    names = {alias.name for alias in node.names}
    if module == "unittest.mock" or (module == "unittest" and "mock" in names) or "unittest.mock" in names:
        yield "unittest.mock"


def _dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _pause(node):
    """The constant number of seconds, 0 for anything computed."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else 0


def test_no_test_patches_or_sleeps():
    found = {
        str(path.relative_to(TESTS)): offences(path.read_text())
        for path in TESTS.rglob("*.py")
        if "__pycache__" not in path.parts
    }
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "patch('bot.app.run')",
        "with patch.object(thing, 'run'): pass",
        "from unittest.mock import Mock",
        "from unittest import mock",
        "import unittest.mock",
        "def test(monkeypatch): monkeypatch.setattr(thing, 'run', other)",
        "def test(mocker): mocker.spy(thing)",
        "import time\ntime.sleep(1)",
        "async def test(): await asyncio.sleep(0.05)",
        "while not ready: time.sleep(1)",
    ],
)
def test_patching_and_sleeping_are_noticed(source):
    assert offences(source)


@pytest.mark.parametrize(
    "source",
    [
        "client.patch('/Tickets', json={})",
        "await asyncio.sleep(0)",
        "await asyncio.sleep(pause)",
        "while not ready(): await asyncio.sleep(0.01)",
        "monkeypatch.setenv('BOT_PORT', '1')",
        "clock.sleep(5)",
    ],
)
def test_what_only_looks_alike_is_allowed(source):
    assert offences(f"async def test():\n    {source}") == []
