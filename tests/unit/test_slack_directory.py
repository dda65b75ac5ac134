from typing import Any

import pytest

from bot.slack.directory import profile_of

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


def test_a_member_is_named_in_full_because_autotask_knows_no_nicknames():
    assert profile_of(user(real_name="Ada Lovelace"), HOME).name == "Ada Lovelace"


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
