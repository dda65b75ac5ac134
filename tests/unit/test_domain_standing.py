"""Which role holds, and why."""

import pytest
from pydantic import ValidationError

from bot.domain.access import (
    Because,
    Binding,
    HouseRules,
    StoredPerson,
    UserGroup,
    rank,
    roles_with,
    standing_of,
    wordings,
)
from bot.domain.context import RIGHTS, Right, Role, Tenant
from bot.settings import Settings
from handlers.resolve import house_rules

FINANCE = UserGroup("S1", "finance", "Finance", ("U1",))
DESK = UserGroup("S2", "service-desk", "Service Desk", ("U1",))
NOBODY_SAID = HouseRules()


@pytest.mark.parametrize("flag", ["is_guest", "is_outsider", "is_deactivated", "is_bot"])
def test_no_word_of_ours_lets_in_who_does_not_belong(flag):
    person = StoredPerson("U1", Role.ADMIN, billing_approver=True, **{flag: True})
    rules = HouseRules(admins=("U1",), starting={"U1": Role.FULL_MEMBER})
    standing = standing_of(person, [Binding(FINANCE, Role.ADMIN, billing_approver=True)], rules)
    assert (standing.role, standing.because) == (Role.NONE, Because.OUTSIDE)
    assert not any(standing.may(right) for right in Right)


@pytest.mark.parametrize(
    ("own", "bound", "rules", "role", "because"),
    [
        (Role.VIEWER, Role.SALES, HouseRules(admins=("U1",)), Role.ADMIN, Because.SETTINGS),
        (Role.VIEWER, Role.ADMIN, NOBODY_SAID, Role.VIEWER, Because.PERSON),
        (Role.NONE, Role.ADMIN, NOBODY_SAID, Role.NONE, Because.PERSON),
        (None, Role.SALES, HouseRules(starting={"U1": Role.VIEWER}), Role.SALES, Because.GROUP),
        (None, None, HouseRules(starting={"U1": Role.VIEWER}), Role.VIEWER, Because.STARTING),
        (None, None, NOBODY_SAID, Role.FULL_MEMBER, Because.DEFAULT),
        (None, None, HouseRules(default=Role.NONE), Role.NONE, Because.DEFAULT),
    ],
)
def test_the_settings_stand_before_the_persons_role_before_the_groups_before_the_rest(
    own, bound, rules, role, because
):
    bindings = [Binding(DESK, bound)] if bound else []
    standing = standing_of(StoredPerson("U1", own), bindings, rules)
    assert (standing.role, standing.because) == (role, because)


def test_of_several_groups_the_one_that_gives_most_counts():
    bindings = [Binding(DESK, Role.VIEWER), Binding(FINANCE, Role.FULL_MEMBER)]
    standing = standing_of(StoredPerson("U1", None), bindings, NOBODY_SAID)
    assert (standing.role, standing.handle) == (Role.FULL_MEMBER, "finance")


def test_approving_billing_comes_from_the_person_or_from_a_group():
    giving = [Binding(FINANCE, None, billing_approver=True)]
    by_group = standing_of(StoredPerson("U1", Role.VIEWER), giving, NOBODY_SAID)
    assert by_group.may(Right.APPROVE_BILLING)
    assert by_group.billing_handle == "finance"
    own = standing_of(StoredPerson("U1", Role.VIEWER, billing_approver=True), giving, NOBODY_SAID)
    assert (own.billing_approver, own.billing_handle) == (True, "")


def test_who_has_no_role_approves_nothing_whatever_the_group_says():
    giving = [Binding(FINANCE, None, billing_approver=True)]
    assert not standing_of(StoredPerson("U1", Role.NONE), giving, NOBODY_SAID).may(Right.APPROVE_BILLING)


def test_where_nobody_has_a_role_an_owner_can_still_become_admin():
    owner = StoredPerson("U1", None, is_workspace_admin=True)
    standing = standing_of(owner, [], HouseRules(default=Role.NONE))
    assert (standing.role, standing.because) == (Role.VIEWER, Because.OWNER)


def test_the_roles_offered_for_a_right_all_bring_it_the_least_first():
    for right in set(Right) - {Right.APPROVE_BILLING}:
        offered = roles_with(right)
        assert all(right in RIGHTS[role] for role in offered)
        assert [rank(role) for role in offered] == sorted(map(rank, offered), reverse=True)
    assert roles_with(Right.CREATE_TICKETS)[0] is Role.SALES


def test_every_right_has_words_of_its_own():
    assert set(wordings().values()) == set(Right)


def test_roles_that_people_start_with_come_from_the_settings_of_the_workspace_they_install():
    rules = house_rules(Settings(_env_file=None, roles="U1=viewer, U2=sales", admins="U3"))
    assert rules.starting == {"U1": Role.VIEWER, "U2": Role.SALES}
    elsewhere = rules.within(Tenant(2, "T2", "Another", by_environment=False))
    assert (elsewhere.admins, elsewhere.starting) == ((), {})


@pytest.mark.parametrize("given", ["U1", "U1=admin", "=viewer", "U1=emperor"])
def test_a_role_that_nobody_can_start_with_is_refused_at_the_start(given):
    with pytest.raises(ValidationError, match="one of full_member, sales, viewer, none"):
        Settings(_env_file=None, roles=given)
