"""Organizations from a file: the form that takes it, what saving it would do, and how far that is."""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.contract_events import ARRIVING
from blocks.form import Form, State
from bot.domain.imports import COLUMNS, EXAMPLE, MOST_LINES, Fault, Import, ImportCounts

FORM_CALLBACK = "import_read"
CONFIRM_CALLBACK = "import_confirm"
START = "import_start"
CANCEL = "import_cancel"
FAULTS = "import_faults"
UNDO = "map_undo"

_SHOWN = 10


def form(metadata: Mapping[str, kit.Json], problem: str = "") -> kit.View:
    """Takes one CSV file."""
    return kit.modal(
        "Import organizations",
        (
            *((kit.plain_section(f"⚠️ {problem}"),) if problem else ()),
            kit.input_block(
                "file",
                "CSV file",
                kit.file_input("value", filetypes=("csv", "tsv", "txt")),
                hint=f"Up to {MOST_LINES:,} lines and 5 MB, separated by comma, semicolon or tab. Nothing is saved "
                "before you have seen what it does.",
            ),
            kit.plain_section(
                f"The first line names the columns. Deskhand knows: {', '.join(COLUMNS)}. For example:"
            ),
            kit.section(kit.preformatted(EXAMPLE.strip())),
            kit.plain_context("You can also drop the file into your conversation with Deskhand."),
        ),
        callback_id=FORM_CALLBACK,
        submit="Read the file",
        metadata=metadata,
    )


def read_form(state: State) -> str:
    """The file's id."""
    given = Form(state).files("file")
    return given[0] if given else ""


def reading(file_name: str = "") -> kit.View:
    return kit.modal(
        "Import organizations", (kit.plain_section(f"⏳ Reading {file_name or 'the file'}…"),), close="Close"
    )


def preview_modal(
    read: Import,
    counts: ImportCounts,
    *,
    created: Sequence[str],
    moved: Sequence[tuple[str, str, str]],
    metadata: Mapping[str, kit.Json],
) -> kit.View:
    """What saving would do; submitting saves."""
    faults = [kit.actions(_faults_button(read))] if read.faults else []
    return kit.modal(
        "Import organizations",
        (*_preview(read, counts, created, moved), *faults),
        callback_id=CONFIRM_CALLBACK,
        submit=f"Import {counts.news:,}" if counts.news else "",
        close="Cancel" if counts.news else "Close",
        metadata={**metadata, "import": read.id},
    )


def preview_message(
    read: Import, counts: ImportCounts, *, created: Sequence[str], moved: Sequence[tuple[str, str, str]]
) -> kit.Message:
    """The same as a message with buttons, for a file dropped into the conversation."""
    buttons = [_faults_button(read)] if read.faults else []
    if counts.news:
        label = f"Import {kit.count(counts.news, 'organization')}"
        buttons = [
            kit.button(label, START, value=str(read.id), style="primary"),
            kit.button("Cancel", CANCEL, value=str(read.id)),
            *buttons,
        ]
    title = f"Import {kit.count(counts.news, 'organization')}?" if counts.news else "Nothing new in this file"
    return kit.Message(
        kit.escape(f"{read.file_name}: {title}"),
        (
            kit.header(title),
            *_preview(read, counts, created, moved),
            *((kit.actions(*buttons),) if buttons else ()),
        ),
    )


def _preview(
    read: Import, counts: ImportCounts, created: Sequence[str], moved: Sequence[tuple[str, str, str]]
) -> tuple[kit.Block, ...]:
    return (
        kit.rich(kit.strong(read.file_name), "\n", _summary(read, counts)),
        *_list(f"New ({counts.created:,})", [(name,) for name in created[:_SHOWN]], counts.created),
        *_list(
            f"Mapped differently ({counts.updated:,})",
            [(kit.strong(name), ": ", was or "not mapped", " → ", now) for name, was, now in moved[:_SHOWN]],
            counts.updated,
        ),
        *_faults(read.faults),
    )


def _summary(read: Import, counts: ImportCounts) -> str:
    said = f"{counts.created:,} to create · {counts.updated:,} to update · {counts.unchanged:,} unchanged"
    if read.faults:
        said += f" · {kit.count(len(read.faults), 'line')} cannot be used"
    return said + ("" if counts.news else ". Everything in it is here already; there is nothing to save.")


def _faults(faults: Sequence[Fault]) -> tuple[kit.Block, ...]:
    items: list[tuple[kit.Piece, ...]] = [
        (
            kit.strong(f"Line {each.number}"),
            f": {each.reason}",
            f" ({each.text})" if each.text.strip() else "",
        )
        for each in faults[:_SHOWN]
    ]
    return _list(f"Cannot be used ({len(faults):,})", items, len(faults))


def _list(title: str, items: Sequence[Sequence[kit.Piece]], total: int) -> tuple[kit.Block, ...]:
    if not items:
        return ()
    more = [(f"… and {total - len(items):,} more",)] if total > len(items) else []
    return (kit.rich(kit.strong(title)), kit.listed([*items, *more]))


def _faults_button(read: Import) -> kit.Element:
    return kit.button("Download the bad lines", FAULTS, value=str(read.id))


def started() -> kit.View:
    return kit.modal(
        "Import organizations",
        (
            kit.plain_section(
                "✅ On its way. Deskhand reports in your conversation with it; you can close this."
            ),
        ),
        close="Done",
    )


def running(read: Import) -> kit.Message:
    """Redrawn in place while lines are saved."""
    text = f"⏳ Importing {read.file_name}: {read.position:,} of {len(read.lines):,}"
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def done(read: Import, *, brings_contracts: bool = False) -> kit.Message:
    counts = read.counts
    text = (
        f"✅ {read.file_name} is imported: {counts.created:,} created, {counts.updated:,} updated, "
        f"{counts.unchanged:,} unchanged."
        f"{ARRIVING if brings_contracts else ''}"
    )
    undo = kit.button("Undo", UNDO, value=f"{read.batch_id}|") if read.batch_id and counts.news else None
    more = [_faults_button(read)] if read.faults else []
    return kit.Message(
        kit.escape(text),
        (
            kit.plain_section(text, accessory=undo),
            kit.actions(kit.button("All organizations", "map_list"), *more),
        ),
    )


def stopped(read: Import, reason: str) -> kit.Message:
    """Some lines may be saved; the same file can be given again, nothing is saved twice."""
    text = (
        f"⚠️ The import of {read.file_name} stopped after {read.position:,} of {len(read.lines):,} lines: {reason} "
        "Give Deskhand the file again to go on; nothing is saved twice."
    )
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def cancelled(read: Import) -> kit.Message:
    text = f"{read.file_name} is not imported. Nothing was saved."
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def refused(file_name: str, reason: str) -> kit.Message:
    """The whole file cannot be used, and why."""
    text = f"⚠️ {file_name} cannot be read as a list of organizations.\n{reason}"
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def not_for_you(file_name: str) -> kit.Message:
    text = f"{file_name}: importing organizations needs the right to map them. Ask an Admin."
    return kit.Message(kit.escape(text), (kit.plain_section(text),))
