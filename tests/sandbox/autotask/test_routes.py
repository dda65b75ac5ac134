import pytest


@pytest.mark.parametrize(
    "path",
    [
        "Contacts",
        "TicketNotes",
        "Tasks",
        "Phases",
        "ContractServices",
        "ContractMilestones",
        "ContractServiceUnits",
    ],
)
async def test_children_cannot_be_created_at_the_root(tenant, path):
    reply = await tenant.call("POST", path, {})
    assert reply.status_code == 404
    assert "No HTTP resource was found" in reply.json()["Message"]


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("DELETE", "Tickets/1"),
        ("DELETE", "Companies/1"),
        ("DELETE", "Contracts/1"),
        ("DELETE", "Contacts/1"),
        ("DELETE", "Tickets/1/Notes/1"),
        ("DELETE", "Contracts/1/Services/1"),
        ("PATCH", "Tickets/1"),
        ("PUT", "Companies/1"),
        ("POST", "Invoices"),
        ("POST", "BillingItems"),
        ("GET", "Tickets"),
        ("GET", "Contracts/1/ServiceAdjustments"),
        ("POST", "Contracts/1/ServiceUnits"),
        ("PATCH", "ServiceBundles/1/Services"),
    ],
)
async def test_a_verb_that_a_url_does_not_take_is_a_405_in_the_observed_words(tenant, verb, path):
    reply = await tenant.call(verb, path, {})
    assert reply.status_code == 405
    assert reply.json() == {"Message": f"The requested resource does not support http method '{verb}'."}


@pytest.mark.parametrize(
    "path", ["Nonsense", "Tickets/1/Nonsense", "ContractServiceAdjustments/query", "BillingCodes"]
)
async def test_an_unknown_url_is_a_404_of_the_framework(tenant, path):
    reply = await tenant.call("POST", path, {"filter": [{"op": "exist", "field": "id"}]})
    assert reply.status_code == 404
    assert "Message" in reply.json()


async def test_an_id_that_is_no_number_is_a_400(tenant):
    assert (await tenant.get("Tickets/abc")).status_code == 400


async def test_malformed_json_is_a_400_of_the_framework(tenant):
    url = "http://sandbox/ATServicesRest/V1.0/Tickets"
    reply = await tenant.http.post(url, content="{", headers=tenant.headers)
    assert (reply.status_code, reply.json()) == (400, {"Message": "The request is invalid."})


async def test_a_child_is_read_below_its_own_parent_only(tenant):
    company, other = tenant.company(), tenant.company("Other")
    contact = tenant.contact(company)
    assert (await tenant.item(f"Companies/{company}/Contacts", contact))["id"] == contact
    assert await tenant.item(f"Companies/{other}/Contacts", contact) is None


async def test_contacts_are_created_changed_and_deleted_below_their_company(tenant):
    company = tenant.company()
    path = f"Companies/{company}/Contacts"
    contact = await tenant.create(
        path, {"firstName": "Ann", "lastName": "Lee", "isActive": 1, "companyID": company}
    )
    await tenant.change(path, {"id": contact, "title": "CFO"})
    assert (await tenant.item("Contacts", contact))["title"] == "CFO"
    reply = await tenant.call("DELETE", f"{path}/{contact}")
    assert (reply.status_code, reply.json()) == (200, {"itemId": contact})
    assert await tenant.item("Contacts", contact) is None


async def test_deleting_what_does_not_exist_is_a_500_with_the_observed_words(tenant):
    (reason,) = await tenant.refused("DELETE", "TimeEntries/4242")
    assert reason.startswith("No matching records found.")


async def test_a_child_of_an_unknown_parent_is_refused(tenant):
    body = {"firstName": "Ann", "lastName": "Lee", "isActive": 1}
    reasons = await tenant.refused("POST", "Companies/4242/Contacts", body)
    assert reasons == ["Reference value on field: companyID of type: Company does not exist or is invalid."]
