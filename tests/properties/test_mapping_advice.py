"""Whatever the names are: nothing doubtful is accepted unseen, and the order of rows decides nothing."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.mapping import NEAR, SURE, UNDO, Act, Advice, Batch, advise
from bot.domain.matching import Companies
from bot.domain.organizations import Company, Organization, fold

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
words = st.sampled_from(
    ["Acme", "acme", "Äcme", "Contoso", "Contosso", "North", "Wind", "Northwind", "12", "13", "Dental"]
)
forms = st.sampled_from(["", "Ltd", "Limited", "GmbH", "Inc"])
names = st.builds(
    lambda some, form: " ".join([*some, form]).strip(), st.lists(words, min_size=1, max_size=3), forms
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Organization], list[Company], dict[int, str]]:
    companies = [
        Company(
            number, name, is_active=draw(st.booleans()), is_gone=draw(st.booleans()) and draw(st.booleans())
        )
        for number, name in enumerate(draw(st.lists(names, max_size=8)), start=1)
    ]
    organizations = [
        Organization(number, name) for number, name in enumerate(draw(st.lists(names, max_size=6)), start=1)
    ]
    taken = draw(st.sets(st.sampled_from(range(1, 10))))
    return organizations, companies, dict.fromkeys(taken, "Somebody")


def advised(world: tuple[list[Organization], list[Company], dict[int, str]]) -> list[Advice]:
    organizations, companies, taken = world
    return advise(organizations, Companies(companies), taken)


@given(worlds())
def test_only_active_companies_that_nobody_has_are_accepted_unseen(world):
    for advice in advised(world):
        if advice.is_sure:
            company = advice.best.company
            assert advice.best.score >= SURE
            assert company.is_active
            assert not company.is_gone
            assert company.autotask_id not in world[2]


@given(worlds())
def test_a_near_tie_is_never_accepted_unseen(world):
    everything = Companies(world[1])
    for advice in advised(world):
        if advice.is_sure:
            best, *others = everything.like(advice.organization.name, limit=100)
            assert all(best.score - each.score > NEAR for each in others)
            assert all(fold(each.company.name) != fold(best.company.name) for each in others)


@given(worlds())
def test_no_company_is_accepted_for_two_organizations(world):
    chosen = [each.best.company.autotask_id for each in advised(world) if each.is_sure and each.best]
    assert len(chosen) == len(set(chosen))


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_companies_and_organizations_changes_nothing(world, chance: random.Random):
    organizations, companies, taken = (list(part) if isinstance(part, list) else part for part in world)
    before = {each.organization.id: each for each in advised(world)}
    chance.shuffle(organizations)
    chance.shuffle(companies)
    after = {each.organization.id: each for each in advise(organizations, Companies(companies), taken)}
    assert after == before


@given(worlds())
def test_whoever_is_sure_enough_is_either_accepted_or_told_why_not(world):
    for advice in advised(world):
        if advice.best and advice.best.score >= SURE:
            assert advice.is_sure != advice.needs_an_eye
            assert advice.is_sure or all(advice.doubts)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=1)), st.booleans())
def test_a_press_can_be_undone_once_and_for_ten_minutes(later: timedelta, undone: bool):
    batch = Batch(1, Act.MAP, "U1", NOON, undone_at=NOON if undone else None)
    assert batch.can_be_undone(NOON + later) == (later <= UNDO and not undone)
