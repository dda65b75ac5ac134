"""Whatever is built, Autotask understands all of it or it is refused before it is sent."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.autotask.query import (
    MOST,
    Condition,
    Field,
    all_of,
    any_of,
    chunks,
    document,
    everything,
    field,
    udf,
)
from bot.autotask.wire import Scalar, encode

OPERATORS = {
    "eq",
    "noteq",
    "gt",
    "gte",
    "lt",
    "lte",
    "beginsWith",
    "endsWith",
    "contains",
    "exist",
    "notExist",
}
OPERATORS |= {"in", "notIn", "and", "or"}

scalars: st.SearchStrategy[Scalar] = st.one_of(
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
fields = st.sampled_from(["id", "companyName", "status", "isActive"]).map(field)
comparisons = st.sampled_from(["eq", "noteq", "gt", "gte", "lt", "lte"])
searches = st.sampled_from(["begins_with", "ends_with", "contains"])


@st.composite
def clauses(draw: st.DrawFn) -> Condition:
    name: Field = draw(fields)
    return draw(
        st.one_of(
            st.builds(lambda op, value: getattr(name, op)(value), comparisons, scalars),
            st.builds(lambda op, text: getattr(name, op)(text), searches, st.text(min_size=1)),
            st.builds(name.in_, st.lists(scalars, min_size=1, max_size=8)),
            st.builds(name.not_in, st.lists(scalars, min_size=1, max_size=8)),
            st.sampled_from([name.exists(), name.not_exists()]),
        )
    )


conditions: st.SearchStrategy[Condition] = st.recursive(
    clauses(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda items: all_of(*items)),
        st.lists(inner, min_size=1, max_size=4).map(lambda items: any_of(*items)),
    ),
    max_leaves=12,
)


def clauses_of(node: dict[str, object]) -> Iterator[dict[str, object]]:
    yield node
    for item in node.get("items", []):  # type: ignore[attr-defined]
        yield from clauses_of(item)


@given(conditions)
def test_every_operator_in_a_document_is_one_that_autotask_knows(condition: Condition) -> None:
    sent = json.loads(encode(document(condition)))
    for node in clauses_of(sent["filter"][0]):
        assert node["op"] in OPERATORS
        assert ("items" in node) is (node["op"] in {"and", "or"})
        assert ("value" in node) is (node["op"] not in {"and", "or", "exist", "notExist"})
        assert node.get("value", 0) is not None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_money_in_a_filter_is_exact(amount: Decimal) -> None:
    sent = json.loads(encode(document(field("amount").eq(amount))), parse_float=Decimal, parse_int=Decimal)
    assert sent["filter"][0]["value"] == amount


@given(st.dates())
def test_a_date_is_sent_as_that_date_at_midnight(day: date) -> None:
    sent = json.loads(encode(document(field("startDate").eq(day))))
    assert sent["filter"][0]["value"] == f"{day.isoformat()}T00:00:00Z"


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_a_moment_of_any_zone_is_sent_as_the_same_moment(moment: datetime) -> None:
    sent = json.loads(encode(document(field("createDate").gte(moment))))["filter"][0]["value"]
    assert sent.endswith("Z")
    late = moment.astimezone(UTC) - datetime.fromisoformat(sent)
    assert timedelta(0) <= late < timedelta(milliseconds=1)  # never later: a watermark may not skip


@given(st.lists(st.integers()), st.integers(1, 600))
def test_chunks_lose_nothing_and_keep_order(values: list[int], size: int) -> None:
    pieces = list(chunks(values, size))
    assert [value for piece in pieces for value in piece] == values
    assert all(0 < len(piece) <= size for piece in pieces)


@given(st.lists(st.text(min_size=1, max_size=9), max_size=6))
def test_the_id_always_comes_along_and_once(names: list[str]) -> None:
    sent = document(everything(), fields=names)["includeFields"]
    assert isinstance(sent, list)
    assert [name for name in sent if str(name).lower() == "id"] == ["id"]
    assert set(sent) >= {name for name in names if name.lower() != "id"}


@given(st.integers(MOST + 1, 2_000))
def test_more_than_five_hundred_alternatives_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="500"):
        document(any_of(*(field("id").eq(n) for n in range(count))))
    with pytest.raises(ValueError, match="500"):
        field("id").in_(range(count))


def test_five_hundred_alternatives_are_taken() -> None:
    assert document(any_of(*(field("id").eq(n) for n in range(MOST))))
    assert document(field("id").in_(range(MOST)))


@pytest.mark.parametrize("value", [None, 1.5, b"x", [1], {"a": 1}])
def test_values_that_autotask_would_misread_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        field("id").eq(value)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        field("id").in_([value])  # type: ignore[list-item]


def test_lists_and_texts_that_filter_nothing_are_refused() -> None:
    for build in (
        lambda: field("id").in_([]),
        lambda: field("id").contains(""),
        all_of,
        any_of,
        lambda: field(" "),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            build()
    with pytest.raises(TypeError):
        field("title").in_("text")


def test_one_user_defined_field_is_taken_and_a_second_refused() -> None:
    one = udf("Site").eq("North")
    assert json.loads(encode(document(all_of(one, udf("Site").exists()))))
    assert json.loads(encode(document(one)))["filter"] == [
        {"op": "eq", "field": "Site", "value": "North", "udf": True}
    ]
    with pytest.raises(ValueError, match="user-defined"):
        document(all_of(one, udf("Other").exists()))


@pytest.mark.parametrize("size", [0, 501, -1])
def test_a_page_holds_one_to_five_hundred_rows(size: int) -> None:
    with pytest.raises(ValueError, match="500"):
        document(everything(), page_size=size)


def test_a_nested_filter_reads_as_the_help_page_prints_it() -> None:
    sent = document(
        all_of(field("companyID").eq(42), any_of(field("status").eq(1), field("priority").in_([1, 4])))
    )
    assert json.loads(encode(sent)) == {
        "filter": [
            {
                "op": "and",
                "items": [
                    {"op": "eq", "field": "companyID", "value": 42},
                    {
                        "op": "or",
                        "items": [
                            {"op": "eq", "field": "status", "value": 1},
                            {"op": "in", "field": "priority", "value": [1, 4]},
                        ],
                    },
                ],
            }
        ]
    }
