import json
import time
from dataclasses import replace

import pytest

from bot.documents.templates import as_csv, as_yaml, read
from bot.domain.templates import LONGEST_TEXT, Template, change, slug
from bot.starter import starter_templates

GOOD = "category,question,guidance\nBackup,Tested?,Every month\nNetwork,Patched?,\n"
STARTERS = [Template(0, each.key, each.name, each.questions) for each in starter_templates()]


def problems(content, name="t.csv"):
    given = content.encode() if isinstance(content, str) else content
    return [f"{each.place}: {each.reason}" for each in read(given, name).problems]


def test_a_csv_gives_its_questions_in_order():
    found = read(GOOD.encode(), "t.csv")
    assert [(each.category, each.position, each.text, each.guidance) for each in found.questions] == [
        ("Backup", 1, "Tested?", "Every month"),
        ("Network", 2, "Patched?", ""),
    ]
    assert found.problems == found.remarks == ()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_found_by_the_header(separator):
    given = f"Category{separator}Question\nBackup{separator}Tested, really?\n"
    assert read(given.encode()).questions[0].text == "Tested, really?"


def test_questions_of_a_category_stand_together_wherever_they_were():
    found = read(b"category,question\nA,one\nB,two\nA,three\n")
    assert [each.text for each in found.questions] == ["one", "three", "two"]


def test_a_wrong_header_is_named_with_the_expected_one():
    assert problems("Categorie,question,guidance\nBackup,Tested?,\n") == [
        "Line 1, column 1: The header “Categorie” is not known; expected “category”."
    ]


def test_a_file_without_header_is_told_what_the_first_line_must_be():
    [first, second] = problems("Backup,Tested?\n")
    assert first.endswith("The header “Backup” is not known; expected “category”.")
    assert second.endswith("The header “Tested?” is not known; expected “question”.")


def test_a_header_with_too_few_columns_says_which_are_missing():
    assert problems("question\nTested?\n") == [
        "Line 1: The first line must name the columns; missing: category."
    ]


def test_every_bad_line_is_named_with_its_place():
    long = "x" * (LONGEST_TEXT + 1)
    given = f'category,question,guidance\nBackup,"Tes\nted?",\n,Empty?,\nBackup,,\nBackup,{long},\nNet,TES TED?,\nNet,a,b,c\n'
    assert problems(given) == [
        "Line 4, category: The category is empty; every question needs one.",
        "Line 5, question: The question is empty.",
        "Line 6, question: 2,001 characters; at most 2,000 fit.",
        "Line 7, question: The same question stands in line 2 already; drop one.",
        "Line 8: It has 4 cells and the header 3; put a text that contains the separator in quotes.",
    ]


def test_a_question_of_700_characters_is_taken_whole():
    question = "Is it so? " * 70
    found = read(f"category,question\nBackup,{question}\n".encode())
    assert found.questions[0].text == question.strip()
    assert found.problems == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b" \r\n ", "The file is empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (bytes(range(256)), "not a text file"),
        (b'category,question\n"Backup,Tested?\n', "never closed"),
        (b"category,question\n", "no question in it"),
    ],
)
def test_what_is_no_template_is_refused_in_words(content, words):
    [said] = problems(content)
    assert words in said


