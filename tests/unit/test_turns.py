"""Work done a little at a time."""

import asyncio
import time

import pytest

from bot.turns import PORTION_S, Turns


def slowly(number: int) -> int:
    """Holds the loop as long as one portion may."""
    until = time.perf_counter() + PORTION_S
    while time.perf_counter() < until:
        pass
    return number * 2


async def test_everything_is_done_in_order():
    assert await Turns().each(lambda number: number + 1, range(1_000)) == list(range(1, 1_001))
    assert await Turns().each(slowly, []) == []


async def test_others_have_a_turn_between_two_portions():
    rounds = 0
    working = asyncio.create_task(Turns().each(slowly, range(5)))
    while not working.done():
        rounds += 1
        await asyncio.sleep(0)
    assert await working == [0, 2, 4, 6, 8]
    assert rounds >= 5


async def test_of_two_tasks_one_works_in_a_round_of_the_loop():
    turns, worked = Turns(), []

    def note(name: str) -> None:
        worked.append((rounds, name))
        slowly(0)

    rounds = 0
    both = asyncio.gather(turns.each(note, ["a"] * 3), turns.each(note, ["b"] * 3))
    while not both.done():
        await asyncio.sleep(0)
        rounds += 1
    await both
    assert len(worked) == 6
    assert len({at for at, _ in worked}) == 6


async def test_what_a_request_waits_for_overtakes_the_rest():
    turns, worked = Turns(), []

    def note(name: str) -> None:
        worked.append(name)
        slowly(0)

    rest = asyncio.gather(turns.each(note, ["a"] * 4), turns.each(note, ["b"] * 4))
    while not worked:
        await asyncio.sleep(0)
    await asyncio.gather(turns.each(note, ["first"] * 4, first=True), rest)
    assert len(worked) == 12
    assert "".join(name[0] for name in worked[:6]) in {"affffb", "abffff"}  # who has a turn keeps it


async def test_what_goes_wrong_is_raised_and_holds_up_nobody():
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        await turns.each(lambda number: 1 // number, [1, 0])
    assert await turns.each(lambda number: number, [3]) == [3]
