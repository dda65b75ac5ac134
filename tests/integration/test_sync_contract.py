"""What holds of every sync there is: twice is once, a death costs a page, order does not matter, tenants are apart."""

import random

import pytest

from bot.domain.syncs import SyncCounts
from bot.syncs.fetching import GATHERED
from tests.integration.sync_world import EVERY, Place, autotask, place

EACH = pytest.mark.parametrize("sync", EVERY, ids=lambda sync: sync.name)
DATED = pytest.mark.parametrize("sync", [each for each in EVERY if each.is_dated], ids=lambda sync: sync.name)
SMALL = 25
"""Records on a page: the simulated MSP has some pages of most entities."""


class Died(BaseException):
    """The process is gone between two saves."""


@pytest.fixture(scope="module")
async def served():
    async with autotask() as found:
        yield found


@pytest.fixture(scope="module")
async def here(served, module_database):
    """A workspace that has everything."""
    async with place(module_database, served) as found:
        await found.everything()
        found.clock.advance(hours=1)
        await found.everything()
        found.clock.advance(hours=1)
        yield found


def dies_after(saves: int):
    left = saves

    async def progress(_sync, _counts) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise Died

    return progress


@EACH
async def test_a_second_full_pass_changes_nothing_and_says_nothing(here: Place, sync):
    before, told = await here.rows(sync, own=True), await here.told()
    counts, _ = await here.counted(sync, full=True)
    assert (counts.inserted, counts.updated, counts.gone) == (0, 0, 0)
    after = await here.rows(sync, own=True)
    assert {key: row | {"synced_at": None} for key, row in after.items()} == {
        key: row | {"synced_at": None} for key, row in before.items()
    }
    assert await here.told() == told


@DATED
async def test_with_nothing_new_a_pass_is_one_request(here: Place, sync):
    await here.pass_of(sync)
    counts, requests = await here.counted(sync)
    assert (counts.inserted, counts.updated, counts.gone) == (0, 0, 0)
    assert requests == (0 if sync.parents is not None and not await here.rows(sync) else 1)


@EACH
async def test_a_pass_that_dies_again_and_again_goes_on_where_it_stopped(here: Place, sync):
    whole = await here.rows(sync)
    await here.forget(sync)
    _, uninterrupted = await here.counted(sync, page_size=SMALL)
    await here.forget(sync)
    before, lives = here.requests(sync), []
    while len(lives) < 200 and None not in lives:
        lives.append(await life(here, sync, dies_after(1)))
    assert await here.rows(sync) == whole
    deaths = len(lives) - 1
    assert deaths or uninterrupted <= GATHERED
    lost = (
        2 * here.client.at_once + 2
    )  # pages that were there or on their way at the moment of death, and a count
    assert here.requests(sync) - before <= uninterrupted + deaths * lost


@EACH
async def test_a_pass_that_died_is_taken_up_and_not_begun_anew(here: Place, sync):
    await here.forget(sync)
    whole, _ = await here.counted(sync, page_size=SMALL)
    await here.forget(sync)
    saved: list[SyncCounts] = []

    async def dies(_sync, counts) -> None:
        saved.append(counts)
        raise Died

    await life(here, sync, dies)
    counts, _ = await here.counted(sync, page_size=SMALL)
    assert counts.seen + sum(each.seen for each in saved) == whole.seen


async def life(here: Place, sync, progress) -> str | None:
    """None when the pass came to its end."""
    try:
        await here.pass_of(sync, progress=progress, page_size=SMALL)
    except Died:
        return "died"
    return None


async def test_the_order_in_which_syncs_run_does_not_matter(here: Place, served, database_url):
    async with place(database_url, served, team_id="T0ORDER01") as other:
        order = list(EVERY)
        random.Random(5).shuffle(order)
        await other.everything(order)
        for sync in EVERY:
            assert await other.rows(sync) == await here.rows(sync), sync.name


async def test_another_workspace_with_another_autotask_stays_as_it_is(here: Place, module_database):
    before = {sync.name: await here.rows(sync, own=True) for sync in EVERY}
    async with (
        autotask(8, companies=12) as theirs,
        place(module_database, theirs, team_id="T0OTHER01") as other,
    ):
        await other.everything()
        for sync in EVERY:
            collection = sync.entity.endpoint.collection
            assert set(await other.rows(sync)) <= {row["id"] for row in theirs[0].rows(collection)}
        theirs[0].delete("Companies", max(row["id"] for row in theirs[0].rows("Companies") if row["id"]))
        other.clock.advance(days=2)
        await other.everything()
    assert {sync.name: await here.rows(sync, own=True) for sync in EVERY} == before
