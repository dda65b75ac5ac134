"""Who calls: the three headers, the lock, and the identity that a write is done under."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.autotask.accounts import ApiUser, Right
from sandbox.autotask.database import Database
from sandbox.autotask.errors import Refusal, forbidden, rejected
from sandbox.autotask.settings import ServerSettings

_WORDS: Mapping[Right, str] = {"create": "create", "query": "query", "update": "update", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Identity:
    """The API user, and the resource it impersonates, if any."""

    user: ApiUser
    impersonated: int | None = None

    @property
    def author(self) -> int:
        """The resource that appears as author."""
        return self.user.resource_id if self.impersonated is None else self.impersonated

    @property
    def impersonator(self) -> int | None:
        """The API user's resource when it acts for another, else None."""
        return None if self.impersonated is None else self.user.resource_id


def log_in(database: Database, settings: ServerSettings, headers: Mapping[str, str]) -> ApiUser:
    """The API user of the headers.

    Wrong secret, locked user, missing header: 401 without body. Unknown user and wrong integration
    code: 500 with a reason.
    """
    username, secret = headers.get("username"), headers.get("secret")
    if not username or secret is None or "apiintegrationcode" not in headers:
        raise Refusal(401)
    user = database.users.get(username.lower())
    if user is None:
        raise rejected("The specified username or password is not valid, or the API user does not exist.")
    if user.locked or not _active(database, user):
        raise Refusal(401)
    if secret != user.secret:
        user.failures += 1
        user.locked = 0 < settings.lockout_after <= user.failures
        raise Refusal(401)
    if headers["apiintegrationcode"] not in database.tracking_ids:
        raise rejected("IntegrationCode is invalid.")
    user.failures = 0
    return user


def _active(database: Database, user: ApiUser) -> bool:
    resource = database.row("Resources", user.resource_id)
    return resource is None or resource.get("isActive") is not False


def require(user: ApiUser, entity: str, right: Right) -> bool:
    """True when the right is held, False when its lack shows as silence. Raises Refusal otherwise."""
    look = user.refusal(entity, right)
    if look is None:
        return True
    if look == "empty":
        return False
    raise forbidden(_WORDS[right], status=int(look))


def impersonate(
    database: Database, settings: ServerSettings, user: ApiUser, entity: str, *, header: str | None
) -> Identity:
    """The identity of a write, with `ImpersonationResourceId` honoured. Raises Refusal."""
    if not header:
        return Identity(user)
    resource = database.row("Resources", int(header)) if header.isdigit() else None
    allowed = entity in user.impersonates and resource is not None and resource.get("isActive") is not False
    if not allowed:
        raise forbidden("impersonate another Resource on", status=settings.permission_status)
    return Identity(user, int(header))
