"""What there is to do in the background: small values with ids, never secrets or sessions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.retries import HOURS, MINUTES, SYNCS, TWO_MINUTES, UNTIL_REMOVED, RetryPolicy
from bot.domain.time_nudges import NudgeKind

Queue = Literal["quick", "bulk", "billing"]
QUEUES: tuple[Queue, ...] = ("quick", "bulk", "billing")


class Job(BaseModel):
    """What to do, for whom: ids only, never secrets. Older releases' values are still accepted."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: ClassVar[str]
    queue: ClassVar[Queue] = "quick"
    retry: ClassVar[RetryPolicy] = MINUTES
    needs_connection: ClassVar[bool] = True
    """Whether removing the connection takes it out of the queue, and keeps it out."""
    tenant_id: int

    @property
    def lock(self) -> str | None:
        """Long work is done one after the other per tenant."""
        return None if self.queue == "quick" else f"{self.queue}:{self.tenant_id}"


class PushTicket(Job):
    """Create a saved ticket in Autotask."""

    name: ClassVar[str] = "push_ticket"
    retry: ClassVar[RetryPolicy] = HOURS
    ticket_id: int


class NoteTicket(Job):
    """Put a saved note on its ticket in Autotask, once the ticket is there."""

    name: ClassVar[str] = "note_ticket"
    retry: ClassVar[RetryPolicy] = HOURS
    note_id: int


class ReconcileTickets(Job):
    """Hold our tickets against Autotask's: report twins, adopt what is there."""

    name: ClassVar[str] = "reconcile_tickets"
    queue: ClassVar[Queue] = "bulk"
    slot: str = ""


class ProveConnection(Job):
    """Go on proving credentials that Autotask did not answer for in time."""

    name: ClassVar[str] = "prove_connection"
    retry: ClassVar[RetryPolicy] = TWO_MINUTES
    draft_id: str
    user_id: str
    view_id: str
    channel_id: str = ""


class TellPaused(Job):
    """Tell the Admins that Autotask refused the login; ``proven_at`` names the connection that was paused."""

    name: ClassVar[str] = "tell_paused"
    proven_at: str


class VerifyNightly(Job):
    """Hold what Autotask grants against what Deskhand needs, and tell the Admins if it got worse."""

    name: ClassVar[str] = "verify_nightly"
    queue: ClassVar[Queue] = "bulk"
    slot: str


class MirrorCompanies(Job):
    """Mirror every company; ``run_key`` names the message that shows its progress."""

    name: ClassVar[str] = "mirror_companies"
    queue: ClassVar[Queue] = "bulk"
    retry: ClassVar[RetryPolicy] = HOURS
    requested_by: str = ""
    channel_id: str = ""
    run_key: str = ""


class RunSync(Job):
    """Bring some groups of the mirror up to date; ``run_key`` names the request or the slot, and its message.

    ``first_day`` and ``last_day`` bound time entries that somebody asked for (both included).
    ``organization_id``: set going by mapping that organization; ``batch_id``: by mapping several.
    """

    name: ClassVar[str] = "run_sync"
    queue: ClassVar[Queue] = "bulk"
    retry: ClassVar[RetryPolicy] = SYNCS
    groups: tuple[str, ...]
    run_key: str
    requested_by: str = ""
    channel_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    options: tuple[str, ...] = ()
    full: bool = False
    organization_id: int | None = None
    batch_id: int | None = None


class SettleMappings(Job):
    """Look at contracts and time entries again after mappings, in the mirror alone; ``slot`` names the moment."""

    name: ClassVar[str] = "settle_mappings"
    slot: str

    @property
    def lock(self) -> str:
        return f"settle:{self.tenant_id}"


class TellProblem(Job):
    """Show a problem as it stands now wherever people subscribed to its kind."""

    name: ClassVar[str] = "tell_problem"
    retry: ClassVar[RetryPolicy] = HOURS
    needs_connection: ClassVar[bool] = False
    problem_id: int


