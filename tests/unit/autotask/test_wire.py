import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from bot.autotask.wire import decode, encode, timestamp


def test_a_decimal_keeps_every_digit_both_ways() -> None:
    assert encode({"rate": Decimal("386.6450")}) == '{"rate":386.6450}'
    assert decode(b'{"rate":386.6450}') == {"rate": Decimal("386.6450")}
    assert encode([Decimal("1E+3"), Decimal("0.00")]) == "[1000,0.00]"


def test_a_date_is_midnight_utc_and_no_time_zone_moves_it() -> None:
    assert timestamp(date(2026, 3, 29)) == "2026-03-29T00:00:00Z"


def test_a_moment_is_utc_and_cut_to_the_millisecond() -> None:
    berlin = timezone(timedelta(hours=2))
    assert timestamp(datetime(2026, 7, 1, 1, 30, tzinfo=berlin)) == "2026-06-30T23:30:00Z"
    assert timestamp(datetime(2026, 7, 1, 1, 30, 5, 407_999, tzinfo=UTC)) == "2026-07-01T01:30:05.407Z"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 7, 1, 1, 30))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("value", [1.5, {"a": 1.5}, [b"x"], {1, 2}])
def test_floats_and_strangers_never_reach_the_wire(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="infinite"):
        encode(Decimal(value))


def test_nested_bodies_are_plain_json() -> None:
    body = {"userDefinedFields": [{"name": 'A "quote"', "value": None}], "isActive": True, "n": 3}
    assert json.loads(encode(body)) == body


@pytest.mark.parametrize(
    "body", [b"", b" ", b"<html>", b'{"items":[', b"[1]", b"null", b'"x"', b"[" * 100_000]
)
def test_what_is_no_json_object_is_none(body: bytes) -> None:
    assert decode(body) is None


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (rb'{"a":"x\u0000y"}', "xy"),
        (rb'{"a":"x\ud83ey"}', "x�y"),
        (rb'{"a":"\ud83e\udd98"}', "\U0001f998"),
        (b'{"a":"x\ty\x00"}', "x\ty"),
        (b'{"a":"x\xffy"}', "x�y"),
        (b'{"a":NaN}', None),
    ],
)
def test_what_no_database_keeps_spoils_nothing_else_of_an_answer(body: bytes, name: str | None) -> None:
    assert decode(body) == {"a": name}
