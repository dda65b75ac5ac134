import json

import pytest

from sandbox.autotask.database import UdfDefinition

ALL = {"op": "exist", "field": "id"}


def clause(op, field, value=None, **more):
    return {"op": op, "field": field, "value": value, **more}


@pytest.fixture
def companies(tenant):
    rows = [
        ("Acme", "Berlin", True, "2026-01-05T10:00:00Z"),
        ("acme labs", None, True, "2026-02-01T00:00:00Z"),
        ("Beta", "Bonn", False, "2026-03-01T08:30:00.5Z"),
    ]
    return [
        tenant.company(name, city=city, isActive=active, lastActivityDate=stamp, createDate=stamp)
        for name, city, active, stamp in rows
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([clause("eq", "companyName", "ACME")], [0]),
        ([clause("noteq", "city", "Berlin")], [2]),
        ([clause("beginsWith", "companyName", "ACM")], [0, 1]),
        ([clause("endsWith", "companyName", "LABS")], [1]),
        ([clause("contains", "companyName", "et")], [2]),
        ([clause("exist", "city")], [0, 2]),
        ([clause("notExist", "city"), clause("gt", "id", 0)], [1]),
        ([clause("eq", "isActive", False)], [2]),
        ([clause("in", "companyName", ["beta", "Acme"])], [0, 2]),
        ([clause("notIn", "companyName", ["beta"]), clause("gt", "id", 0)], [0, 1]),
        ([clause("gt", "lastActivityDate", "2026-02-01"), clause("gt", "id", 0)], [2]),
        ([clause("gte", "lastActivityDate", "2026-02-01"), clause("lt", "createDate", "2026-02-02")], [1]),
        ([clause("lte", "lastActivityDate", "2026-02-01T02:00:00+02:00"), clause("gt", "id", 0)], [0, 1]),
        ([{"op": "or", "items": [clause("eq", "city", "Bonn"), clause("eq", "city", "Berlin")]}], [0, 2]),
        (
            [
                {
                    "op": "or",
                    "items": [
                        {"op": "and", "items": [clause("eq", "isActive", True), clause("exist", "city")]},
                        clause("beginsWith", "companyName", "acme l"),
                    ],
                },
                clause("gt", "id", 0),
            ],
            [0, 1],
        ),
        ([clause("eq", "CITY", "bonn")], [2]),
    ],
)
async def test_every_operator_selects_as_the_database_would(tenant, companies, filters, expected):
    found = [each for each in await tenant.ids("Companies", *filters) if each in companies]
    assert found == [companies[position] for position in expected]


@pytest.mark.parametrize("operator", ["ne", "noteExist", "EQ", "like"])
async def test_an_unknown_operator_is_silently_dropped(tenant, companies, operator):
    assert await tenant.ids("Companies", clause(operator, "companyName", "Acme")) == [0, *companies]


async def test_an_unknown_operator_inside_a_group_is_dropped_too(tenant, companies):
    group = {"op": "or", "items": [clause("like", "companyName", "x"), clause("eq", "companyName", "Beta")]}
    assert await tenant.ids("Companies", group) == companies[2:]


async def test_letter_case_of_paths_and_property_names_does_not_matter(tenant, companies):
    url = "http://sandbox/atservicesREST/v1.0/cOMPANIES/QUERY"
    body = {"Filter": [{"Op": "eq", "Field": "COMPANYNAME", "Value": "Beta"}], "IncludeFields": ["ID"]}
    assert (await tenant.call("POST", url, body)).json()["items"] == [{"id": companies[2]}]


async def test_the_order_is_ascending_by_id_whatever_is_asked(tenant, companies):
    found = await tenant.find("Companies", ALL, sort=[{"field": "companyName", "direction": "desc"}])
    assert [row["id"] for row in found] == [0, *companies]


async def test_the_own_company_with_id_zero_is_found_only_with_gte(tenant):
    assert await tenant.ids("Companies", clause("gte", "id", 0)) == [0]
    assert await tenant.ids("Companies", clause("gt", "id", 0)) == []


