"""Services on contracts: found by their identifier, and one of them by itself."""

from collections.abc import Sequence
from datetime import datetime

from blocks import kit
from blocks.contract_words import as_of_words
from blocks.contracts import LIST, OPEN, SERVICE
from bot.domain.contract_changes import day_words
from bot.domain.contract_lists import Line
from bot.domain.contracts import IDENTIFIER_LENGTH, period_words
from bot.domain.money import money

FIND = "services_find"
FIND_CALLBACK = "services_find_save"
_HOW_TO = (
    "To set the identifier in Autotask: open the contract ▸ Services tab ▸ edit the line ▸ Internal Description ▸ Save, "
    f"then run the contract sync. At most {IDENTIFIER_LENGTH} characters; it is never on an invoice (use Invoice"
    " Description for what customers read)."
)
_SHOWN = 10


def found(text: str, lines: Sequence[Line], *, most: int) -> kit.Message:
    """Up to ten services, those whose identifier it is first."""
    again = kit.button("Search again", FIND, value=text)
    if not lines:
        said = f"No service here has “{text}” in its identifier, description, contract or name."
        return kit.Message(
            kit.escape(said), (kit.plain_section(said), kit.context(_HOW_TO), kit.actions(again))
        )
    number = f"{most}+ services" if len(lines) >= most else kit.count(len(lines), "service")
    more = (
        ()
        if len(lines) <= _SHOWN
        else (kit.plain_context(f"The first {_SHOWN} are shown. Give more of it to see less."),)
    )
    return kit.Message(
        f"{number} found",
        (
            kit.header(f"{number} with “{text}”"),
            *(_row(line) for line in lines[:_SHOWN]),
            *more,
            kit.actions(again, kit.button("All contracts", LIST)),
        ),
    )


def _row(line: Line) -> kit.Block:
    named = f"{line.identifier} · " if line.identifier else ""
    return kit.plain_section(
        f"{named}{line.service or 'Service without a name'}\n{line.organization} · {line.contract}",
        accessory=kit.button("Open", SERVICE, value=line.key),
    )


def card(line: Line, *, url: str = "", as_of: datetime | None = None) -> kit.Message:
    """One service, under the names that billing knows its fields by (product CR30)."""
    fee = "not told" if line.fee is None else f"{money(line.fee, line.currency)} {period_words(line.months)}"
    pairs: list[tuple[str, kit.Piece]] = [
        ("Organization", line.organization),
        ("Contract Name", line.contract),
        ("Billing description (Service Name)", line.service),
        ("Fee (Unit Price)", fee),
        ("Units now", f"{line.units:,}, together {money(line.total, line.currency)} a month"),
        ("Notes (Invoice Description)", line.invoice_description),
        ("Service identifier (Internal Description)", line.identifier or "not set"),
        ("Start", day_words(line.start_date) if line.start_date else ""),
        ("End", day_words(line.end_date) if line.end_date else ""),
    ]
    return kit.Message(
        f"Service {kit.escape(line.service)} of {kit.escape(line.organization)}",
        (
            kit.header(line.service or "Service without a name"),
            kit.facts(pairs),
            kit.context(as_of_words(as_of)),
            kit.context(_HOW_TO),
            kit.actions(
                *([kit.link_button("View in Autotask", url)] if url else []),
                kit.button("Contract", OPEN, value=str(line.contract_id)),
                kit.button("Find another", FIND),
            ),
        ),
    )


def find_form(text: str = "", *, channel_id: str = "") -> kit.View:
    element = kit.plain_text_input("value", initial=text, max_length=100, focus=True)
    hint = "A phone number, username, serial or account id; or words of the description, the service or the contract."
    return kit.modal(
        "Find a service",
        (kit.input_block("text", "What to look for", element, hint=hint),),
        callback_id=FIND_CALLBACK,
        submit="Find",
        metadata={"channel": channel_id},
    )
