"""The pure parts of the benchmarks: percentiles, the least number of requests, the table, the JSON."""

import json

import pytest

from tests.benchmarks.figures import Figure, amount, document, pages, percentile, table

SECTIONS = {
    "Acks": [Figure("acks.p99", "200 commands", 120.04, "ms", 60.02), Figure("acks.last", "answered", 2.5, "s")],
    "Memory": [Figure("memory", "resident", 123.4, "MiB")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.501, 51), (0.99, 99), (1.0, 100)]
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share, expected):
    assert percentile(reversed(range(1, 101)), share) == expected


def test_a_percentile_of_one_value_is_that_value():
    assert [percentile([7.0], share) for share in (0, 0.5, 0.99, 1)] == [7.0] * 4


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("rows", "requests"), [(0, 1), (1, 1), (500, 1), (501, 2), (10_000, 20), (10_001, 21)]
)
def test_the_least_number_of_requests_is_a_full_page_each(rows, requests):
    assert pages(rows) == requests


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1234.5, "ms", "1,234 ms"),
        (99.96, "ms", "100.0 ms"),
        (12.34, "", "12.3"),
        (0.164, "s", "0.16 s"),
        (3.0, "", "3"),
    ],
)
def test_an_amount_has_the_digits_that_mean_something(value, unit, shown):
    assert amount(value, unit) == shown


def test_the_ratio_is_to_the_floor_and_absent_without_one():
    figures = {figure.key: figure.ratio for figures in SECTIONS.values() for figure in figures}
    assert figures == {"acks.p99": 2.0, "acks.last": None, "memory": None}


def test_the_table_names_every_section_and_aligns_its_numbers():
    lines = table(SECTIONS).splitlines()
    assert lines == [
        "                    ours     floor   ratio",
        "",
        "Acks",
        "  200 commands    120 ms   60.0 ms    2.00",
        "  answered        2.50 s",
        "",
        "Memory",
        "  resident       123 MiB",
    ]


def test_the_document_holds_every_figure_by_its_key_with_what_is_known_of_the_run():
    found = json.loads(document(SECTIONS, {"cores": 2}))
    assert found["cores"] == 2
    assert found["figures"]["acks.p99"] == {"value": 120.04, "unit": "ms", "floor": 60.02, "ratio": 2.0}
    assert found["figures"]["memory"] == {"value": 123.4, "unit": "MiB"}
