import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.autotask.picklists import EntityFields, FieldCache, read_fields
from bot.errors import AutotaskUnavailable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def value(number: str, label: str, order: int, **more: object) -> dict[str, object]:
    return {
        "value": number,
        "label": label,
        "sortOrder": order,
        "isActive": True,
        "isDefaultValue": False,
        **more,
    }


FIELDS = {
    "fields": [
        {
            "name": "id",
            "dataType": "long",
            "length": 0,
            "isRequired": False,
            "isReadOnly": True,
            "picklistValues": None,
        },
        {"name": "title", "dataType": "string", "length": 255, "isRequired": True, "picklistValues": []},
        {"name": "contactID", "dataType": "integer", "isReference": True, "referenceEntityType": "Contact"},
        {
            "name": "priority",
            "dataType": "integer",
            "isRequired": True,
            "isPickList": True,
            "picklistValues": [
                value("3", "Low", 3),
                value("4", "Critical", 1),
                value("2", "Medium", 2, isDefaultValue=True),
                value("9", "Old", 4, isActive=False, isDefaultValue=True),
                value("-1", "Portal", 5),
            ],
        },
        {
            "name": "subIssueType",
            "dataType": "integer",
            "picklistParentValueField": "issueType",
            "picklistValues": [
                value("11", "Toner", 1, parentValue="10"),
                value("12", "Disk", 2, parentValue="20"),
            ],
        },
        {"name": "contractPeriodType", "dataType": "integer", "picklistValues": [value("m", "Monthly", 1)]},
        {"name": "hidden", "dataType": "string", "length": 20, "isQueryable": False, "parentValue": ""},
    ]
}


def fields() -> EntityFields:
    return read_fields("Ticket", FIELDS)  # type: ignore[arg-type]


def test_values_are_numbers_in_autotasks_order_although_metadata_writes_texts() -> None:
    assert [entry.value for entry in fields().picklist("priority")] == [4, 2, 3, 9, -1]
    assert fields().picklist("contractPeriodType")[0].value == "m"


def test_inactive_values_have_a_label_but_are_no_choice() -> None:
    assert fields().label("priority", 9) == "Old"
    assert 9 not in {entry.value for entry in fields().choices("priority")}
    assert fields().default("priority") == 2


def test_labels_are_found_for_texts_and_numbers_alike() -> None:
    assert fields().label("Priority", "-1") == fields().label("priority", -1) == "Portal"
    assert fields().label("priority", None) is None


def test_dependent_values_are_narrowed_by_their_parent() -> None:
    assert [entry.label for entry in fields().choices("subIssueType", parent=10)] == ["Toner"]
    assert fields().field("subissuetype") is not None
    assert fields().fields["subissuetype"].picklist_parent == "issueType"


def test_only_texts_have_a_length() -> None:
    assert (fields().max_length("title"), fields().max_length("priority"), fields().max_length("nope")) == (
        255,
        None,
        None,
    )


def test_zero_is_a_value_and_a_parent_and_a_length_may_be_a_text() -> None:
    picklist = [{**value("0", "None", 1), "value": 0, "parentValue": 0}]
    rows = [
        {"name": "kind", "dataType": "integer", "picklistValues": picklist},
        {"name": "word", "dataType": "string", "picklistValues": picklist},
        {"name": "title", "dataType": "string", "length": "100"},
    ]
    found = read_fields("Ticket", {"fields": rows})  # type: ignore[dict-item]
    assert [(each.value, each.parent) for each in found.choices("kind", parent=0)] == [(0, 0)]
    assert found.picklist("word")[0].value == "0"
    assert found.max_length("title") == 100


def test_required_fields_and_references_are_told() -> None:
    assert fields().required == ("title", "priority")
    assert fields().fields["contactid"].reference == "Contact"
    assert not fields().fields["hidden"].queryable


def test_an_unknown_field_has_no_values() -> None:
    assert fields().picklist("nope") == fields().picklist("title") == ()


def test_metadata_without_fields_is_no_answer() -> None:
    with pytest.raises(AutotaskUnavailable):
        read_fields("Ticket", {"fields": []})


async def test_many_readers_of_cold_metadata_load_it_once() -> None:
    cache, loads = FieldCache(), []

    async def load() -> EntityFields:
        loads.append(1)
        await asyncio.sleep(0)
        return fields()

    await asyncio.gather(*(cache.get("Ticket", load, NOW) for _ in range(5)))
    assert len(loads) == 1
    await cache.get("Ticket", load, NOW + timedelta(hours=19))
    assert len(loads) == 1
    await cache.get("Ticket", load, NOW + timedelta(hours=21))
    assert len(loads) == 2
    cache.forget("Ticket")
    await cache.get("Ticket", load, NOW + timedelta(hours=21))
    assert len(loads) == 3


async def test_who_wants_them_fresh_reads_them_again_for_everybody() -> None:
    cache, loads = FieldCache(), []

    async def load() -> EntityFields:
        loads.append(1)
        return fields()

    first = await cache.get("Ticket", load, NOW)
    fresh = await cache.get("Ticket", load, NOW, fresh=True)
    assert len(loads) == 2
    assert fresh is not first
    assert await cache.get("Ticket", load, NOW) is fresh
