"""How many requests may be under way, and who goes first when not all can."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

from bot.autotask.budget import Urgency
from bot.errors import CredentialsRejected
from bot.places import Places


class Gate:
    """At most ``limit`` requests inside, of which ``kept`` places only for people; people overtake in the queue."""

    def __init__(self, limit: int, *, kept: int = 0) -> None:
        self._places = Places(limit, kept=kept)

    @property
    def under_way(self) -> int:
        """How many are inside."""
        return self._places.taken

    def inside(self, urgency: Urgency) -> AbstractAsyncContextManager[None]:
        return self._places.one(first=urgency is Urgency.PERSON)


class Spread:
    """Requests that are sent while others are on their way go a moment after the one before, people's excepted.

    When a secret changes in the middle of a sync, those that arrive before the first refusal is back fail: so many
    as were sent within that time. A burst of all that are allowed at once could lock the user.
    """

    AT_ONCE = 2
    APART = timedelta(milliseconds=15)

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._one = asyncio.Lock()
        self._sent_at = -math.inf

    async def turn(self, urgency: Urgency, under_way: int) -> None:
        """Returns when it is time to send; ``under_way`` counts this one too."""
        now = asyncio.get_running_loop().time
        if urgency is Urgency.PERSON or under_way <= self.AT_ONCE:
            self._sent_at = now()
            return
        async with self._one:
            pause = self._sent_at + self.APART.total_seconds() - now()
            if pause > 0:
                await self._sleep(pause)
            self._sent_at = now()


class Login:
    """Keeps an API user from being locked out: after a refusal, nobody asks until ``resume``.

    Autotask locks a user after a number of failed logins that each site sets, and answers every cause with the
    same empty 401. Every process has its own count, so one refusal is all that each may cost.
    While a login is unproven, in doubt, or was not used for a while, calls go one at a time: who comes back after a
    night in which somebody changed the secret finds out with one call, and not with all that are allowed at once.
    """

    TRIES = 1
    PROVEN_FOR = timedelta(minutes=1)

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._refusals = 0
        self._accepted_at: datetime | None = None
        self._reason: CredentialsRejected | None = None
        self._alone = asyncio.Lock()

    @property
    def held(self) -> bool:
        return self._refusals >= self.TRIES

    def check(self) -> None:
        """Raise CredentialsRejected when the login is held."""
        if self.held and self._reason is not None:
            raise CredentialsRejected(self._reason.field, self._reason.reason)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Room for one call; CredentialsRejected when the login is held."""
        alone = await self._need_to_be_alone()
        try:
            self.check()
            yield
        finally:
            if alone:
                self._alone.release()

    async def _need_to_be_alone(self) -> bool:
        if self._is_proven():
            return False
        await self._alone.acquire()
        if not self._is_proven():
            return True
        self._alone.release()  # proven by the call that went before
        return False

    def _is_proven(self) -> bool:
        return self._accepted_at is not None and self._now() - self._accepted_at < self.PROVEN_FOR

    def doubt(self) -> None:
        """A call was refused: until the next success, one at a time."""
        self._accepted_at = None

    def refused(self, reason: CredentialsRejected) -> None:
        self._reason = reason
        self._refusals += 1

    def accepted(self) -> None:
        """A call went through. A reply that comes late does not end a hold: only a person's look does."""
        if not self.held:
            self._accepted_at, self._refusals = self._now(), 0

    def resume(self) -> None:
        """Someone has looked at the credentials: one new try."""
        self._refusals = 0
