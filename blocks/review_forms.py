"""The form that opens a review; it grows the ticket's texts when one is wanted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from bot.domain.review_texts import Text, creation_text
from bot.domain.reviews import ReviewDraft, chosen_categories
from bot.domain.tickets import SUMMARY_LIMIT
from bot.errors import InvalidInput

CREATE_CALLBACK = "review_create"
ORGANIZATION_OPTIONS = "review_organization"
TEMPLATE = "review_template"
CATEGORIES = "review_categories"
TICKET = "review_ticket"
SET_UP = "review_set_up"
OBSTACLE = "obstacle"
"""Named, as every row of buttons in a form that is drawn anew while it is filled in: who presses meanwhile is heard."""
CHECK_AGAIN = "review_check_again"

_OBSTACLES = {
    "not_connected": "Autotask is not connected yet. An Admin does that once: `/autotask connect`.",
    "no_queue": "The queue for new tickets is not chosen yet. An Admin does that in the settings.",
    "read_only": "Tickets are read-only for now: nothing is written to Autotask. An Admin switches them on.",
    "off": "Tickets are switched off. An Admin switches them on.",
}


@dataclass(frozen=True)
class TypedReview:
    """What the form holds so far. ``categories`` are those chosen of ``template_id``, None: not shown yet."""

    organization_id: int = 0
    template_id: int = 0
    title: str = ""
    categories: tuple[int, ...] | None = None
    with_ticket: bool = False
    summary: str = ""
    """Only if the person changed what was proposed."""
    description: str = ""


def create_form(
    draft: ReviewDraft, typed: TypedReview | None = None, *, creator: str = "", channel_id: str = ""
) -> kit.View:
    """``typed`` is what was entered before a redraw: fields keep it because they keep their ids."""
    entered = typed or TypedReview()
    return kit.modal(
        "Start a review",
        (
            kit.input_block("organization", "Organization", _organizations(draft), dispatch=True),
            kit.input_block("template", "Template", _templates(draft), dispatch=True),
            _categories(draft, entered),
            kit.input_block(
                "title",
                "Title",
                kit.plain_text_input("value", initial=entered.title, max_length=150, placeholder=draft.title),
                hint="Leave empty for the template's name and the month.",
                optional=True,
            ),
            *_ticket(draft, entered, creator),
        ),
        callback_id=CREATE_CALLBACK,
        submit="Start",
        metadata={"channel": channel_id},
    )


def read_typed(state: State) -> TypedReview:
    """The form as it stands, complete or not."""
    form = Form(state)
    template_id = form.chosen_number("template") or 0
    return TypedReview(
        organization_id=form.chosen_number("organization") or 0,
        template_id=template_id,
        title=form.text("title"),
        categories=_chosen(state, template_id),
        with_ticket=bool(form.choices("ticket")),
        summary=_changed(state, "summary"),
        description=_changed(state, "description"),
    )


def read_create_form(state: State) -> TypedReview:
    """Raises ``InvalidInput`` for what is missing."""
    form = Form(state)
    form.required_choice("organization", "Choose the organization.")
    form.required_choice("template", "Choose a template.")
    typed = read_typed(state)
    if typed.categories is not None and not typed.categories:
        raise InvalidInput("categories", "Tick at least one category.")
    return typed


def back_to(template_id: int, channel_id: str) -> Mapping[str, kit.Json]:
    """What a form on top of this one needs to draw it anew: what was typed stays by itself."""
    return {"review": {"template": template_id, "channel": channel_id}}


def _organizations(draft: ReviewDraft) -> kit.Element:
    chosen = draft.organization
    option = kit.option(chosen.name, str(chosen.id)) if chosen else None
    return kit.external_select(ORGANIZATION_OPTIONS, chosen=option, placeholder="Type a client's name…")


def _templates(draft: ReviewDraft) -> kit.Element:
    choices = [
        kit.option(each.name, str(each.id), description=kit.count(len(each.questions), "question"))
        for each in draft.templates
    ]
    return kit.static_select(TEMPLATE, choices, chosen=str(draft.template.id))


def _categories(draft: ReviewDraft, typed: TypedReview) -> kit.Block:
    """All ticked at first; the block's id names the template, so that another one starts anew."""
    sizes = draft.template.sizes
    options = [
        kit.option(name, str(index), description=kit.count(size, "question"))
        for index, (name, size) in enumerate(sizes.items())
    ]
    every = [str(index) for index in range(len(options))]
    kept = every if typed.categories is None else [str(index) for index in typed.categories]
    few = len(options) <= kit.LIMITS.choices
    element = kit.checkboxes if few else kit.multi_static_select
    return kit.input_block(
        f"categories:{draft.template.id}",
        "Categories",
        element(CATEGORIES, options, chosen=kept),
        dispatch=True,
    )


