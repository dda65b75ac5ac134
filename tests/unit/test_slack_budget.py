import asyncio

from bot.slack.budget import REGULAR, Budget


class Order:
    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.names: list[str] = []

    async def take(self, name: str, *, person_waits: bool) -> None:
        await self.budget.turn(person_waits=person_waits)
        self.names.append(name)


async def test_people_are_served_before_background_work():
    order = Order(Budget())
    async with asyncio.TaskGroup() as group:
        group.create_task(order.take("first", person_waits=False))
        for number in range(2):
            group.create_task(order.take(f"bulk {number}", person_waits=False))
        group.create_task(order.take("person", person_waits=True))
    assert order.names == ["first", "person", "bulk 0", "bulk 1"]


async def test_turns_keep_their_distance():
    budget, loop = Budget(), asyncio.get_running_loop()
    began = loop.time()
    for _ in range(3):
        await budget.turn(person_waits=True)
    assert loop.time() - began >= 2 / REGULAR.per_second * 0.9


async def test_somebody_who_gave_up_waiting_takes_no_turn():
    order = Order(Budget())
    await order.take("first", person_waits=True)
    gone = asyncio.create_task(order.take("gone", person_waits=True))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(order.take("next", person_waits=True), 1)
    assert order.names == ["first", "next"]


async def test_one_channel_gets_one_message_a_second():
    budget, loop = Budget(), asyncio.get_running_loop()
    began = loop.time()
    await budget.turn("C1", person_waits=True)
    await budget.turn("C2", person_waits=True)
    assert loop.time() - began < 0.9
    await budget.turn("C1", person_waits=True)
    assert loop.time() - began >= 0.9
