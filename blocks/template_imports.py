"""The import of a template: its form, the report of what is wrong, and the preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from blocks.templates import EXPORT
from bot.domain.templates import LONGEST_NAME, Change, Problem, ReadTemplate, Template
from bot.errors import InvalidInput

IMPORT_CALLBACK = "template_read"
PREVIEW_CALLBACK = "template_save"

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
