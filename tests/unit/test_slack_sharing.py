import pytest

from bot.slack.sharing import is_external


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
def test_a_channel_that_is_shared_or_offered_is_external(flag: str):
    assert is_external({"id": "C1", flag: True})


def test_a_channel_of_several_workspaces_of_one_organization_is_our_own():
    assert not is_external({"id": "C1", "is_shared": True, "is_org_shared": True, "is_ext_shared": False})
