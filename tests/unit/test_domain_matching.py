"""How alike names are, and which companies a name may mean."""

import time

import pytest

from bot.domain.matching import Companies, likeness, taken_apart
from bot.domain.organizations import Company, foldings


@pytest.mark.parametrize(
    ("ours", "theirs", "least", "most"),
    [
        ("Contoso Ltd", "CONTOSO, LTD.", 100, 100),
        ("Ünit", "unit", 100, 100),
        ("Contoso", "Contoso Ltd", 98, 98),
        ("Contoso Ltd", "Contoso Limited", 98, 98),
        ("Söhne & Ünit GmbH", "Soehne und Unit", 98, 98),
        ("North Wind", "Northwind", 97, 97),
        ("Northwind Traders", "Northwind Trader", 95, 96),
        ("Contoso Ltd", "Contoso Inc", 93, 93),
        ("Store 12", "Store 13", 0, 85),
        ("Contoso Manufacturing Branch 12", "Contoso Manufacturing Branch 13", 0, 85),
        ("Acme", "Acme Dental Supplies", 0, 80),
        ("Acme", "Zenith", 0, 40),
    ],
)
def test_likeness_is_per_cent(ours: str, theirs: str, least: int, most: int):
    score, why = likeness(taken_apart(ours), taken_apart(theirs))
    assert least <= score <= most
    assert why
    assert likeness(taken_apart(theirs), taken_apart(ours))[0] == score


def test_a_name_of_nothing_but_a_legal_form_is_still_a_name():
    assert taken_apart("The Company").core == "the company"


def test_the_likeliest_comes_first_and_active_before_inactive():
    companies = Companies(
        [
            Company(1, "Contoso Ltd", is_active=False),
            Company(2, "Contoso Ltd", is_active=True),
            Company(3, "Contoso Dental", is_active=True),
            Company(4, "Zenith", is_active=True),
        ]
    )
    assert [each.company.autotask_id for each in companies.like("Contoso")] == [2, 1, 3]
    assert companies.like("Nobody") == []


def test_a_misspelled_name_is_found_though_no_word_is_the_same():
    companies = Companies([Company(1, "Wholesome Bakery", is_active=True)])
    assert companies.like("Wholsome Bakkery")[0].company.autotask_id == 1


@pytest.mark.parametrize(
    ("typed", "stands_for"),
    [("Söhne", ("sohne",)), ("soehne", ("soehne", "sohne")), ("blue", ("blue", "blu")), ("A  B", ("a b",))],
)
def test_what_is_typed_stands_for_its_umlaut_too(typed: str, stands_for: tuple[str, ...]):
    assert foldings(typed) == stands_for


def test_four_hundred_names_among_ten_thousand_take_less_than_two_seconds():
    words = [
        f"{first}{second}"
        for first in "abcdefghijklmnopqrst"
        for second in ("ron", "lex", "mar", "tin", "vol")
    ]
    names = [f"{words[n % 100].title()} {words[n // 100].title()} {n}" for n in range(10_000)]
    began = time.process_time()
    companies = Companies(Company(n, name, is_active=True) for n, name in enumerate(names))
    found = [companies.like(f"{name} Ltd") for name in names[:400]]
    assert time.process_time() - began < 2
    assert [each[0].company.autotask_id for each in found] == list(range(400))
