from typing import Any

import pytest

from bot.db.people import StoredPerson
from bot.domain.context import Role
from bot.slack.directory import profile_of
from handlers.resolve import role_of

HOME = "T1"


def user(**more: Any) -> dict[str, Any]:
    return {
        "id": "U1",
        "team_id": HOME,
        "name": "ada",
        "tz": "Europe/Berlin",
        "profile": {"display_name": "Ada"},
    } | more


def test_a_member_is_read_with_name_and_zone():
    found = profile_of(user(), HOME)
    assert (found.name, found.timezone) == ("Ada", "Europe/Berlin")
    assert not any([found.is_guest, found.is_outsider, found.is_deactivated, found.is_bot])


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        ({"is_restricted": True}, "is_guest"),
        ({"is_ultra_restricted": True}, "is_guest"),
        ({"team_id": "T9"}, "is_outsider"),
        ({"is_stranger": True}, "is_outsider"),
        ({"deleted": True}, "is_deactivated"),
        ({"is_bot": True}, "is_bot"),
        ({"is_owner": True}, "is_workspace_admin"),
        ({"is_admin": True}, "is_workspace_admin"),
    ],
)
def test_what_decides_about_access_is_read(facts: dict[str, Any], flag: str):
    assert getattr(profile_of(user(**facts), HOME), flag)


def test_somebody_of_the_same_organization_is_no_outsider():
    assert not profile_of(user(team_id="T9", enterprise_user={"enterprise_id": "E1"}), "E1").is_outsider


def test_somebody_of_a_sister_workspace_who_belongs_to_ours_too_is_no_outsider():
    grid = {"enterprise_id": "E1", "teams": ["T9", HOME]}
    assert not profile_of(user(team_id="T9", enterprise_user=grid), HOME).is_outsider
    assert profile_of(user(team_id="T9", enterprise_user=grid | {"teams": ["T9"]}), HOME).is_outsider


def test_an_answer_without_a_home_makes_nobody_an_outsider():
    homeless = {name: value for name, value in user().items() if name != "team_id"}
    assert not profile_of(homeless, HOME).is_outsider
    assert profile_of(homeless | {"is_stranger": True}, HOME).is_outsider


def test_the_home_in_the_profile_counts_when_the_answer_has_no_other():
    assert profile_of(user(team_id=None, profile={"team": "T9"}), HOME).is_outsider
    assert not profile_of(user(team_id=None, profile={"team": HOME}), HOME).is_outsider


def test_without_a_display_name_the_real_name_counts():
    assert profile_of(user(profile={"display_name": ""}, real_name="Ada L."), HOME).name == "Ada L."


@pytest.mark.parametrize("flag", ["is_guest", "is_outsider", "is_deactivated", "is_bot"])
def test_no_stored_role_lets_in_who_does_not_belong(flag: str):
    person = StoredPerson("U1", Role.ADMIN, **{flag: True})
    assert role_of(person, admins=("U1",), default=Role.FULL_MEMBER) is Role.NONE


@pytest.mark.parametrize(
    ("stored", "admins", "default", "role"),
    [
        (Role.VIEWER, ("U1",), Role.FULL_MEMBER, Role.ADMIN),
        (Role.VIEWER, (), Role.FULL_MEMBER, Role.VIEWER),
        (None, (), Role.FULL_MEMBER, Role.FULL_MEMBER),
        (None, (), Role.NONE, Role.NONE),
        (Role.NONE, (), Role.FULL_MEMBER, Role.NONE),
    ],
)
def test_the_settings_word_stands_before_the_stored_before_the_default(
    stored: Role | None, admins: tuple[str, ...], default: Role, role: Role
):
    assert role_of(StoredPerson("U1", stored), admins=admins, default=default) is role


def test_where_nobody_has_a_role_an_owner_can_still_become_admin():
    owner = StoredPerson("U1", None, is_workspace_admin=True)
    assert role_of(owner, admins=(), default=Role.NONE) is Role.VIEWER
