"""Work beside the requests ends when it is told to, and only then."""

import asyncio

from bot.background import ended, in_background


async def hard_of_hearing(heard: list[str]) -> None:
    """Loses the first cancellation, as ``asyncio.wait_for`` of Python 3.11 may."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("told")
            if len(heard) > 1:
                raise


async def test_a_task_that_loses_its_cancellation_is_told_again():
    heard: list[str] = []
    task = asyncio.create_task(hard_of_hearing(heard))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await ended(task, again_after=0.01)
    assert heard == ["told", "told"]


async def test_work_in_the_background_ends_with_its_block():
    heard: list[str] = []
    async with asyncio.timeout(10), in_background("deaf", hard_of_hearing(heard), broke=lambda: None):
        await asyncio.sleep(0)
    assert len(heard) == 2


async def test_a_task_that_ended_by_itself_is_not_told_and_its_error_goes_nowhere():
    async def breaks() -> None:
        raise ValueError

    task = asyncio.create_task(breaks())
    await asyncio.wait([task])
    await ended(task)
    assert isinstance(task.exception(), ValueError)


async def test_without_tasks_there_is_nothing_to_wait_for():
    await ended()
