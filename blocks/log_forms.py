"""One line of the sync log in full, and the form that filters the log, with its reader."""

import json
from collections.abc import Mapping

from blocks import kit
from blocks.form import Form, State
from blocks.logs import FILTER, links, status_words
from bot.domain.audit import redacted
from bot.domain.logs import LONGEST_WORDS, PAGE_SIZES, LogFilter, read_day
from bot.domain.numbers import whole
from bot.domain.sync_logs import LogLine, LogStatus
from bot.domain.syncs import SyncType
from bot.errors import InvalidInput

FILTER_CALLBACK = "logs_filter_apply"
DOWNLOAD = "logs_download"
RELATED = "logs_related"
ORGANIZATION_OPTIONS = "logs_organization"
_ALL = "all"
_CHUNK = 2_900
_MOST_CHUNKS = 20


def details(line: LogLine, *, metadata: Mapping[str, kit.Json]) -> kit.View:
    """Everything a line left; closes with Close or Escape."""
    entry = line.entry
    taken = "" if entry.duration_ms is None else f"{entry.duration_ms:,} ms"
    facts: list[tuple[str, kit.Piece]] = [
        ("Time", kit.moment(line.at, "{date_long} {time_secs}")),
        ("Type", entry.type.label),
        ("Operation", entry.operation.value),
        ("Status", status_words(entry.status)),
        ("Duration", taken),
        ("Autotask id", str(entry.record_id or "")),
        ("Code", entry.code),
        ("Entry", f"#{line.id}"),
    ]
    blocks: list[kit.Block] = [kit.facts(facts), kit.plain_section(entry.message), *_as_json(line)]
    if entry.code:
        blocks.append(
            kit.context(f"`/autotask help {entry.code}` says what {entry.code} means and what to do")
        )
    return kit.modal("Log entry", [*blocks, kit.actions(*_ways(line))], close="Close", metadata=metadata)


def pretty(line: LogLine) -> str:
    """The details as JSON; what might be a secret is hidden, whatever was written."""
    return json.dumps(redacted(line.entry.details), indent=2, ensure_ascii=False, default=str)


def download(line: LogLine) -> bytes:
    """The whole line as a JSON document."""
    entry = line.entry
    document = {
        "id": line.id,
        "run_id": line.run_id,
        "created_at": line.at.isoformat(),
        "type": entry.type.value,
        "operation": entry.operation.value,
        "status": entry.status.value,
        "message": entry.message,
        "duration_ms": entry.duration_ms,
        "code": entry.code,
        "record_id": entry.record_id,
        "details": redacted(entry.details),
    }
    return (json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def filter_form(
    wanted: LogFilter, *, chosen: kit.Option | None, metadata: Mapping[str, kit.Json]
) -> kit.View:
    """Everything that narrows the log; ``chosen`` is the organization as an option."""
    types = [kit.option("All", _ALL), *(kit.option(each.label, each.value) for each in SyncType)]
    statuses = [kit.option("All", _ALL), *(kit.option(status_words(each), each.value) for each in LogStatus)]
    sizes = [kit.option(str(size), str(size)) for size in PAGE_SIZES]
    kind = wanted.types[0].value if len(wanted.types) == 1 else _ALL
    status = wanted.statuses[0].value if len(wanted.statuses) == 1 else _ALL
    first = wanted.first_day.isoformat() if wanted.first_day else ""
    last = wanted.last_day.isoformat() if wanted.last_day else ""
    organization = kit.external_select(
        ORGANIZATION_OPTIONS, chosen=chosen, placeholder="Type an organization's name…"
    )
    words = kit.plain_text_input("value", initial=wanted.words, max_length=LONGEST_WORDS)
    return kit.modal(
        "Filter the log",
        (
            kit.input_block("type", "Sync Type", kit.static_select("value", types, chosen=kind)),
            kit.input_block("status", "Status", kit.static_select("value", statuses, chosen=status)),
            kit.input_block("first", "Start Date", kit.datepicker("value", initial=first), optional=True),
            kit.input_block("last", "End Date", kit.datepicker("value", initial=last), optional=True),
            kit.input_block("organization", "Organization", organization, optional=True),
            kit.input_block("words", "Words", words, hint="In the message.", optional=True),
            kit.input_block(
                "size", "Per Page", kit.static_select("value", sizes, chosen=str(wanted.per_page))
            ),
        ),
        callback_id=FILTER_CALLBACK,
        submit="Apply Filters",
        metadata=metadata,
    )


def read_filter(state: State) -> LogFilter:
    """Raises ``InvalidInput`` where the days are the wrong way round."""
    form = Form(state)
    first, last = read_day(form.choice("first")), read_day(form.choice("last"))
    if first and last and last < first:
        raise InvalidInput("last", "The end is before the start.")
    kind, status, organization = form.choice("type"), form.choice("status"), form.choice("organization")
    size = whole(form.choice("size"))
    return LogFilter(
        types=tuple(each for each in SyncType if each.value == kind),
        statuses=tuple(each for each in LogStatus if each.value == status),
        first_day=first,
        last_day=last,
        words=form.text("words")[:LONGEST_WORDS],
        organization_id=whole(organization),
        per_page=size if size in PAGE_SIZES else LogFilter().per_page,
    )


def _as_json(line: LogLine) -> list[kit.Block]:
    """Code blocks of at most 3,000 characters, as many as a modal has room for; the file has all of it."""
    if not line.entry.details:
        return []
    text = pretty(line)
    parts = list(_chunks(text))
    blocks = [kit.section(kit.preformatted(part)) for part in parts[:_MOST_CHUNKS]]
    if len(parts) > _MOST_CHUNKS:
        blocks.append(kit.context("There is more: *Download .json* has all of it."))
    return blocks


def _chunks(text: str) -> list[str]:
    """Pieces that are still short enough once their signs are escaped; lines stay whole where they can."""
    parts, part = list[str](), ""
    for line in text.splitlines(keepends=True):
        pieces = [line[start : start + 500] for start in range(0, len(line), 500)]
        for piece in pieces:
            if len(kit.escape(part + piece)) > _CHUNK:
                parts.append(part)
                part = ""
            part += piece
    return [*parts, part] if part else parts


def _ways(line: LogLine) -> list[kit.Element]:
    run = LogFilter(run_id=line.run_id).code if line.run_id else ""
    related = [kit.button("Whole run", RELATED, value=run)] if run else []
    filter_button = kit.button("Filter the log", FILTER, value=run)
    return [kit.button("Download .json", DOWNLOAD, value=str(line.id)), *related, filter_button, *links()]
