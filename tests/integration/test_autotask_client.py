"""The client against the sandbox's Autotask, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Company, Contact, Contract, ContractService, Resource, Ticket, TicketNote
from bot.autotask.entities import Task as ProjectTask
from bot.autotask.pool import AutotaskPool, Credentials, Limits, Pauses
from bot.autotask.query import all_of, any_of, everything
from bot.autotask.query import field as by
from bot.errors import (
    AutotaskBusy,
    AutotaskRejected,
    AutotaskUnavailable,
    CredentialsRejected,
    PermissionMissing,
)
from sandbox.autotask import server
from sandbox.autotask.accounts import SECRET, TRACKING_ID, USERNAME
from sandbox.autotask.control import Control
from sandbox.autotask.database import Database
from sandbox.autotask.settings import ServerSettings

OWN = 0
QUEUE = 29_682_833


@dataclass
class HandClock:
    """A clock that moves when somebody sleeps by it."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class World:
    """A running sandbox, and a pool that talks to it."""

    url: str
    control: Control
    database: Database
    pool: AutotaskPool
    clock: HandClock

    def client(self, key: str = "T1", *, secret: str = SECRET) -> AutotaskClient:
        return self.pool.for_connection(key, credentials(secret=secret))

    def count(self, entity: str) -> int:
        return len(self.control.log(entity=entity))


def credentials(
    *, username: str = USERNAME, secret: str = SECRET, tracking_id: str = TRACKING_ID
) -> Credentials:
    return Credentials(username, SecretStr(secret), SecretStr(tracking_id))


@asynccontextmanager
async def world(
    *, companies: int = 0, settings: ServerSettings | None = None, limits: Limits | None = None
) -> AsyncIterator[World]:
    database = Database.minimal()
    database.insert_many("Companies", (company(n) for n in range(companies)))
    clock = HandClock()
    database.clock.set(clock.moment, scale=0)  # simulated latency takes no time
    pauses = Pauses(sleep=clock.sleep, jitter=lambda: 0.0)
    async with server.serve(database, settings=settings) as running:
        pool = AutotaskPool(running.discovery_url, clock=clock, limits=limits, pauses=pauses)
        async with pool:
            yield World(running.url, running.control, database, pool, clock)


def company(n: int) -> dict[str, str | int | bool]:
    return {
        "companyName": f"Company {n:05}",
        "companyType": 1,
        "phone": "555-0100",
        "ownerResourceID": 29_682_886,
        "isActive": n % 10 != 0,
    }


def ticket(title: str = "Printer on fire") -> dict[str, str | int]:
    return {
        "companyID": OWN,
        "title": title,
        "status": 1,
        "priority": 2,
        "queueID": QUEUE,
        "externalID": "ref-1",
    }


@pytest.fixture
async def small() -> AsyncIterator[World]:
    async with world(companies=3) as it:
        yield it


# Connecting


async def test_proving_credentials_finds_the_zone_with_three_requests(small: World) -> None:
    zone = await small.pool.prove(credentials())
    assert (zone.name, zone.ci) == ("Sandbox", 30595)
    assert zone.api_url.startswith(small.url)
    assert [each.entity for each in small.control.log()][-2:] == ["ThresholdInformation", "Companies"]


@pytest.mark.parametrize(
    ("wrong", "field_name"),
    [
        ({"username": "nobody@sandbox.example"}, "username"),
        ({"secret": "not-it"}, "secret"),
        ({"tracking_id": "NOTATRACKINGID00000000000000"}, "tracking_id"),
    ],
)
async def test_a_wrong_credential_is_named(small: World, wrong: dict[str, str], field_name: str) -> None:
    with pytest.raises(CredentialsRejected) as refused:
        await small.pool.prove(credentials(**wrong))
    assert refused.value.field == field_name
    assert "not-it" not in refused.value.reason


async def test_proving_says_which_right_is_missing(small: World) -> None:
    small.control.revoke("Companies", ["query"], look="500")
    with pytest.raises(PermissionMissing) as missing:
        await small.pool.prove(credentials())
    assert (missing.value.entity, missing.value.right) == ("Company", "query")


@pytest.mark.parametrize("suffix", ["", "atservicesrest/v1.0", "atservicesrest/v1.0/zoneInformation"])
async def test_any_form_of_the_discovery_address_works(small: World, suffix: str) -> None:
    async with AutotaskPool(small.url + suffix) as pool:
        assert (await pool.prove(credentials())).ci == 30595


# Reading


async def test_twelve_hundred_companies_are_mirrored_in_three_pages() -> None:
    async with world(companies=1_200) as it:
        seen = [row.id async for page in it.client().pages(Company, everything()) for row in page.items]
        assert len(seen) == 1_201  # and the own company, id 0
        assert seen == sorted(set(seen))
        assert it.count("Companies") == 3


async def test_a_walk_stops_and_resumes_where_it_was() -> None:
    async with world(companies=25) as it:
        walk = it.client().pages(Company, everything(), page_size=10)
        first = await anext(walk)
        rest = [
            row.id
            async for page in it.client().pages(Company, everything(), page_size=10, after_id=first.last_id)
            for row in page.items
        ]
        assert [row.id for row in first.items] + rest == sorted(it.database.table("Companies").ids)


