"""Every error a person can meet, in four families decided by who can fix it.

    BotError
    ├── UserError        you can: a wrong value, a missing record, a right you lack
    │   ├── InvalidInput     NotFound     NotAllowed     AlreadyDone
    ├── SetupError       your admin can: Deskhand is not connected or lacks a right
    │   ├── NotConnected     CredentialsRejected     PermissionMissing     MappingMissing
    │   ├── SwitchedOff
    ├── UpstreamError    time can: Autotask, Slack or our own database does not answer
    │   ├── AutotaskUnavailable     AutotaskBusy     SlackUnavailable     DatabaseUnavailable
    └── RejectedError    Autotask said no
        └── AutotaskRejected

The classes carry facts; the words for people live in ``blocks.errors``.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar


class BotError(Exception):
    """Root of every error that Deskhand raises on purpose."""

    code: ClassVar[str] = "AT-000"
    """Catalogue number shown to people and listed in docs/errors.md."""
    retryable: ClassVar[bool] = False

    def __str__(self) -> str:
        return f"{self.code} {type(self).__name__}"


class UserError(BotError):
    """The person who asked can fix it."""

    code = "AT-100"


@dataclass(eq=False)
class InvalidInput(UserError):
    """A value cannot be used; ``field`` is the form field (or "" for a command)."""

    code: ClassVar[str] = "AT-101"
    field: str
    reason: str


@dataclass(eq=False)
class NotFound(UserError):
    """No record of this kind answers to ``ref`` for this person."""

    code: ClassVar[str] = "AT-102"
    kind: str
    ref: str


@dataclass(eq=False)
class NotAllowed(UserError):
    """The person's role lacks the right to do ``action``."""

    code: ClassVar[str] = "AT-103"
    action: str


@dataclass(eq=False)
class AlreadyDone(UserError):
    """Somebody did it before; ``what`` says what stands now."""

    code: ClassVar[str] = "AT-104"
    what: str
    link: str = ""


class SetupError(BotError):
    """An admin can fix it, in Deskhand or in Autotask."""

    code = "AT-200"


class NotConnected(SetupError):
    """No Autotask connection is saved for this workspace."""

    code = "AT-201"


@dataclass(eq=False)
class CredentialsRejected(SetupError):
    """Autotask refused the login; ``field`` is the credential to look at, if the API tells one apart."""

    code: ClassVar[str] = "AT-202"
    field: str
    reason: str


@dataclass(eq=False)
class PermissionMissing(SetupError):
    """The API user's security level lacks ``right`` (query, create, update, delete) on ``entity``."""

    code: ClassVar[str] = "AT-203"
    entity: str
    right: str


@dataclass(eq=False)
class MappingMissing(SetupError):
    """Something Deskhand needs was never chosen, such as an organization's company or the queue."""

    code: ClassVar[str] = "AT-204"
    what: str


@dataclass(eq=False)
class SwitchedOff(SetupError):
    """An Admin has this capability off or read-only (``mode``); the values are those of the switches."""

    code: ClassVar[str] = "AT-205"
    capability: str
    mode: str


class UpstreamError(BotError):
    """A service does not answer; trying again later can work."""

    code = "AT-300"
    retryable = True


@dataclass(eq=False)
class AutotaskUnavailable(UpstreamError):
    """Autotask did not answer. ``ambiguous`` is true when a write may have been carried out all the same."""

    code: ClassVar[str] = "AT-301"
    detail: str = ""
    ambiguous: bool = False


@dataclass(eq=False)
class AutotaskBusy(UpstreamError):
    """Autotask or our own budget refuses more requests for now."""

    code: ClassVar[str] = "AT-302"
    retry_after: timedelta = field(default=timedelta(minutes=1))


@dataclass(eq=False)
class SlackUnavailable(UpstreamError):
    """Slack did not take the message. ``ambiguous`` is true when it may have been posted all the same."""

    code: ClassVar[str] = "AT-303"
    detail: str = ""
    ambiguous: bool = False


class DatabaseUnavailable(UpstreamError):
    """Our own database gave no connection: this unit of work did nothing, what came before it stands."""

    code = "AT-304"


class RejectedError(BotError):
    """Autotask understood the request and refused it."""

    code = "AT-400"


@dataclass(eq=False)
class AutotaskRejected(RejectedError):
    """Autotask's own reasons, as it gave them."""

    code: ClassVar[str] = "AT-401"
    entity: str
    reasons: tuple[str, ...]
