"""The sandbox must be faster than the client that is measured against it."""

import time

import pytest

from sandbox.autotask.database import Database
from sandbox.autotask.query import compile_query
from sandbox.autotask.reading import Links, Position, Reading, page

ROWS = 100_000
LINKS = Links("http://sandbox/ATServicesRest/V1.0/Contacts", None)


@pytest.fixture(scope="module")
def database() -> Database:
    database = Database(seed=1)
    rows = (
        {
            "companyID": n % 5000,
            "firstName": f"First {n}",
            "lastName": f"Last {n}",
            "emailAddress": f"person{n}@example.com",
            "phone": "555-0100",
            "lastModifiedDate": f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}T00:00:00Z",
        }
        for n in range(ROWS)
    )
    database.insert_many("Contacts", rows)
    return database


def clause(op, field, value):
    return {"op": op, "field": field, "value": value}


def best_of(database, *filters, rounds=5):
    reading = Reading(database, database.entity("Contacts"))
    document = {"filter": list(filters)}
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        text = page(reading, document, links=LINKS, position=Position())
        times.append(time.perf_counter() - began)
    return min(times), text


def test_a_keyset_page_in_the_middle_of_100000_rows_takes_a_few_milliseconds(database):
    middle = database.table("Contacts").ids[ROWS // 2]
    took, text = best_of(database, clause("gt", "id", middle))
    assert text.count('"firstName"') == 500
    assert took < 0.03


def test_the_children_of_500_parents_among_100000_rows_do_not_need_a_scan(database):
    took, text = best_of(database, clause("in", "companyID", list(range(500))), clause("gt", "id", 0))
    assert text.count('"firstName"') == 500
    assert took < 0.05


def test_a_watermark_that_few_of_100000_rows_pass_does_not_need_a_scan(database):
    contact = database.table("Contacts").ids[777]
    database.update("Contacts", contact, {"lastModifiedDate": "2027-01-01"})
    took, text = best_of(database, clause("gte", "lastModifiedDate", "2026-12-30"))
    assert text.count('"firstName"') == 1
    assert took < 0.01


def test_a_lookup_by_text_among_100000_rows_does_not_need_a_scan(database):
    took, text = best_of(database, clause("eq", "emailAddress", "PERSON5@example.com"))
    assert text.count('"firstName"') == 1
    assert took < 0.01


def test_compiling_500_values_is_cheap(database):
    entity = database.entity("Contacts")
    began = time.perf_counter()
    compile_query(entity, {"filter": [clause("in", "companyID", list(range(500)))]}, {})
    assert time.perf_counter() - began < 0.02
