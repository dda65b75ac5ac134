import pytest

from tests.sandbox.autotask.conftest import ADA, API_USER, ENGINEER, FORMER


@pytest.mark.parametrize("field", ["companyID", "title", "status", "priority"])
async def test_a_missing_required_field_is_named(tenant, field):
    body = tenant.ticket()
    del body[field]
    assert await tenant.refused("POST", "Tickets", body) == [f"Missing Required Field: {field}"]


async def test_a_note_needs_its_title(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    body = {"description": "d", "noteType": 1, "publish": 1}
    assert await tenant.refused("POST", f"Tickets/{ticket}/Notes", body) == ["Missing Required Field: title"]


async def test_an_unknown_picklist_value_is_refused(tenant):
    assert await tenant.refused("POST", "Tickets", tenant.ticket(priority=99)) == [
        "Picklist value [99] does not exist for priority."
    ]


async def test_a_disabled_picklist_value_is_refused_for_new_writes_and_stays_on_old_records(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket(priority=3))
    tenant.control.set_picklist_value_active("Tickets", "priority", "3", active=False)
    assert await tenant.refused("POST", "Tickets", tenant.ticket(priority=3))
    await tenant.change("Tickets", {"id": ticket, "title": "Still fine"})
    assert (await tenant.item("Tickets", ticket))["priority"] == 3


async def test_a_child_picklist_value_must_belong_to_its_parent(tenant):
    assert await tenant.create("Tickets", tenant.ticket(issueType=10, subIssueType=136))
    for issue in ({"issueType": 11, "subIssueType": 136}, {"subIssueType": 136}):
        assert await tenant.refused("POST", "Tickets", tenant.ticket(**issue)) == [
            "Value does not exist for child picklist: subIssueType"
        ]


async def test_an_unknown_reference_is_refused(tenant):
    assert await tenant.refused("POST", "Tickets", tenant.ticket(contactID=4242)) == [
        "Reference value on field: contactID of type: Contact does not exist or is invalid."
    ]


async def test_inactive_references_are_refused(tenant):
    contact = tenant.contact(0, isActive=0)
    contract = tenant.database.insert("Contracts", {"companyID": 0, "contractName": "Old", "status": 0})
    for field, value in (("contactID", contact), ("contractID", contract)):
        assert await tenant.refused("POST", "Tickets", tenant.ticket(**{field: value}))
    assigned = {"assignedResourceID": FORMER, "assignedResourceRoleID": ENGINEER}
    assert await tenant.refused("POST", "Tickets", tenant.ticket(**assigned))


async def test_an_inactive_reference_does_not_matter_until_it_is_sent_again(tenant):
    contact = tenant.contact(0)
    ticket = await tenant.create("Tickets", tenant.ticket(contactID=contact))
    tenant.database.update("Contacts", contact, {"isActive": 0})
    await tenant.change("Tickets", {"id": ticket, "title": "Fine"})
    assert await tenant.refused("PUT", "Tickets", {"id": ticket, **tenant.ticket(contactID=contact)})


async def test_a_contact_of_another_company_is_refused_but_not_one_of_the_parent(tenant):
    parent = tenant.company("Parent")
    child = tenant.company("Child", parentCompanyID=parent)
    stranger = tenant.contact(tenant.company("Stranger"))
    assert await tenant.refused("POST", "Tickets", tenant.ticket(companyID=child, contactID=stranger)) == [
        "contactID is not associated to the companyID or its Parent Company"
    ]
    assert await tenant.create("Tickets", tenant.ticket(companyID=child, contactID=tenant.contact(parent)))


async def test_a_configuration_item_of_another_company_is_refused(tenant):
    other = tenant.company("Other")
    item = tenant.database.insert("ConfigurationItems", {"companyID": other, "isActive": True})
    assert await tenant.refused("POST", "Tickets", tenant.ticket(configurationItemID=item)) == [
        f"The configurationItemID [{item}] is not associated with Company [0]"
    ]


async def test_moving_a_ticket_to_another_company_needs_its_dependants_cleared_in_the_same_patch(tenant):
    company, other = tenant.company(), tenant.company("Other")
    contact = tenant.contact(company)
    ticket = await tenant.create("Tickets", tenant.ticket(companyID=company, contactID=contact))
    assert await tenant.refused("PATCH", "Tickets", {"id": ticket, "companyID": other})
    await tenant.change("Tickets", {"id": ticket, "companyID": other, "contactID": None})


async def test_text_beyond_its_length_is_refused_naming_the_field_and_the_maximum(tenant):
    (reason,) = await tenant.refused("POST", "Tickets", tenant.ticket(title="x" * 256))
    assert "title" in reason
    assert "255" in reason
    assert await tenant.create("Tickets", tenant.ticket(title="x" * 255))


async def test_a_ticket_without_queue_and_assignee_is_refused(tenant):
    body = tenant.ticket()
    del body["queueID"]
    (reason,) = await tenant.refused("POST", "Tickets", body)
    assert reason.startswith("assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty.")


@pytest.mark.parametrize("half", [{"assignedResourceID": ADA}, {"assignedResourceRoleID": ENGINEER}])
async def test_half_an_assignment_is_refused(tenant, half):
    (reason,) = await tenant.refused("POST", "Tickets", tenant.ticket(**half))
    assert "assignedResourceID and assignedResourceRoleID" in reason


async def test_a_role_that_the_assignee_does_not_hold_is_refused_in_the_databases_words(tenant):
    role = tenant.database.insert(
        "Roles", {"name": "Sales", "hourlyRate": 1, "hourlyFactor": 1, "isActive": True}
    )
    body = tenant.ticket(assignedResourceID=ADA, assignedResourceRoleID=role)
    assert await tenant.refused("POST", "Tickets", body) == ["There is no row at position 0."]


async def test_an_api_user_cannot_be_assigned(tenant):
    body = tenant.ticket(assignedResourceID=API_USER, assignedResourceRoleID=ENGINEER)
    assert await tenant.refused("POST", "Tickets", body)


async def test_ticket_numbers_count_within_their_day(tenant):
    async def number():
        return (await tenant.item("Tickets", await tenant.create("Tickets", tenant.ticket())))["ticketNumber"]

    numbers = [await number(), await number()]
    tenant.database.clock.set(tenant.database.clock.now().replace(day=11))
    numbers.append(await number())
    assert numbers == ["T20260310.0001", "T20260310.0002", "T20260311.0001"]


async def test_completing_a_ticket_sets_its_date_and_reopening_clears_it(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    await tenant.change("Tickets", {"id": ticket, "status": 5})
    item = await tenant.item("Tickets", ticket)
    assert (item["completedDate"], item["completedByResourceID"]) == ("2026-03-10T09:15:52.407Z", API_USER)
    await tenant.change("Tickets", {"id": ticket, "status": 8})
    assert (await tenant.item("Tickets", ticket))["completedDate"] is None


async def test_a_note_counts_as_activity_of_its_ticket_but_not_as_a_tracked_change(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    tenant.database.clock.set(tenant.database.clock.now().replace(day=12))
    await tenant.create(
        f"Tickets/{ticket}/Notes", {"title": "t", "description": "d", "noteType": 1, "publish": 1}
    )
    item = await tenant.item("Tickets", ticket)
    assert item["lastActivityDate"].startswith("2026-03-12")
    assert item["lastTrackedModificationDateTime"].startswith("2026-03-10")


async def test_ticket_time_needs_a_role_and_start_and_stop(tenant):
    ticket = await tenant.create("Tickets", tenant.ticket())
    entry = {"ticketID": ticket, "resourceID": ADA, "dateWorked": "2026-03-10", "hoursWorked": 1}
    assert await tenant.refused("POST", "TimeEntries", entry) == [
        "TimeEntries for Tickets must have a roleID."
    ]
    entry["roleID"] = ENGINEER
    assert await tenant.refused("POST", "TimeEntries", entry) == [
        "TimeEntries for Service tickets require a start and stop time."
    ]
    times = {"startDateTime": "2026-03-10T08:00:00Z", "endDateTime": "2026-03-10T09:30:00Z", "hoursToBill": 9}
    item = await tenant.item("TimeEntries", await tenant.create("TimeEntries", {**entry, **times}))
    assert (item["hoursWorked"], item["hoursToBill"], item["timeEntryType"]) == (1.5, 1.5, 2)


async def test_an_opportunity_leaves_its_dates_when_lost_and_closed(tenant):
    body = {
        "companyID": 0, "ownerResourceID": ADA, "title": "Deal", "amount": 100, "cost": 10, "probability": 50,
        "projectedCloseDate": "2026-06-01", "stage": 29682780, "status": 1, "useQuoteTotals": False,
        "createDate": "2026-03-10",
    }  # fmt: skip
    assert await tenant.refused("POST", "Opportunities", {**body, "probability": 101})
    deal = await tenant.create("Opportunities", body)
    await tenant.change("Opportunities", {"id": deal, "status": 3})
    item = await tenant.item("Opportunities", deal)
    assert item["closedDate"].startswith("2026-03-10")
    assert item["lostDate"] is None


async def test_an_assigned_task_needs_role_and_work_type_and_completion_ends_it(tenant):
    project = await tenant.create(
        "Projects",
        {
            "companyID": 0, "projectName": "Move", "projectType": 5, "status": 1,
            "startDateTime": "2026-03-01", "endDateTime": "2026-04-01",
        },
    )  # fmt: skip
    path = f"Projects/{project}/Tasks"
    body = {"title": "Pack", "status": 1, "taskType": 1, "assignedResourceID": ADA}
    assert await tenant.refused("POST", path, body) == [
        "Missing Required Field: assignedResourceRoleID",
        "Missing Required Field: billingCodeID",
    ]
    task = await tenant.create(
        path, {**body, "assignedResourceRoleID": ENGINEER, "billingCodeID": 29_682_801}
    )
    await tenant.change(path, {"id": task, "status": 5})
    item = await tenant.item("Tasks", task)
    assert (item["remainingHours"], item["completedByType"], item["projectID"]) == (0, 1, project)
    assert await tenant.refused("PATCH", "Projects", {"id": project, "startDateTime": "2026-03-02"})


async def test_milestones_belong_to_fixed_price_contracts_and_cannot_simply_be_billed(tenant):
    contracts = [
        tenant.database.insert(
            "Contracts", {"companyID": 0, "contractName": "C", "contractType": kind, "status": 1}
        )
        for kind in (3, 7)
    ]
    body = {"title": "M1", "amount": 500, "dateDue": "2026-05-01", "isInitialPayment": False, "status": 0}
    assert await tenant.refused("POST", f"Contracts/{contracts[1]}/Milestones", body)
    path = f"Contracts/{contracts[0]}/Milestones"
    milestone = await tenant.create(path, body)
    assert await tenant.refused("PATCH", path, {"id": milestone, "status": 2})
    await tenant.change(path, {"id": milestone, "status": 1})