async def test_only_the_fields_asked_for_arrive_and_the_id_with_them(small: World) -> None:
    (page,) = [page async for page in small.client().pages(Company, everything(), fields=["companyName"])]
    assert all(row.company_name for row in page.items)
    assert {row.phone for row in page.items} == {""}


async def test_filters_reach_autotask() -> None:
    async with world(companies=30) as it:
        client = it.client()
        active = all_of(by("isActive").eq(True), by("companyName").begins_with("Company"))
        assert await client.count(Company, active) == 27
        either = any_of(by("companyName").ends_with("00007"), by("companyName").contains("00012"))
        assert [row.company_name for row in await client.list_all(Company, either, limit=10)] == [
            "Company 00007",
            "Company 00012",
        ]


async def test_a_bounded_list_asks_for_no_more_than_its_bound() -> None:
    async with world(companies=700) as it:
        assert len(await it.client().list_all(Company, everything(), limit=20)) == 20
        assert it.count("Companies") == 1


@pytest.mark.parametrize("look", ["null", "404"])
async def test_a_missing_record_is_none_in_both_shapes(look: str) -> None:
    async with world(settings=ServerSettings(missing_item=look)) as it:  # type: ignore[arg-type]
        assert await it.client().get(Ticket, 99) is None
        assert await it.client().first(Ticket, by("title").eq("nothing")) is None


async def test_the_own_company_has_id_zero_and_is_a_record(small: World) -> None:
    own = await small.client().get(Company, OWN)
    assert own is not None
    assert own.id == 0
    assert own.company_name


async def test_children_of_many_parents_come_in_lists_of_five_hundred() -> None:
    async with world(companies=1_100) as it:
        ids = [key for key in it.database.table("Companies").ids if key]
        it.database.insert_many(
            "Contacts",
            ({"companyID": key, "firstName": "A", "lastName": "B", "isActive": 1} for key in ids),
        )
        it.control.clear_log()
        found = [
            row async for page in it.client().by_parents(Contact, "companyID", ids) for row in page.items
        ]
        assert sorted(row.company_id or 0 for row in found) == ids
        # Three lists (500, 500, 100); a full page is followed by one that is found empty.
        assert it.count("Contacts") <= 5
        assert [each.status for each in it.control.log(entity="Contacts")] == [200] * it.count("Contacts")


async def test_ranges_side_by_side_miss_nothing_and_repeat_nothing() -> None:
    async with world(companies=2_000) as it:
        ids = sorted(it.database.table("Companies").ids)
        walk = it.client().by_ranges(Company, everything(), ids[499::500])
        seen = [row.id async for page in walk for row in page.items]
        assert sorted(seen) == ids


# Metadata


async def test_picklists_have_numbers_labels_and_a_default(small: World) -> None:
    fields = await small.client().fields(Ticket)
    assert fields.label("status", 5) == "Complete"
    assert {value.label for value in fields.choices("queueID")} >= {"Service Desk", "Triage"}
    assert all(isinstance(value.value, int) for value in fields.picklist("priority"))
    assert fields.max_length("title") == 255
    assert fields.max_length("status") is None


async def test_metadata_is_read_once_a_day(small: World) -> None:
    client = small.client()
    await client.fields(Ticket)
    await client.fields(Ticket)
    assert small.count("Tickets") == 1
    small.clock.moment += timedelta(days=1)
    await client.fields(Ticket)
    assert small.count("Tickets") == 2


async def test_a_refused_picklist_value_makes_metadata_fresh(small: World) -> None:
    client = small.client()
    assert 2 in {value.value for value in (await client.fields(Ticket)).choices("priority")}
    small.control.set_picklist_value_active("Tickets", "priority", "2", active=False)
    with pytest.raises(AutotaskRejected):
        await client.create(Ticket, ticket())
    assert 2 not in {value.value for value in (await client.fields(Ticket)).choices("priority")}


async def test_access_is_told_for_every_entity_in_one_request(small: World) -> None:
    access = await small.client().entity_access()
    assert access["Ticket"].can_create
    assert not access["ContractServiceUnit"].can_create
    assert small.count("EntityInformation") == 1


async def test_the_threshold_is_read(small: World) -> None:
    small.control.set_request_count(1_239)
    threshold = await small.client().threshold()
    assert threshold.limit == 10_000
    assert 1_239 <= threshold.used <= 1_241
    assert threshold.window == timedelta(hours=1)
    assert str(await small.client().usage()) == f"API {threshold.used:,}/10,000 · us 1"


# Writing


async def test_a_ticket_is_created_changed_and_read_back(small: World) -> None:
    client = small.client()
    ticket_id = await client.create(Ticket, {**ticket(), "estimatedHours": Decimal("1.2500")})
    await client.update(Ticket, ticket_id, {"status": 5, "resolution": "Put out", "externalID": None})
    found = await client.get(Ticket, ticket_id)
    assert found is not None
    assert (found.status, found.resolution, found.external_id) == (5, "Put out", "")
    assert found.estimated_hours == Decimal("1.25")
    assert found.completed_date is not None
    assert found.completed_date.tzinfo is UTC


