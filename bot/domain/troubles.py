"""Problems that are not a sync's: the connection, and tickets."""

from bot.domain.alerts import CONNECTION_PAUSED
from bot.domain.codes import Code
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.tickets import Ticket


def connection_paused(reason: str) -> ProblemReport:
    """Autotask refused the login; whoever meets it first pauses the connection."""
    return ProblemReport(
        CONNECTION_PAUSED,
        EventKind.CONNECTION,
        Severity.ERROR,
        "Autotask refuses Deskhand's login",
        f"The connection is paused: {reason}. Nothing is read or sent until an Admin has entered credentials that work.",
        code="AT-202",
    )


def ticket_name(ticket_id: int) -> str:
    """The fingerprint of a ticket's problem."""
    return f"ticket:{ticket_id}"


def ticket_not_created(ticket: Ticket, reason: str) -> ProblemReport:
    """A ticket that somebody raised is not in Autotask, and nothing is tried any more by itself."""
    return ProblemReport(
        ticket_name(ticket.id),
        EventKind.TICKETS,
        Severity.ERROR,
        f"A ticket was not created: {ticket.summary}",
        reason,
        code=Code.TICKET_NOT_CREATED,
        organization_id=ticket.organization_id,
        retry={"job": "push_ticket", "ticket_id": ticket.id},
    )
