"""The contract of a time entry, picked by hand: the form, what became of it, and the way back."""

from collections.abc import Sequence
from datetime import date

from blocks import kit
from blocks.time_entries import CONTRACT_OPTIONS, LIST, PICK_CALLBACK, UNPICK
from bot.domain.time_entries import TimeFilter, TimeLine, TimeState, day_text, hours_text


def pick_form(line: TimeLine, *, channel_id: str = "") -> kit.View:
    what = f"{hours_text(line.hours)} on {day_text(line.worked_on)}"
    about = " · ".join(part for part in (line.resource, line.company, line.summary) if part)
    if line.company_id is None:
        text = "Autotask does not say whose time this is: link the entry to a contract there."
        return kit.modal(
            "Pick a contract", (kit.plain_section(f"{what}\n{about}"), kit.section(text)), close="Close"
        )
    return kit.modal(
        "Pick a contract",
        (
            kit.plain_section(f"{what}\n{about}"),
            kit.input_block(
                "contract",
                "Contract",
                kit.external_select(CONTRACT_OPTIONS, placeholder="Type a contract's name…"),
                hint="Of the same company. Kept in Deskhand alone; Autotask is not changed.",
            ),
        ),
        callback_id=PICK_CALLBACK,
        submit="Link",
        metadata={"entry": line.id, "channel": channel_id},
    )


def contract_options(found: Sequence[tuple[int, str, date | None]]) -> list[kit.Option]:
    return [
        kit.option(name or f"Contract {key}", str(key), description=f"to {day_text(end)}" if end else "")
        for key, name, end in found[: kit.LIMITS.options]
    ]


def picked(line: TimeLine) -> kit.Message:
    became = f"It is {line.state.label}."
    if line.state is TimeState.AFTER_END and line.contract_end:
        became = f"But it was worked after the contract's end, {day_text(line.contract_end)}."
    return kit.Message(
        kit.escape(f"Linked to {line.contract}"),
        (
            kit.rich(
                kit.sign("link"), " ", _what(line), " is linked to ", kit.strong(line.contract), f". {became}"
            ),
            kit.actions(kit.button("Undo", UNPICK, value=str(line.id)), _back(TimeState.UNLINKED)),
            kit.context("In Deskhand alone. Undo works for ten minutes."),
        ),
    )


def unpicked(line: TimeLine) -> kit.Message:
    return kit.Message(
        "Taken back",
        (
            kit.rich(
                kit.sign("leftwards_arrow_with_hook"), " ", _what(line), f" is {line.state.label} again."
            ),
            kit.actions(_back(TimeState.UNLINKED)),
        ),
    )


def _what(line: TimeLine) -> str:
    return f"{hours_text(line.hours)} of {day_text(line.worked_on)}"


def _back(state: TimeState) -> kit.Element:
    return kit.button("Back to the list", f"{LIST}:back", value=TimeFilter(state).code)
