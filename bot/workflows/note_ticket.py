"""A saved note goes on its ticket in Autotask, once the ticket is there."""

import structlog

from blocks import errors as words
from blocks import ticket_notes as blocks
from bot.domain.context import Tenant
from bot.domain.ticket_notes import TicketNote
from bot.domain.tickets import TicketState
from bot.errors import BotError, NotFound
from bot.jobs import Attempt, Job, NoteTicket
from bot.services.ticket_note_push import NoteOf, TicketNotePush
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import OUR_SIDE, After, AuthorOf, TenantOf, as_ourselves, go_on

STEPS = ("ensure", "record")

log = structlog.get_logger(__name__)


class NoteTicketWorkflow:
    job_type: type[Job] = NoteTicket

    def __init__(
        self,
        notes: TicketNotePush,
        notifier: Notifier,
        tenant_of: TenantOf,
        *,
        author_of: AuthorOf = as_ourselves,
        after: After = go_on,
    ) -> None:
        self._notes = notes
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._author_of = author_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Ensures the note in Autotask and records it.

        A ticket that is not there yet, or failed, leaves the note saved: whoever records the ticket sends it on.
        """
        assert isinstance(job, NoteTicket)
        found = await self._notes.get(job.tenant_id, job.note_id)
        if found.note.state is TicketState.CREATED or found.ticket.state is not TicketState.CREATED:
            return
        tenant = await self._tenant_of(job.tenant_id)
        try:
            author = await self._author_of(tenant, found.note.requested_by, "TicketNote")
            autotask_id = await self._notes.ensure(tenant.id, found, holder=attempt.holder, author=author)
        except Exception as error:
            await self._not_yet(tenant, found, error, attempt)
            raise
        await self._after("ensure")
        await self._notes.record(job.tenant_id, job.note_id, autotask_id)
        await self._after("record")

    async def _not_yet(self, tenant: Tenant, found: NoteOf, error: Exception, attempt: Attempt) -> None:
        """Once no attempt is left, whoever caused the note hears why it is not there, with a way on."""
        if self.job_type.retry.after(error, attempt.number) is not None:
            return
        code = error.code if isinstance(error, BotError) else ""
        reason = words.field_text(error) if isinstance(error, BotError) else OUR_SIDE
        note = await self._notes.fail(tenant.id, found.note.id, reason, code=code)
        if note.state is TicketState.FAILED and note.requested_by:
            await self._tell(tenant, found, note)

    async def _tell(self, tenant: Tenant, found: NoteOf, note: TicketNote) -> None:
        key, message = f"note:{note.id}", blocks.failed(note, found.ticket)
        try:
            if not await self._notifier.update(tenant, key, message):
                await self._notifier.dm(tenant, note.requested_by, key, message)
        except (NotFound, SlackRefused) as problem:
            log.warning("failure of a note not told", note=note.id, reason=str(problem))
