"""Autotask's REST protocol without I/O: a call becomes a request, an answer becomes data or the right error.

What a failure means is decided in one table, ``RULES``, read from top to bottom. Autotask answers 500 to almost
every refusal, so the texts decide; they are the ones that integrators have recorded.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from bot.autotask.calls import (
    ENTITY_INFORMATION,
    ZONE_INFORMATION,
    Call,
    Credentials,
    Failure,
    Lost,
    Request,
    Response,
)
from bot.autotask.wire import Json, JsonObject, decode, decode_list, encode
from bot.errors import (
    AutotaskBusy,
    AutotaskRejected,
    AutotaskUnavailable,
    CredentialsRejected,
    PermissionMissing,
)

API_VERSION = "v1.0/"
READ_RETRIES = 3
PROBE = timedelta(minutes=5)
"""Once everybody is refused for the hour's requests, Autotask is asked again that often (product 7.2)."""
LONGEST_RETRY_AFTER = timedelta(minutes=5)
HOURLY = r"request threshold|threshold.{0,20}exceeded"
HOURLY_AT_429 = HOURLY + r"|request limit|per hour|hourly"
"""Of a 429 alone: other refusals speak of hourly rates."""
UNKNOWN_LOGIN = (
    r"account.{0,20}locked|(invalid|unknown|incorrect|wrong).{0,20}(user ?name|password|credential|secret)"
    r"|(user ?name|credential).{0,25}(unknown|invalid|not (found|valid))|authentication failed|unauthori[sz]ed"
)


def zone_request(discovery_url: str, username: str) -> Request:
    """Zone discovery; only the user name goes with it."""
    return Request("GET", f"{discovery_url}?user={quote(username, safe='')}", {"Accept": "application/json"})


def prepare(call: Call, api_url: str, credentials: Credentials) -> Request:
    """``call`` as a request to the zone at ``api_url``."""
    headers = {
        "ApiIntegrationCode": credentials.tracking_id.get_secret_value(),
        "UserName": credentials.username,
        "Secret": credentials.secret.get_secret_value(),
        "Accept": "application/json",
    }
    if call.impersonate is not None:
        headers["ImpersonationResourceId"] = str(call.impersonate)
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    body = None if call.body is None else encode(call.body).encode()
    return Request(call.method, api_url + API_VERSION + call.path, headers, body)


def decipher(call: Call, response: Response) -> JsonObject:
    """The answer's JSON object, empty when the record asked for does not exist.

    Raises:
        Failure: with the ``BotError`` that ``RULES`` finds for it.
    """
    found = decode(response.body) or _bare_list(call, response.body)
    if 200 <= response.status < 300 and _complete(call, response, found):
        return found or {}
    if response.status == 404 and call.expects == "item":
        return {}
    answer = Answer(call, response, _reasons(found), stated=bool(_texts((found or {}).get("errors"))))
    raise next(failure(answer) for applies, failure in RULES if applies(answer))


def lost(call: Call, loss: Lost) -> Failure:
    """What it means that no answer came: for a write that was sent, that nobody knows."""
    ambiguous = call.writes and loss.sent
    # Autotask may have counted a failed login; one proof is one login attempt.
    once = call.writes or (call.introduces and loss.sent)
    return Failure(AutotaskUnavailable(loss.detail, ambiguous), retries=0 if once else READ_RETRIES)


def item(answer: JsonObject) -> JsonObject | None:
    """The record in the answer to a GET by id (attachments answer in the shape of a list)."""
    found = answer.get("item") or next(iter(items(answer)), None)
    return found if isinstance(found, Mapping) else None


def items(answer: JsonObject) -> list[JsonObject]:
    """The rows of a page."""
    return objects(answer.get("items"))


def objects(value: Json) -> list[JsonObject]:
    """The JSON objects in a JSON list; none when it is not one."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def more_follows(answer: JsonObject, *, full: bool) -> bool:
    """Whether Autotask has more: it says so itself, even on a ``full`` page; where it does not, a full page decides."""
    details = answer.get("pageDetails")
    if isinstance(details, Mapping) and "nextPageUrl" in details:
        return bool(details["nextPageUrl"])
    return full


def number(answer: JsonObject, key: str) -> int:
    """A whole number in an answer, which Autotask sometimes writes as a text."""
    found = answer.get(key)
    try:
        return int(str(found))
    except ValueError:
        raise AutotaskUnavailable(f"{key} is no number") from None


def item_id(answer: JsonObject) -> int:
    """The id that a write answers with; some answers wrap it once more."""
    wrapped = answer.get("item")
    return number(wrapped if isinstance(wrapped, Mapping) else answer, "itemId")


@dataclass(frozen=True, slots=True)
class Answer:
    """A failed answer, as the rules look at it."""

    call: Call
    response: Response
    reasons: tuple[str, ...]
    stated: bool
    """The reasons are Autotask's own ``errors``; a ``Message`` is the web framework's and can be its bad day."""

    @property
    def status(self) -> int:
        return self.response.status

    def says(self, pattern: str) -> bool:
        return any(re.search(pattern, reason, re.IGNORECASE) for reason in self.reasons)


def _bare_list(call: Call, body: bytes) -> JsonObject | None:
    """Access rights that came without the object around them."""
    rows = decode_list(body) if call.entity == ENTITY_INFORMATION else None
    return None if rows is None else {call.expects: rows}


def _complete(call: Call, response: Response, found: JsonObject | None) -> bool:
    if response.status == 204:
        return call.right == "update"
    if found is None or (call.expects == "items" and not _has_rows(found)):
        return False
    return call.expects in found or (call.expects in {"item", "itemId"} and _inner(call, found))


def _has_rows(found: JsonObject) -> bool:
    """Whether the page tells its rows; no list is none only where Autotask counted none."""
    details = found.get("pageDetails")
    counted_none = isinstance(details, Mapping) and details.get("count") == 0
    return isinstance(found.get("items"), list) or ("items" in found and counted_none)


def _inner(call: Call, found: JsonObject) -> bool:
    wrapped = found.get("item")
    return (
        "items" in found if call.expects == "item" else isinstance(wrapped, Mapping) and "itemId" in wrapped
    )


def _reasons(found: JsonObject | None) -> tuple[str, ...]:
    """The texts of ``errors``; or ASP.NET's ``Message``, which comes for wrong routes and methods."""
    said = found or {}
    return _texts(said.get("errors")) or _texts([said.get("Message") or said.get("message")])


