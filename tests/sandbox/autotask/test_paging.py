import json
from urllib.parse import parse_qs, urlsplit

import pytest

ALL = {"filter": [{"op": "exist", "field": "id"}]}


@pytest.fixture
def contacts(tenant):
    company = tenant.company()
    rows = [{"companyID": company, "firstName": f"F{n}", "lastName": "L"} for n in range(1201)]
    return tenant.database.insert_many("Contacts", rows)


async def first_page_by_get(tenant, document=None):
    url = "http://sandbox/ATServicesRest/V1.0/Contacts/query"
    params = {"search": json.dumps(document or ALL)}
    return await tenant.http.get(url, params=params, headers=tenant.headers)


async def test_a_page_has_500_rows_and_says_where_the_next_one_is(tenant, contacts):
    page = (await tenant.call("POST", "Contacts/query", ALL)).json()
    details = page["pageDetails"]
    assert [row["id"] for row in page["items"]] == contacts[:500]
    assert (details["count"], details["requestCount"], details["prevPageUrl"]) == (500, 500, None)
    assert details["nextPageUrl"].startswith("http://sandbox/ATServicesRest/V1.0/Contacts/query/next?paging=")


async def test_the_pages_of_a_get_query_are_followed_by_get_with_its_search(tenant, contacts):
    page = (await first_page_by_get(tenant)).json()
    seen = [row["id"] for row in page["items"]]
    while url := page["pageDetails"]["nextPageUrl"]:
        assert json.loads(parse_qs(urlsplit(url).query)["search"][0]) == ALL
        page = (await tenant.get(url)).json()
        seen += [row["id"] for row in page["items"]]
    assert seen == contacts


async def test_the_pages_of_a_post_query_are_followed_by_post_with_the_same_body(tenant, contacts):
    page = (await tenant.call("POST", "Contacts/query", ALL)).json()
    seen = [row["id"] for row in page["items"]]
    while url := page["pageDetails"]["nextPageUrl"]:
        assert "search=" not in url
        page = (await tenant.call("POST", url, ALL)).json()
        seen += [row["id"] for row in page["items"]]
    assert seen == contacts


async def test_getting_the_next_page_of_a_post_query_is_a_405(tenant, contacts):
    url = (await tenant.call("POST", "Contacts/query", ALL)).json()["pageDetails"]["nextPageUrl"]
    reply = await tenant.get(url)
    assert reply.status_code == 405
    assert reply.json() == {"Message": "The requested resource does not support http method 'GET'."}


async def test_posting_to_the_next_page_without_a_body_is_a_500(tenant, contacts):
    url = (await tenant.call("POST", "Contacts/query", ALL)).json()["pageDetails"]["nextPageUrl"]
    (reason,) = await tenant.refused("POST", url)
    assert "Parameter name: filters" in reason


async def test_the_previous_page_leads_back(tenant, contacts):
    first = (await first_page_by_get(tenant)).json()
    second = (await tenant.get(first["pageDetails"]["nextPageUrl"])).json()
    back = (await tenant.get(second["pageDetails"]["prevPageUrl"])).json()
    assert [row["id"] for row in back["items"]] == contacts[:500]


async def test_max_records_is_the_page_size_of_all_pages(tenant, contacts):
    document = {**ALL, "maxRecords": 7}
    page = (await tenant.call("POST", "Contacts/query", document)).json()
    following = (await tenant.call("POST", page["pageDetails"]["nextPageUrl"], document)).json()
    assert [row["id"] for row in following["items"]] == contacts[7:14]
    assert following["pageDetails"]["requestCount"] == 7


async def test_a_result_that_just_fills_the_page_has_no_next_one(tenant, contacts):
    document = {"filter": [{"op": "in", "field": "id", "value": contacts[:500]}]}
    page = (await tenant.call("POST", "Contacts/query", document)).json()
    assert len(page["items"]) == 500
    assert page["pageDetails"]["nextPageUrl"] is None


async def test_an_empty_result_has_count_zero_and_no_urls(tenant, contacts):
    reply = await tenant.call("POST", "Contacts/query", {"filter": [{"op": "eq", "field": "id", "value": 1}]})
    assert reply.json() == {
        "items": [],
        "pageDetails": {"count": 0, "requestCount": 500, "prevPageUrl": None, "nextPageUrl": None},
    }


async def test_keyset_paging_by_id_sees_every_row_once(tenant, contacts):
    seen, last = [], 0
    while rows := await tenant.ids("Contacts", {"op": "gt", "field": "id", "value": last}):
        seen += rows
        last = rows[-1]
    assert seen == contacts


async def test_a_child_list_shows_the_first_500_rows_of_its_parent(tenant, contacts):
    other = tenant.company("Other")
    tenant.contact(other)
    company = tenant.database.row("Contacts", contacts[0])["companyID"]
    page = (await tenant.get(f"Companies/{company}/Contacts")).json()
    assert [row["id"] for row in page["items"]] == contacts[:500]
    assert len((await tenant.get(f"Companies/{other}/Contacts")).json()["items"]) == 1
