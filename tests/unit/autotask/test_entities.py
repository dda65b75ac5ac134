from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bot.autotask.answers import Odd, read_access, read_file, read_or_odd, read_record
from bot.autotask.entities import (
    ENTITIES,
    BillingItem,
    Company,
    Contact,
    Contract,
    ContractServiceUnit,
    Entity,
    Invoice,
    Ticket,
)
from bot.autotask.links import COMMANDS, company_url, link, ticket_url
from bot.autotask.wire import JsonObject, decode
from bot.errors import AutotaskUnavailable

TICKET = b"""{"id":29690321,"ticketNumber":"T20221207.0005","title":"Printer","description":"a\\r\\nb",
"companyID":0,"status":5,"priority":2,"queueID":29682833,"source":-1,"estimatedHours":3.5000,
"createDate":"2022-12-07T09:15:52.407Z","lastActivityDate":"2022-12-07T09:15:45.2","completedDate":null,
"dueDateTime":"2022-12-06T13:00:00+02:00","externalID":null,"problemTicketId":12,"soapParentPropertyId":{},
"userDefinedFields":[{"name":"Site","value":"North"},{"name":"Empty","value":null}],"aFieldOfNextYear":1}"""


def ticket() -> Ticket:
    return read_record(Ticket, decode(TICKET) or {})


def test_a_recorded_ticket_is_read() -> None:
    found = ticket()
    assert (found.id, found.ticket_number, found.company_id, found.source) == (
        29_690_321,
        "T20221207.0005",
        0,
        -1,
    )
    assert found.estimated_hours == Decimal("3.5000")
    assert str(found.estimated_hours) == "3.5000"
    assert found.problem_ticket_id == 12
    assert found.external_id == ""


def test_moments_are_utc_with_or_without_their_zone() -> None:
    found = ticket()
    assert found.create_date == datetime(2022, 12, 7, 9, 15, 52, 407_000, tzinfo=UTC)
    assert found.last_activity_date == datetime(2022, 12, 7, 9, 15, 45, 200_000, tzinfo=UTC)
    assert found.due_date_time == datetime(2022, 12, 6, 11, tzinfo=UTC)
    assert found.completed_date is None


def test_user_defined_fields_are_found_by_name() -> None:
    assert (ticket().udf("Site"), ticket().udf("Empty"), ticket().udf("Absent")) == ("North", None, None)


@pytest.mark.parametrize(
    ("stored", "read"), [(7, "7"), (Decimal("3.50"), "3.50"), (True, "true"), ("x", "x"), ("", None)]
)
def test_a_user_defined_value_of_any_kind_is_read_as_text(stored: object, read: str | None) -> None:
    row = {"id": 1, "userDefinedFields": [{"name": "Site", "value": stored}]}
    assert Ticket.model_validate(row).udf("Site") == read


def test_an_empty_text_in_a_field_of_another_kind_is_no_value() -> None:
    found = Ticket.model_validate({"id": 1, "status": "", "estimatedHours": "", "title": ""})
    assert (found.status, found.estimated_hours, found.title) == (None, None, "")
    assert Contact.model_validate({"id": 1, "isActive": ""}).is_active is False


def test_a_record_of_chosen_fields_is_a_record() -> None:
    assert Company.model_validate({"id": 0, "companyName": None}).company_name == ""


@pytest.mark.parametrize(("said", "meant"), [(1, True), (0, False), (True, True), (None, False)])
def test_a_contacts_activity_is_zero_or_one(said: object, meant: bool) -> None:
    assert Contact.model_validate({"id": 1, "isActive": said}).is_active is meant


def test_date_only_fields_are_literal_dates() -> None:
    found = Contract.model_validate({"id": 1, "startDate": "2026-03-29T00:00:00Z", "endDate": "2026-10-25"})
    assert (found.start_date, found.end_date) == (date(2026, 3, 29), date(2026, 10, 25))


@pytest.mark.parametrize("period", ["m", 1, None])
def test_a_period_type_is_a_letter_or_a_number(period: object) -> None:
    assert Contract.model_validate({"id": 1, "contractPeriodType": period}).contract_period_type == period


def test_units_and_money_are_exact() -> None:
    row = decode(b'{"id":1,"units":12,"price":482.6000,"cost":0.00,"approveAndPostDate":null}') or {}
    found = read_record(ContractServiceUnit, row)
    assert (found.units, found.price, found.cost) == (12, Decimal("482.6"), Decimal(0))


def test_billing_items_write_non_billable_as_a_number_and_no_invoice_as_zero() -> None:
    found = BillingItem.model_validate({"id": 1, "nonBillable": 1, "invoiceID": 0})
    assert found.non_billable
    assert found.invoice_id == 0


def test_an_invoice_without_number_shows_its_id() -> None:
    assert Invoice.model_validate({"id": 77, "invoiceNumber": ""}).number == "77"
    assert Invoice.model_validate({"id": 77, "invoiceNumber": "INV-9"}).number == "INV-9"


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError):
        ticket().title = "other"


