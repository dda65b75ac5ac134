import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.exports import BOM, Table, csv_file, json_file

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read(content):
    return list(csv.reader(io.StringIO(content.removeprefix(BOM).decode(), newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text):
    [_, [cell]] = read(csv_file(Table("t", ("a",), [(text,)])))
    assert cell == f"'{text}"


def test_numbers_stay_numbers_and_times_carry_their_offset():
    row = (-3, Decimal("-1.50"), True, None, NOON)
    [_, cells] = read(csv_file(Table("t", ("a", "b", "c", "d", "e"), [row])))
    assert cells == ["-3", "-1.50", "yes", "", "2026-11-21T12:00:00+00:00"]


def test_the_mark_of_utf_8_is_an_option():
    table = Table("t", ("Größe",), [])
    assert csv_file(table) == BOM + "Größe\r\n".encode()
    assert csv_file(table, bom=False) == "Größe\r\n".encode()


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_what_is_read_back_is_what_was_written_but_for_the_quote_mark(rows):
    table = Table("t", ("a", "b"), rows)
    found = read(csv_file(table))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_json_holds_each_table_by_its_columns():
    document = json.loads(
        json_file({"at": NOON}, [Table("tickets", ("id", "price"), [(1, Decimal("2.50"))])])
    )
    assert document == {"at": "2026-11-21T12:00:00+00:00", "tickets": [{"id": 1, "price": "2.50"}]}