def _texts(said: Json) -> tuple[str, ...]:
    rows = said if isinstance(said, list) else []
    return tuple(" ".join(text.split()) for text in rows if isinstance(text, str) and text.strip())


def _rejected_credentials(field: str, reason: str) -> Callable[[Answer], Failure]:
    return lambda answer: Failure(CredentialsRejected(field, " · ".join(answer.reasons) or reason))


def _forbidden(answer: Answer) -> Failure:
    return Failure(PermissionMissing(answer.call.entity, answer.call.right))


def _unknown_login(answer: Answer) -> Failure:
    about_user_alone = answer.says(r"user ?name") and not answer.says("password|secret|credential|locked")
    return _rejected_credentials("username" if about_user_alone else "secret", "")(answer)


def _no_discovery(answer: Answer) -> Failure:
    detail = f"HTTP {answer.status} at zone discovery; is its address right?"
    return Failure(AutotaskUnavailable(detail), retries=0 if 400 <= answer.status < 500 else READ_RETRIES)


def _too_many_at_once(answer: Answer) -> Failure:
    pause = _asked_pause(answer, timedelta(seconds=1))
    return Failure(AutotaskBusy(max(timedelta(seconds=5), pause)), retries=6, pause=pause)


def _asked_pause(answer: Answer, otherwise: timedelta) -> timedelta:
    said = answer.response.headers.get("retry-after", "")
    asked = timedelta(seconds=int(said)) if said.isdigit() else otherwise
    return max(timedelta(seconds=1), min(asked, LONGEST_RETRY_AFTER))


def _too_many_this_hour(answer: Answer) -> Failure:
    pause = _asked_pause(answer, PROBE)
    return Failure(AutotaskBusy(pause), retries=2, pause=pause, for_all=True)


def _table_locked(answer: Answer) -> Failure:
    # Kaseya: well-formed requests can fail on locked tables. Whether a write got through is then unknown.
    error = AutotaskUnavailable("a table was locked", ambiguous=answer.call.writes)
    return Failure(error, retries=0 if answer.call.writes or answer.call.introduces else 1)


def _refused(answer: Answer) -> Failure:
    return Failure(AutotaskRejected(answer.call.entity, answer.reasons or (f"HTTP {answer.status}",)))


def _no_use(answer: Answer) -> Failure:
    detail = f"HTTP {answer.status}, {'unreadable answer' if answer.status < 300 else 'no reason given'}"
    return lost(answer.call, Lost(detail, sent=True))


Applies = Callable[[Answer], bool]
RULES: tuple[tuple[Applies, Callable[[Answer], Failure]], ...] = (
    # The thread limit: 3 at once per tracking identifier and entity. Status 429 or another one.
    (
        lambda a: a.says(r"thread threshold|itgenatr005") or (a.status == 429 and not a.says(HOURLY_AT_429)),
        _too_many_at_once,
    ),
    (lambda a: a.status == 429 or a.says(HOURLY), _too_many_this_hour),
    # An unknown user name has no zone. Any other answer is a gateway's, or the address is wrong.
    (
        lambda a: a.call.entity == ZONE_INFORMATION and a.status in {400, 404, 500} and a.stated,
        _rejected_credentials("username", "unknown user name"),
    ),
    (lambda a: a.call.entity == ZONE_INFORMATION, _no_discovery),
    # In somebody's name: who is refused is that author, for the login has just read. Nobody's connection is paused.
    (
        lambda a: a.call.impersonate is not None and (a.status in {401, 403} or a.says(UNKNOWN_LOGIN)),
        _forbidden,
    ),
    (
        lambda a: a.says(r"integration ?code|tracking ?id|integration key"),
        _rejected_credentials("tracking_id", "unknown tracking identifier"),
    ),
    (
        lambda a: a.status == 403 or a.says(r"does not have (the )?(adequate |required )?permission"),
        _forbidden,
    ),
    # Wrong secret, inactive user, locked user, wrong zone: an empty 401 for each of them.
    (
        lambda a: a.status == 401,
        _rejected_credentials("secret", "wrong secret, or the API user is inactive or locked"),
    ),
    (lambda a: a.status in {400, 500} and a.says(UNKNOWN_LOGIN), _unknown_login),
    (
        lambda a: a.call.introduces and a.status == 500 and a.stated,
        _rejected_credentials("tracking_id", "unknown tracking identifier"),
    ),
    (lambda a: a.says(r"deadlock|lock request time ?out|timeout expired|execution timeout"), _table_locked),
    # A 500 with ``errors`` is a refusal and stays one; without them their server broke.
    (lambda a: a.stated and a.status not in {408, 502, 503, 504}, _refused),
    (lambda a: 400 <= a.status < 500 and a.status != 408, _refused),
    (lambda _: True, _no_use),
)
