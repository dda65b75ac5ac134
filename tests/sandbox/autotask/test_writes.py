import pytest

from tests.sandbox.autotask.conftest import ADA, API_USER, FORMER

NOW = "2026-03-10T09:15:52.407Z"


async def test_creating_answers_200_with_the_item_id_only(tenant):
    reply = await tenant.call("POST", "Tickets", tenant.ticket(id=0))
    assert reply.status_code == 200
    assert list(reply.json()) == ["itemId"]
    assert (await tenant.item("Tickets", reply.json()["itemId"]))["title"] == "Printer"


async def test_the_server_writes_the_stamps_and_the_author(tenant):
    ticket = await tenant.item("Tickets", await tenant.create("Tickets", tenant.ticket()))
    assert (
        ticket["createDate"] == ticket["lastActivityDate"] == ticket["lastTrackedModificationDateTime"] == NOW
    )
    assert (ticket["creatorResourceID"], ticket["impersonatorCreatorResourceID"]) == (API_USER, None)


async def test_field_names_in_a_body_ignore_letter_case(tenant):
    body = {"COMPANYID": 0, "Title": "x", "STATUS": 1, "priority": 2, "queueid": 5}
    assert (await tenant.item("Tickets", await tenant.create("Tickets", body)))["queueID"] == 5


async def test_patch_changes_only_what_is_sent_and_null_clears(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket(description="Old", purchaseOrderNumber="PO1"))
    await tenant.change("Tickets", {"id": ticket, "description": None, "title": "New"})
    item = await tenant.item("Tickets", ticket)
    assert (item["title"], item["description"], item["purchaseOrderNumber"]) == ("New", None, "PO1")


async def test_put_empties_every_writable_field_that_is_not_sent(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket(description="Old", externalID="E1"))
    await tenant.change("Tickets", {"id": ticket, **tenant.ticket(title="New")}, verb="PUT")
    item = await tenant.item("Tickets", ticket)
    assert (item["title"], item["description"], item["externalID"]) == ("New", None, None)
    assert item["ticketNumber"] == "T20260310.0001"


async def test_put_without_a_required_field_is_refused(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    assert await tenant.refused(
        "PUT", "Tickets", {"id": ticket, "companyID": 0, "status": 1, "priority": 2}
    ) == ["Missing Required Field: title"]


async def test_read_only_and_unknown_fields_vanish_without_a_word(tenant):
    body = tenant.ticket(ticketNumber="T1", createDate="2001-01-01", completedDate="2001-01-01", nonsense=1)
    item = await tenant.item("Tickets", await tenant.create("Tickets", body))
    assert (item["ticketNumber"], item["createDate"], item["completedDate"]) == ("T20260310.0001", NOW, None)


async def test_create_only_fields_are_taken_once_and_then_ignored(tenant):
    body = {
        "companyID": 0, "contractName": "C", "contractType": 7, "contractPeriodType": "m", "status": 1,
        "startDate": "2026-01-01", "endDate": "2026-12-31", "timeReportingRequiresStartAndStopTimes": 0,
    }  # fmt: skip
    contract = await tenant.create("Contracts", body)
    await tenant.change("Contracts", {"id": contract, "contractType": 1, "contractPeriodType": "y"})
    item = await tenant.item("Contracts", contract)
    assert (item["contractType"], item["contractPeriodType"]) == (7, "m")


async def test_updating_an_unknown_record_is_refused(tenant):
    assert await tenant.refused("PATCH", "Tickets", {"id": 4242, "title": "x"})
    assert await tenant.refused("PATCH", "Tickets", {"title": "x"})


async def test_a_body_value_of_the_wrong_type_is_refused(tenant):
    (reason,) = await tenant.refused("POST", "Tickets", tenant.ticket(companyID="Acme"))
    assert "companyID" in reason


async def test_date_only_fields_lose_their_time(tenant):
    invoice = tenant.database.insert("Invoices", {"companyID": 0, "invoiceNumber": "1"})
    await tenant.change("Invoices", {"id": invoice, "paidDate": "2026-03-04T17:45:00Z"})
    assert (await tenant.item("Invoices", invoice))["paidDate"] == "2026-03-04T00:00:00Z"


async def test_an_invoice_takes_number_paid_date_and_web_service_date_only(tenant):
    invoice = tenant.database.insert("Invoices", {"companyID": 0, "invoiceNumber": "1", "comments": "a"})
    changes = {"invoiceNumber": "2", "webServiceDate": "2026-03-04", "comments": "b", "isVoided": True}
    await tenant.change("Invoices", {"id": invoice, **changes})
    item = await tenant.item("Invoices", invoice)
    assert (item["invoiceNumber"], item["webServiceDate"]) == ("2", "2026-03-04T00:00:00Z")
    assert (item["comments"], item["isVoided"]) == ("a", False)


async def test_a_patch_of_user_defined_fields_keeps_the_others(tenant):
    company = tenant.company(userDefinedFields={"Plan": "Gold", "Region": "N"})
    await tenant.change(
        "Companies", {"id": company, "userDefinedFields": [{"name": "Plan", "value": "Silver"}]}
    )
    udfs = (await tenant.item("Companies", company))["userDefinedFields"]
    assert udfs == [{"name": "Plan", "value": "Silver"}, {"name": "Region", "value": "N"}]


async def test_an_impersonated_write_shows_the_person_and_the_api_user(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket(), ImpersonationResourceId=str(ADA))
    item = await tenant.item("Tickets", ticket)
    assert (item["creatorResourceID"], item["impersonatorCreatorResourceID"]) == (ADA, API_USER)


@pytest.mark.parametrize("resource", [str(FORMER), "4242", "someone"])
async def test_impersonating_nobody_active_is_denied(tenant, resource):
    (reason,) = await tenant.refused("POST", "Tickets", tenant.ticket(), ImpersonationResourceId=resource)
    assert reason.startswith("The logged in Resource does not have the adequate permissions")


async def test_impersonation_is_denied_where_the_level_or_the_entity_does_not_allow_it(tenant):
    ada = str(ADA)
    assert await tenant.refused("PATCH", "Contracts", {"id": 1}, ImpersonationResourceId=ada)
    tenant.control.user().impersonates = frozenset({"TicketNotes"})
    assert await tenant.refused("POST", "Tickets", tenant.ticket(), ImpersonationResourceId=ada)


async def test_reads_ignore_the_impersonation_header(tenant):
    assert (await tenant.call("GET", "Companies/0", ImpersonationResourceId="4242")).status_code == 200


async def test_ids_only_grow(tenant):
    first = await tenant.create("Tickets", tenant.ticket())
    second = await tenant.create("Tickets", tenant.ticket())
    assert second > first > 29_682_000
