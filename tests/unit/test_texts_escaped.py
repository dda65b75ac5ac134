"""The text beside the blocks is what notifications show and what is left when blocks are refused."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from blocks import connection_card, organizations, reviews, tickets
from bot.domain.connections import Connection, ConnectionState, ZoneFacts
from bot.domain.organizations import Company, Organization
from bot.domain.reviews import Question, Review, Template
from bot.domain.switches import Switches
from bot.domain.tickets import Ticket, TicketState

EVIL = "<!channel> & <@UEVIL> <https://evil.example|click>"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TICKET = Ticket(
    1, "r", TicketState.CREATED, 1, EVIL, 1, EVIL, EVIL, 5, 1, "U1", "C1", NOW, autotask_id=7, number=EVIL
)
REVIEW = Review(1, EVIL, 1, EVIL, Template(1, "t", EVIL, (Question(1, EVIL, 1, EVIL, EVIL),)), "U1", NOW)
ZONE = ZoneFacts(EVIL, "https://x/", "https://y/", 1)
CONNECTION = Connection(ZONE, EVIL, ConnectionState.ACTIVE, None, "U1", NOW, NOW)


def marked(part):
    """The texts in which marks act; rich text and plain text are literal."""
    if isinstance(part, Mapping):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for each in part.values():
            yield from marked(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from marked(each)


@pytest.mark.parametrize(
    "message",
    [
        tickets.card(TICKET),
        tickets.creating(TICKET),
        tickets.failed(dataclasses.replace(TICKET, state=TicketState.FAILED, error=EVIL)),
        reviews.card(REVIEW),
        organizations.mapped(Organization(1, EVIL, Company(1, EVIL, is_active=True))),
        connection_card.connected(CONNECTION, Switches()),
    ],
)
def test_no_text_from_outside_can_mention_or_link(message):
    said = f"{message.text} {list(marked(message.blocks))}"
    for mark in ("<!channel>", "<@UEVIL>", "<https://evil"):
        assert mark not in said