def test_windows_1252_is_read_and_said():
    found = read("category;question\nGebäude;Schlüssel für 5 € geprüft?\n".encode("cp1252"), "t.csv")
    assert found.questions[0].text == "Schlüssel für 5 € geprüft?"
    assert "Windows-1252" in found.remarks[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_unicode_is_read_without_a_remark(encoding):
    found = read("category,question\nGebäude,Schlüssel?\n".encode(encoding))
    assert found.questions[0].category == "Gebäude"
    assert found.remarks == ()


@pytest.mark.parametrize("template", STARTERS, ids=lambda each: each.key)
@pytest.mark.parametrize(("write", "name"), [(as_csv, "t.csv"), (as_yaml, "t.yaml"), (as_yaml, "pasted")])
def test_what_is_written_is_read_back_the_same(template, write, name):
    found = read(write(template), name)
    assert found.questions == template.questions
    assert found.problems == ()


def test_a_cell_that_looks_like_a_formula_is_harmless_in_a_spreadsheet_and_comes_back():
    question = replace(STARTERS[0].questions[0], text="=cmd|' /C calc'!A0", guidance="-1")
    written = as_csv(replace(STARTERS[0], questions=(question,)))
    assert b"'=cmd" in written
    assert read(written).questions[0].text == "=cmd|' /C calc'!A0"


def test_yaml_takes_plain_texts_and_names_its_template():
    found = read(b"name: Mini\nkey: mini\ncategories:\n- name: A\n  questions:\n  - One?\n  - text: Two?\n")
    assert (found.name, found.key, [each.text for each in found.questions]) == (
        "Mini",
        "mini",
        ["One?", "Two?"],
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("categories:\n- nmae: A\n", "Line 2: “nmae” is not known here; expected “name”, “questions”."),
        ("name: x\n", "The list “categories” is missing."),
        ("categories:\n- name: A\n  questions: []\n", "Line 2, category: The category “A” has no questions."),
        ("categories:\n- questions: [a]\n", "Line 2, category: The category has no name."),
        ("categories: [a: [b\n", "This is not YAML"),
        ("categories: A\n", "“categories” must be a list"),
        ("categories:\n- name: A\n  questions:\n  - [a]\n", "Line 4: Expected the names"),
        ("categories: " + "[" * 5000, "Its lists lie too deep"),
    ],
)
def test_bad_yaml_is_named_with_its_line(content, said):
    [first, *_] = problems(content, "t.yml")
    assert said in first


def test_yaml_that_repeats_itself_without_end_is_cut_off():
    repeated = "\n".join(f"- &a{n} {{name: c{n}, questions: [{', '.join(['q'] * 300)}]}}" for n in range(9))
    found = read(f"categories:\n{repeated}".encode(), "t.yaml")
    assert len(found.questions) <= 1001
    assert found.problems


def test_a_file_of_far_too_many_lines_is_refused_without_reading_them_all():
    found = read(b"category,question\n" + b"a,b\n" * 200_000)
    assert len(found.questions) == 1001
    assert found.problems[-1].reason.startswith("More than 1,000 questions")


def test_control_characters_of_a_yaml_escape_do_not_get_through():
    given = f"categories:\n- name: A\n  questions: [{json.dumps('be' + chr(0) + 'fore')}]"
    assert read(given.encode(), "t.yaml").questions[0].text == "before"


def test_a_new_version_is_compared_with_the_old_question_by_question():
    before = read(GOOD.encode()).questions
    after = read(b"category,question\nBackup,TESTED?\nBackup,Stored elsewhere?\n").questions
    found = change(before, after)
    assert (found.kept, found.added, found.gone) == (1, 1, 1)


def test_a_key_is_the_same_however_the_name_is_written():
    assert slug("IT  Alignment: Überblick!") == slug("it alignment überblick") == "it-alignment-uberblick"
    assert slug("???") == "template"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_yaml_of_a_hundred_thousand_levels_is_refused_instead_of_ending_the_process(opening):
    assert problems("categories:\n  " + opening * 100_000, "t.yaml") == [
        "Line 2: Its lists lie too deep in one another."
    ]


def test_a_file_of_nothing_but_separators_is_told_so():
    assert problems(",,,") == ["Line 1: There is nothing in it but separators."]


@pytest.mark.parametrize("column", ["x", "category"])
def test_a_header_of_a_hundred_thousand_columns_is_refused_at_once(column):
    started = time.process_time()
    [said] = problems("category,question" + f",{column}" * 100_000 + "\nA,b\n")
    assert said == "Line 1: It names 100,002 columns; expected category, question, guidance."
    assert time.process_time() - started < 5
