"""What can be asked of Autotask, as values: calls before the zone is known, requests and responses after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from pydantic import SecretStr

from bot.autotask.wire import Value
from bot.errors import BotError, CredentialsRejected

Right = Literal["query", "create", "update"]
ZONE_INFORMATION = "ZoneInformation"
ENTITY_INFORMATION = "EntityInformation"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one API user logs in with; the tracking id is the API tracking identifier (integration code).

    Raises:
        CredentialsRejected: a value is empty or cannot travel in a header.
    """

    username: str
    secret: SecretStr
    tracking_id: SecretStr

    def __post_init__(self) -> None:
        _check_header("username", self.username)
        _check_header("secret", self.secret.get_secret_value())
        _check_header("tracking_id", self.tracking_id.get_secret_value())


def _check_header(name: str, value: str) -> None:
    # An HTTP library would quote the whole value in its complaint, secret or not.
    if not value or value != value.strip() or not value.isascii() or not value.isprintable():
        raise CredentialsRejected(
            name, "it is empty, has blanks around it or holds characters that cannot be sent"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing to ask of Autotask, before it is known in which zone."""

    method: str
    path: str
    """Below ``v1.0/``."""
    entity: str
    """Singular name; thread limits and permissions count by it, for child addresses by the child's."""
    expects: str
    """Key without which an answer is cut off or foreign."""
    right: Right = "query"
    body: Mapping[str, Value] | None = None
    impersonate: int | None = None
    """Resource in whose name to write."""
    introduces: bool = False
    """First call with new credentials, when a refusal without a clear text means the tracking id."""

    @property
    def writes(self) -> bool:
        return self.right != "query"


@dataclass(frozen=True, slots=True)
class Request:
    """Ready for any HTTP library."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


class Lost(Exception):
    """A transport's report that no answer came; ``sent`` when Autotask may have the request all the same."""

    def __init__(self, detail: str, *, sent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.sent = sent


class Failure(Exception):
    """A failed exchange: the error it means, and how often and after what pause it is worth sending again.

    ``for_all`` when the whole database is refused for that pause, not this call alone.
    """

    def __init__(
        self,
        error: BotError,
        *,
        retries: int = 0,
        pause: timedelta = timedelta(seconds=1),
        for_all: bool = False,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.retries = retries
        self.pause = pause
        self.for_all = for_all


def get_record(entity: str, collection: str, record_id: int) -> Call:
    return Call(method="GET", path=f"{collection}/{record_id}", entity=entity, expects="item")


def get_info(entity: str, path: str, *, expects: str, introduces: bool = False) -> Call:
    """Anything else that a plain GET answers: metadata, thresholds, a PDF."""
    return Call(method="GET", path=path, entity=entity, expects=expects, introduces=introduces)


def query(entity: str, collection: str, document: Mapping[str, Value]) -> Call:
    """A query by POST, because a GET address ends at about 2,048 characters."""
    return Call(method="POST", path=f"{collection}/query", entity=entity, expects="items", body=document)


def count(entity: str, collection: str, document: Mapping[str, Value]) -> Call:
    return Call(
        method="POST", path=f"{collection}/query/count", entity=entity, expects="queryCount", body=document
    )


def create(entity: str, path: str, values: Mapping[str, Value], *, impersonate: int | None = None) -> Call:
    return Call(
        method="POST",
        path=path,
        entity=entity,
        expects="itemId",
        right="create",
        body=values,
        impersonate=impersonate,
    )


def update(entity: str, path: str, values: Mapping[str, Value], *, impersonate: int | None = None) -> Call:
    """A PATCH of the collection with the id in ``values``: only what is sent changes, None clears."""
    return Call(
        method="PATCH",
        path=path,
        entity=entity,
        expects="itemId",
        right="update",
        body=values,
        impersonate=impersonate,
    )
