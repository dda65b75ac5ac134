"""Live events to whoever watches: pages over server-sent events, tests by waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

from sandbox.slack.shapes import JsonObject

T = TypeVar("T")


class Broker:
    """Fans events out to each person's watchers and wakes those who wait for a change."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Queue[JsonObject | None]]] = {}
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def watch(self, user: str) -> AsyncIterator[asyncio.Queue[JsonObject | None]]:
        """A queue of this person's events; None in it means that the server stops."""
        queue: asyncio.Queue[JsonObject | None] = asyncio.Queue()
        self._watchers.setdefault(user, set()).add(queue)
        try:
            yield queue
        finally:
            self._watchers[user].discard(queue)

    def publish(self, users: Iterable[str], event: JsonObject) -> None:
        for user in users:
            for queue in self._watchers.get(user, ()):
                queue.put_nowait(event)
        self.touch()

    def publish_to_all(self, event: JsonObject) -> None:
        self.publish(list(self._watchers), event)

    def touch(self) -> None:
        """Wake those who wait: something they may look at has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, look: Callable[[], T | None], timeout_s: float) -> T | None:
        """What `look` finds as soon as it finds something, or None after `timeout_s` real seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while (found := look()) is None and (left := deadline - loop.time()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return look()
        return found

    def close(self) -> None:
        """End every stream."""
        for queues in self._watchers.values():
            for queue in queues:
                queue.put_nowait(None)
