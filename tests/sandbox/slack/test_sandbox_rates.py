"""Rate limits by tier, per method and workspace."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.ratelimit import TIER_OF
from sandbox.slack.seed import ADMIN
from sandbox.slack.webapi.methods import METHODS


async def tighten(slack, minutes):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        assert (await control.post("rates", json={"burst_minutes": minutes})).json() == {"ok": True}


async def test_a_tightened_method_answers_429_until_time_passes_and_others_go_on(slack, client):
    await tighten(slack, 0.1)  # two calls of a tier 2 method
    for _ in range(2):
        await client.users_list()
    with pytest.raises(SlackApiError) as caught:
        await client.users_list()
    refused = caught.value.response
    assert (refused.status_code, refused["error"], refused.headers["Retry-After"]) == (
        429,
        "ratelimited",
        "3",
    )
    await client.users_info(user=ADMIN)
    slack.workspace.clock.advance(3)
    await client.users_list()


async def test_limits_count_per_workspace(slack, client):
    await tighten(slack, 0.01)
    await client.users_list()
    for peer in slack.hub.peers.values():
        if peer is not slack.hub:
            peer.rates.spend("users.list")  # the other workspace's first one
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.users_list()


async def test_nobody_meets_the_limits_in_ordinary_use_and_a_reset_loosens_them(slack, client):
    for _ in range(100):
        slack.hub.rates.spend("users.list")
    await tighten(slack, 0.01)
    slack.hub.reset()
    for _ in range(100):
        slack.hub.rates.spend("conversations.list")


def test_every_method_with_a_tier_exists():
    assert set(TIER_OF) <= set(METHODS)
