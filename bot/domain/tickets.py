"""Tickets that Deskhand raises: their texts, their state, and the reference that makes them one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SUMMARY_LIMIT = 500
"""Characters a person may type as a ticket's summary (product TK6, myITprocess)."""


TITLE_LENGTH = 255
"""Length of Autotask's Tickets.title unless its field information says otherwise."""

WIDEST = 0xFFFF
"""The last character that Slack counts as one: it counts as UTF-16 does."""

DESCRIPTION_LENGTH = 8_000
"""The same of Tickets.description."""


class TicketState(StrEnum):
    SAVED = "saved"
    """The form is stored and the job is queued."""
    CREATED = "created"
    FAILED = "failed"
    """Autotask refused, or the attempts are used up; a person can retry."""


@dataclass(frozen=True)
class TicketForm:
    """What a person submitted. ``request_key`` names the click, so that pressing twice is one ticket."""

    request_key: str
    summary: str
    description: str
    queue_id: int
    priority: int
    organization_id: int
    review_id: int | None = None
    question_id: int | None = None
    n: int = 1
    """Which ticket of that question the person meant to raise: the first, the second, …"""
    channel_id: str = ""
    extra: Mapping[str, str | int] = field(default_factory=dict)
    """Further fields that this database demands, by Autotask's names."""


@dataclass(frozen=True)
class Ticket:
    """One ticket raised through Deskhand; from ``number`` on the facts are Autotask's, as of ``refreshed_at``."""

    id: int
    reference: str
    """Stored in Autotask as ``externalID`` (at most 50 characters): how we recognise our own record."""
    state: TicketState
    organization_id: int
    organization_name: str
    company_id: int
    summary: str
    description: str
    queue_id: int
    priority: int
    requested_by: str
    channel_id: str
    saved_at: datetime
    review_id: int | None = None
    question_id: int | None = None
    n: int = 1
    requester_name: str = ""
    extra: Mapping[str, str | int] = field(default_factory=dict)
    error: str = ""
    error_code: str = ""
    autotask_id: int | None = None
    number: str = ""
    status_label: str = ""
    queue_label: str = ""
    assigned_to: str = ""
    due_at: datetime | None = None
    created_at: datetime | None = None
    refreshed_at: datetime | None = None
    gone_at: datetime | None = None
    """When Autotask no longer had it: deleted there, or hidden from Deskhand's user."""
    archived_at: datetime | None = None
    """Put away in Deskhand alone; Autotask does not know."""


@dataclass(frozen=True)
class TicketFacts:
    """What Autotask says of a ticket when it is looked up; people may have edited it there."""

    number: str
    status_label: str
    queue_label: str
    assigned_to: str
    due_at: datetime | None
    summary: str
    description: str


@dataclass(frozen=True)
class TicketText:
    title: str
    description: str
    overflowed: bool = False


def fit_title(summary: str, description: str, *, max_length: int) -> TicketText:
    """Splits a summary that exceeds the database's title field: nothing is lost.

    The title is cut at a word and the whole summary opens the description (product TK6).
    """
    flat = " ".join(summary.split())
    if len(flat) <= max_length:
        return TicketText(flat, description)
    head = flat[: max_length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.-") or flat[: max_length - 1]
    full = f"{flat}\n\n{description}".rstrip()
    return TicketText(f"{head}…", full, overflowed=True)


def outgoing(summary: str, description: str, *, requester: str, title_length: int) -> TicketText:
    """Title and description as Autotask gets them: whoever asked is named, for the author is the API user (product PA3)."""
    text = fit_title(summary, description, max_length=title_length)
    signed = f"{text.description}\n\nRaised from Slack by {requester or 'Deskhand'}.".strip()
    return TicketText(text.title, signed, text.overflowed)


def draft_from_question(question: str, guidance: str = "", note: str = "") -> TicketText:
    """The ticket form's first filling: the question as summary, what it does not hold as description."""
    parts = [part for part in (note.strip(), guidance.strip()) if part]
    wide = sum(ord(char) > WIDEST for char in question)  # Slack counts such a character as two
    return fit_title(question, "\n\n".join(parts), max_length=max(SUMMARY_LIMIT - wide, SUMMARY_LIMIT // 2))


def draft_from_review(title: str, creator: str, categories: Iterable[str]) -> TicketText:
    """The texts of a review's own ticket, in the given format (product TK2, myITprocess)."""
    summary = f"New Review ['{title}'] created"
    included = ", ".join(categories)
    return TicketText(summary, f"{summary} by {creator}. Included categories: {included}")


@dataclass(frozen=True)
class Twin:
    """One ticket of ours that Autotask has more than once: number and address of each record."""

    ticket: Ticket
    records: tuple[tuple[str, str], ...]


def references_of(team_id: str) -> str:
    """How every reference of the workspace begins."""
    return f"dh-{team_id}-"


def reference(team_id: str, unique: str) -> str:
    """Our name for the record in Autotask, at most 50 characters (the length of ``externalID``).

    ``unique`` is random, not a row number: a database set up anew must never adopt an old one's ticket.
    """
    return f"{references_of(team_id)}{unique}"[:50]
