"""Faults that need a real connection, and the control surface as another process sees it."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from sandbox.autotask.accounts import USERNAME
from sandbox.autotask.database import Database
from sandbox.autotask.server import RunningAutotask, serve
from tests.sandbox.autotask.conftest import login

ALL = {"filter": [{"op": "exist", "field": "id"}]}
TICKET = {"companyID": 0, "title": "Printer", "status": 1, "priority": 2, "queueID": 5}


@dataclass
class Served:
    sandbox: RunningAutotask
    http: httpx.AsyncClient

    async def call(self, verb: str, path: str, body: object = None) -> httpx.Response:
        return await self.http.request(verb, f"{self.sandbox.url}ATServicesRest/V1.0/{path}", json=body)

    async def control(self, verb: str, path: str, body: object = None) -> dict:
        reply = await self.http.request(verb, self.sandbox.control_url + path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def titles(self) -> list[str]:
        return [row["title"] for row in await self.control("GET", "entities/Tickets")]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve(Database.minimal(1)) as sandbox, httpx.AsyncClient(headers=login(), timeout=5) as http:
        yield Served(sandbox, http)


async def test_a_served_sandbox_tells_its_addresses_and_credentials(served):
    sandbox = served.sandbox
    assert sandbox.url == sandbox.discovery_url
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert sandbox.control_url == f"{sandbox.url}_sandbox/"
    reply = await served.http.get(
        f"{sandbox.discovery_url}atservicesrest/v1.0/zoneInformation?user={USERNAME}"
    )
    assert reply.json()["url"] == f"{sandbox.url}ATServicesRest/"


async def test_a_dropped_reply_leaves_the_write_done(served):
    await served.control("POST", "faults", {"kind": "drop_reply", "entity": "Tickets", "method": "POST"})
    with pytest.raises(httpx.RemoteProtocolError):
        await served.call("POST", "Tickets", TICKET)
    assert await served.titles() == ["Printer"]
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 200


async def test_a_dropped_request_leaves_nothing_done(served):
    await served.control("POST", "faults", {"kind": "drop_request"})
    with pytest.raises(httpx.RemoteProtocolError):
        await served.call("POST", "Tickets", TICKET)
    assert await served.titles() == []


async def test_a_hanging_request_is_never_answered(served):
    await served.control("POST", "faults", {"kind": "hang", "entity": "Tickets"})
    with pytest.raises(httpx.ReadTimeout):
        await served.http.get(f"{served.sandbox.url}ATServicesRest/V1.0/Tickets/1", timeout=0.1)
    assert (await served.call("GET", "Tickets/1")).status_code == 200


async def test_a_server_stops_although_a_request_hangs():
    async with httpx.AsyncClient(headers=login(), timeout=30) as http:
        async with serve(Database.minimal(1)) as sandbox:
            sandbox.control.hang_next()
            hanging = asyncio.create_task(http.get(f"{sandbox.url}ATServicesRest/V1.0/Version"))
            while not sandbox.control.log():
                await asyncio.sleep(0)
            began = time.perf_counter()
        assert time.perf_counter() - began < 5
        await asyncio.wait([hanging], timeout=5)
        assert hanging.done()


async def test_the_next_requests_that_match_fail_as_told(served):
    fault = {
        "kind": "fail",
        "entity": "tickets",
        "method": "post",
        "count": 2,
        "status": 503,
        "body": "<html>busy",
    }
    assert await served.control("POST", "faults", fault) == {"pending": 2}
    assert (await served.call("GET", "Tickets/1")).status_code == 200
    for _ in range(2):
        reply = await served.call("POST", "Tickets", TICKET)
        assert (reply.status_code, reply.text) == (503, "<html>busy")
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 200
    assert await served.titles() == ["Printer"]


async def test_a_fault_can_let_some_requests_pass_first(served):
    served.sandbox.control.plan(_fault("fail", skip=1, status=502))
    assert [(await served.call("GET", "Version")).status_code for _ in range(3)] == [200, 502, 200]


async def test_a_fault_can_be_called_off(served):
    await served.control("POST", "faults", {"kind": "fail"})
    await served.control("DELETE", "faults")
    assert (await served.call("GET", "Version")).status_code == 200


async def test_a_reply_can_be_truncated_or_empty(served):
    for kind, length in (("truncate", 6), ("empty", 0)):
        await served.control("POST", "faults", {"kind": kind})
        reply = await served.call("GET", "Tickets/1")
        assert (reply.status_code, len(reply.content)) == (200, length)
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            reply.json()


async def test_a_slow_reply_takes_its_time_and_is_right(served):
    served.sandbox.control.slow_next(delay_ms=60)
    reply = await served.call("GET", "Companies/0")
    assert reply.elapsed.total_seconds() >= 0.06
    assert reply.json()["item"]["id"] == 0


def _fault(kind, **more):
    from sandbox.autotask.faults import Fault

    return Fault(kind, **more)


async def test_a_fresh_record_stays_invisible_for_so_many_reads(served):
    await served.control("POST", "lag", {"entity": "Tickets", "reads": 2})
    ticket = (await served.call("POST", "Tickets", TICKET)).json()["itemId"]
    assert (await served.call("GET", f"Tickets/{ticket}")).json() == {"item": None}
    assert (await served.call("POST", "Tickets/query", ALL)).json()["items"] == []
    assert (await served.call("GET", f"Tickets/{ticket}")).json()["item"]["id"] == ticket


async def test_a_fresh_record_can_be_invisible_for_a_time(served):
    await served.control("POST", "clock", {"now": "2026-03-10T09:00:00Z", "scale": 0})
    await served.control("POST", "lag", {"entity": "*", "ms": 1500})
    ticket = (await served.call("POST", "Tickets", TICKET)).json()["itemId"]
    await served.control("POST", "clock", {"advance_seconds": 1})
    assert (await served.call("GET", f"Tickets/{ticket}")).json() == {"item": None}
    await served.control("POST", "clock", {"advance_seconds": 0.5})
    assert (await served.call("GET", f"Tickets/{ticket}")).json()["item"]["id"] == ticket


async def test_rows_can_be_put_in_and_changed_raw(served):
    made = await served.control(
        "POST", "rows/contacts", [{"companyID": 0, "firstName": "Ann", "lastName": "Lee"}]
    )
    (contact,) = made["ids"]
    await served.control("POST", "rows/Contacts", {"id": contact, "title": "CFO"})
    (row,) = await served.control("GET", "entities/Contacts?firstName=ann")
    assert (row["title"], row["lastName"], row["isActive"]) == ("CFO", "Lee", 1)


async def test_a_raw_row_with_an_unknown_field_is_refused(served):
    reply = await served.http.post(f"{served.sandbox.control_url}rows/Contacts", json={"nonsense": 1})
    assert reply.status_code == 400
    assert "nonsense" in reply.text


async def test_rights_users_picklists_and_settings_can_be_changed(served):
    await served.control("POST", "rights", {"entity": "tickets", "rights": ["create"], "look": "500"})
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 500
    await served.control("POST", "rights", {"entity": "Tickets", "look": None})
    await served.control(
        "POST", "picklists", {"entity": "Tickets", "field": "status", "value": 1, "active": False}
    )
    assert "status" in (await served.call("POST", "Tickets", TICKET)).text
    await served.control(
        "POST", "picklists", {"entity": "Tickets", "field": "status", "value": 1, "active": True}
    )
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 200
    await served.control("POST", "users", {"locked": True})
    assert (await served.call("GET", "Version")).status_code == 401
    await served.control("POST", "users", {"locked": False})
    settings = await served.control("POST", "settings", {"thread_limit": 1, "missing_item": "404"})
    assert settings["thread_limit"] == 1
    assert (await served.call("GET", "Tickets/4242")).status_code == 404
    await served.control("POST", "requests", {"count": 20_000})
    assert (await served.call("GET", "Version")).status_code == 429


async def test_the_log_tells_filters_and_can_be_narrowed_and_cleared(served):
    await served.call("POST", "Tickets/query", ALL)
    await served.call("POST", "Companies/query/count", ALL)
    await served.call("GET", "Companies/0")
    log = await served.control("GET", "log?entity=companies&method=post")
    (entry,) = log["entries"]
    assert (entry["method"], entry["entity"], entry["status"], entry["in_flight"]) == (
        "POST",
        "Companies",
        200,
        1,
    )
    assert '"exist"' in entry["filter"]
    assert (await served.control("GET", "log?summary=1"))["summary"]["by_entity"] == {
        "Tickets": 1,
        "Companies": 2,
    }
    await served.control("DELETE", "log")
    assert (await served.control("GET", "log"))["entries"] == []


async def test_reset_brings_the_first_content_and_behaviour_back(served):
    await served.call("POST", "Tickets", TICKET)
    await served.control("POST", "rights", {"entity": "Tickets", "rights": ["create"]})
    await served.control("POST", "faults", {"kind": "fail", "count": 9})
    await served.control("POST", "reset", {})
    assert await served.titles() == []
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 200


async def test_reset_can_leave_the_data_alone_and_still_restores_users_and_picklists(served):
    await served.call("POST", "Tickets", TICKET)
    await served.control("POST", "users", {"locked": True, "secret": "other"})
    await served.control(
        "POST", "picklists", {"entity": "Tickets", "field": "status", "value": 1, "active": False}
    )
    await served.control("POST", "reset", {"data": False})
    assert await served.titles() == ["Printer"]
    assert (await served.call("POST", "Tickets", TICKET)).status_code == 200


async def test_what_is_remembered_is_what_a_reset_brings_back(served):
    await served.call("POST", "Tickets", TICKET)
    await served.control("POST", "remember")
    await served.call("POST", "Tickets", TICKET)
    await served.control("POST", "reset", {})
    assert await served.titles() == ["Printer"]


async def test_the_control_surface_answers_loopback_only(served):
    from sandbox.autotask.server import create_app

    transport = httpx.ASGITransport(create_app(served.sandbox.database), client=("10.0.0.7", 5))
    async with httpx.AsyncClient(transport=transport) as http:
        assert (await http.get("http://sandbox/_sandbox/log")).status_code == 403


async def test_control_commands_that_make_no_sense_are_a_400(served):
    for path, body in (
        ("faults", {"kind": "explode"}),
        ("rights", {"entity": "Nonsense"}),
        ("settings", {"x": 1}),
    ):
        reply = await served.http.post(served.sandbox.control_url + path, json=body)
        assert reply.status_code == 400


async def test_ten_writers_at_once_get_ten_different_tickets(served):
    await served.control("POST", "settings", {"thread_limit": 20})
    replies = await asyncio.gather(*[served.call("POST", "Tickets", TICKET) for _ in range(10)])
    assert len({reply.json()["itemId"] for reply in replies}) == 10
