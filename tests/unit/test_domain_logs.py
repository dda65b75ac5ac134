"""What people type after ``logs``, and how a place in the list travels in a button."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.logs import (
    LONGEST_WORDS,
    PAGE_SIZES,
    LogFilter,
    Spot,
    read_code,
    read_spot,
    read_words,
)
from bot.domain.numbers import MOST_DIGITS
from bot.domain.sync_logs import LogStatus
from bot.domain.syncs import SyncType
from bot.domain.texts import shortened

TODAY = date(2026, 11, 20)
WEEK = TODAY - timedelta(days=7)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", LogFilter()),
        ("errors", LogFilter(statuses=(LogStatus.ERROR,))),
        ("errors 7d", LogFilter(statuses=(LogStatus.ERROR,), first_day=WEEK)),
        ("contracts 7d", LogFilter(types=(SyncType.CONTRACT,), first_day=WEEK)),
        ("contracts last 7 days", LogFilter(types=(SyncType.CONTRACT,), first_day=WEEK)),
        (
            "yesterday",
            LogFilter(first_day=TODAY - timedelta(days=1), last_day=TODAY - timedelta(days=1)),
        ),
        ("last week", LogFilter(first_day=date(2026, 11, 9), last_day=date(2026, 11, 15))),
        ("since 2026-11-01", LogFilter(first_day=date(2026, 11, 1))),
        ("2026-10", LogFilter(first_day=date(2026, 10, 1), last_day=date(2026, 10, 31))),
        ("time entries", LogFilter(types=(SyncType.TIME_ENTRY,))),
        ("time", LogFilter(types=(SyncType.TIME_ENTRY,))),
        ("opps companies", LogFilter(types=(SyncType.OPPORTUNITY, SyncType.COMPANY))),
        ("skipped and warnings", LogFilter(statuses=(LogStatus.SKIP, LogStatus.WARNING))),
        ("slow invoices", LogFilter(types=(SyncType.INVOICE,), is_slow=True)),
        ("errors acme dental", LogFilter(statuses=(LogStatus.ERROR,), words="acme dental")),
        ("24h", LogFilter(first_day=TODAY - timedelta(days=1))),
        ("2w", LogFilter(first_day=TODAY - timedelta(days=14))),
    ],
)
def test_words_say_which_lines(typed: str, meant: LogFilter):
    assert read_words(typed, TODAY).filter == meant


def test_an_organization_is_named_after_its_word_and_days_may_follow():
    asked = read_words("errors organization acme dental last week", TODAY)
    assert (asked.organization, asked.filter.words) == ("acme dental", "")
    assert asked.filter.first_day == date(2026, 11, 9)


def test_an_unknown_word_is_looked_for_and_the_nearest_known_one_offered():
    asked = read_words("erors contarcts", TODAY)
    assert asked.filter.words == "erors contarcts"
    assert asked.guesses == (("erors", "errors"), ("contarcts", "contracts"))


@given(st.text(max_size=400))
def test_whatever_is_typed_is_understood_somehow(typed: str):
    found = read_words(typed, TODAY).filter
    assert len(found.words) <= LONGEST_WORDS
    assert read_code(found.code) == found


days = st.none() | st.dates()
moments = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
filters = st.builds(
    LogFilter,
    types=st.sets(st.sampled_from(SyncType)).map(lambda found: tuple(e for e in SyncType if e in found)),
    statuses=st.sets(st.sampled_from(LogStatus)).map(lambda found: tuple(e for e in LogStatus if e in found)),
    first_day=days,
    last_day=days,
    words=st.text("abc äß&=%+<>*`|~", max_size=LONGEST_WORDS),
    organization_id=st.none() | st.integers(1, 10**MOST_DIGITS - 1),
    run_id=st.none() | st.integers(1, 10**MOST_DIGITS - 1),
    is_slow=st.booleans(),
    per_page=st.sampled_from(PAGE_SIZES),
)


@given(filters)
def test_a_filter_survives_its_way_through_a_button(found: LogFilter):
    assert read_code(found.code) == found
    assert len(found.code) < 1_500


@given(st.integers(0, 10**8), st.none() | st.integers(0, 10**8), moments, st.integers(1, 2**50))
def test_a_place_in_the_list_survives_its_way_through_a_button(number, total, at, line):
    for spot in (
        Spot(number, total),
        Spot(number, total, (at, line)),
        Spot(number, total, (at, line), is_back=True),
        Spot(number, total, is_last=True),
    ):
        assert read_spot(spot.code) == spot


@given(st.text(max_size=60))
def test_a_button_that_says_nonsense_opens_the_first_page_or_another_one(code: str):
    assert read_spot(code).number >= 0
    assert read_code(code).per_page in PAGE_SIZES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("for $1,490.55", "for $1,490.55"),
        ("a month for $1,490.55", "a month for…"),
        ("12345678901234567890", "1234567890123…"),
        ("", ""),
    ],
)
def test_a_long_text_ends_before_a_word_and_never_in_the_middle_of_an_amount(text, told):
    assert shortened(text, 14) == told
