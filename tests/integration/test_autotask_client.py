"""The Autotask client against the sandbox over HTTP: connecting, reading, metadata, writing."""

from collections.abc import AsyncIterator
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest

from bot.autotask.entities import (
    ENTITIES,
    Company,
    Contact,
    Contract,
    Entity,
    Resource,
    Ticket,
    TicketNote,
)
from bot.autotask.pool import AutotaskPool
from bot.autotask.query import all_of, any_of, everything
from bot.autotask.query import field as by
from bot.errors import (
    AutotaskRejected,
    CredentialsRejected,
    PermissionMissing,
)
from sandbox.autotask.settings import ServerSettings
from tests.integration.autotask_world import OWN, World, credentials, ticket, world


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


async def test_metadata_wanted_fresh_is_read_now(small: World) -> None:
    client = small.client()
    await client.fields(Ticket)
    small.control.set_picklist_value_active("Tickets", "priority", "2", active=False)
    assert 2 not in {value.value for value in (await client.fields(Ticket, fresh=True)).choices("priority")}
    assert 2 not in {value.value for value in (await client.fields(Ticket)).choices("priority")}
    assert small.count("Tickets") == 2


async def test_a_refused_picklist_value_makes_metadata_fresh(small: World) -> None:
    client = small.client()
    assert 2 in {value.value for value in (await client.fields(Ticket)).choices("priority")}
    small.control.set_picklist_value_active("Tickets", "priority", "2", active=False)
    with pytest.raises(AutotaskRejected):
        await client.create(Ticket, ticket())
    assert 2 not in {value.value for value in (await client.fields(Ticket)).choices("priority")}


async def test_an_invoice_comes_as_the_pdf_that_autotask_prints(small: World) -> None:
    invoice = {"companyID": OWN, "invoiceNumber": "INV-1", "invoiceDateTime": "2026-03-01T00:00:00Z"}
    invoice_id = small.database.insert("Invoices", invoice)
    assert (await small.client().invoice_pdf(invoice_id)).startswith(b"%PDF-")


async def test_a_link_opens_the_record_in_the_zones_web_pages(small: World) -> None:
    zone = await small.client().zone()
    link = await small.client().link(Ticket, 7)
    assert (
        link == f"{zone.web_url}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7"
    )


@pytest.mark.parametrize("entity", [each for each in ENTITIES if each.endpoint.queryable])
async def test_every_entity_is_where_we_look_for_it(small: World, entity: type[Entity]) -> None:
    fields = await small.client().fields(entity)
    known = {found.alias.lower() for found in entity.model_fields.values() if found.alias}
    assert known - set(fields.fields) <= {"userdefinedfields"}
    assert await small.client().count(entity, everything()) >= 0


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
