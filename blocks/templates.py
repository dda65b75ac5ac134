"""Review templates: the list, one version's questions, and the queues of its categories."""

from collections.abc import Mapping, Sequence

from blocks import kit
from bot.domain.connections import PicklistOption
from bot.domain.templates import LONGEST_NAME, Question, Template

LIST = "template_list"
PAGE = "template_page"
OPEN = "template_open"
TURN = "template_turn"
IMPORT = "template_import"
EXPORT = "template_export"
RENAME = "template_rename"
ARCHIVE = "template_archive"
QUEUES = "template_queues"
QUEUES_PAGE = "template_queues_page"
QUEUE_OPTIONS = "template_queue"
VIEW_CALLBACK = "template_view"
RENAME_CALLBACK = "template_name"

PAGE_SIZE = 10


# --- the list and one template ---


def listing(templates: Sequence[Template], number: int, *, archived: bool) -> kit.Message:
    title = "Archived templates" if archived else "Review templates"
    where = kit.page(len(templates), number, PAGE_SIZE)
    shown = templates[where.offset : where.offset + PAGE_SIZE]
    other = kit.button(
        "In use" if archived else "Archived", f"{LIST}:toggle", value="" if archived else "archived"
    )
    empty = (
        () if templates else (kit.section("Nothing is archived." if archived else "No template is left."),)
    )
    return kit.Message(
        f"{title}: {len(templates)}",
        (
            kit.header(title),
            *map(_row, shown),
            *empty,
            kit.actions(
                kit.button("Import a template", IMPORT, style="primary"),
                other,
                *kit.page_buttons(where, PAGE, context_value="archived" if archived else ""),
            ),
            kit.context(f"Showing {where.label} · a review keeps the questions it began with"),
        ),
    )


def template(shown: Template, number: int = 0) -> kit.View:
    """One version: what it asks, page by page, and what can be done with it."""
    where = kit.page(len(shown.questions), number, PAGE_SIZE)
    page = shown.questions[where.offset : where.offset + PAGE_SIZE]
    return kit.modal(
        "Template",
        (
            kit.header(shown.name),
            kit.rich(*_facts(shown)),
            kit.actions(*_buttons(shown)),
            kit.divider(),
            *_questions(page),
            *_turning(where, TURN, str(shown.id)),
        ),
        callback_id=VIEW_CALLBACK,
        close="Close",
        metadata={"template": shown.id, "page": where.number},
    )


def rename_form(shown: Template) -> kit.View:
    field = kit.plain_text_input("value", initial=shown.name, max_length=LONGEST_NAME, focus=True)
    return kit.modal(
        "Rename template",
        (kit.input_block("name", "Name", field, hint="Reviews under way show the new name, too."),),
        callback_id=RENAME_CALLBACK,
        submit="Rename",
        metadata={"template": shown.id},
    )


def saved(shown: Template) -> kit.Message:
    version = f", version {shown.version}" if shown.version > 1 else ""
    return kit.Message(
        f"Template saved: {kit.escape(shown.name)}{version}",
        (
            kit.rich(
                kit.sign("white_check_mark"), " Template ", kit.strong(shown.name), f" is saved{version}."
            ),
            kit.actions(
                kit.button("Start a review", "review_new", style="primary"),
                kit.button("Open", OPEN, value=str(shown.id)),
                kit.button("All templates", LIST),
            ),
        ),
    )


def sent(file_name: str) -> kit.Message:
    text = f":page_facing_up: {kit.code(file_name)} is in your messages with Deskhand."
    return kit.Message(text, (kit.section(text),))


# --- default queues ---


def queues(shown: Template, chosen: Mapping[str, tuple[int, str]], number: int = 0) -> kit.View:
    """A queue for each category's tickets; saved as it is chosen."""
    where = kit.page(len(shown.categories), number, PAGE_SIZE)
    categories = shown.categories[where.offset : where.offset + PAGE_SIZE]
    return kit.modal(
        "Default queues",
        (
            kit.plain_section(
                f"{shown.name}\nWhere tickets from a category's questions go, unless the form says otherwise."
            ),
            *(_queue_row(index, name, chosen) for index, name in enumerate(categories, start=where.offset)),
            *_turning(where, QUEUES_PAGE, str(shown.id)),
            kit.context("Each choice is saved at once."),
        ),
        close="Back",
        metadata={"template": shown.id, "page": where.number},
    )


def queue_options(active: Sequence[PicklistOption], typed: str) -> list[kit.Option]:
    wanted = typed.casefold().strip()
    found = [kit.option(each.label, each.value) for each in active if wanted in each.label.casefold()]
    return [kit.option("The workspace's queue", "0"), *found][: kit.LIMITS.options]


# --- parts ---


def _row(shown: Template) -> kit.Block:
    version = f" · version {shown.version}" if shown.version > 1 else ""
    return kit.plain_section(
        f"{shown.name}\n{_sizes(shown)}{version}", accessory=kit.button("Open", OPEN, value=str(shown.id))
    )


def _sizes(shown: Template) -> str:
    categories = kit.count(len(shown.categories), "category", "categories")
    return f"{kit.count(len(shown.questions), 'question')} · {categories}"


def _facts(shown: Template) -> tuple[kit.Piece, ...]:
    pieces: list[kit.Piece] = [
        f"Version {shown.version} · {_sizes(shown)}",
    ]
    if shown.created_at:
        pieces += [" · imported by ", kit.person(shown.created_by), ", ", kit.moment(shown.created_at)]
    if shown.archived_at:
        pieces += ["\n", kit.strong("Archived"), ": it is not offered for new reviews."]
    return tuple(pieces)


def _buttons(shown: Template) -> list[kit.Element]:
    value = str(shown.id)
    return [
        kit.button("Default queues", QUEUES, value=value),
        kit.button("Import a new version", IMPORT, value=shown.key),
        kit.button("Rename", RENAME, value=value),
        kit.button("Export CSV", f"{EXPORT}:csv", value=f"{value}|csv"),
        kit.button("Export YAML", f"{EXPORT}:yaml", value=f"{value}|yaml"),
        _archive_button(shown),
    ]


def _archive_button(shown: Template) -> kit.Element:
    if shown.archived_at:
        return kit.button("Un-archive", ARCHIVE, value=f"{shown.id}|in")
    question = kit.confirm(
        "Archive this template?",
        "It is no longer offered for new reviews. Reviews on it go on, and you can take it back.",
        "Archive",
    )
    return kit.button("Archive", ARCHIVE, value=f"{shown.id}|out", style="danger", confirm=question)


def _questions(page: Sequence[Question]) -> list[kit.Block]:
    blocks: list[kit.Block] = []
    category = ""
    for each in page:
        if each.category != category:
            category = each.category
            blocks.append(kit.header(category))
        guidance = ("\n", kit.soft(each.guidance)) if each.guidance else ()
        blocks.append(kit.rich(f"{each.position}. {each.text}", *guidance))
    return blocks


def _turning(where: kit.Page, action_id: str, context_value: str) -> tuple[kit.Block, ...]:
    steps = kit.page_buttons(where, action_id, context_value=context_value)
    return (kit.actions(*steps), kit.context(f"Showing {where.label}")) if steps else ()


def _queue_row(index: int, category: str, chosen: Mapping[str, tuple[int, str]]) -> kit.Block:
    queue = chosen.get(category)
    select = kit.external_select(
        QUEUE_OPTIONS,
        chosen=kit.option(queue[1], str(queue[0])) if queue else None,
        placeholder="The workspace's queue",
    )
    return kit.plain_section(category, accessory=select, block_id=f"queue:{index}:{queue[0] if queue else 0}")
