import pytest

from bot.domain.context import Ctx, Person, Right, Role, Tenant
from bot.domain.organizations import fold
from bot.errors import NotAllowed

TENANT = Tenant(1, "T1", "Northwind")


def ctx(role: Role) -> Ctx:
    return Ctx(TENANT, Person("U1", "Kim", role))


@pytest.mark.parametrize("right", sorted(set(Right) - {Right.APPROVE_BILLING}))
def test_an_admin_has_every_right_that_comes_with_a_role(right):
    ctx(Role.ADMIN).require(right)


def test_who_approves_billing_is_said_person_by_person():
    assert not Person("U1", "Kim", Role.ADMIN).may(Right.APPROVE_BILLING)
    assert Person("U1", "Kim", Role.VIEWER, billing_approver=True).may(Right.APPROVE_BILLING)
    assert not Person("U1", "Kim", Role.NONE, billing_approver=True).may(Right.APPROVE_BILLING)


@pytest.mark.parametrize("right", list(Right))
def test_a_guest_has_no_right_at_all(right):
    with pytest.raises(NotAllowed):
        ctx(Role.NONE).require(right)


def test_a_viewer_reads_and_does_nothing_else():
    assert [right for right in Right if ctx(Role.VIEWER).person.may(right)] == [Right.READ]


def test_only_an_admin_connects_autotask():
    assert [role for role in Role if ctx(role).person.may(Right.CONNECT)] == [Role.ADMIN]


@pytest.mark.parametrize(
    ("typed", "name"), [("unit", "Ünit GmbH"), ("strasse", "Straße 5"), ("a  b", "A B"), ("ecole", "École")]
)
def test_searching_ignores_case_accents_and_spacing(typed, name):
    assert fold(typed) in fold(name)
