import asyncio
from collections.abc import Iterable

import pytest

from bot.autotask.budget import Urgency
from bot.autotask.gate import Gate, Login, Spread
from bot.errors import CredentialsRejected
from tests.factories import FrozenClock

REFUSAL = CredentialsRejected("secret", "wrong")


class Visit:
    """Somebody who enters when the gate lets them and stays until told to go."""

    def __init__(self, gate: Gate, urgency: Urgency) -> None:
        self.inside = False
        self._go = asyncio.Event()
        self.task = asyncio.create_task(self._visit(gate, urgency))

    async def _visit(self, gate: Gate, urgency: Urgency) -> None:
        async with gate.inside(urgency):
            self.inside = True
            await self._go.wait()
        self.inside = False

    async def leave(self) -> None:
        self._go.set()
        await self.task


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def visits(gate: Gate, kinds: Iterable[Urgency]) -> list[Visit]:
    found = [Visit(gate, kind) for kind in kinds]
    await settle()
    return found


async def clear(*everybody: Visit) -> None:
    await asyncio.gather(*(each.leave() for each in everybody))


async def test_no_more_are_inside_than_the_limit() -> None:
    gate = Gate(2)
    three = await visits(gate, [Urgency.BACKGROUND] * 3)
    assert [each.inside for each in three] == [True, True, False]
    await three[0].leave()
    await settle()
    assert three[2].inside
    await clear(*three[1:])


async def test_people_overtake_background_work_in_the_queue() -> None:
    gate = Gate(1)
    first, second, person = await visits(gate, [Urgency.BACKGROUND, Urgency.BACKGROUND, Urgency.PERSON])
    await first.leave()
    await settle()
    assert (person.inside, second.inside) == (True, False)
    await clear(person, second)


async def test_a_kept_place_waits_for_people() -> None:
    gate = Gate(3, kept=1)
    three = await visits(gate, [Urgency.BACKGROUND, Urgency.BILLING, Urgency.BACKGROUND])
    assert [each.inside for each in three] == [True, True, False]
    (person,) = await visits(gate, [Urgency.PERSON])
    assert person.inside
    await clear(person, *three)


async def test_who_gives_up_in_the_queue_takes_nobodys_place() -> None:
    gate = Gate(1)
    holder, waiting, next_one = await visits(gate, [Urgency.BACKGROUND] * 3)
    waiting.task.cancel()
    await settle()
    await holder.leave()
    await settle()
    assert next_one.inside
    await next_one.leave()
    (after,) = await visits(gate, [Urgency.PERSON])
    assert after.inside
    await after.leave()


async def test_who_is_cancelled_in_the_moment_of_entering_leaves_the_place_free() -> None:
    gate = Gate(1)
    holder, waiting = await visits(gate, [Urgency.BACKGROUND] * 2)
    holder._go.set()
    while holder.inside:
        await asyncio.sleep(0)
    waiting.task.cancel()
    await settle()
    (after,) = await visits(gate, [Urgency.BACKGROUND])
    assert after.inside
    await after.leave()


async def test_an_error_inside_leaves_the_place_free() -> None:
    gate = Gate(1)
    with pytest.raises(LookupError):
        async with gate.inside(Urgency.PERSON):
            raise LookupError
    (after,) = await visits(gate, [Urgency.BACKGROUND])
    assert after.inside
    await after.leave()


async def test_an_unproven_login_lets_calls_through_one_at_a_time_and_a_proven_one_all() -> None:
    login, inside, most = Login(FrozenClock().now), 0, 0

    async def call(*, proves: bool) -> None:
        nonlocal inside, most
        async with login.turn():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            if proves:
                login.accepted()
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(call(proves=False) for _ in range(4)))
    assert most == 1
    await call(proves=True)
    await asyncio.gather(*(call(proves=True) for _ in range(4)))
    assert most == 4


async def test_the_first_refusal_holds_the_login_until_someone_resumes() -> None:
    login = Login(FrozenClock().now)
    login.accepted()
    login.check()
    login.refused(REFUSAL)
    assert login.held
    login.accepted()  # the late reply to a call that was sent before
    assert login.held
    with pytest.raises(CredentialsRejected):
        async with login.turn():
            pytest.fail("a held login must not send")
    login.resume()
    async with login.turn():
        assert not login.held


async def test_a_login_that_was_not_used_for_a_while_is_tried_by_one_call_before_the_others() -> None:
    clock = FrozenClock()
    login = Login(clock.now)
    login.accepted()
    clock.advance(minutes=2)
    async with login.turn():
        other = asyncio.create_task(_refused_turn(login))
        await asyncio.sleep(0)
        assert not other.done()
        login.refused(REFUSAL)
    with pytest.raises(CredentialsRejected):
        await other


async def _refused_turn(login: Login) -> None:
    async with login.turn():
        pytest.fail("a held login must not send")


class Paused:
    """Notes how long somebody would have slept; no time passes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def test_requests_go_a_moment_after_the_one_before() -> None:
    paused, loop = Paused(), asyncio.get_running_loop()
    spread, began = Spread(paused.sleep), loop.time()
    for number in range(1, 6):
        await spread.turn(Urgency.BACKGROUND, number)
    took = loop.time() - began
    apart = Spread.APART.total_seconds()
    assert len(paused.seconds) <= 5 - Spread.AT_ONCE
    assert all(0 < each <= apart for each in paused.seconds)
    assert sum(paused.seconds) + took >= (5 - Spread.AT_ONCE) * apart


async def test_nobody_pauses_when_the_request_before_is_long_gone() -> None:
    paused, loop = Paused(), asyncio.get_running_loop()
    spread = Spread(paused.sleep)
    await spread.turn(Urgency.BACKGROUND, 2)
    until = loop.time() + Spread.APART.total_seconds()
    while loop.time() < until:
        await asyncio.sleep(0)
    await spread.turn(Urgency.BACKGROUND, 3)
    assert paused.seconds == []


async def test_a_person_does_not_pause() -> None:
    paused = Paused()
    spread = Spread(paused.sleep)
    for number in range(1, 6):
        await spread.turn(Urgency.PERSON, number)
    assert paused.seconds == []
