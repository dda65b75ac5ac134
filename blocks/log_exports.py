"""A file of the sync log: on its way, here, or not."""

from blocks import kit

PLAIN = "logs_export_plain"


def requested(code: str) -> kit.Message:
    """``code`` is the filter: the same may be had without the mark at the head that Excel wants."""
    text = (
        ":page_facing_up: The file is being written. It comes to your conversation with Deskhand, with every"
        " entry of this filter that you may see."
    )
    plain = kit.actions(kit.button("Without the UTF-8 mark (BOM)", PLAIN, value=code))
    said = kit.context(
        "Excel wants the mark to read umlauts; press this if another program stumbles over it."
    )
    return kit.Message(text, (kit.section(text), plain, said))


def given(name: str) -> kit.Message:
    text = f":page_facing_up: {kit.code(name)} is in your conversation with Deskhand."
    return kit.Message(text, (kit.section(text),))


def exporting(lines: int = 0, total: int = 0) -> kit.Message:
    """``total`` is what the filter found when the file was begun."""
    so_far = f" {lines:,} of {total:,} lines." if total else ""
    text = f":hourglass_flowing_sand: Writing the sync log to a file…{so_far}"
    return kit.Message("Writing the sync log to a file", (kit.section(text),))


def exported(name: str, lines: int, total: int) -> kit.Message:
    text = (
        f":white_check_mark: {kit.code(name)}: {kit.count(lines, 'line')} of the sync log, the newest first."
    )
    cut = (
        f"There are {total - lines:,} older lines: narrow the days to take them along."
        if total > lines
        else ""
    )
    blocks = [kit.section(text), *([kit.context(cut)] if cut else [])]
    return kit.Message(f"The sync log as a file: {kit.count(lines, 'line')}", tuple(blocks))


def export_failed(reason: str, code: str) -> kit.Message:
    text = f":x: *The sync log could not be written to a file.*\n{kit.escape(reason)}"
    again = kit.button("View logs", "run:logs")
    said = kit.context(f"{code} · `/autotask help {code}` says more")
    return kit.Message(
        "The sync log could not be written to a file", (kit.section(text), kit.actions(again), said)
    )
