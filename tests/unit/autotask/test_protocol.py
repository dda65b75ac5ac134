"""Recorded shapes of answers, and what each of them means."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.autotask import calls, protocol
from bot.autotask.calls import Call, Credentials, Failure, Lost, Response
from bot.autotask.protocol import decipher, item, item_id, items, lost, more_follows, prepare, zone_request
from bot.autotask.query import document, everything
from bot.autotask.zones import DISCOVERY
from bot.errors import (
    AutotaskBusy,
    AutotaskRejected,
    AutotaskUnavailable,
    BotError,
    CredentialsRejected,
    PermissionMissing,
)

READ = calls.query("Company", "Companies", document(everything()))
GET = calls.get_record("Ticket", "Tickets", 7)
CREATE = calls.create("Ticket", "Tickets", {"title": "x"})
UPDATE = calls.update("Ticket", "Tickets", {"id": 7, "status": 5})
THRESHOLD = calls.get_info(
    "ThresholdInformation", "ThresholdInformation", expects="externalRequestThreshold", introduces=True
)
ZONE = "https://webservices15.autotask.net/ATServicesRest/"
LOGIN = Credentials("api+x@acme.example", SecretStr("p$~*#@"), SecretStr("TRACK27"))


def failure(call: Call, status: int, body: str = "", headers: dict[str, str] | None = None) -> Failure:
    with pytest.raises(Failure) as caught:
        decipher(call, Response(status, body.encode(), headers or {}))
    return caught.value


def error(call: Call, status: int, body: str = "") -> BotError:
    return failure(call, status, body).error


def errors(*texts: str) -> str:
    return '{"errors":[' + ",".join(f'"{text}"' for text in texts) + "]}"


# Requests


def test_zone_discovery_encodes_the_user_and_sends_no_credentials() -> None:
    request = zone_request("https://x/zoneInformation", "api+x@acme.example")
    assert request.url == "https://x/zoneInformation?user=api%2Bx%40acme.example"
    assert set(request.headers) == {"Accept"}


def test_the_three_headers_go_with_every_call_and_show_in_no_repr() -> None:
    request = prepare(READ, ZONE, LOGIN)
    assert request.headers["ApiIntegrationCode"] == "TRACK27"
    assert request.headers["UserName"] == "api+x@acme.example"
    assert request.headers["Secret"] == "p$~*#@"
    assert "p$~*#@" not in repr(request)
    assert "p$~*#@" not in repr(LOGIN)
    assert request.url == ZONE + "v1.0/Companies/query"
    assert request.body == b'{"filter":[{"op":"gte","field":"id","value":0}]}'


def test_an_update_is_a_patch_of_the_collection_with_the_id_in_the_body() -> None:
    request = prepare(UPDATE, ZONE, LOGIN)
    assert (request.method, request.url) == ("PATCH", ZONE + "v1.0/Tickets")
    assert request.body == b'{"id":7,"status":5}'


def test_impersonation_is_a_header_of_writes_that_ask_for_it() -> None:
    assert "ImpersonationResourceId" not in prepare(CREATE, ZONE, LOGIN).headers
    assert prepare(replace(CREATE, impersonate=42), ZONE, LOGIN).headers["ImpersonationResourceId"] == "42"


@pytest.mark.parametrize("broken", ["", " x", "x\n", "x\r\nSecret: y", "schlüssel"])
def test_credentials_that_cannot_travel_in_a_header_are_refused_without_being_quoted(broken: str) -> None:
    with pytest.raises(CredentialsRejected) as refused:
        Credentials("u", SecretStr(broken), SecretStr("t"))
    assert refused.value.field == "secret"
    assert not broken.strip() or broken not in refused.value.reason


# Answers


def test_a_page_has_its_rows_and_tells_whether_more_follow() -> None:
    last = b'{"items":[{"id":1},{"id":2}],"pageDetails":{"count":2,"requestCount":500,"nextPageUrl":null}}'
    answer = decipher(READ, Response(200, last))
    assert [row["id"] for row in items(answer)] == [1, 2]
    assert not more_follows(answer, full=False)
    full = last.replace(
        b"null", b'"https://webservices15.autotask.net/ATServicesRest/V1.0/Companies/query/next?paging="'
    )
    assert more_follows(decipher(READ, Response(200, full)), full=False)


def test_a_full_page_is_the_last_one_where_autotask_says_so_itself() -> None:
    said = b'{"items":[{"id":1}],"pageDetails":{"count":1,"nextPageUrl":null}}'
    assert not more_follows(decipher(READ, Response(200, said)), full=True)
    silent = b'{"items":[{"id":1}],"pageDetails":{"count":1}}'
    assert more_follows(decipher(READ, Response(200, silent)), full=True)
    assert not more_follows(decipher(READ, Response(200, b'{"items":[]}')), full=False)


@pytest.mark.parametrize(
    ("status", "body"), [(404, b""), (404, b'{"Message":"No HTTP resource"}'), (200, b'{"item":null}')]
)
def test_a_missing_record_is_no_error(status: int, body: bytes) -> None:
    assert item(decipher(GET, Response(status, body))) is None


def test_a_record_comes_as_an_item_and_for_attachments_as_a_list() -> None:
    assert item(decipher(GET, Response(200, b'{"item":{"id":7}}'))) == {"id": 7}
    assert item(decipher(GET, Response(200, b'{"items":[{"id":7}],"pageDetails":{}}'))) == {"id": 7}


@pytest.mark.parametrize(
    "body", [b'{"itemId":29682834}', b'{"itemId":"29682834"}', b'{"item":{"itemId":29682834}}']
)
def test_a_write_answers_with_an_id(body: bytes) -> None:
    assert item_id(decipher(CREATE, Response(200, body))) == 29_682_834


def test_an_update_may_answer_with_nothing_at_204_only() -> None:
    assert decipher(UPDATE, Response(204, b"")) == {}
    assert isinstance(error(CREATE, 204), AutotaskUnavailable)


# Failures


def test_an_empty_401_means_the_secret() -> None:
    found = error(READ, 401)
    assert isinstance(found, CredentialsRejected)
    assert found.field == "secret"


def test_an_unknown_user_has_no_zone() -> None:
    found = error(DISCOVERY, 500, errors("The specified username is not valid."))
    assert isinstance(found, CredentialsRejected)
    assert found.field == "username"
    assert isinstance(error(DISCOVERY, 500, "<html>Server Error</html>"), AutotaskUnavailable)


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_wrong_integration_code_is_named_whatever_the_status(status: int) -> None:
    found = error(THRESHOLD, status, errors("IntegrationCode is invalid."))
    assert isinstance(found, CredentialsRejected)
    assert found.field == "tracking_id"


def test_the_first_call_with_new_credentials_blames_the_tracking_id_for_an_unclear_500() -> None:
    found = error(THRESHOLD, 500, errors("An error occurred."))
    assert isinstance(found, CredentialsRejected)
    assert found.field == "tracking_id"
    assert isinstance(
        error(replace(THRESHOLD, introduces=False), 500, errors("An error occurred.")), AutotaskRejected
    )


FORBIDDEN = "The logged in Resource does not have the adequate permissions to update this entity type."


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_the_permission_text_means_forbidden_whatever_the_status(status: int) -> None:
    found = error(UPDATE, status, errors(FORBIDDEN))
    assert isinstance(found, PermissionMissing)
    assert (found.entity, found.right) == ("Ticket", "update")


def test_a_403_without_text_means_forbidden_too() -> None:
    assert isinstance(error(READ, 403), PermissionMissing)


@pytest.mark.parametrize(
    "text",
    [
        "Missing Required Field: title",
        "Picklist value [99] does not exist for priority.",
        "Value does not exist for child picklist: subIssueType",
        "Reference value on field: contactID of type: Contact does not exist or is invalid.",
        "Unable to find limit in the Ticket Entity.",
        "There is no row at position 0.",
        "No matching records found. The logged in Resource may not have the required permissions to delete the data.",
        "Unable to make changes as it would result in the deletion/modification of an already approved and posted contract period",
        "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
    ],
)
@pytest.mark.parametrize("status", [400, 409, 500])
def test_a_500_with_reasons_is_a_refusal_and_not_tried_again(text: str, status: int) -> None:
    found = failure(CREATE, status, errors(text))
    assert isinstance(found.error, AutotaskRejected)
    assert (found.error.entity, found.error.reasons) == ("Ticket", (text,))
    assert found.retries == 0


def test_reasons_are_one_line_each() -> None:
    found = error(CREATE, 500, '{"errors":["first\\r\\n  line","","second"]}')
    assert isinstance(found, AutotaskRejected)
    assert found.reasons == ("first line", "second")


def test_a_wrong_method_speaks_the_frameworks_language() -> None:
    text = "The requested resource does not support http method 'GET'."
    found = error(READ, 405, f'{{"Message":"{text}"}}')
    assert isinstance(found, AutotaskRejected)
    assert found.reasons == (text,)


def test_a_client_error_without_words_names_its_status() -> None:
    found = error(READ, 404)
    assert isinstance(found, AutotaskRejected)
    assert found.reasons == ("HTTP 404",)


NO_ANSWERS = [
    (500, ""),
    (500, "<html>"),
    (502, "<html>"),
    (503, errors("busy")),
    (504, ""),
    (408, ""),
    (302, ""),
]
CUT_OFF = [(200, ""), (200, '{"items":[{"id"'), (200, "<html>"), (200, '{"unexpected":1}')]


@pytest.mark.parametrize(("status", "body"), NO_ANSWERS + CUT_OFF)
def test_a_read_without_an_answer_is_tried_again_and_never_means_no_rows(status: int, body: str) -> None:
    found = failure(READ, status, body)
    assert isinstance(found.error, AutotaskUnavailable)
    assert not found.error.ambiguous
    assert found.retries == protocol.READ_RETRIES


@pytest.mark.parametrize(("status", "body"), NO_ANSWERS + CUT_OFF)
@pytest.mark.parametrize("call", [CREATE, UPDATE])
def test_a_write_without_an_answer_is_ambiguous_and_not_tried_again(
    call: Call, status: int, body: str
) -> None:
    found = failure(call, status, body)
    assert isinstance(found.error, AutotaskUnavailable)
    assert found.error.ambiguous
    assert found.retries == 0


def test_a_lost_reply_is_ambiguous_only_for_a_write_that_was_sent() -> None:
    def ambiguous(call: Call, *, sent: bool) -> bool:
        found = lost(call, Lost("ReadTimeout", sent=sent)).error
        assert isinstance(found, AutotaskUnavailable)
        return found.ambiguous

    assert ambiguous(CREATE, sent=True)
    assert not ambiguous(CREATE, sent=False)
    assert not ambiguous(READ, sent=True)


@pytest.mark.parametrize("status", [429, 500, 409])
def test_the_thread_limit_passes_soon(status: int) -> None:
    found = failure(CREATE, status, errors("Thread Threshold Exceeded. Error code: Itgenatr005."))
    assert isinstance(found.error, AutotaskBusy)
    assert not found.for_all
    assert found.retries > 0
    assert found.pause == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 300), ({"retry-after": "7"}, 7), ({"retry-after": "9999"}, 300), ({"retry-after": "Mon"}, 300)],
)
def test_an_exhausted_hour_stops_everybody_for_as_long_as_autotask_says(
    headers: dict[str, str], seconds: int
) -> None:
    found = failure(READ, 429, errors("The request threshold has been exceeded."), headers)
    assert isinstance(found.error, AutotaskBusy)
    assert found.error.retry_after == timedelta(seconds=seconds)
    assert found.for_all


def test_a_locked_table_is_worth_one_more_read_and_no_write() -> None:
    text = errors("Transaction (Process ID 60) was deadlocked on lock resources")
    assert failure(READ, 500, text).retries == 1
    assert failure(CREATE, 500, text).retries == 0
    found = error(CREATE, 500, text)
    assert isinstance(found, AutotaskUnavailable)
    assert found.ambiguous


@pytest.mark.parametrize("body", ["", "{}", '{"Message":"Too many requests."}', errors("Slow down.")])
def test_a_429_that_does_not_speak_of_the_hour_is_the_thread_limit(body: str) -> None:
    found = failure(READ, 429, body)
    assert isinstance(found.error, AutotaskBusy)
    assert not found.for_all
    assert found.pause == timedelta(seconds=1)


def test_a_429_names_its_own_pause() -> None:
    assert failure(READ, 429, "", {"retry-after": "4"}).pause == timedelta(seconds=4)


def test_an_hourly_rate_in_a_refusal_is_not_the_hourly_budget() -> None:
    assert isinstance(error(CREATE, 500, errors("Hourly rate is required.")), AutotaskRejected)


@pytest.mark.parametrize("status", [400, 401, 500])
@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("The user account has been locked.", "secret"),
        ("Invalid username or password.", "secret"),
        ("Authentication failed.", "secret"),
        ("Unauthorized", "secret"),
        ("The username is unknown.", "username"),
    ],
)
def test_a_refused_login_is_told_by_its_text_after_connecting_too(text: str, field: str, status: int) -> None:
    found = error(CREATE, status, errors(text))
    assert isinstance(found, CredentialsRejected)
    assert found.field == ("secret" if status == 401 else field)
    assert found.reason == text


BAD_DAY = '{"Message":"An error has occurred."}'


def test_a_500_without_errors_is_a_broken_server_and_not_a_refusal() -> None:
    read, write = failure(READ, 500, BAD_DAY), failure(CREATE, 500, BAD_DAY)
    assert isinstance(read.error, AutotaskUnavailable)
    assert not read.error.ambiguous
    assert read.retries == protocol.READ_RETRIES
    assert isinstance(write.error, AutotaskUnavailable)
    assert write.error.ambiguous
    assert write.retries == 0


@pytest.mark.parametrize(
    ("status", "body", "retries"),
    [
        (404, "<html>Not Found</html>", 0),
        (404, '{"Message":"No HTTP resource was found."}', 0),
        (403, "<html>", 0),
        (500, BAD_DAY, protocol.READ_RETRIES),
    ],
)
def test_zone_discovery_without_errors_is_a_wrong_address_or_a_broken_server(
    status: int, body: str, retries: int
) -> None:
    found = failure(DISCOVERY, status, body)
    assert isinstance(found.error, AutotaskUnavailable)
    assert "zone discovery" in found.error.detail
    assert found.retries == retries


def test_a_broken_server_is_not_blamed_on_new_credentials_and_not_asked_again() -> None:
    found = failure(THRESHOLD, 500, BAD_DAY)
    assert isinstance(found.error, AutotaskUnavailable)
    assert found.retries == 0


def test_a_login_is_introduced_once_unless_the_request_never_left() -> None:
    assert lost(THRESHOLD, Lost("ReadTimeout", sent=True)).retries == 0
    assert lost(THRESHOLD, Lost("ConnectError", sent=False)).retries == protocol.READ_RETRIES


def test_access_rights_may_come_as_a_bare_list_and_a_page_may_not() -> None:
    rights = calls.get_info(calls.ENTITY_INFORMATION, "EntityInformation", expects="entityDescriptions")
    assert decipher(rights, Response(200, b'[{"name":"Ticket"}]')) == {
        "entityDescriptions": [{"name": "Ticket"}]
    }
    assert isinstance(error(READ, 200, '[{"id":1}]'), AutotaskUnavailable)
