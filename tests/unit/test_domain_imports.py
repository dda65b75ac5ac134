"""Reading a file of organizations: any spreadsheet's encoding and delimiter, and every bad line named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.imports import (
    Directory,
    Fault,
    Line,
    Outcome,
    decoded,
    faults_file,
    outcome,
    read_file,
    understood,
)
from bot.domain.organizations import Company, Organization
from bot.errors import InvalidInput

COMPANIES = (
    Company(1, "Acme Dental", is_active=True, company_number="A-1"),
    Company(2, "Ünit & Söhne", is_active=True),
    Company(3, "Twin", is_active=True),
    Company(4, "Twin", is_active=True),
    Company(5, "Old", is_active=False),
    Company(6, "Old", is_active=True),
)


def read(text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    raw, faults = read_file(content)
    return understood(raw, Directory(COMPANIES), faults)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_delimiter_encoding_and_line_end_is_understood(mark: str, encoding: str, end: str):
    text = end.join((f"Name{mark}Company", f"Ünit{mark}Ünit & Söhne", ""))
    assert read(text.encode(encoding)) == ([Line(2, "Ünit", 2)], [])


@pytest.mark.parametrize(
    ("header", "cells", "company"),
    [
        ("organization,company id", "Acme,1", 1),
        ("Client Name,Account Number", "Acme,a-1", 1),
        ("name,company", "Acme,ACME DENTAL", 1),
        ("company_id,name,notes", "1,Acme,whatever", 1),
        ("name", "Acme", None),
        ("name,company", "Old,Old", 6),
    ],
)
def test_columns_are_found_by_their_titles_in_any_order(header: str, cells: str, company: int | None):
    [line], faults = read(f"{header}\n{cells}\n")
    assert (line.company_id, faults) == (company, [])


def test_a_file_of_companies_alone_names_the_organizations_after_them():
    assert read("company id\n2\n")[0] == [Line(2, "Ünit & Söhne", 2)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("Acme,Nobody", "no company in Autotask has the name Nobody"),
        ("Twins,Twin", "2 companies in Autotask have the name Twin: give the company id"),
        (",", None),
        ("x" * 201 + ",", "the name has 201 characters; 200 are allowed"),
        ("Acme,Acme Dental,too much", "3 cells, but the header has 2"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_reason(cells: str, reason: str | None):
    lines, faults = read(f"name,company\nGood,\n{cells}\n")
    assert lines == [Line(2, "Good")]
    assert [(each.number, each.reason) for each in faults] == ([(3, reason)] if reason else [])


def test_a_line_without_name_and_company_is_bad_when_other_cells_are_filled():
    assert read("name,city\n,Berlin\n")[1][0].reason == "no name and no company"


def test_the_same_name_twice_is_bad_the_second_time_whatever_its_case():
    lines, faults = read("name\nÜnit\nunit\n")
    assert [each.number for each in lines] == [2]
    assert faults[0].reason == "the same name as line 2"


def test_lines_are_numbered_as_in_an_editor_also_after_a_cell_of_several_lines():
    lines, faults = read('name,company\n"Two\nlines",\n\nAcme,Nobody\n')
    assert lines == [Line(2, "Two lines")]
    assert faults[0].number == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"foo,bar\n1,2\n", "foo,bar"),
        (b"name,client\nA,B\n", "twice"),
        (b"name\n" + b"x\n" * 5_001, "more than 5,000 lines"),
        (b"name\n" + b"x" * 5_000_001, "larger than 5 MB"),
        (b'name\n"' + b"x" * 200_000, "Line 2 cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, words: str):
    with pytest.raises(InvalidInput, match=None) as refused:
        read_file(content)
    assert refused.value.field == "file"
    assert words in refused.value.reason


def told(content: bytes) -> list[str]:
    """Every name that was read and every reason that was given."""
    try:
        lines, faults = read(content)
    except InvalidInput as refused:
        return [refused.reason]
    return [each.name for each in lines] + [each.reason for each in faults]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes):
    assert isinstance(decoded(content), str)
    assert all(told(b"name,company\n" + content))


@pytest.mark.parametrize(
    ("company", "known", "does"),
    [
        (1, None, Outcome.CREATED),
        (None, None, Outcome.CREATED),
        (1, Organization(1, "A"), Outcome.UPDATED),
        (1, Organization(1, "A", COMPANIES[1]), Outcome.UPDATED),
        (1, Organization(1, "A", COMPANIES[0]), Outcome.UNCHANGED),
        (None, Organization(1, "A", COMPANIES[0]), Outcome.UNCHANGED),
    ],
)
def test_what_a_line_does_depends_on_what_is_there(
    company: int | None, known: Organization | None, does: Outcome
):
    assert outcome(Line(2, "A", company), known) is does


def test_the_file_of_bad_lines_calculates_nothing():
    text = faults_file([Fault(2, "=HYPERLINK()", "no name"), Fault(3, "plain", "why")]).decode("utf-8-sig")
    assert text.splitlines() == ["line,reason,content", "2,no name,'=HYPERLINK()", "3,why,plain"]


@pytest.mark.parametrize("first", ["x" * 200_000, "name" + "," * 1_000_000])
def test_a_first_line_too_long_to_be_a_header_is_told_so(first):
    with pytest.raises(InvalidInput) as problem:
        read_file(f"{first}\nAcme".encode())
    assert "has to name the columns" in problem.value.reason


@pytest.mark.parametrize("start", ["\n=1", "\uff1d1", "\uff201"])
def test_what_spreadsheets_fold_to_a_formula_is_text_in_the_list_of_faults(start):
    assert f"'{start}" in faults_file([Fault(2, start, "why")]).decode("utf-8-sig")
