"""What verify found: a table of rights, each gap with the place to fix it, the silent failures, the nights."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from blocks import kit
from bot.domain.checks import RIGHTS, Answer, Check, Finding, Night, Verified, named, path_of

VERIFY = "verify_run"
CALLBACK = "verify"

_OFF = {
    "Organizations": "Mapping organizations is off",
    "Tickets": "Tickets are off or incomplete",
    "People": "Matching people is off",
    "Opportunities": "Opportunities are off",
    "Contracts": "Contract sync is off",
    "Billing": "Billing sync is off",
    "Invoices": "Invoices are off",
    "Time": "Time is off",
    "Projects": "Projects are off",
}
_MARKS = {Answer.YES: ":white_check_mark:", Answer.NO: ":x:", Answer.UNKNOWN: ":grey_question:"}
_GRANTED, _MISSING, _NOT_NEEDED = "✅ granted", "❌ missing", "\N{EN DASH}"
_MOST_GAPS = 24
"""More gaps than this are one message's worth; the rest is in the table."""


def running() -> kit.Message:
    text = ":hourglass_flowing_sand: Checking every permission Deskhand needs…"
    return kit.Message(text, (kit.section(text),))


def running_view() -> kit.View:
    return kit.modal("Verify permissions", running().blocks, callback_id=CALLBACK, close="Close")


def verified(found: Verified) -> kit.Message:
    """Every right by feature, each gap with the exact place in Autotask to fix it, and the known silent failures."""
    table = kit.table(("Feature", "Entity", "Read", "Create", "Update"), _rows(found.checks))
    top, rest = (*_top(found), *_fixes(found.checks)), _rest(found)
    return kit.Message(f"Verify: {_headline(found)}", (*top, table, *rest), (*top, *rest))


def view(found: Verified) -> kit.View:
    message = verified(found)
    return kit.modal("Verify permissions", message.classic, callback_id=CALLBACK, close="Close")


def night(tonight: Night) -> kit.Message:
    """For the Admins: what got worse since the last night, and what is well again."""
    blocks: list[kit.Block] = []
    if tonight.worse:
        count = kit.count(len(tonight.worse), "permission")
        blocks.append(
            kit.section(
                f":rotating_light: *Autotask permissions got worse: {count} missing since the last check.* "
                "Somebody may have changed the API user's security level."
            )
        )
        blocks += [_changed(each) for each in tonight.worse[:_MOST_GAPS]]
    if tonight.recovered:
        names = ", ".join(map(named, tonight.recovered))
        blocks.append(kit.rich(kit.sign("white_check_mark"), " ", kit.strong("Recovered: "), names))
    headline = "Autotask permissions got worse" if tonight.worse else "Autotask permissions recovered"
    return kit.Message(headline, (*blocks, kit.actions(kit.button("Re-check", VERIFY))))


def _changed(need_id: str) -> kit.Block:
    path = path_of(need_id)
    return kit.rich(kit.sign("x"), " ", kit.strong(named(need_id)), *((f"\n{path}",) if path else ()))


def _headline(found: Verified) -> str:
    missing = len(found.missing)
    return f"{kit.count(missing, 'permission')} missing" if missing else "All permissions are in place"


def _top(found: Verified) -> tuple[kit.Block, ...]:
    by_feature = groupby(found.checks, key=lambda check: check.need.feature)
    lines = [_feature(name, tuple(group)) for name, group in by_feature]
    return (kit.header(f"Verify: {_headline(found)}"), kit.section("\n".join(lines)))


def _fixes(checks: Sequence[Check]) -> tuple[kit.Block, ...]:
    gaps = _gaps(checks)
    more = len(gaps) - _MOST_GAPS
    left = (kit.context(f"And {kit.count(more, 'more gap')}, see the lines above."),) if more > 0 else ()
    return (*gaps[:_MOST_GAPS], *left)


def _rest(found: Verified) -> tuple[kit.Block, ...]:
    return (
        kit.section("*What Autotask does not report as an error*"),
        *map(_finding, found.findings),
        kit.actions(kit.button("Re-check", VERIFY)),
        kit.plain_context(_footer(found)),
    )


def _footer(found: Verified) -> str:
    level = f" · level {found.level}" if found.level else ""
    seconds = f"{found.took.total_seconds():.1f} s"
    return (
        f"Zone {found.zone.name}, database {found.zone.ci}{level} · {len(found.checks)} rights in {seconds}"
        " · checked again every night; the Admins are told when it gets worse"
    )


def _feature(name: str, checks: Sequence[Check]) -> str:
    missing = dict.fromkeys(check.need.tick for check in checks if not check.ok)
    if not missing:
        return f":white_check_mark: *{name}*: ready"
    verb = "is" if len(missing) == 1 else "are"
    names = ", ".join(f"*{kit.escape(tick)}*" for tick in missing)
    return f":x: *{name}*: {_OFF.get(name, 'off')} because {names} {verb} missing"


def _gaps(checks: Sequence[Check]) -> tuple[kit.Block, ...]:
    """One block for each box to tick, however many rights hang on it."""
    paths: dict[str, list[str]] = {}
    for check in checks:
        if not check.ok:
            right = f"{check.need.entity}: {_READ.get(check.need.right, check.need.right)}"
            paths.setdefault(check.need.path, []).append(right)
    return tuple(
        kit.section(f":x: *{kit.escape(', '.join(rights))}*\n{kit.escape(path)}")
        for path, rights in paths.items()
    )


_READ: Mapping[str, str] = {"query": "read"}


def _finding(found: Finding) -> kit.Block:
    """What is wrong stands out; what Autotask does not tell is small print with the place to look."""
    where = f"\nCheck here: {found.place}" if found.place and found.answer is not Answer.YES else ""
    text = f"{_MARKS[found.answer]} *{found.about}:* {kit.escape(found.says)}{kit.escape(where)}"
    return kit.section(text) if found.answer is Answer.NO else kit.context(text)


def _rows(checks: Sequence[Check]) -> list[tuple[str, ...]]:
    """A row per feature and entity; a right that the feature does not need is a dash."""
    states: dict[tuple[str, str], dict[str, str]] = {}
    for check in checks:
        row = states.setdefault((check.need.feature, check.need.entity), {})
        row[check.need.right] = _GRANTED if check.ok else _MISSING
    return [
        (feature, entity, *(row.get(right, _NOT_NEEDED) for right in RIGHTS))
        for (feature, entity), row in states.items()
    ]
