"""What people type to narrow the audit trail, and what it may show."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from blocks import audit as blocks
from blocks import kit
from bot.documents.audit import COLUMNS, written
from bot.domain.audit import HIDDEN, Act, changes, read_query, redacted

NOW = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # a Wednesday; in Berlin it is Thursday
BERLIN = ZoneInfo("Europe/Berlin")


def act(**given):
    facts = {
        "id": 1, "at": NOW, "by": "U0DANA0001", "action": "set role", "subject": "U0KIM00001", "before": None,
        "after": None, "autotask_id": None,
    }  # fmt: skip
    return Act(**(facts | given))


@pytest.mark.parametrize(
    ("typed", "words", "since", "until"),
    [
        ("kim last week", ("kim",), "2026-11-09", "2026-11-16"),
        ("tickets today", ("tickets",), "2026-11-19", "2026-11-20"),
        ("yesterday", (), "2026-11-18", "2026-11-19"),
        ("since monday tickets", ("tickets",), "2026-11-16", None),
        ("last 30 days", (), "2026-10-20", None),
        ("2026-11-03", (), "2026-11-03", "2026-11-04"),
        ("2026-02", (), "2026-02-01", "2026-03-01"),
        ("last month", (), "2026-10-01", "2026-11-01"),
        ("before 2026-11-01", (), None, "2026-11-01"),
        ("<@U0KIM00001|kim> set role", ("U0KIM00001", "set", "role"), None, None),
        ("@kim", ("kim",), None, None),
        ("monday", ("monday",), None, None),
        ("2026-13-45 acme", ("2026-13-45", "acme"), None, None),
        ("", (), None, None),
    ],
)
def test_words_and_days_are_told_apart_in_the_persons_own_zone(typed, words, since, until):
    query = read_query(typed, NOW, BERLIN)
    assert query.words == words
    assert query.since == (datetime.fromisoformat(since).replace(tzinfo=BERLIN) if since else None)
    assert query.until == (datetime.fromisoformat(until).replace(tzinfo=BERLIN) if until else None)


def test_whatever_bears_a_secrets_name_is_hidden_at_any_depth():
    values = {"zone": "3", "secret": "hunter2", "more": [{"api_key": "x", "trackingId": "y"}], "token": None}
    shown = redacted(values)
    assert shown == {
        "zone": "3",
        "secret": HIDDEN,
        "more": [{"api_key": HIDDEN, "trackingId": HIDDEN}],
        "token": None,
    }


def test_only_what_changed_is_listed():
    shown = changes(act(before={"role": "viewer", "same": 1}, after={"role": "sales", "same": 1, "on": True}))
    assert shown == (("role", "viewer", "sales"), ("on", "", "yes"))


def test_a_name_with_marks_stays_a_name_in_the_list_and_never_a_mention():
    drawn = str(
        blocks.listing([act(subject="<!channel> *Acme* & `Sons`")], kit.page(1, 0), text="", root="/at")
    )
    assert "<!channel> *Acme* & `Sons`" in drawn
    assert "'broadcast'" not in drawn


def test_the_file_has_the_documented_columns_and_no_formula():
    lines = written([act(subject="=HYPERLINK(1)", after={"secret": "hunter2", "name": "Ü"})]).decode(
        "utf-8-sig"
    )
    head, row = lines.splitlines()
    assert head == ",".join(COLUMNS)
    assert "'=HYPERLINK(1)" in row
    assert "hunter2" not in row
    assert "Ü" in row
