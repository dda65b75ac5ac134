"""The audit trail: a page of it, one act in full."""

import json
import re
from collections.abc import Sequence

from blocks import kit
from blocks.kit import Block, Message, View
from bot.domain.audit import Act, changes, redacted

PAGE = "audit_page"
DETAILS = "audit_details"
EXPORT = "audit_export"
PAGE_SIZE = 10
_MOST_CHANGES = 3
_LONGEST_VALUE = 60
_NONE = "\N{EN DASH}"
_PERSON = re.compile(r"^[UW][A-Z0-9]{6,}$")


def listing(acts: Sequence[Act], where: kit.Page, *, text: str, root: str) -> Message:
    """One page, newest first; every button keeps the words that narrowed it."""
    about = f"that match “{text}”" if text else ""
    if not where.total:
        said = f":mag: Nothing in the audit trail {kit.escape(about)}".rstrip() + "."
        hint = f"For example `{root} audit kim last week` or `{root} audit tickets since monday`."
        return Message(said, (kit.section(said), kit.context(hint)))
    blocks: list[Block] = [kit.header("Audit trail")]
    if about:
        blocks.append(kit.plain_context(f"Acts {about}"))
    for act in acts:
        blocks += [_act(act), kit.actions(kit.button("Details", DETAILS, value=str(act.id)))]
    steps = kit.page_buttons(where, PAGE, context_value=text)
    blocks += [
        kit.divider(),
        kit.actions(*steps, kit.button("Export as CSV", EXPORT, value=text)),
        kit.context(f"Showing {where.label}, newest first"),
    ]
    return Message(f"Audit trail: {kit.count(where.total, 'act')}", tuple(blocks))


def details(act: Act) -> View:
    """Everything an act left, as JSON; what might be a secret is hidden."""
    facts: list[tuple[str, kit.Piece]] = [
        ("When", kit.moment(act.at, "{date_long} {time_secs}")),
        ("Who", kit.person(act.by) if _PERSON.match(act.by) else act.by or "Deskhand"),
        ("What", act.action),
        ("Of", _subject(act)),
        ("Autotask id", str(act.autotask_id or "")),
        ("Entry", str(act.id)),
    ]
    parts: list[Block] = [kit.facts(facts)]
    for title, values in (("Before", act.before), ("After", act.after)):
        if values:
            shown = json.dumps(redacted(values), indent=1, ensure_ascii=False, default=str)
            parts += [kit.section(f"*{title}*"), kit.section(kit.preformatted(kit.cut(shown, 2900)))]
    return kit.modal("Audit entry", parts, close="Close")


def exported(rows: int, *, is_whole: bool) -> Message:
    text = f":page_facing_up: {kit.count(rows, 'act')} as a file: look into your conversation with Deskhand."
    more = "" if is_whole else " There were more: narrow the days to take the older ones, too."
    return Message(text, (kit.section(text + more),))


def _act(act: Act) -> Block:
    who = kit.person(act.by) if _PERSON.match(act.by) else (act.by or "Deskhand")
    number = (f" · Autotask {act.autotask_id}",) if act.autotask_id else ()
    head: list[kit.Piece] = [
        kit.moment(act.at), " · ", who, " · ", kit.strong(act.action), " · ", _subject(act), *number
    ]  # fmt: skip
    lines = [_change(*each) for each in changes(act)[:_MOST_CHANGES]]
    return kit.rich(*head, *(f"\n{line}" for line in lines))


def _subject(act: Act) -> kit.Piece:
    return kit.person(act.subject) if _PERSON.match(act.subject) else act.subject or _NONE


def _change(name: str, old: str, new: str) -> str:
    label = name.replace("_", " ")
    shown = [kit.cut(value, _LONGEST_VALUE) for value in (old, new)]
    if not old:
        return f"{label}: {shown[1]}"
    return f"{label}: {shown[0]} → {shown[1] or _NONE}"
