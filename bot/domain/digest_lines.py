"""What single lines of a digest say, in plain text."""

from datetime import datetime

from bot.domain.digests import Ask, Line, Part
from bot.domain.money import change_of, without_amounts
from bot.domain.problems import News
from bot.domain.reviews import Review
from bot.domain.texts import shortened
from bot.domain.tickets import Ticket
from bot.domain.time_entries import hours_text
from bot.domain.time_quality import Worker, percent_text

LONGEST = 200
"""Characters of a text from outside that one line shows."""


def of_ticket(ticket: Ticket) -> Line:
    """A ticket that was raised."""
    number = ticket.number or str(ticket.autotask_id)
    return Line(f" {ticket.summary[:LONGEST]}, {ticket.organization_name}", number)


def of_refused(ticket: Ticket) -> Line:
    """A ticket that Autotask did not take, with its reason."""
    return Line(f"{ticket.summary[:LONGEST]}: {ticket.error[:LONGEST]}")


def about_review(review: Review) -> str:
    """A review by its title and client."""
    return f"{review.title}, {review.organization_name}"


def priced(news: News, ask: Ask, currency: str) -> str:
    """The text alone where it names the amount itself; without any for a channel that is told none."""
    if not ask.money:
        return without_amounts(news.text)[:LONGEST]
    text, amount = news.text[:LONGEST], news.amount
    is_said = amount is None or f"{abs(amount):,.2f}" in news.text
    return text if is_said or amount is None else f"{text} ({change_of(amount, currency)})"


def of_time(everybody: Worker) -> list[Line]:
    """How well the week's time was used by all together, and how many notes to bill say too little."""
    week, notes = everybody.week, everybody.notes
    if not week.worked:
        return []
    used = f": {hours_text(week.to_bill)} to bill of {hours_text(week.worked)} worked, {percent_text(week.utilisation)}"
    poor = f": {notes.poor:,} of {notes.entries:,} {many(notes.entries, 'entry', 'entries')} to bill"
    return [Line(used, "Utilisation"), *([Line(poor, "Notes missing or too short")] if notes.poor else [])]


def detail(text: str) -> str:
    """What follows a problem's title."""
    return f": {shortened(text, LONGEST)}" if text else ""


def within(moment: datetime | None, ask: Ask) -> bool:
    """Whether it was in the stretch that the digest covers."""
    return moment is not None and ask.since <= moment < ask.until


def many(number: int, noun: str, plural: str = "") -> str:
    """The noun for so many of them."""
    return noun if number == 1 else plural or f"{noun}s"


def titled(found: Part | None, title: str, *, is_news: bool = True) -> tuple[Part, ...]:
    """The part under a title of its own; none where there is none."""
    if found is None:
        return ()
    return (Part(found.section, title, found.lines, found.total, found.more, is_news=is_news),)
