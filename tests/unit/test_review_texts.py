"""What a review writes into Autotask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.review_texts import NOTE_LIMIT, completion_note, creation_text, open_time
from bot.domain.reviews import Answer, Answered, Question, Review, Template
from bot.domain.tickets import Ticket, TicketState

OPENED = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
DONE = OPENED + timedelta(days=3, hours=4, minutes=12, seconds=50)
BERLIN = ZoneInfo("Europe/Berlin")
QUESTIONS = (
    Question(1, "Identity", 1, "MFA?"),
    Question(2, "Identity", 2, "Admins?"),
    Question(3, "Backup", 3, "Tested?"),
)


def answered(question_id, answer, note=""):
    return Answered(question_id, answer, note, "U1", OPENED, 1)


def review(*answers, questions=QUESTIONS):
    saved = {each.question_id: each for each in answers}
    return Review(7, "Q4", 1, "Acme", Template(1, "t", "T", questions), "U1", OPENED, answers=saved)


def ticket(question_id, number="T20261121.0001"):
    return Ticket(
        1,
        "r",
        TicketState.CREATED,
        1,
        "Acme",
        1,
        "s",
        "",
        5,
        1,
        "U1",
        "C1",
        OPENED,
        question_id=question_id,
        number=number,
    )


def note(shown, tickets=()):
    return completion_note(shown, tickets, completed_at=DONE, by="Dana Reyes", zone=BERLIN)


def test_the_ticket_of_a_new_review_has_the_prescribed_texts():
    text = creation_text("Review Title", "Dana Reyes", ["Identity", "Backup"])
    assert text.title == "New Review ['Review Title'] created"
    assert text.body == (
        "New Review ['Review Title'] created by Dana Reyes. Included categories: Identity, Backup"
    )


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (timedelta(days=3, hours=4, minutes=12, seconds=59), "3 d 4 h 12 min"),
        (timedelta(days=2, minutes=1), "2 d 1 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_the_open_time_is_told_as_people_say_it(spent, words):
    assert open_time(spent) == words


def test_the_note_has_open_time_counts_and_what_is_misaligned_with_note_and_tickets():
    shown = review(answered(1, Answer.ALIGNED), answered(3, Answer.MISALIGNED, "last test in 2024"))
    text = note(shown, [ticket(3), ticket(3, number=""), ticket(None, "T9")])
    assert text.title == "Review 'Q4' completed"
    assert text.body.splitlines() == [
        "Review 'Q4' for Acme was completed by Dana Reyes.",
        "Open for 3 d 4 h 12 min: 2026-11-18 09:00 CET to 2026-11-21 13:12 CET.",
        "",
        "2 of 3 questions answered: 1 aligned, 1 misaligned, 1 open.",
        "- Identity: 1 of 2 (1 aligned, 1 open)",
        "- Backup: 1 of 1 (1 misaligned)",
        "",
        "Misaligned:",
        "- Backup: Tested?",
        "  Note: last test in 2024",
        "  Tickets: T20261121.0001, on its way",
    ]


def test_a_note_never_outgrows_autotasks_field_and_says_what_is_missing():
    questions = tuple(Question(n, "A", n, f"Question {n}?") for n in range(1, 101))
    every = [answered(n, Answer.MISALIGNED, "x" * 3000) for n in range(1, 101)]
    body = note(review(*every, questions=questions)).body
    assert len(body) < NOTE_LIMIT + 50
    assert body.endswith("… and 91 more in Deskhand")


def test_nothing_misaligned_means_no_list_of_it():
    assert "Misaligned" not in note(replace(review(), answers={})).body
