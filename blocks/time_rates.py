"""Hourly rates: the list with their days, the form, and what a rate changes of the past before it is saved."""

from collections.abc import Mapping, Sequence
from datetime import date

from blocks import kit
from blocks.form import Form, State
from bot.domain.money import money
from bot.domain.numbers import whole
from bot.domain.settings import Saved
from bot.domain.time_entries import (
    CURRENCIES,
    LEAST_DAYS,
    MOST_DAYS,
    WINDOW_SETTING,
    Rate,
    Repricing,
    day_text,
    read_rate,
    sums_text,
)
from bot.errors import InvalidInput

ADD = "time_rate_add"
ADD_CALLBACK = "time_rate_save"
SURE_CALLBACK = "time_rate_sure"
REMOVE = "time_rate_remove"
WINDOW = "time_window"
WINDOW_CALLBACK = "time_window_save"
ORGANIZATIONS = "time_rate_organization"
CONTRACTS = "time_rate_contract"
MOST_SHOWN = 40
_UNDO = "settings_undo"
"""The settings' own button takes the change back."""
_REMOVE = kit.confirm(
    "Remove this rate?",
    "What is imported and on no invoice gets the rate that was there before, or none. What is invoiced stays.",
    "Remove",
    danger=True,
)


def page(
    rates: Sequence[Rate], days: int, today: date, *, channel_id: str = "", notice: str = ""
) -> kit.View:
    rows = [_row(each, is_future=each.valid_from > today) for each in rates[:MOST_SHOWN]]
    more = len(rates) - MOST_SHOWN
    return kit.modal(
        "Rates and days",
        (
            *([kit.section(notice)] if notice else []),
            kit.header("What an hour is worth"),
            *(rows or [kit.section("No rate is set yet: imported time has hours, but no sums.")]),
            *([kit.context(f"And {more} older ones.")] if more > 0 else []),
            kit.actions(kit.button("Set a rate", ADD, style="primary")),
            kit.context("A contract's own rate goes before its organization's, and that before everybody's."),
            kit.divider(),
            kit.header("Days that are imported"),
            kit.section(
                f"Every night, what was worked in the last *{days} days*.",
                accessory=kit.button("Change", WINDOW),
            ),
        ),
        close="Close",
        metadata={"channel": channel_id},
    )


def form(today: date, *, currency: str = "USD", channel_id: str = "") -> kit.View:
    options = [kit.option(each, each) for each in CURRENCIES]
    return kit.modal(
        "Set an hourly rate",
        (
            kit.input_block(
                "rate",
                "For an hour",
                kit.plain_text_input("value", placeholder="150.00", max_length=16, focus=True),
            ),
            kit.input_block("currency", "Currency", kit.static_select("value", options, chosen=currency)),
            kit.input_block(
                "valid_from",
                "From",
                kit.datepicker("value", initial=today.isoformat()),
                hint="The first day worked that gets it. For a day in the past you see first what changes.",
            ),
            kit.input_block(
                "organization",
                "Only for",
                kit.external_select(ORGANIZATIONS, placeholder="Everybody, or type a client's name…"),
                hint="Leave it empty for a rate that holds wherever no other does.",
                optional=True,
            ),
            kit.input_block(
                "contract",
                "Or only for one contract",
                kit.external_select(CONTRACTS, placeholder="Type a contract's or client's name…"),
                optional=True,
            ),
        ),
        callback_id=ADD_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def read_form(state: State) -> Rate:
    """Raises ``InvalidInput`` for the field to correct."""
    typed = Form(state)
    organization, contract = typed.choice("organization"), typed.choice("contract")
    currency = typed.required_choice("currency")
    if currency not in CURRENCIES:
        raise InvalidInput("currency", "Please choose one of the list.")
    return Rate(
        read_rate(typed.required_text("rate")),
        currency,
        _day(typed.required_choice("valid_from", "From which day on?")),
        whole(organization),
        whole(contract),
    )


def sure_form(rate: Rate, change: Repricing, *, channel_id: str = "") -> kit.View:
    """What a rate from a day in the past changes; only *Save* there saves it."""
    return kit.modal(
        "This changes the past",
        (
            kit.section(f"*{_rate(rate)}* from {day_text(rate.valid_from)} on."),
            kit.section(f":warning: {_change(change)}"),
            kit.context("What is on an invoice keeps the rate it had; where it had none, it gets this one."),
        ),
        callback_id=SURE_CALLBACK,
        submit="Save all the same",
        metadata={
            "channel": channel_id,
            "rate": str(rate.rate),
            "currency": rate.currency,
            "valid_from": rate.valid_from.isoformat(),
            "organization": rate.organization_id,
            "contract": rate.contract_id,
        },
    )


def read_sure(metadata: Mapping[str, kit.Json]) -> Rate:
    """The rate that was to be confirmed."""
    organization, contract = metadata.get("organization"), metadata.get("contract")
    return Rate(
        read_rate(str(metadata.get("rate", ""))),
        str(metadata.get("currency", "")),
        _day(str(metadata.get("valid_from", ""))),
        organization if isinstance(organization, int) else None,
        contract if isinstance(contract, int) else None,
    )


def saved_text(rate: Rate, change: Repricing) -> str:
    """One line (mrkdwn)."""
    what = f":white_check_mark: {_rate(rate)} from {day_text(rate.valid_from)} on."
    return f"{what} {_change(change)}" if change.entries else what


def removed_text(rate: Rate, change: Repricing) -> str:
    """One line (mrkdwn)."""
    what = f":white_check_mark: Removed: {_rate(rate)} from {day_text(rate.valid_from)} on."
    return f"{what} {_change(change)}" if change.entries else what


def window_form(days: int, *, channel_id: str = "") -> kit.View:
    return kit.modal(
        "Days that are imported",
        (
            kit.input_block(
                WINDOW_SETTING,
                "Days back",
                kit.plain_text_input("value", initial=str(days), max_length=3),
                hint=f"Between {LEAST_DAYS} and {MOST_DAYS}; 90 unless you say otherwise. What leaves them stays as it is.",
            ),
        ),
        callback_id=WINDOW_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def window_saved(saved: Saved) -> kit.Message:
    if not saved.changes:
        return kit.Message("Nothing was changed.", (kit.section("Nothing was changed."),))
    [change] = saved.changes
    before = change.before.label if change.before else ""
    text = f":white_check_mark: Time entries: {before} → *{change.after.label}*, from the next sync on."
    undo = kit.button("Undo", _UNDO, value=saved.batch)
    return kit.Message(
        text, (kit.section(text), kit.actions(undo), kit.context("Undo works for ten minutes."))
    )


def _row(rate: Rate, *, is_future: bool) -> kit.Block:
    later = ", not yet" if is_future else ""
    whose = rate.about or (
        "a client that is gone" if rate.organization_id or rate.contract_id else "everybody"
    )
    return kit.plain_section(
        f"{_rate(rate)}, from {day_text(rate.valid_from)}{later}\nFor {whose}",
        accessory=kit.button("Remove", REMOVE, value=str(rate.id), confirm=_REMOVE),
    )


def _rate(rate: Rate) -> str:
    return f"{money(rate.rate, rate.currency)} an hour"


def _change(change: Repricing) -> str:
    before = sums_text(change.before) or "no sum"
    after = sums_text(change.after) or "no sum"
    return f"{kit.count(change.entries, 'entry', 'entries')}: {before} → {after}."


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("valid_from", "From which day on?") from None