async def test_an_unknown_field_is_a_500_that_names_it(tenant):
    reasons = await tenant.refused("POST", "TimeEntries/query", {"filter": [clause("eq", "projectID", 1)]})
    assert reasons == ["Unable to find projectID in the TimeEntry Entity."]


async def test_a_field_that_cannot_be_queried_is_refused_in_filters_and_in_include_fields(tenant):
    assert await tenant.refused("POST", "Invoices/query", {"filter": [clause("exist", "dueDate")]})
    assert await tenant.refused(
        "POST", "Invoices/query", {"filter": [ALL], "includeFields": ["id", "dueDate"]}
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"),
        ("createDate", "soon"),
        ("isActive", "true"),
        ("isActive", None),
        ("ownerResourceID", True),
    ],
)
async def test_a_value_of_the_wrong_type_is_a_500(tenant, field, value):
    assert await tenant.refused("POST", "Companies/query", {"filter": [clause("eq", field, value)]})


async def test_a_wrong_number_reads_like_a_database_error(tenant):
    reasons = await tenant.refused("POST", "Companies/query", {"filter": [clause("eq", "id", "x")]})
    assert reasons == ["Conversion failed when converting the varchar value 'x' to data type int."]


@pytest.mark.parametrize("body", [{}, {"filter": []}, {"maxRecords": 5}])
async def test_a_query_without_filter_is_refused_naming_the_parameter(tenant, body):
    (reason,) = await tenant.refused("POST", "Companies/query", body)
    assert "Parameter name: filters" in reason
    (reason,) = await tenant.refused("GET", "Companies/query")
    assert "Parameter name: filters" in reason


@pytest.mark.parametrize("size", [0, 501, -1, "many"])
async def test_max_records_outside_1_to_500_is_refused(tenant, size):
    assert await tenant.refused("POST", "Companies/query", {"filter": [ALL], "maxRecords": size})


async def test_include_fields_leaves_the_others_out(tenant, companies):
    rows = await tenant.find(
        "Companies", clause("eq", "id", companies[0]), includeFields=["id", "CompanyName"]
    )
    assert rows == [{"id": companies[0], "companyName": "Acme"}]


async def test_five_hundred_or_conditions_pass_and_one_more_does_not(tenant):
    items = [clause("eq", "id", number) for number in range(501)]
    assert await tenant.ids("Companies", {"op": "or", "items": items[:500]}) == [0]
    reasons = await tenant.refused("POST", "Companies/query", {"filter": [{"op": "or", "items": items}]})
    assert reasons == ["Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."]


async def test_more_than_five_hundred_values_in_a_list_are_refused(tenant):
    assert await tenant.ids("Companies", clause("in", "id", list(range(500)))) == [0]
    assert await tenant.refused("POST", "Companies/query", {"filter": [clause("in", "id", list(range(501)))]})


async def test_only_one_user_defined_field_can_be_filtered(tenant):
    for name in ("Plan", "Region"):
        tenant.database.define_udf("Companies", UdfDefinition(name))
    gold = tenant.company("Gold Ltd", userDefinedFields={"Plan": "Gold", "Region": "N"})
    assert await tenant.ids("Companies", clause("eq", "plan", "gold", udf=True)) == [gold]
    both = [clause("eq", "Plan", "Gold", udf=True), clause("eq", "Region", "N", udf=True)]
    assert await tenant.refused("POST", "Companies/query", {"filter": both})


async def test_user_defined_fields_come_as_a_list_of_names_and_strings(tenant):
    tenant.database.define_udf("Companies", UdfDefinition("Seats"))
    company = tenant.company(userDefinedFields=[{"name": "Seats", "value": 12}])
    assert (await tenant.item("Companies", company))["userDefinedFields"] == [
        {"name": "Seats", "value": "12"}
    ]
    (row,) = await tenant.find("Companies", clause("eq", "id", company), includeFields=["id", "Seats"])
    assert row == {"id": company, "userDefinedFields": [{"name": "Seats", "value": "12"}]}


