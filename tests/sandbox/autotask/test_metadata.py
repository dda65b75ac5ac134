from sandbox.autotask.database import UdfDefinition
from sandbox.autotask.entities import ENTITIES
from sandbox.autotask.picklists import DEFAULTS, FROM_ENTITY


async def fields(tenant, entity):
    reply = await tenant.get(f"{entity}/entityInformation/fields")
    return {field["name"]: field for field in reply.json()["fields"]}


async def test_a_field_says_what_the_real_one_says(tenant):
    title = (await fields(tenant, "Tickets"))["title"]
    assert title == {
        "name": "title",
        "dataType": "string",
        "length": 255,
        "isRequired": True,
        "isReadOnly": False,
        "isQueryable": True,
        "isReference": False,
        "referenceEntityType": "",
        "isPickList": False,
        "picklistValues": None,
        "picklistParentValueField": "",
        "isSupportedWebhookField": True,
    }


async def test_references_name_the_singular_entity(tenant):
    company = (await fields(tenant, "Tickets"))["companyID"]
    assert (company["isReference"], company["referenceEntityType"]) == (True, "Company")


async def test_picklist_values_are_strings_with_labels_order_and_parents(tenant):
    metadata = await fields(tenant, "Tickets")
    status = {value["value"]: value for value in metadata["status"]["picklistValues"]}
    assert (status["1"]["label"], status["1"]["isSystem"], status["1"]["isDefaultValue"]) == (
        "New",
        True,
        True,
    )
    assert (status["5"]["label"], status["8"]["isSystem"]) == ("Complete", False)
    assert metadata["subIssueType"]["picklistParentValueField"] == "issueType"
    assert {value["parentValue"] for value in metadata["subIssueType"]["picklistValues"]} == {
        "10",
        "11",
        "12",
        "13",
    }
    priorities = sorted(metadata["priority"]["picklistValues"], key=lambda value: value["sortOrder"])
    assert [value["label"] for value in priorities] == ["Critical", "High", "Medium", "Low"]


async def test_a_minimal_tenant_has_queues_of_its_own(tenant):
    values = (await fields(tenant, "Tickets"))["queueID"]["picklistValues"]
    assert [value["label"] for value in values if int(value["value"]) > 29_000_000] == [
        "Service Desk",
        "Triage",
        "Projects",
    ]


async def test_a_disabled_value_stays_in_the_list_as_inactive(tenant):
    tenant.control.set_picklist_value_active("Tickets", "status", "7", active=False)
    values = (await fields(tenant, "Tickets"))["status"]["picklistValues"]
    assert [value["isActive"] for value in values if value["value"] == "7"] == [False]


async def test_lists_that_are_entities_follow_their_rows(tenant):
    tenant.database.insert("TicketCategories", {"id": 99, "name": "Onboarding", "isActive": True})
    values = (await fields(tenant, "Tickets"))["ticketCategory"]["picklistValues"]
    assert ("99", "Onboarding") in [(value["value"], value["label"]) for value in values]


async def test_create_only_fields_are_called_read_only(tenant):
    metadata = await fields(tenant, "Contracts")
    assert metadata["contractType"]["isReadOnly"]
    assert metadata["contractType"]["isRequired"]


async def test_the_id_comes_first_and_the_rest_in_alphabetic_order(tenant):
    for entity in ENTITIES:
        first, *others = [field.name for field in entity.fields]
        assert first == "id"
        assert others == sorted(others, key=str.lower)


async def test_user_defined_fields_are_described(tenant):
    tenant.database.define_udf("Tickets", UdfDefinition("Source Review", label="Source"))
    (field,) = (await tenant.get("Tickets/entityInformation/userDefinedFields")).json()["fields"]
    assert (field["name"], field["label"], field["type"]) == ("Source Review", "Source", "string")


async def test_all_entities_describe_themselves_in_one_call(tenant):
    described = (await tenant.get("EntityInformation")).json()["entityDescriptions"]
    infos = {each["info"]["name"]: each["info"] for each in described}
    entities = {name for name in infos if not name.endswith("Webhook")}
    assert len(entities) == len(ENTITIES)
    assert infos["ContractServiceAdjustment"]["canQuery"] is False
    assert infos["Ticket"]["supportsWebhookCallouts"] is True
    assert infos["Ticket"]["hasUserDefinedFields"] is True


async def test_the_right_to_create_webhooks_shows_in_the_entity_information(tenant):
    tenant.control.user().webhooks = False
    described = (await tenant.get("EntityInformation")).json()["entityDescriptions"]
    [webhook] = [each["info"] for each in described if each["info"]["name"] == "TicketWebhook"]
    assert (webhook["canCreate"], webhook["userAccessForCreate"]) == (True, "None")


async def test_version_and_threshold_are_served(tenant):
    assert set((await tenant.get("Version")).json()) == {
        "majorVersion",
        "minorVersion",
        "build",
        "customerType",
    }
    assert (await tenant.get("ThresholdInformation")).json() == {
        "externalRequestThreshold": 10000,
        "requestThresholdTimeframe": 60,
        "currentTimeframeRequestCount": 2,
    }


def test_every_picklist_in_the_table_belongs_to_a_picklist_field():
    declared = {
        f"{entity.name}.{field.name}" for entity in ENTITIES for field in entity.fields if field.picklist
    }
    assert set(DEFAULTS) | set(FROM_ENTITY) <= declared


def test_every_declared_child_has_a_parent_and_a_key():
    names = {entity.name for entity in ENTITIES}
    children = [entity for entity in ENTITIES if entity.child]
    assert children
    for entity in children:
        assert entity.child.parent in names
        assert entity.find(entity.child.key)