class TellNews(Job):
    """Tell the channels that subscribed what one sync run found worth telling."""

    name: ClassVar[str] = "tell_news"
    retry: ClassVar[RetryPolicy] = HOURS
    needs_connection: ClassVar[bool] = False
    run_id: int


class NudgeTime(Job):
    """Remind a person of missing time or of entries to approve; ``slot`` names the day, or the request."""

    name: ClassVar[str] = "nudge_time"
    kind: NudgeKind
    user_id: str
    slot: str


class RemoveConnection(Job):
    """Carry a confirmed removal through: nothing is sent any more since it was confirmed."""

    name: ClassVar[str] = "remove_connection"
    retry: ClassVar[RetryPolicy] = UNTIL_REMOVED
    needs_connection: ClassVar[bool] = False
    removal_id: int


class ExportEverything(Job):
    """Give a person everything that is kept here, as files; ``run_key`` names the message and each file."""

    name: ClassVar[str] = "export_everything"
    needs_connection: ClassVar[bool] = False
    user_id: str
    run_key: str


class ExportLogs(Job):
    """Give a person the lines of the sync log that a filter finds, as a file; ``run_key`` names message and file.

    ``until``: later lines are left out, so that every attempt writes the same file.
    """

    name: ClassVar[str] = "export_logs"
    needs_connection: ClassVar[bool] = False
    user_id: str
    run_key: str
    until: datetime
    filter: str = ""
    has_bom: bool = True


class ImportOrganizations(Job):
    """Save the lines of a file that a person gave, and said yes to."""

    name: ClassVar[str] = "import_organizations"
    needs_connection: ClassVar[bool] = False
    import_id: int
    requested_by: str


class RefreshChoices(Job):
    """Read Autotask's queues, statuses and priorities anew, and tell the Admins of a chosen one that is gone.

    Without a ``slot`` they were read just now, and only the telling is left.
    """

    name: ClassVar[str] = "refresh_choices"
    queue: ClassVar[Queue] = "bulk"
    slot: str = ""


class PostDigest(Job):
    """Post the digest of one slot of a schedule."""

    name: ClassVar[str] = "post_digest"
    retry: ClassVar[RetryPolicy] = HOURS
    schedule: str
    slot: str

    @property
    def lock(self) -> str:
        """One after the other, so that a hundred at eight o'clock leave room; a long sync keeps none back."""
        return f"digest:{self.tenant_id}"


class WelcomeInstaller(Job):
    """Tell who added Deskhand to the workspace what comes next; ``installation`` names the one message."""

    name: ClassVar[str] = "welcome_installer"
    needs_connection: ClassVar[bool] = False
    user_id: str
    installation: int
    is_back: bool = False


class TellAccess(Job):
    """Bring a request for access to the Admins, or its decision to everybody concerned."""

    name: ClassVar[str] = "tell_access"
    needs_connection: ClassVar[bool] = False
    request_id: int


class GiveInvoice(Job):
    """Print an invoice and give it to the person who asked; ``request_key`` names the one file."""

    name: ClassVar[str] = "give_invoice"
    invoice_id: int
    requested_by: str
    request_key: str


JOB_TYPES: tuple[type[Job], ...] = (
    ImportOrganizations,
    RemoveConnection,
    ExportEverything,
    ExportLogs,
    GiveInvoice,
    PushTicket,
    NoteTicket,
    ReconcileTickets,
    RefreshChoices,
    ProveConnection,
    MirrorCompanies,
    RunSync,
    SettleMappings,
    TellProblem,
    NudgeTime,
    TellNews,
    PostDigest,
    TellAccess,
    TellPaused,
    VerifyNightly,
    WelcomeInstaller,
)


@dataclass(frozen=True)
class Attempt:
    """Which attempt this is. ``holder`` names the job for leases: the same in each of its attempts."""

    number: int
    is_last: bool
    holder: str
