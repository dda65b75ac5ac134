"""A create can leave long after it was marked: it waits for its turn, or goes again after a refusal."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest

from bot.autotask.ensure import Ensure
from bot.db.session import UnitOfWork
from bot.errors import AutotaskUnavailable, BotError
from tests.factories import FrozenClock

TAKES = timedelta(seconds=75)


class SlowAutotask:
    """Carries out what reached it 75 seconds later, and its replies are lost."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.reached: list[datetime] = []

    def shows(self) -> bool:
        return any(self.clock.now() - at >= TAKES for at in self.reached)


class QueuedRecord:
    """A record whose create waits for its turn before it leaves, and is given up 95 seconds after it began."""

    reference = "dh-T1-1"

    def __init__(self, autotask: SlowAutotask, *, waits: float) -> None:
        self.autotask = autotask
        self.waits = waits
        self.marked: datetime | None = None
        self.marks = 0

    async def find(self) -> int | None:
        return 1 if self.autotask.shows() else None

    async def prepare(self) -> None:
        return None

    async def send(self) -> int:
        clock = self.autotask.clock
        clock.advance(seconds=self.waits)
        self.autotask.reached.append(clock.now())
        clock.advance(seconds=95 - self.waits)
        raise AutotaskUnavailable("ReadTimeout", ambiguous=True)

    async def read(self, autotask_id: int) -> int | None:
        return autotask_id

    def unread(self, autotask_id: int) -> int:
        return autotask_id

    async def sent_at(self, _uow: UnitOfWork) -> datetime | None:
        return self.marked

    async def sending(self, _uow: UnitOfWork, at: datetime) -> None:
        self.marked = at

    async def still_sending(self, _uow: UnitOfWork, at: datetime) -> None:
        self.marked = at
        self.marks += 1

    async def not_sent(self, _uow: UnitOfWork) -> None:
        self.marked = None

    async def known(self, _uow: UnitOfWork, _autotask_id: int) -> None:
        return None


@pytest.fixture
async def tenant_id(database):
    async with database.directory() as directory:
        return (await directory.ensure_tenant("T1", "Northwind IT")).id


@pytest.mark.parametrize("waits", [0, 60, 90])
async def test_a_create_that_left_late_is_waited_for_from_when_it_was_given_up(
    database, clock, tenant_id, waits
):
    autotask = SlowAutotask(clock)
    record = QueuedRecord(autotask, waits=waits)

    async def pause(seconds: float) -> None:
        clock.advance(seconds=seconds)

    ensure = Ensure(database, clock=clock, pause=pause)
    for _ in range(40):
        with contextlib.suppress(BotError):
            assert await ensure(tenant_id, record, holder="job-1") == 1
            break
        clock.advance(seconds=5)
    assert len(autotask.reached) == 1


class HangingRecord(QueuedRecord):
    """Its create is under way until somebody says so."""

    def __init__(self, autotask: SlowAutotask) -> None:
        super().__init__(autotask, waits=0)

    async def send(self) -> int:
        self.autotask.clock.advance(seconds=60)
        while self.marks == 0:
            await asyncio.sleep(0)
        return 7


async def test_the_mark_of_a_create_under_way_stays_fresh_so_that_a_killed_sender_is_waited_for(
    database, clock, tenant_id
):
    record = HangingRecord(SlowAutotask(clock))
    ensure = Ensure(database, clock=clock, mark_every=0.01)
    async with asyncio.timeout(5):
        assert await ensure(tenant_id, record, holder="job-1") == 7
    assert record.marked == clock.now()