def _ticket(draft: ReviewDraft, typed: TypedReview, creator: str) -> tuple[kit.Block, ...]:
    if draft.obstacle:
        return _obstacle(draft)
    option = kit.option("Create Ticket in Autotask", "yes", description=f"Queue: {draft.queue}")
    box = kit.input_block(
        "ticket",
        "Ticket",
        kit.checkboxes(TICKET, [option], chosen=["yes"] if typed.with_ticket else []),
        hint="It shows how long the review was open: when the review is completed, it gets a note.",
        optional=True,
        dispatch=True,
    )
    return (box, *_texts(draft, typed, creator)) if typed.with_ticket else (box,)


def _texts(draft: ReviewDraft, typed: TypedReview, creator: str) -> tuple[kit.Block, ...]:
    """Summary and description as they will be sent; unchanged, they follow the title and the categories."""
    prescribed = proposed(draft, typed, creator)
    return (
        _text("summary", "Summary", prescribed.title, typed.summary, limit=SUMMARY_LIMIT),
        _text(
            "description", "Description", prescribed.body, typed.description, limit=kit.LIMITS.input_length
        ),
    )


def proposed(draft: ReviewDraft, typed: TypedReview, creator: str) -> Text:
    """The ticket's texts in the prescribed format, for what is chosen now."""
    names = draft.template.categories
    picked = [names[index] for index in typed.categories or () if index < len(names)]
    return creation_text(typed.title or draft.title, creator, chosen_categories(picked, draft.template))


def _text(field: str, label: str, prescribed: str, changed: str, *, limit: int) -> kit.Block:
    shown = kit.cut(kit.clean(prescribed), limit).strip()
    element = kit.plain_text_input("value", initial=changed or shown, multiline=True, max_length=limit)
    mark = "changed" if changed else _mark(shown)
    hint = "Follows the title and the categories until you change it." if field == "summary" else ""
    return kit.input_block(f"{field}:{mark}", label, element, hint=hint, optional=True)


def _changed(state: State, field: str) -> str:
    """What was typed, unless it is what the form proposed (its block's id knows)."""
    typed = Form(state).text(field)
    block_id = next((each for each in state if each.partition(":")[0] == field), "")
    return "" if block_id == f"{field}:{_mark(typed)}" else typed


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _chosen(state: State, template_id: int) -> tuple[int, ...] | None:
    if f"categories:{template_id}" not in state:
        return None
    return Form(state).chosen_numbers("categories")


def _obstacle(draft: ReviewDraft) -> tuple[kit.Block, ...]:
    name = draft.organization.name if draft.organization else ""
    again = kit.button("Check again", CHECK_AGAIN)
    if draft.obstacle == "unmapped":
        text = f"{name} is not mapped to an Autotask company yet, so there is no place for a ticket."
        set_up = kit.button(
            "Set up PSA organization", SET_UP, value=str(draft.organization.id if draft.organization else 0)
        )
        return (kit.divider(), kit.plain_section(text), kit.actions(set_up, again, block_id=OBSTACLE))
    buttons: tuple[kit.Element, ...] = (again,)
    if draft.obstacle != "not_connected":
        buttons = (kit.button("Settings", "settings_open"), again)
    return (
        kit.divider(),
        kit.section(f"*No ticket with it.* {_OBSTACLES[draft.obstacle]}"),
        kit.actions(*buttons, block_id=OBSTACLE),
    )
