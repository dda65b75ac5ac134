from datetime import UTC, datetime, timedelta

import pytest

from bot.autotask.budget import AT_ONCE, Budget, Limits, Threshold, Urgency, Usage

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SMALL = Limits(ceiling=10, reserve=4)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def reading(used: int) -> Threshold:
    return Threshold(used, 10_000, timedelta(hours=1))


def observed(used: int) -> Budget:
    budget = Budget(Limits())
    budget.observe(reading(used), START)
    return budget


def test_background_work_leaves_the_reserve_to_people() -> None:
    budget = Budget(SMALL)
    assert [budget.take(Urgency.BACKGROUND, at(n)) for n in range(6)] == [AT_ONCE] * 6
    assert budget.take(Urgency.BACKGROUND, at(10)) == timedelta(hours=1) - timedelta(seconds=10)
    assert budget.take(Urgency.BILLING, at(10)) > AT_ONCE
    assert [budget.take(Urgency.PERSON, at(11 + n)) for n in range(4)] == [AT_ONCE] * 4
    assert budget.take(Urgency.PERSON, at(20)) > AT_ONCE


def test_the_hour_rolls_request_by_request() -> None:
    budget = Budget(SMALL)
    for n in range(10):
        budget.take(Urgency.PERSON, at(n * 60))
    wait = budget.take(Urgency.PERSON, at(600))
    assert at(600) + wait == at(3600)
    assert budget.take(Urgency.PERSON, at(600) + wait) == AT_ONCE
    assert budget.take(Urgency.PERSON, at(600) + wait) > AT_ONCE


def test_after_a_persons_burst_background_waits_until_its_own_part_is_free_again() -> None:
    budget = Budget(SMALL)
    for n in range(10):
        budget.take(Urgency.PERSON, at(n))
    wait = budget.take(Urgency.BACKGROUND, at(10))
    assert at(10) + wait == at(3604)  # five are left then, of six


@pytest.mark.parametrize(
    ("used", "waiting"),
    [
        (0, set()),
        (4_999, set()),
        (7_499, set()),
        (7_500, {Urgency.BACKGROUND}),
        (8_999, {Urgency.BACKGROUND}),
        (9_000, {Urgency.BACKGROUND, Urgency.BILLING}),
        (10_400, {Urgency.BACKGROUND, Urgency.BILLING}),
    ],
)
def test_who_rests_follows_from_what_everybody_has_used(used: int, waiting: set[Urgency]) -> None:
    assert {kind for kind in Urgency if observed(used).take(kind, at(1)) > AT_ONCE} == waiting


def test_from_half_of_the_allowance_background_goes_at_half_its_pace() -> None:
    budget = observed(5_000)
    assert budget.take(Urgency.BACKGROUND, at(0)) == AT_ONCE
    assert budget.take(Urgency.BACKGROUND, at(0)) == timedelta(seconds=3.6)  # 1,000 an hour of 2,000
    assert budget.take(Urgency.PERSON, at(0)) == AT_ONCE
    assert budget.take(Urgency.BACKGROUND, at(3.6)) == AT_ONCE


def test_our_own_requests_count_before_the_next_reading_tells_them() -> None:
    budget = observed(7_498)
    budget.take(Urgency.PERSON, at(1))
    assert budget.take(Urgency.BACKGROUND, at(1)) == AT_ONCE
    assert budget.take(Urgency.BACKGROUND, at(10)) > AT_ONCE
    budget.observe(reading(2_000), at(60))
    assert budget.take(Urgency.BACKGROUND, at(61)) == AT_ONCE


@pytest.mark.parametrize(("used", "minutes"), [(0, 5), (4_999, 5), (5_000, 1), (9_999, 1)])
def test_readings_come_every_five_minutes_and_every_minute_in_the_upper_half(used: int, minutes: int) -> None:
    budget = observed(used)
    assert not budget.reading_due(at(minutes * 60 - 1))
    assert budget.reading_due(at(minutes * 60))


def test_a_first_reading_is_due_and_a_failed_one_is_not_repeated_at_once() -> None:
    budget = Budget(Limits())
    assert budget.reading_due(START)
    budget.read_later(START)
    assert not budget.reading_due(at(59))
    assert budget.reading_due(at(60))


def test_who_rests_is_told_to_come_back_after_the_next_reading() -> None:
    assert observed(8_000).take(Urgency.BACKGROUND, at(20)) == timedelta(seconds=40)


def test_a_closed_database_is_closed_for_people_too() -> None:
    budget = Budget(Limits())
    budget.close(timedelta(minutes=1), START)
    assert budget.take(Urgency.PERSON, at(30)) == timedelta(seconds=30)
    assert budget.take(Urgency.PERSON, at(60)) == AT_ONCE


def test_usage_reads_as_people_need_it() -> None:
    budget = Budget(Limits())
    assert str(budget.usage(START)) == "API ? · us 0"
    budget.observe(reading(1_230), START)
    for n in range(10):
        budget.take(Urgency.PERSON, at(n))
    assert str(budget.usage(at(11))) == "API 1,240/10,000 · us 10"
    assert budget.usage(at(4_000)) == Usage(1_240, 10_000, 0)


@pytest.mark.parametrize("wrong", [{"at_once": 4}, {"at_once": 0}, {"in_flight": 1}, {"reserve": 2_500}])
def test_limits_that_autotask_or_sense_forbids_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Limits(**wrong)
