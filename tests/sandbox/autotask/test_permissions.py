import pytest

ALL = {"filter": [{"op": "exist", "field": "id"}]}


@pytest.mark.parametrize("status", [403, 500])
async def test_a_revoked_right_is_refused_with_the_permission_text_as_403_or_500(tenant, status):
    tenant.control.revoke("Tickets", ["create"], look=str(status))
    assert await tenant.refused("POST", "Tickets", tenant.ticket(), status=status) == [
        "The logged in Resource does not have the adequate permissions to create this entity type."
    ]


async def test_rights_are_separate(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    tenant.control.revoke("Tickets", ["update"])
    assert await tenant.refused("PATCH", "Tickets", {"id": ticket, "title": "x"}, status=403)
    assert await tenant.create("Tickets", tenant.ticket())
    assert (await tenant.item("Tickets", ticket))["title"] == "Printer"
    tenant.control.grant("Tickets", ["update"])
    await tenant.change("Tickets", {"id": ticket, "title": "x"})


async def test_a_missing_view_right_can_show_as_silence(tenant):
    invoice = tenant.database.insert("Invoices", {"companyID": 0})
    tenant.control.revoke("Invoices", ["query"], look="empty")
    assert (await tenant.call("POST", "Invoices/query", ALL)).json()["items"] == []
    assert (await tenant.call("POST", "Invoices/query/count", ALL)).json() == {"queryCount": 0}
    assert await tenant.item("Invoices", invoice) is None


async def test_a_missing_view_right_can_be_loud_too(tenant):
    tenant.control.revoke("Invoices", ["query"], look="403")
    assert await tenant.refused("POST", "Invoices/query", ALL, status=403)


async def test_rights_of_a_child_are_those_of_the_child_entity(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    tenant.control.revoke("TicketNotes", ["create"], look="500")
    body = {"title": "t", "description": "d", "noteType": 1, "publish": 1}
    assert await tenant.refused("POST", f"Tickets/{ticket}/Notes", body)


async def test_deleting_needs_its_own_right(tenant):
    contact = tenant.contact(0)
    tenant.control.revoke("Contacts", ["delete"])
    assert await tenant.refused("DELETE", f"Companies/0/Contacts/{contact}", status=403)


async def test_the_entity_information_shows_what_the_user_may_do(tenant):
    tenant.control.revoke("Tickets", ["create"])
    info = (await tenant.get("Tickets/entityInformation")).json()["info"]
    assert (info["userAccessForCreate"], info["userAccessForQuery"]) == ("None", "All")
    assert (info["canCreate"], info["canDelete"], info["canUpdate"]) == (True, False, True)