@pytest.mark.parametrize(
    "row", [{}, {"id": None}, {"id": 1, "status": "abc"}, {"id": 1, "createDate": "soon"}]
)
def test_a_row_of_another_shape_is_no_answer_and_its_values_are_not_quoted(row: dict[str, object]) -> None:
    with pytest.raises(AutotaskUnavailable) as unreadable:
        read_record(Ticket, row)  # type: ignore[arg-type]
    assert "soon" not in unreadable.value.detail
    assert unreadable.value.detail.startswith("Ticket has an unexpected shape")


# Where entities live


def test_every_entity_has_its_own_place() -> None:
    assert len({entity.endpoint.collection for entity in ENTITIES}) == len(ENTITIES)
    assert all(entity.__name__ == entity.endpoint.name for entity in ENTITIES)


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_fields_that_an_endpoint_names_are_fields_of_the_record(entity: type[Entity]) -> None:
    wire = {found.alias for found in entity.model_fields.values()}
    endpoint = entity.endpoint
    named = {endpoint.parent_field, endpoint.modified_field, endpoint.external_id_field} - {"", None}
    assert named <= wire
    assert bool(endpoint.parent) == bool(endpoint.child) == bool(endpoint.parent_field)


def test_children_are_written_below_their_parent_and_only_there() -> None:
    assert Contact.endpoint.path(42) == "Companies/42/Contacts"
    assert Ticket.endpoint.path() == "Tickets"
    with pytest.raises(ValueError, match="Companies"):
        Contact.endpoint.path()


# Links


def test_links_open_the_record() -> None:
    base = "https://ww2.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code="
    assert link("https://ww2.autotask.net/", Ticket, 7) == base + "OpenTicketDetail&TicketID=7"
    assert ticket_url("https://ww2.autotask.net", 7) == base + "OpenTicketDetail&TicketID=7"
    assert company_url("https://ww2.autotask.net/", 0) == base + "OpenAccount&AccountID=0"


@pytest.mark.parametrize("entity", [entity for entity in ENTITIES if entity not in COMMANDS])
def test_what_has_no_page_has_no_link(entity: type[Entity]) -> None:
    assert link("https://ww2.autotask.net/", entity, 7) is None


# Other answers


def test_access_is_read_in_both_spellings_of_its_level() -> None:
    info = {
        "name": "Ticket",
        "canCreate": True,
        "canQuery": True,
        "userAccessForCreate": "All",
        "userAccessForQuery": 3,
    }
    access = read_access({"entityDescriptions": [{"info": info}, {"info": None}, {}]})
    assert set(access) == {"Ticket"}
    assert (access["Ticket"].can_create, access["Ticket"].can_delete) == (True, False)
    assert (access["Ticket"].user_access_for_create, access["Ticket"].user_access_for_query) == ("All", "3")


def test_no_access_is_a_level_and_rights_come_wrapped_or_not_as_words_or_numbers() -> None:
    row: JsonObject = {
        "name": "Ticket",
        "canCreate": 1,
        "canQuery": "true",
        "canUpdate": 0,
        "userAccessForCreate": 0,
    }
    ticket_access = read_access({"entityDescriptions": [row]})["Ticket"]
    assert ticket_access.user_access_for_create == "0"
    assert ticket_access.user_access_for_query == ""
    assert (ticket_access.can_create, ticket_access.can_query) == (True, True)
    assert (ticket_access.can_update, ticket_access.can_delete) == (False, False)


def test_a_file_is_base64_or_an_array_and_a_cut_one_is_no_file() -> None:
    assert read_file({"data": "JVBERi0="}) == b"%PDF-"
    assert read_file({"data": [37, 80, 68, 70]}) == b"%PDF"
    for broken in ("JVBERi0", "J*", [1, 999], ["x"]):
        with pytest.raises(AutotaskUnavailable):
            read_file({"data": broken})


@pytest.mark.parametrize("record_id", [7, "7", Decimal("7.0")])
def test_a_record_of_which_a_field_cannot_be_read_is_known_by_its_id(record_id: object) -> None:
    row = {"id": record_id, "status": "abc", "createDate": "soon", "title": "fine"}
    assert read_or_odd(Ticket, row) == Odd(7, ("createDate", "status"))  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [{"status": 1}, {"id": None}, {"id": "seven"}])
def test_a_record_without_id_is_no_answer(row: dict[str, object]) -> None:
    with pytest.raises(AutotaskUnavailable):
        read_or_odd(Ticket, row)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
def test_the_first_day_of_all_is_no_date(text: str) -> None:
    found = Contract.model_validate({"id": 1, "startDate": text, "lastModifiedDateTime": text})
    assert (found.start_date, found.last_modified_date_time) == (None, None)


def test_the_last_day_of_all_is_taken_in_every_zone() -> None:
    text = "9999-12-31T23:59:59-12:00"
    found = Contract.model_validate({"id": 1, "endDate": text, "lastModifiedDateTime": text})
    assert found.end_date == date.max
    assert found.last_modified_date_time == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
