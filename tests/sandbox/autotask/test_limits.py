import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

ALL = {"filter": [{"op": "exist", "field": "id"}]}


@pytest.fixture
def slow(tenant):
    tenant.control.change(replace(tenant.control.sandbox.settings, page_latency_ms=30))


async def statuses(*calls):
    return sorted(reply.status_code for reply in await asyncio.gather(*calls))


async def test_the_fourth_request_at_once_on_an_endpoint_is_refused(tenant, slow):
    calls = [tenant.call("POST", "Tickets/query", ALL) for _ in range(4)]
    replies = await asyncio.gather(*calls)
    (refused,) = [reply for reply in replies if reply.status_code != 200]
    assert refused.status_code == 429
    assert "Thread Threshold Exceeded" in refused.text
    assert "Itgenatr005" in refused.text


async def test_threads_are_counted_per_endpoint_and_per_tracking_identifier(tenant, slow):
    tenant.database.tracking_ids.add("SECONDINTEGRATION00000000001")
    other = {"ApiIntegrationCode": "SECONDINTEGRATION00000000001"}
    calls = [
        tenant.call("POST", f"{entity}/query", ALL) for entity in ("Tickets", "Companies") for _ in range(3)
    ]
    calls += [tenant.call("POST", "Tickets/query", ALL, **other) for _ in range(3)]
    assert await statuses(*calls) == [200] * 9


async def test_child_urls_and_metadata_occupy_the_threads_of_their_entity(tenant, slow):
    calls = [
        tenant.get("Tickets/1/Notes"),
        tenant.get("TicketNotes/entityInformation/fields"),
        tenant.get("TicketNotes/1"),
        tenant.call("POST", "TicketNotes/query", ALL),
    ]
    assert await statuses(*calls) == [200, 200, 200, 429]


async def test_the_threshold_information_is_an_endpoint_with_three_threads_itself(tenant, slow):
    assert await statuses(*[tenant.get("ThresholdInformation") for _ in range(4)]) == [200, 200, 200, 429]


async def test_the_log_tells_the_highest_concurrency(tenant, slow):
    await asyncio.gather(*[tenant.call("POST", "Tickets/query", ALL) for _ in range(2)])
    summary = (await tenant.http.get("http://sandbox/_sandbox/log?entity=tickets")).json()["summary"]
    assert (summary["count"], summary["max_concurrency"]) == (2, {"Tickets": 2})


@pytest.mark.parametrize(("used", "delay"), [(4999, 0.0), (5000, 0.5), (7499, 0.5), (7500, 1.0)])
async def test_usage_brings_latency_in_two_steps(tenant, used, delay):
    tenant.database.clock.set(tenant.database.clock.now(), scale=5)
    tenant.control.set_request_count(used)
    began = tenant.database.clock.now()
    assert (await tenant.get("Version")).status_code == 200
    took = (tenant.database.clock.now() - began).total_seconds()
    assert delay <= took < delay + 0.45


async def test_above_the_threshold_requests_are_refused_until_the_hour_has_passed(tenant):
    tenant.control.set_request_count(10_000)
    assert await tenant.refused("GET", "Version", status=429)
    tenant.database.clock.advance(timedelta(minutes=61))
    assert (await tenant.get("Version")).status_code == 200


async def test_the_count_is_that_of_a_rolling_hour(tenant):
    await tenant.get("Version")
    tenant.database.clock.advance(timedelta(minutes=40))
    await tenant.get("Version")
    tenant.database.clock.advance(timedelta(minutes=40))
    reading = (await tenant.get("ThresholdInformation")).json()
    assert reading["currentTimeframeRequestCount"] == 2


async def test_zone_discovery_and_refused_logins_do_not_count(tenant):
    await tenant.http.get("http://sandbox/atservicesrest/v1.0/zoneInformation?user=x")
    await tenant.call("GET", "Version", Secret="wrong")
    assert (await tenant.get("ThresholdInformation")).json()["currentTimeframeRequestCount"] == 1
