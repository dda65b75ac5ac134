"""Tickets that Autotask has more than once: what the Admins hear of them."""

from blocks import kit
from bot.domain.tickets import Twin


def found(twin: Twin) -> kit.Message:
    """Which records they are, which one Deskhand follows, and what to do."""
    records = [(kit.web(url, number),) for number, url in twin.records]
    followed = twin.ticket.number or "the first"
    return kit.Message(
        "A ticket is in Autotask more than once",
        (
            kit.rich(
                kit.sign("warning"),
                kit.strong(" Autotask has this ticket more than once: "),
                kit.strong(twin.ticket.summary),
            ),
            kit.listed(records),
            kit.rich(
                f"Deskhand follows {followed}. Look at the others in Autotask, and close those that nobody works on:"
                " its API cannot delete tickets."
            ),
        ),
    )