async def test_a_child_is_written_below_its_parent(small: World) -> None:
    client = small.client()
    ticket_id = await client.create(Ticket, ticket())
    note = {"title": "Note", "description": "Seen", "noteType": 3, "publish": 1}
    note_id = await client.create(TicketNote, note, parent_id=ticket_id)
    await client.update(TicketNote, note_id, {"description": "Seen twice"}, parent_id=ticket_id)
    found = await client.first(TicketNote, by("ticketID").eq(ticket_id))
    assert found is not None
    assert (found.id, found.description) == (note_id, "Seen twice")


async def test_a_write_can_be_made_in_a_persons_name(small: World) -> None:
    client = small.client()
    petra = await client.first(Resource, by("email").begins_with("petra"))
    assert petra is not None
    found = await client.get(Ticket, await client.create(Ticket, ticket(), impersonate=petra.id))
    assert found is not None
    assert found.creator_resource_id == petra.id


async def test_a_date_is_the_same_date_after_a_round_trip(small: World) -> None:
    client = small.client()
    values = {
        "companyID": OWN,
        "contractName": "Managed",
        "contractType": 7,
        "contractPeriodType": "m",
        "status": 1,
        "startDate": date(2026, 3, 29),
        "endDate": date(2026, 10, 25),
        "timeReportingRequiresStartAndStopTimes": 0,
    }
    found = await client.get(Contract, await client.create(Contract, values))
    assert found is not None
    assert (found.start_date, found.end_date) == (date(2026, 3, 29), date(2026, 10, 25))
    assert await client.first(Contract, by("startDate").eq(date(2026, 3, 29))) == found


async def test_autotasks_reasons_arrive_as_it_gave_them(small: World) -> None:
    with pytest.raises(AutotaskRejected) as refused:
        await small.client().create(Ticket, {key: value for key, value in ticket().items() if key != "title"})
    assert refused.value.entity == "Ticket"
    assert any("title" in reason for reason in refused.value.reasons)
    assert small.count("Tickets") == 1


@pytest.mark.parametrize("look", ["403", "500"])
async def test_a_missing_right_is_told_whatever_its_status(small: World, look: str) -> None:
    small.control.revoke("Tickets", ["create"], look=look)  # type: ignore[arg-type]
    with pytest.raises(PermissionMissing) as missing:
        await small.client().create(Ticket, ticket())
    assert (missing.value.entity, missing.value.right) == ("Ticket", "create")


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
        await asyncio.gather(*(_drain(walk) for walk in walks), *counts)
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
    assert busy.value.retry_after == timedelta(minutes=1)
    with pytest.raises(AutotaskBusy):
        await client.count(Ticket, everything())
    assert small.count("Tickets") == 0
    small.clock.moment += timedelta(minutes=1)
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


@asynccontextmanager
async def discovery(answers: list[str]) -> AsyncIterator[str]:
    """A discovery service that tells the addresses one after the other, and the last one for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        url = answers.pop(0) if len(answers) > 1 else answers[0]
        body = f'{{"zoneName":"Z","url":"{url}ATServicesRest/","webUrl":"{url}","ci":30595}}'
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    service = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with service:
        yield f"http://127.0.0.1:{service.sockets[0].getsockname()[1]}"


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


async def test_a_wrong_secret_is_tried_three_times_and_then_no_more(small: World) -> None:
    client = small.client(secret="wrong")
    for _ in range(8):
        with pytest.raises(CredentialsRejected):
            await client.count(Company, everything())
    assert client.held
    assert [each.status for each in small.control.log(entity="Companies")] == [401] * 3
    assert not small.control.user().locked


async def test_a_secret_revoked_in_full_flight_locks_nobody_out() -> None:
    async with world(companies=3_000, settings=ServerSettings(page_latency_ms=10)) as it:
        client = it.client()
        await client.count(Company, everything())
        ids = sorted(it.database.table("Companies").ids)
        kinds = (Company, Contact, Contract, ContractService, Resource, Ticket, TicketNote, ProjectTask)
        work = [_drain(client.by_ranges(kind, everything(), ids[99::100])) for kind in kinds]
        running = asyncio.gather(*work, return_exceptions=True)
        await _until(lambda: len(it.control.log()) > 20)
        it.control.user().secret = "rotated"
        outcomes = await running
        assert all(isinstance(each, CredentialsRejected) for each in outcomes)
        assert client.held
        assert 3 <= it.control.user().failures < ServerSettings().lockout_after
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


async def test_before_the_first_success_calls_go_one_at_a_time() -> None:
    async with world(settings=ServerSettings(page_latency_ms=10)) as it:
        client = it.client(secret="wrong")
        calls = [client.count(kind, everything()) for kind in (Company, Contact, Contract, Ticket, Resource)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, CredentialsRejected) for each in outcomes)
        assert it.control.user().failures == 3


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


async def _drain(walk: AsyncIterator[object]) -> None:
    async for _ in walk:
        pass


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the sandbox's log rings no bell
            await asyncio.sleep(0.002)
