"""The text beside the blocks is what notifications show and what is left when blocks are refused."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from blocks import connection_card, digests, home, kit, organizations, reviews, ticket_notes, tickets, who
from bot.domain.connections import Connection, ConnectionState, ZoneFacts
from bot.domain.context import Person, Role, Tenant
from bot.domain.digests import Digest, Line, Part, Period, Section
from bot.domain.organizations import Company, Organization
from bot.domain.overview import Overview
from bot.domain.reviews import Question, Review, Template
from bot.domain.switches import Switches
from bot.domain.ticket_notes import TicketNote
from bot.domain.tickets import Ticket, TicketState
from sandbox.slack import feed
from sandbox.slack.blockkit.validate import validate

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
        who.can(f"Who can see {EVIL}", (), kit.page(0, 0), rest="Nobody.", context_value=""),
    ],
)
def test_no_text_from_outside_can_mention_or_link(message):
    said = f"{message.text} {list(marked(message.blocks))}"
    for mark in ("<!channel>", "<@UEVIL>", "<https://evil"):
        assert mark not in said


NAME = "*A* _b_ ~c~ `d` :tada: <!channel> &amp;"


def shown_on_home() -> str:
    ticket = dataclasses.replace(TICKET, summary=NAME, organization_name=NAME, status_label=NAME, number="T1")
    review = dataclasses.replace(REVIEW, title=NAME, organization_name=NAME)
    overview = Overview(NOW, True, None, 0, 0, 0, (ticket,), (review,), 1)
    person = Person("U1", NAME, Role.VIEWER)
    view = home.home(home.HomeFacts(Tenant(1, "T1", NAME), person, overview, (), root="/at", version="1"))
    assert validate(view, "home") == []
    assert not any("A" in text and "tada" in text for text in marked(view["blocks"]))
    return feed.words_of(view)


def shown_in_the_digest() -> str:
    lines = (Line(NAME, NAME), Line(NAME, NAME, NOW))
    parts = (Part(Section.TICKETS, NAME, lines, 2), Part(Section.MAPPING, "Mapped", (Line(NAME),), 1))
    digest = Digest(Period.DAILY, NOW, NOW, parts, (NAME,))
    message = digests.message(digest)
    assert not any("tada" in text for text in marked(message.blocks))
    return feed.words_of(list(message.blocks))


def test_home_shows_names_as_they_are():
    assert shown_on_home().count(NAME) == 7


def test_the_digest_shows_names_as_they_are():
    assert shown_in_the_digest().count(NAME) == 7


def test_a_note_that_failed_shows_autotasks_reason_as_it_is():
    note = TicketNote(1, 1, "k", "r", "t", "x", TicketState.FAILED, "U1", "Kim", NOW, error=NAME)
    message = ticket_notes.failed(note, TICKET)
    assert NAME in feed.words_of(list(message.blocks))
