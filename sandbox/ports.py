"""Which ports the demo uses: its own, those of the run before, or free ones."""

import contextlib
import json
import random
import socket
from collections.abc import Mapping
from pathlib import Path

from sandbox.keep.files import write_whole

PREFERRED: Mapping[str, int] = {"page": 8400, "autotask": 8401, "bot": 8402}
_SPARE = range(8_410, 9_990)
_HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody uses now, from a range out of which no system hands ports to passers-by."""
    return next(port for port in random.sample(_SPARE, len(_SPARE)) if is_free(port))


def choose_ports(remembered: Path, *, page: int | None) -> tuple[dict[str, int], list[str]]:
    """A port for each part, and what to tell people about those that had to change.

    The bot remembers Autotask's address, so the ports of the last run come before the usual ones.
    """
    wanted = dict(PREFERRED) | _last(remembered) | ({} if page is None else {"page": page})
    chosen: dict[str, int] = {}
    for part, port in wanted.items():
        usable = port and port not in chosen.values() and is_free(port)
        chosen[part] = port if usable else free_port()
    remarks = [
        f"Port {port} is taken: the {part} uses {chosen[part]} instead."
        for part, port in wanted.items()
        if port and chosen[part] != port
    ]
    write_whole(remembered, json.dumps(chosen).encode())
    return chosen, remarks


def _last(remembered: Path) -> dict[str, int]:
    try:
        content = json.loads(remembered.read_bytes())
    except (OSError, ValueError):
        return {}
    return {part: content[part] for part in PREFERRED if isinstance(content.get(part), int)}
