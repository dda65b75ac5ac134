"""Review templates: the list, one version's questions, the import with its report and preview, queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from bot.domain.connections import PicklistOption
from bot.domain.templates import LONGEST_NAME, Change, Problem, Question, ReadTemplate, Template
from bot.errors import InvalidInput

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
IMPORT_CALLBACK = "template_read"
PREVIEW_CALLBACK = "template_save"
RENAME_CALLBACK = "template_name"

PAGE_SIZE = 10
_NEW = "new"
_SHOWN_PROBLEMS = 60
_SAMPLE = 3
_ENDINGS = ("csv", "yaml", "yml", "txt")


@dataclass(frozen=True)
class TypedImport:
    """What was given: the id of a file, or pasted text; and what it shall be."""

    file_id: str
    text: str
    name: str
    key: str


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


# --- the import ---


def import_form(templates: Sequence[Template], *, key: str = "", channel_id: str = "") -> kit.View:
    """A file or pasted text; nothing is saved before the preview."""
    choices = [kit.option("A new template", _NEW)]
    choices += [kit.option(f"A new version of {each.name}", f"{each.id}") for each in templates]
    chosen = next((str(each.id) for each in templates if each.key == key), _NEW)
    example = templates[0] if templates else None
    return kit.modal(
        "Import a template",
        (
            kit.section(
                "A CSV file with the columns `category`, `question` and `guidance`, or a YAML file."
                " You see what was understood before anything is saved.",
                accessory=kit.button("Send me an example", EXPORT, value=f"{example.id}|csv")
                if example
                else None,
            ),
            kit.input_block(
                "file", "File", kit.file_input("value", filetypes=_ENDINGS), hint="Up to 1 MB.", optional=True
            ),
            kit.input_block(
                "text",
                "Or paste its text",
                kit.plain_text_input("value", multiline=True),
                hint="Up to 3,000 characters, in the same format.",
                optional=True,
            ),
            kit.input_block("as", "Save as", kit.static_select("value", choices, chosen=chosen)),
            kit.input_block(
                "name",
                "Name",
                kit.plain_text_input("value", max_length=LONGEST_NAME),
                hint="Leave empty for the name in the file, or the file's own.",
                optional=True,
            ),
        ),
        callback_id=IMPORT_CALLBACK,
        submit="Check",
        metadata={"channel": channel_id},
    )


def read_import_form(state: State) -> TypedImport:
    """Raises ``InvalidInput`` unless there is either a file or a text."""
    form = Form(state)
    files, text = form.files("file"), form.text("text")
    if not files and not text:
        raise InvalidInput("file", "Give a file, or paste the text below.")
    if files and text:
        raise InvalidInput("text", "Give either a file or a text, not both.")
    chosen = form.choice("as")
    return TypedImport(next(iter(files), ""), text, form.text("name"), "" if chosen == _NEW else chosen)


def report(read: ReadTemplate) -> kit.View:
    """Every bad line, on top of the form, so that nothing typed is lost."""
    shown = read.problems[:_SHOWN_PROBLEMS]
    left = len(read.problems) - len(shown)
    more = (kit.context(f"And {left:,} more. Mend these first, then check again."),) if left else ()
    return kit.modal(
        "Not imported yet",
        (
            kit.section(f":warning: *{kit.count(len(read.problems), 'problem')}*. Nothing was saved."),
            kit.listed([_problem(each) for each in shown]),
            *more,
            *_remarks(read),
        ),
        close="Back",
    )


def preview(
    read: ReadTemplate,
    *,
    name: str,
    draft_id: str,
    channel_id: str,
    replaces: Template | None = None,
    change: Change | None = None,
    open_reviews: int = 0,
) -> kit.View:
    """What would be saved."""
    sizes = Template(0, "", name, read.questions).sizes
    total = (
        f"{kit.count(len(read.questions), 'question')} in {kit.count(len(sizes), 'category', 'categories')}"
    )
    return kit.modal(
        "Preview",
        (
            kit.header(name),
            kit.section(f"{total}. {_effect(replaces, change, open_reviews)}"),
            *_remarks(read),
            kit.divider(),
            *_sample(read, sizes),
        ),
        callback_id=PREVIEW_CALLBACK,
        submit="Save",
        close="Back",
        metadata={"draft": draft_id, "channel": channel_id},
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


def _problem(each: Problem) -> tuple[kit.Piece, ...]:
    return (kit.strong(f"{each.place}: "), each.reason)


def _remarks(read: ReadTemplate) -> tuple[kit.Block, ...]:
    return (kit.plain_context(*read.remarks),) if read.remarks else ()


def _effect(replaces: Template | None, change: Change | None, open_reviews: int) -> str:
    if replaces is None or change is None:
        return "It becomes a new template."
    reviews = (
        f" What is under way ({kit.count(open_reviews, 'review')}) keeps the questions it began with."
        if open_reviews
        else ""
    )
    return (
        f"It becomes *version {replaces.version + 1}* of a template that you have:"
        f" {change.added} new, {change.gone} gone, {change.kept} the same.{reviews}"
    )


def _sample(read: ReadTemplate, sizes: Mapping[str, int]) -> list[kit.Block]:
    """The first questions of each category, as many categories as a modal holds."""
    blocks: list[kit.Block] = []
    for category, size in list(sizes.items())[:80]:
        first = [each.text for each in read.questions if each.category == category][:_SAMPLE]
        more = f"\n… and {size - len(first)} more" if size > len(first) else ""
        lines = "".join(f"\n• {kit.cut(text, 120)}" for text in first)
        blocks.append(kit.rich(kit.strong(f"{category} ({size})"), lines, more))
    return blocks


def _queue_row(index: int, category: str, chosen: Mapping[str, tuple[int, str]]) -> kit.Block:
    queue = chosen.get(category)
    select = kit.external_select(
        QUEUE_OPTIONS,
        chosen=kit.option(queue[1], str(queue[0])) if queue else None,
        placeholder="The workspace's queue",
    )
    return kit.plain_section(category, accessory=select, block_id=f"queue:{index}:{queue[0] if queue else 0}")
