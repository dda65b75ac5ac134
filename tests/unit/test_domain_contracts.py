"""What contracts are worth, how they stand, and which are taken in: rules without a database."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.contract_changes import Turn, lines_of, news_of, stands
from bot.domain.contract_rules import FilterField, Matched, Rules, numbers_of, prefixes_of, shown_prefixes
from bot.domain.contracts import (
    Found,
    Phase,
    Place,
    Standing,
    Terms,
    UnitRow,
    as_json,
    identifier_of,
    later,
    monthly,
    months_of,
    per_unit,
    phase,
    terms_of,
)
from bot.domain.money import change_of, money

TODAY = date(2026, 11, 21)
TERMS = Terms("Managed", "C-1", 7, 7, 1, date(2026, 1, 1), date(2027, 12, 31))


def row(units: int, price: str, start: date, end: date, **more: object) -> UnitRow:
    return UnitRow(units, Decimal(price), start, end, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("period", "label", "months"),
    [("m", "", 1), ("q", "", 3), ("s", "", 6), ("y", "", 12), ("4", "Yearly", 12), ("2", "Semi-Annually", 6), ("", "", 1)],
)  # fmt: skip
def test_a_billing_period_is_known_by_its_label_else_by_the_letter_of_older_days(period, label, months):
    assert months_of(period, label) == months


def test_the_price_of_a_row_is_of_all_its_units():
    whole = row(10, "200.00", date(2026, 11, 1), date(2026, 11, 30))
    assert per_unit(whole) == Decimal(20)
    assert monthly([whole]) == Decimal(200)


def test_a_row_that_covers_a_part_of_its_period_is_worth_what_was_agreed():
    part = row(10, "66.67", date(2026, 11, 21), date(2026, 11, 30), unit_price=Decimal(20))
    assert monthly([part]) == Decimal(200)


def test_quarters_and_years_are_told_by_the_month():
    quarter = row(2, "300.00", date(2026, 10, 1), date(2026, 12, 31), months=3)
    year = row(1, "120.00", date(2026, 1, 1), date(2026, 12, 31), months=12)
    assert monthly([quarter, year]) == Decimal(110)
    assert monthly([row(0, "0", date(2026, 11, 1), date(2026, 11, 30))]) == 0


def test_a_month_later_is_the_last_day_where_the_day_does_not_exist():
    assert later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert later(date(2026, 11, 1), -2) == date(2026, 9, 1)


def test_terms_come_back_from_the_database_as_they_were():
    assert terms_of(as_json(TERMS)) == TERMS
    assert terms_of(as_json(Terms("Only a name"))) == Terms("Only a name")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 12, 1), date(2027, 11, 30), Phase.UPCOMING),
        (date(2026, 1, 1), date(2027, 12, 31), Phase.ACTIVE),
        (date(2026, 1, 1), date(2026, 12, 31), Phase.EXPIRING),
        (date(2026, 1, 1), TODAY, Phase.EXPIRING),
        (date(2026, 1, 1), date(2026, 11, 20), Phase.EXPIRED),
        (date(2026, 1, 1), None, Phase.ACTIVE),
    ],
)
def test_a_contract_runs_until_its_last_day_is_over(start, end, expected):
    standing = Standing(Place.IN, None, Terms("A", start_date=start, end_date=end))
    assert phase(standing, TODAY) is expected


def turn(before: Standing | None, place: Place = Place.IN, worth: str = "200", **terms: object) -> Turn:
    found = Found(1, Terms(**{**vars(TERMS), **terms}), 5, "Acme")  # type: ignore[arg-type]
    return Turn(found, before, stands(found, place, Decimal(worth), before, today=TODAY))


def test_an_end_moved_nearer_ends_a_contract_once_its_day_is_over_and_moved_away_it_runs_again():
    before = turn(None).after
    soon = turn(before, end_date=date(2026, 12, 31))
    assert soon.after.cut_short
    assert soon.after.ended_on is None
    over = turn(soon.after, end_date=date(2026, 11, 20))
    assert over.after.ended_on == date(2026, 11, 20)
    assert [line.message for line in lines_of(over)] == [
        "Contract Managed of Acme ended on 20 Nov 2026: no new time entries are taken for it"
    ]
    assert [each.amount for each in news_of(over)] == [Decimal(-200)]
    again = turn(over.after, end_date=date(2027, 11, 20))
    assert again.after.ended_on is None
    assert "runs again" in next(iter(lines_of(again))).message


def test_a_contract_that_merely_expires_is_not_ended_by_itself():
    before = Standing(Place.IN, Decimal(200), Terms("Managed", end_date=date(2026, 11, 20)))
    assert turn(before, end_date=date(2026, 11, 20)).after.ended_on is None


def test_nothing_is_told_of_a_contract_that_is_as_it_was():
    before = turn(None).after
    same = turn(before)
    assert list(lines_of(same)) == []
    assert list(news_of(same)) == []


def test_a_contract_that_a_rule_lets_in_is_logged_and_no_news():
    skipped = turn(None, Place.PREFIX)
    assert [line.message for line in lines_of(skipped)] == [
        "Skipped contract Managed of Acme: wrong SKU prefix"
    ]
    let_in = turn(skipped.after)
    assert [line.operation.value for line in lines_of(let_in)] == ["create"]
    assert list(news_of(let_in)) == []


def test_the_first_rule_that_fails_is_the_one_that_is_told():
    rules = Rules(("pracbill-",), filters={FilterField.STATUS: frozenset({1})})
    found = Found(1, Terms("PRACBILL-1", status=0), 5)
    assert rules.judge(found) is Place.FILTER
    assert rules.judge(Found(1, Terms("Other", status=0), 5)) is Place.PREFIX
    assert rules.judge(Found(1, Terms("pracbill-2", status=1))) is Place.UNMAPPED
    assert rules.judge(Found(1, Terms("Other"), 5, is_gone=True)) is Place.GONE
    assert Rules().judge(found) is Place.IN


def test_prefixes_are_held_against_services_or_skus_where_that_is_chosen():
    found = Found(1, Terms("Managed"), 5, products=("Phones", "NW-100"))
    assert Rules(("nw-",), Matched.SKU).judge(found) is Place.IN
    assert Rules(("nw-",), Matched.CONTRACT).judge(found) is Place.PREFIX


def test_prefixes_are_read_from_lines_and_commas_each_once():
    assert prefixes_of("NW-, nw-\n PRACBILL- ,,") == ("nw-", "pracbill-")
    assert shown_prefixes("NW-,\nPRACBILL-") == "NW-, PRACBILL-"
    assert shown_prefixes(" \n") == "None: every contract"
    assert numbers_of("1,3,x") == {1, 3}


def test_identifiers_are_compared_without_spaces_dashes_and_case():
    assert identifier_of("0412 345-678") == identifier_of("0412345678")
    assert identifier_of("Jane.DOE") == "janedoe"


def test_amounts_have_separators_two_digits_and_their_currency():
    assert money(Decimal(2345)) == "$2,345.00"
    assert money(Decimal("-12.5"), "EUR") == "-€12.50"
    assert money(Decimal(10), "CHF") == "CHF 10.00"
    assert change_of(Decimal(12)) == "+$12.00"
