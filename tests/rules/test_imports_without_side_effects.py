"""Importing a module does nothing: no socket, no file written, no thread, no process, no setting read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "blocks", "sandbox")

PROBE = """
import importlib, json, os, sys

acts = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
STARTS = ("socket.bind", "socket.connect", "socket.getaddrinfo", "_thread.start_new_thread",
          "subprocess.Popen", "os.exec", "os.fork", "os.mkdir", "os.remove", "os.rename", "os.putenv",
          "signal.signal")

def audit(event, args):
    if event in STARTS:
        acts.append(f"{event} {args!r}"[:200])
    elif event == "open" and isinstance(args[2], int) and args[2] & WRITING:
        acts.append(f"open for writing {args[0]!r}")

class Environment(type(os.environ)):
    def __getitem__(self, key):
        caller = sys._getframe(1)
        while "<frozen" in caller.f_code.co_filename:  # os.environ.get and its kin
            caller = caller.f_back
        where = caller.f_code.co_filename
        if where.startswith(sys.argv[1]) and "site-packages" not in where:
            acts.append(f"environment variable {key} read on line {caller.f_lineno}")
        return super().__getitem__(key)

os.environ.__class__ = Environment
sys.addaudithook(audit)
before = dict(os.environ)
report = {}
for name in json.loads(sys.stdin.read()):
    acts.clear()
    importlib.import_module(name)
    report[name] = list(acts)
acts.clear()
if dict(os.environ) != before:
    report["environment"] = ["changed"]
print(json.dumps({name: found for name, found in report.items() if found}))
"""


def modules(root):
    """Every module of the application and the sandbox, by dotted name; `__main__` too: it has a guard."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(root).with_suffix("").parts)
            yield dotted.removesuffix(".__init__")


def acts_on_import(root, names):
    """What happens while these modules are imported, in one fresh process, by module."""
    command = [
        sys.executable,
        "-I",
        "-B",
        "-c",
        f"import sys; sys.path.insert(0, sys.argv[1])\n{PROBE}",
        str(root),
    ]
    done = subprocess.run(
        command, input=json.dumps(list(names)), capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_everything_does_nothing():
    assert acts_on_import(ROOT, modules(ROOT)) == {}


@pytest.mark.parametrize(
    "line",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), timeout=0.1)",
        "import socket; socket.socket().bind(('127.0.0.1', 0))",
        "open('left-behind.txt', 'w').close()",
        "import threading; threading.Thread(target=print, daemon=True).start()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.environ.get('BOT_PORT')",
        "import os; os.getenv('BOT_PORT')",
        "import os; 'BOT_PORT' in os.environ and os.environ['BOT_PORT']",
        "import os; os.environ['BOT_PORT'] = '1'",
    ],
)
def test_an_act_at_import_is_noticed(tmp_path, line):
    (tmp_path / "planted.py").write_text(f"try:\n    {line}\nexcept OSError:\n    pass\n")
    assert acts_on_import(tmp_path, ["planted"])
