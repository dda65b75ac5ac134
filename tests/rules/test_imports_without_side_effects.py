"""Importing a module does nothing: no socket, no file written, no thread, no process, no setting read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "blocks", "sandbox")

PROBE = """
import importlib, json, os, sys, threading

acts = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
STARTS = ("socket.bind", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.fork",
          "os.mkdir", "os.remove", "os.rename", "os.putenv", "signal.signal")

def is_ours():
    # Whose act is it: of the innermost frame that is not Python's own. A library's own habits are not ours.
    frame = sys._getframe(2)
    while frame is not None:
        where = frame.f_code.co_filename
        if "site-packages" in where:
            return False
        if where.startswith(sys.argv[1]):
            return True
        frame = frame.f_back
    return False

def audit(event, args):
    writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING
    if (event in STARTS or writes) and is_ours():
        acts.append(f"{event} {args!r}"[:200])

class Environment(type(os.environ)):
    def __getitem__(self, key):
        if is_ours():
            acts.append(f"environment variable {key} read")
        return super().__getitem__(key)

def watched(start):
    def starting(*args, **kwargs):
        if is_ours():
            acts.append("thread started")
        return start(*args, **kwargs)
    return starting

for name in ("_start_new_thread", "_start_joinable_thread"):
    if hasattr(threading, name):
        setattr(threading, name, watched(getattr(threading, name)))
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


def test_a_module_that_only_defines_is_left_in_peace(tmp_path):
    (tmp_path / "planted.py").write_text("import os\nimport threading\n\nLOCK = threading.Lock()\n")
    assert acts_on_import(tmp_path, ["planted"]) == {}
