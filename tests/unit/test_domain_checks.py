from datetime import timedelta

from bot.domain.checks import (
    NEEDS,
    Answer,
    Check,
    EntityAccess,
    Finding,
    Night,
    Verified,
    judge,
    named,
    next_night,
    path_of,
    ticks,
)
from bot.domain.connections import ZoneFacts

EVERYTHING = EntityAccess(can_query=True, can_create=True, can_update=True)
ZONE = ZoneFacts("America East", "https://ww3/", "https://ww3/", 1)


def test_an_entity_that_autotask_does_not_list_counts_as_refused():
    checks = judge({need.entity: EVERYTHING for need in NEEDS if need.entity != "Invoices"})
    assert {check.need.id for check in checks if not check.ok} == {"Invoices:query"}


def test_a_right_is_missing_only_where_it_is_needed():
    readers = {
        need.entity: EntityAccess(can_query=True, can_create=False, can_update=False) for need in NEEDS
    }
    missing = {check.need.id for check in judge(readers) if not check.ok}
    assert missing == {need.id for need in NEEDS if need.right != "query"}
    assert "Contracts:update" in missing


def test_a_finding_that_says_no_counts_as_missing_and_an_unknown_one_does_not():
    found = Verified(
        ZONE,
        (Check(NEEDS[0], ok=False), Check(NEEDS[1], ok=True)),
        (Finding("Invoice PDF", Answer.NO, "no"), Finding("Webhooks", Answer.UNKNOWN, "who knows")),
        timedelta(seconds=1),
    )
    assert found.missing == (NEEDS[0].id, "Invoice PDF")


def test_every_need_has_an_exact_place_and_is_in_the_minimal_list():
    listed = {tick for section in ticks().values() for tick in section}
    for need in NEEDS:
        assert need.path.startswith("Admin ▸ Organization Settings & Users ▸ Resources/Users (HR)")
        assert need.path.endswith(f"tick “{need.tick}”")
        assert need.tick in listed
        assert path_of(need.id)
        assert named(need.id) != need.id


def test_the_first_night_is_what_later_ones_are_held_against():
    first = next_night(None, "n1", ["Contracts:query"])
    assert not first.is_news
    assert first.missing == ("Contracts:query",)


def test_a_night_like_the_last_is_no_news():
    assert not next_night(Night("n1", ("a", "b"), ("a",)), "n2", ["a", "b"]).is_news


def test_what_is_missing_newly_is_told_and_only_that():
    night = next_night(Night("n1", ("a",)), "n2", ["a", "b"])
    assert (night.worse, night.told, night.recovered) == (("b",), ("b",), ())


def test_what_was_told_and_is_back_is_told_once_as_recovered():
    told = next_night(Night("n1", ()), "n2", ["a", "b"])
    half = next_night(told, "n3", ["b"])
    whole = next_night(half, "n4", [])
    assert (half.recovered, half.told) == (("a",), ("b",))
    assert (whole.recovered, whole.told) == (("b",), ())
    assert not next_night(whole, "n5", []).is_news


def test_a_gap_known_from_the_start_is_not_told_when_it_closes():
    assert not next_night(Night("n1", ("a",)), "n2", []).is_news


def test_what_recovers_and_breaks_again_is_told_again():
    broken = next_night(Night("n1"), "n2", ["a"])
    well = next_night(broken, "n3", [])
    assert next_night(well, "n4", ["a"]).worse == ("a",)
