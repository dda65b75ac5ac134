"""The Autotask client when Autotask is slow, full, away, moved, or refuses the login."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Company, Contact, Contract, ContractService, Resource, Ticket, TicketNote
from bot.autotask.entities import Task as ProjectTask
from bot.autotask.pool import AutotaskPool, Pauses
from bot.autotask.query import everything
from bot.autotask.query import field as by
from bot.errors import (
    AutotaskBusy,
    AutotaskUnavailable,
    CredentialsRejected,
)
from sandbox.autotask.settings import ServerSettings
from tests.integration.autotask_world import OWN, World, credentials, discovery, drain, ticket, world


@pytest.fixture
async def small() -> AsyncIterator[World]:
    async with world(companies=3) as it:
        yield it


# Trouble


async def test_a_write_whose_reply_is_lost_is_ambiguous_and_was_made_once(small: World) -> None:
    small.control.drop_reply_next(entity="Tickets", method="POST")
    client = small.client()
    with pytest.raises(AutotaskUnavailable) as lost:
        await client.create(Ticket, ticket())
    assert lost.value.ambiguous
    assert await client.count(Ticket, by("externalID").eq("ref-1")) == 1


@pytest.mark.parametrize("spoil", ["drop", "502", "html", "cut", "empty"])
async def test_a_read_is_tried_again_until_it_is_answered(small: World, spoil: str) -> None:
    faults: dict[str, Callable[[], None]] = {
        "drop": lambda: small.control.drop_reply_next(2, entity="Companies"),
        "502": lambda: small.control.fail_next(2, status=502, entity="Companies"),
        "html": lambda: small.control.fail_next(2, status=500, body="<html>Bad</html>", entity="Companies"),
        "cut": lambda: small.control.fail_next(2, status=200, body='{"items":[{"id":', entity="Companies"),
        "empty": lambda: small.control.fail_next(2, status=200, body=" ", entity="Companies"),
    }
    faults[spoil]()
    assert len(await small.client().list_all(Company, everything(), limit=9)) == 4
    assert small.clock.slept == [1.0, 2.0]


@pytest.mark.parametrize(("status", "body"), [(502, " "), (200, '{"itemI'), (500, "<html>"), (504, " ")])
async def test_a_write_without_a_clear_answer_is_ambiguous_and_not_repeated(
    small: World, status: int, body: str
) -> None:
    small.control.fail_next(1, status=status, body=body, entity="Tickets", method="POST")
    with pytest.raises(AutotaskUnavailable) as unclear:
        await small.client().create(Ticket, ticket())
    assert unclear.value.ambiguous
    assert small.count("Tickets") == 1


async def test_a_server_that_is_away_leaves_nothing_ambiguous() -> None:
    async with world() as it:
        address = it.url
    pauses = Pauses(it.clock.sleep, lambda: 0.0)
    async with AutotaskPool(address, pauses=pauses) as pool:
        with pytest.raises(AutotaskUnavailable) as unreachable:
            await pool.for_connection("T1", credentials()).create(Ticket, ticket())
    assert not unreachable.value.ambiguous


async def test_never_more_than_two_requests_at_once_on_an_endpoint() -> None:
    async with world(companies=2_000, settings=ServerSettings(page_latency_ms=15)) as it:
        client = it.client()
        ids = sorted(it.database.table("Companies").ids)
        walks = [client.by_ranges(Company, everything(), ids[99::100]) for _ in range(3)]
        counts = [client.count(Company, everything()) for _ in range(6)]
        await asyncio.gather(*(drain(walk) for walk in walks), *counts)
        assert max(each.in_flight for each in it.control.log(entity="Companies")) == 2


async def test_child_addresses_count_for_the_child() -> None:
    async with world(settings=ServerSettings(page_latency_ms=15)) as it:
        client = it.client()
        ticket_id = await client.create(Ticket, ticket())
        note = {"title": "Note", "description": "Seen", "noteType": 3, "publish": 1}
        reads = [client.count(TicketNote, everything()) for _ in range(4)]
        await asyncio.gather(
            *(client.create(TicketNote, note, parent_id=ticket_id) for _ in range(4)), *reads
        )
        assert max(each.in_flight for each in it.control.log(entity="TicketNotes")) == 2


async def test_two_tenants_on_one_database_share_its_limits() -> None:
    async with world(settings=ServerSettings(page_latency_ms=15)) as it:
        it.database.add_user(
            resource_id=29_682_885,
            username="second@sandbox.example",
            secret="Another#1",  # type: ignore[call-arg]
        )
        second = it.pool.for_connection(
            "T2", credentials(username="second@sandbox.example", secret="Another#1")
        )
        first = it.client("T1")
        await asyncio.gather(*(who.count(Company, everything()) for who in (first, second) for _ in range(5)))
        assert max(each.in_flight for each in it.control.log(entity="Companies")) == 2
        assert (await first.usage()).own == (await second.usage()).own == 10


async def test_the_thread_limit_is_waited_out_when_others_take_the_places(small: World) -> None:
    small.control.fail_next(
        2,
        status=429,
        body='{"errors":["Thread Threshold Exceeded for Companies. Error code: Itgenatr005."]}',
        entity="Companies",
    )
    assert await small.client().count(Company, everything()) == 4
    assert small.clock.slept == [1.0, 2.0]


async def test_an_exhausted_hour_is_told_to_people_at_once(small: World) -> None:
    small.control.fail_next(
        1, status=429, body='{"errors":["The request threshold has been exceeded."]}', entity="Companies"
    )
    client = small.client()
    with pytest.raises(AutotaskBusy) as busy:
        await client.count(Company, everything())
    assert busy.value.retry_after == timedelta(minutes=5)
    with pytest.raises(AutotaskBusy):
        await client.count(Ticket, everything())
    assert small.count("Tickets") == 0
    small.clock.moment += timedelta(minutes=5)
    assert await client.count(Company, everything()) == 4


async def test_background_work_stops_at_three_quarters_and_people_go_on(small: World) -> None:
    small.control.change(replace(ServerSettings(), request_threshold=100))
    small.control.set_request_count(80)
    client = small.client()
    with pytest.raises(AutotaskBusy):
        await client.count(Company, everything(), urgency=Urgency.BACKGROUND)
    assert await client.count(Company, everything(), urgency=Urgency.BILLING) == 4
    assert await client.count(Company, everything(), urgency=Urgency.PERSON) == 4
    assert small.count("Companies") == 2


async def test_a_slow_moment_slows_background_work_but_not_people(small: World) -> None:
    small.control.change(replace(ServerSettings(), request_threshold=1_000))
    small.control.set_request_count(600)
    client = small.client()
    for _ in range(3):
        await client.count(Company, everything(), urgency=Urgency.BACKGROUND)
    assert small.clock.slept == [pytest.approx(3.6)] * 2
    await client.count(Company, everything(), urgency=Urgency.PERSON)
    assert len(small.clock.slept) == 2


# A zone that moves


async def test_a_zone_that_has_moved_is_found_again_without_a_word() -> None:
    async with world() as old, world(companies=5) as new, discovery([old.url, new.url]) as address:
        old.control.user().secret = "nobody lives here any more"
        async with AutotaskPool(address) as pool:
            client = pool.for_connection("T1", credentials())
            counts = await asyncio.gather(*(client.count(Company, everything()) for _ in range(3)))
            assert counts == [6, 6, 6]
            assert not client.held
    assert len(old.control.log(entity="Companies")) == 1


# Lock-out


async def test_a_wrong_secret_is_tried_once_and_then_no_more(small: World) -> None:
    client = small.client(secret="wrong")
    for _ in range(8):
        with pytest.raises(CredentialsRejected):
            await client.count(Company, everything())
    assert client.held
    assert [each.status for each in small.control.log(entity="Companies")] == [401]
    assert not small.control.user().locked


async def test_a_secret_revoked_in_full_flight_locks_nobody_out() -> None:
    async with world(companies=3_000, settings=ServerSettings(page_latency_ms=10), pauses=Pauses()) as it:
        client = it.client()
        await client.count(Company, everything())
        ids = sorted(it.database.table("Companies").ids)
        kinds = (Company, Contact, Contract, ContractService, Resource, Ticket, TicketNote, ProjectTask)
        work = [drain(client.by_ranges(kind, everything(), ids[99::100])) for kind in kinds]
        running = asyncio.gather(*work, return_exceptions=True)
        await _until(lambda: len(it.control.log()) > 20)
        it.control.user().secret = "rotated"
        outcomes = await running
        assert all(isinstance(each, CredentialsRejected) for each in outcomes)
        assert client.held
        assert 1 <= it.control.user().failures <= 4
        assert not it.control.user().locked


async def test_a_hold_ends_when_someone_has_looked(small: World) -> None:
    client = small.client(secret="late")
    for _ in range(4):
        with pytest.raises(CredentialsRejected):
            await client.count(Company, everything())
    small.control.user().secret = "late"
    with pytest.raises(CredentialsRejected):
        await client.count(Company, everything())
    client.resume()
    assert await client.count(Company, everything()) == 4
    assert not client.held


async def test_proving_the_same_credentials_ends_the_hold(small: World) -> None:
    client = small.client(secret="late")
    for _ in range(4):
        with pytest.raises(CredentialsRejected):
            await client.count(Company, everything())
    small.control.user().secret = "late"
    await small.pool.prove(credentials(secret="late"))
    assert await client.count(Company, everything()) == 4


async def test_a_proof_made_in_another_process_ends_the_hold_once(small: World) -> None:
    login, first = credentials(secret="late"), small.clock.now()
    client = small.pool.for_connection("T1", login, proven_at=first)
    with pytest.raises(CredentialsRejected):
        await client.count(Company, everything())
    assert small.pool.for_connection("T1", login, proven_at=first).held
    small.control.user().secret = "late"
    proven_anew = small.pool.for_connection("T1", login, proven_at=first + timedelta(minutes=5))
    assert proven_anew is client
    assert await client.count(Company, everything()) == 4


async def test_another_tenant_with_the_same_login_does_not_end_its_hold(small: World) -> None:
    client = small.client(secret="wrong")
    with pytest.raises(CredentialsRejected):
        await client.count(Company, everything())
    other = small.pool.for_connection("T2", credentials(secret="wrong"), proven_at=small.clock.now())
    assert other is client
    assert other.held


async def test_before_the_first_success_calls_go_one_at_a_time() -> None:
    async with world(settings=ServerSettings(page_latency_ms=10)) as it:
        client = it.client(secret="wrong")
        calls = [client.count(kind, everything()) for kind in (Company, Contact, Contract, Ticket, Resource)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, CredentialsRejected) for each in outcomes)
        assert it.control.user().failures == 1


# The pool


async def test_a_tenant_keeps_its_client_until_the_credentials_change(small: World) -> None:
    assert small.client() is small.client()
    assert small.client() is not small.client(secret="changed")
    small.pool.forget("T1")
    assert isinstance(small.client(), AutotaskClient)


async def test_a_closed_pool_is_autotask_being_away() -> None:
    async with world() as it:
        client = it.client()
        await client.get(Company, OWN)
    with pytest.raises(AutotaskUnavailable):
        await client.get(Company, OWN)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)
