"""What tests and the demo can do to a running sandbox; control_http.py offers it over HTTP."""

from collections.abc import Iterable

from sandbox.autotask.accounts import RIGHTS, USERNAME, ApiUser, Refused, Right
from sandbox.autotask.faults import Fault
from sandbox.autotask.log import LogEntry
from sandbox.autotask.settings import ServerSettings
from sandbox.autotask.state import Sandbox


class Control:
    """What a test can do to a running sandbox, without HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    # Faults

    def plan(self, fault: Fault) -> None:
        """Spoil the next matching requests."""
        self.sandbox.faults.plan(fault)

    def fail_next(
        self, count: int = 1, *, status: int = 500, body: str = "", entity: str = "*", method: str = "*"
    ) -> None:
        """Answer the next requests with an error instead of doing them."""
        self.plan(Fault("fail", entity, method, count=count, status=status, body=body))

    def drop_reply_next(self, count: int = 1, *, entity: str = "*", method: str = "*") -> None:
        """Do the next requests and close the connection without telling."""
        self.plan(Fault("drop_reply", entity, method, count=count))

    def hang_next(self, count: int = 1, *, entity: str = "*", method: str = "*") -> None:
        """Never answer the next requests."""
        self.plan(Fault("hang", entity, method, count=count))

    def slow_next(self, count: int = 1, *, delay_ms: float, entity: str = "*", method: str = "*") -> None:
        """Delay the next requests by real milliseconds."""
        self.plan(Fault("slow", entity, method, count=count, delay_ms=delay_ms))

    def lag(self, entity: str = "*", *, reads: int = 0, ms: float = 0) -> None:
        """Hide records created from now on for so many reads of their entity, and at least so long."""
        self.sandbox.lag.set(entity, reads=reads, ms=ms)

    # Rights and users

    def revoke(
        self,
        entity: str,
        rights: Iterable[Right] = RIGHTS,
        *,
        look: Refused = "403",
        username: str = USERNAME,
    ) -> None:
        """Take rights away; `look` is the refusal's: status 403, status 500, or silent emptiness."""
        self.user(username).revoke(self._name(entity), rights, look=look)

    def grant(self, entity: str, rights: Iterable[Right] = RIGHTS, *, username: str = USERNAME) -> None:
        """Give rights back."""
        self.user(username).grant(self._name(entity), rights)

    def user(self, username: str = USERNAME) -> ApiUser:
        """An API user, to lock, unlock or change. Raises KeyError."""
        return self.sandbox.database.users[username.lower()]

    # Behaviour

    def change(self, settings: ServerSettings) -> None:
        """Behave by other settings from now on."""
        self.sandbox.settings = settings

    def set_request_count(self, count: int) -> None:
        """Pretend that so many requests were made within the window."""
        self.sandbox.threshold.set(count, self.sandbox.database.clock.now())

    def set_picklist_value_active(self, entity: str, field: str, value: str, *, active: bool) -> None:
        """Enable or disable one picklist value."""
        self.sandbox.database.set_picklist_value_active(self._name(entity), field, value, active=active)

    def reset(self, *, data: bool = True) -> None:
        """As freshly started."""
        self.sandbox.reset(data=data)

    # The log

    def log(self, *, entity: str | None = None, method: str | None = None) -> list[LogEntry]:
        """The requests so far."""
        return self.sandbox.log.entries(entity=entity, method=method)

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self.sandbox.log.clear()

    def _name(self, entity: str) -> str:
        return self.sandbox.database.entity(entity).name
