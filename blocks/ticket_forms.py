"""The ticket form: filled from a question, from words, or from what somebody typed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blocks import kit
from blocks.access_requests import ask_button
from blocks.form import Form, State, known
from bot.domain.connections import Choice, PicklistOption
from bot.domain.context import Right
from bot.domain.numbers import small
from bot.domain.organizations import Organization
from bot.domain.switches import Mode
from bot.domain.texts import readable
from bot.domain.ticket_forms import EXTRA, Demand, Draft, Typed
from bot.domain.tickets import SUMMARY_LIMIT, fit_title

FORM_CALLBACK = "ticket_submit"
QUEUE_OPTIONS = "ticket_queue"
ORGANIZATION_OPTIONS = "ticket_organization"
TITLE: Final = "Raise a ticket"
SET_UP: Final = "Set up PSA organization"
"""In place of the submit while the organization has no company (product MP9)."""
_MOST_PARTS = 3


@dataclass(frozen=True)
class TypedTicket:
    """What was submitted; ``organization_id`` only where the form asked for it."""

    summary: str
    description: str
    queue_id: int
    priority: int
    extra: dict[str, str]
    organization_id: int | None = None


def form(draft: Draft, metadata: Mapping[str, kit.Json]) -> kit.View:
    """The form, or while tickets are read-only what it would send; ``metadata`` carries ids."""
    if draft.mode is not Mode.ON:
        return _preview(draft)
    organization = draft.organization
    asks = "organization" not in metadata
    is_mapped = organization is None or organization.is_mapped
    return kit.modal(
        TITLE,
        (
            *_head(draft, asks=asks),
            _summary(draft, optional=not is_mapped),
            *_descriptions(draft.typed.descriptions),
            _queue(draft.typed.queue),
            _priority(draft),
            *(_demanded(each, draft.typed.extra.get(each.name, ""), is_mapped) for each in draft.demands),
        ),
        callback_id=FORM_CALLBACK,
        submit="Create ticket" if is_mapped else SET_UP,
        metadata=metadata,
    )


def read_form(state: State) -> TypedTicket:
    """Raises ``InvalidInput`` with the field that is missing."""
    typed, half = Form(state), read_half(state)
    return TypedTicket(
        typed.required_text("summary", "Give the ticket a summary."),
        half.description,
        known(small, typed.required_choice("queue", "Choose the queue."), "queue"),
        known(small, typed.required_choice("priority", "Choose a priority."), "priority"),
        dict(half.extra),
        half.organization_id,
    )


def read_half(state: State) -> Typed:
    """Whatever is filled in so far; nothing has to be."""
    typed = Form(state)
    descriptions = [_text(elements) for name, elements in state.items() if _is(name, "description")]
    extra = {
        name.removeprefix(EXTRA): typed.choice(name) or typed.text(name)
        for name in state
        if name.startswith(EXTRA)
    }
    return Typed(
        typed.text("summary"),
        tuple(descriptions),
        _chosen_queue(state),
        typed.choice("priority"),
        typed.chosen_number("organization"),
        {name: value for name, value in extra.items() if value},
    )


def organization_options(organizations: Sequence[Organization]) -> list[kit.Option]:
    """Type-ahead answers; an organization without a company says so."""
    return [_organization(each) for each in organizations[: kit.LIMITS.options]]


def queue_options(queues: Sequence[PicklistOption], typed: str) -> list[kit.Option]:
    """The queues whose label holds what was typed."""
    wanted = typed.casefold().strip()
    found = [kit.option(each.label, each.value) for each in queues if wanted in each.label.casefold()]
    return found[: kit.LIMITS.options]


def _head(draft: Draft, *, asks: bool) -> tuple[kit.Block, ...]:
    organization = draft.organization
    chooser = (_organization_input(organization),) if asks else ()
    if organization is None:
        return chooser
    if organization.company is not None:
        about = kit.plain_context(f"For {organization.name} · Autotask company {organization.company.name}")
        return (*chooser, about)
    words = " has no Autotask company yet. Set it up, and you are back here with everything you typed."
    missing = kit.rich(kit.sign("small_orange_diamond"), " ", kit.strong(organization.name), words)
    return (*chooser, missing, *(() if draft.may_map else _no_mapper()))


def _no_mapper() -> tuple[kit.Block, ...]:
    text = "You may not map organizations. `/autotask who can map` lists who can."
    return (kit.context(text), kit.actions(ask_button(Right.MAP_ORGANIZATIONS), block_id="no_mapper"))


def _summary(draft: Draft, *, optional: bool) -> kit.Block:
    moved = "It was longer: all of it is in the description. " if draft.overflowed else ""
    length = draft.title_length
    rest = (
        f" Autotask's title holds {length}; the rest goes into the description, nothing is lost."
        if length < SUMMARY_LIMIT
        else ""
    )
    return kit.input_block(
        "summary",
        "Summary",
        kit.plain_text_input(
            "value", initial=draft.typed.summary, multiline=True, max_length=SUMMARY_LIMIT, focus=True
        ),
        hint=f"{moved}Up to {SUMMARY_LIMIT} characters.{rest}",
        optional=optional,
    )


def _descriptions(parts: Sequence[str]) -> list[kit.Block]:
    """One input, or as many as a long text fills."""
    shown = list(parts[:_MOST_PARTS]) or [""]
    return [
        kit.input_block(
            "description" if number == 1 else f"description:{number}",
            "Description" if number == 1 else "Description, continued",
            kit.plain_text_input("value", initial=part, multiline=True),
            optional=True,
        )
        for number, part in enumerate(shown, start=1)
    ]


def _queue(queue: Choice | None) -> kit.Block:
    chosen = kit.option(queue.label, str(queue.value)) if queue else None
    return kit.input_block("queue", "Queue", kit.external_select(QUEUE_OPTIONS, chosen=chosen))


def _priority(draft: Draft) -> kit.Block:
    options = [kit.option(each.label, each.value) for each in draft.priorities]
    return kit.input_block(
        "priority", "Priority", kit.static_select("value", options, chosen=draft.typed.priority)
    )


def _demanded(demand: Demand, value: str, is_mapped: bool) -> kit.Block:  # noqa: FBT001 - drawn in a row of others
    length = f" Up to {demand.max_length:,} characters." if demand.max_length else ""
    return kit.input_block(
        demand.field,
        demand.label,
        _element(demand, value),
        hint=f"This Autotask database wants it on every ticket ({demand.name}).{length}",
        optional=not is_mapped,
    )


def _element(demand: Demand, value: str) -> kit.Element:
    if demand.options:
        options = [kit.option(each.label, each.value) for each in demand.options]
        return kit.static_select("value", options, chosen=value)
    if demand.is_day:
        return kit.datepicker("value", initial=value)
    if demand.data_type == "boolean":
        return kit.static_select("value", [kit.option("Yes", "1"), kit.option("No", "0")], chosen=value)
    if demand.is_number:
        decimal = demand.data_type in {"decimal", "double", "float"}
        return kit.number_input("value", initial=value, decimal=decimal)
    longest = demand.max_length or kit.LIMITS.input_length
    return kit.plain_text_input("value", initial=value, max_length=longest)


def _preview(draft: Draft) -> kit.View:
    """Read-only: what would be sent, why it is not, and the way on."""
    text = fit_title(draft.typed.summary, draft.typed.description, max_length=draft.title_length)
    organization = draft.organization
    company = organization.company.name if organization and organization.company else "not mapped yet"
    priority = next((each.label for each in draft.priorities if each.value == draft.typed.priority), "")
    pairs = (
        ("Organization", organization.name if organization else "you choose it"),
        ("Autotask company", company),
        ("Title", text.title),
        ("Queue", draft.typed.queue.label if draft.typed.queue else ""),
        ("Status", draft.status),
        ("Priority", priority),
    )
    return kit.modal(
        TITLE,
        (
            kit.section(
                ":lock: *Tickets are read-only:* nothing is written to Autotask. This is what would be sent."
            ),
            kit.facts(pairs),
            *((kit.rich(text.description),) if text.description else ()),
            *_way_on(draft),
        ),
        close="Close",
    )


def _way_on(draft: Draft) -> tuple[kit.Block, ...]:
    if draft.may_switch:
        return (kit.actions(kit.button("Turn tickets on", "run:settings", style="primary")),)
    text = "An Admin turns tickets on in the settings. `/autotask who` lists the Admins."
    return (kit.context(text), kit.actions(ask_button(Right.CHANGE_SETTINGS)))


def _organization_input(organization: Organization | None) -> kit.Block:
    """A choice redraws the form, because an organization without a company needs one first."""
    return kit.input_block(
        "organization",
        "Organization",
        kit.external_select(
            ORGANIZATION_OPTIONS,
            chosen=_organization(organization) if organization else None,
            placeholder="Type a client's name…",
        ),
        dispatch=True,
    )


def _organization(organization: Organization) -> kit.Option:
    fact = "" if organization.is_mapped else "no Autotask company yet"
    return kit.option(organization.name, str(organization.id), description=fact)


def _chosen_queue(state: State) -> Choice | None:
    option = next((each.get("selected_option") for each in state.get("queue", {}).values()), None)
    if not isinstance(option, dict):
        return None
    text = option.get("text")
    label = text.get("text") if isinstance(text, dict) else ""
    return Choice(known(small, readable(str(option.get("value"))), "queue"), readable(str(label)))


def _text(elements: Mapping[str, Mapping[str, kit.Json]]) -> str:
    value = next(iter(elements.values()), {}).get("value")
    return readable(value).strip("\n") if isinstance(value, str) else ""


def _is(block_id: str, name: str) -> bool:
    return block_id.partition(":")[0] == name