async def test_counting_works_by_get_and_by_post(tenant, companies):
    body = {"filter": [clause("gt", "id", 0)]}
    assert (await tenant.call("POST", "Companies/query/count", body)).json() == {"queryCount": 3}
    reply = await tenant.http.get(
        "http://sandbox/ATServicesRest/V1.0/Companies/query/count",
        params={"search": json.dumps(body)},
        headers=tenant.headers,
    )
    assert reply.json() == {"queryCount": 3}


async def test_a_record_carries_every_field_with_null_for_the_empty_ones(tenant, companies):
    item = await tenant.item("Companies", companies[1])
    fields = [field.name for field in tenant.database.entity("Companies").fields]
    assert list(item) == [*fields, "userDefinedFields"]
    assert item["city"] is None


async def test_dates_are_utc_with_z_and_trimmed_fractions(tenant, companies):
    stamps = [(await tenant.item("Companies", each))["lastActivityDate"] for each in companies]
    assert stamps == ["2026-01-05T10:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T08:30:00.5Z"]


async def test_decimals_keep_four_digits_on_the_wire(tenant):
    service = tenant.database.insert("Services", {"name": "Backup", "unitPrice": "386.645", "unitCost": 3})
    text = (await tenant.get(f"Services/{service}")).text
    assert '"unitPrice":386.6450' in text
    assert '"unitCost":3.0000' in text


async def test_an_unknown_id_is_null_or_404_as_chosen(tenant):
    from dataclasses import replace

    reply = await tenant.get("Companies/424242")
    assert (reply.status_code, reply.json()) == (200, {"item": None})
    tenant.control.change(replace(tenant.control.sandbox.settings, missing_item="404"))
    assert (await tenant.get("Companies/424242")).status_code == 404


async def test_an_over_long_get_is_a_404(tenant):
    search = json.dumps({"filter": [clause("in", "id", list(range(400)))]})
    assert (await tenant.get(f"Companies/query?search={search}")).status_code == 404


async def test_large_tables_answer_through_indexes_as_a_scan_would(tenant):
    database = tenant.database
    parents = database.insert_many("Companies", [{"companyName": f"C{n}"} for n in range(40)])
    database.insert_many(
        "Contacts",
        [
            {
                "companyID": parents[n % 40],
                "firstName": f"F{n}",
                "lastName": "L",
                "lastModifiedDate": f"2026-01-{n % 28 + 1:02d}",
            }
            for n in range(2000)
        ],
    )
    filters = [
        clause("in", "companyID", parents[:3]),
        clause("gt", "lastModifiedDate", "2026-01-20"),
        clause("gt", "id", 29_683_000),
    ]
    expected = [
        row["id"]
        for row in database.rows("Contacts")
        if row["companyID"] in parents[:3] and row["lastModifiedDate"].day > 20 and row["id"] > 29_683_000
    ]
    assert await tenant.ids("Contacts", *filters) == expected
    assert expected


async def test_indexes_follow_changes(tenant):
    rows = [{"companyName": f"C{n}", "phone": "1"} for n in range(500)]
    first, *_ = tenant.database.insert_many("Companies", rows)
    name = clause("eq", "companyName", "C7")
    moved = clause("gt", "lastActivityDate", "2098-01-01")
    assert len(await tenant.ids("Companies", name)) == 1
    assert await tenant.ids("Companies", moved) == []
    tenant.database.update("Companies", first, {"companyName": "C7", "lastActivityDate": "2099-04-01"})
    assert first in await tenant.ids("Companies", name)
    assert await tenant.ids("Companies", moved) == [first]
    tenant.database.delete("Companies", first)
    assert first not in await tenant.ids("Companies", name)
    assert await tenant.ids("Companies", moved) == []
