"""How a process dies in these tests: between two steps, without a word."""

from collections.abc import Awaitable, Callable


class Died(BaseException):
    """The process is gone: nothing after this line runs, no ``except Exception`` helps."""


def dies_at(name: str, times: int = 1) -> Callable[[str], Awaitable[None]]:
    """Dies when that step is reached for the ``times``-th time."""
    left = times

    async def probe(reached: str) -> None:
        nonlocal left
        left -= reached == name
        if reached == name and left <= 0:
            raise Died

    return probe


async def goes_on(_reached: str) -> None:
    return None
