"""Progress and results of syncs, one message each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from blocks import kit
from blocks.sync_counts import changes, standing
from bot.domain.logs import LogFilter
from bot.domain.sync_logs import LogStatus, Troubles
from bot.domain.syncs import SyncCounts, SyncRun, SyncState, called

TROUBLES: Final = "sync_troubles"
"""Opens the log, filtered on a run; ``handlers/logs.py`` listens."""
AGAIN: Final = "sync_again"
_MOST_PARTS: Final = 12
_MOST_LINES: Final = 10
_MOST_BUTTONS: Final = 8


def running(
    groups: Sequence[str],
    parts: Mapping[str, SyncCounts] | None = None,
    *,
    expected: Mapping[str, int] | None = None,
) -> kit.Message:
    """A run that somebody asked for: rows so far by sync, with a share where it is known how many to expect."""
    text = f":hourglass_flowing_sand: Syncing {kit.escape(', '.join(map(called, groups)))} from Autotask…"
    lines = [_so_far(name, counts, (expected or {}).get(name, 0)) for name, counts in (parts or {}).items()]
    blocks = [kit.section(text), *([kit.plain_section("\n".join(lines[:_MOST_PARTS]))] if lines else [])]
    return kit.Message("Syncing from Autotask", tuple(blocks))


def waiting(groups: Sequence[str], reason: str, again_at: datetime) -> kit.Message:
    """An attempt came to nothing; nobody has to do anything."""
    names = kit.escape(", ".join(map(called, groups)))
    head = f":hourglass: Syncing {names} from Autotask: trying again at {kit.date(again_at, '{time}')}, by itself."
    said = [kit.plain_section(reason)] if reason else []
    blocks = (kit.section(head), *said, kit.actions(kit.button("View logs", "run:logs")))
    return kit.Message("Syncing from Autotask is tried again", blocks)


def ended(
    runs: Sequence[SyncRun],
    reason: str,
    *,
    code: str = "",
    lines: Sequence[str] = (),
    troubles: Mapping[int, Troubles] | None = None,
) -> kit.Message:
    """The final summary of a run, group by group; ``troubles`` are counted in the log, by run."""
    fine = all(run.state is SyncState.SUCCEEDED for run in runs)
    title = "Synced from Autotask" if fine else "The sync did not finish"
    mark = ":white_check_mark:" if fine else ":x:"
    found = troubles or {}
    said = [*([reason] if reason else []), *lines[:_MOST_LINES]]
    buttons = [button for run in runs for button in _trouble_buttons(run, found.get(run.id, Troubles()))]
    if not fine:
        again = ",".join(run.name for run in runs if run.state is not SyncState.SUCCEEDED)
        buttons.insert(0, kit.button("Try again", AGAIN, value=again, style="primary"))
    return kit.Message(
        title,
        (
            kit.section(f"{mark} *{title}*"),
            *([kit.listed([_summary(run)] for run in runs)] if runs else []),
            *([kit.plain_section("\n".join(said))] if said else []),
            *([kit.context(f"{code} · `/autotask help {code}` says more")] if code else []),
            kit.actions(*buttons[:_MOST_BUTTONS], kit.button("View logs", "run:logs")),
        ),
    )


def told(user_id: str, *, is_fine: bool, label: str) -> kit.Message:
    """The one mention of who asked, under the run's message: an edit notifies nobody."""
    outcome = "is done" if is_fine else "did not finish; the message above says why"
    text = f"{kit.mention(user_id)} {kit.escape(label)} {outcome}."
    return kit.Message(text, (kit.section(text),))


def queued(label: str, link: str, *, busy: Sequence[str] = ()) -> kit.Message:
    """The answer at once; ``link`` leads to the run's message."""
    follow = f" {kit.link(link, 'Follow it here')}." if link else ""
    text = (
        f":arrows_counterclockwise: {kit.escape(label)} has been queued. Check the logs for progress.{follow}"
    )
    also = (
        [kit.context(f"Queued or running before, and not started twice: {', '.join(map(called, busy))}.")]
        if busy
        else []
    )
    return kit.Message(text, (kit.section(text), *also, kit.actions(*_ways())))


def already(busy: Sequence[str], link: str) -> kit.Message:
    """Nothing was started: it runs, or will."""
    follow = f" {kit.link(link, 'Follow it here')}." if link else ""
    names = " and ".join(map(called, busy))
    text = f":information_source: The sync of {names} is queued or running already; no second one was started.{follow}"
    return kit.Message(text, (kit.section(text), kit.actions(*_ways())))


def unknown(words: Sequence[str]) -> kit.Message:
    text = f"🔍 There is no sync called “{kit.cut(' '.join(words), 80)}”. Choose one of these:"
    names = ("contracts", "time", "invoices", "companies", "opportunities")
    buttons = [kit.button(called(name).capitalize(), f"run:sync:{name}", value=name) for name in names]
    return kit.Message(kit.escape(text), (kit.plain_section(text), kit.actions(*buttons)))


def _ways() -> tuple[kit.Element, ...]:
    return kit.button("View logs", "run:logs"), kit.button("Status", "run:status")


def _so_far(name: str, counts: SyncCounts, expected: int) -> str:
    share = f" ({min(99, counts.seen * 100 // expected)} %)" if expected and counts.seen else ""
    return f"{name.replace('_', ' ').capitalize()}: {counts.seen:,} so far{share}"


def _summary(run: SyncRun) -> str:
    counts, name = run.counts, called(run.name).capitalize()
    if run.state is not SyncState.SUCCEEDED:
        return f"{name}: {run.state.value}, {counts.seen:,} read"
    return " · ".join((f"{name}: {changes(run)}", *standing(run)))


def _trouble_buttons(run: SyncRun, found: Troubles) -> list[kit.Element]:
    kinds = (
        (found.warnings, "warning", LogStatus.WARNING),
        (found.errors, "error", LogStatus.ERROR),
        (found.skips, "skip", LogStatus.SKIP),
    )
    return [
        kit.button(
            f"See the {kit.count(number, word)}" if number > 1 else f"See the {word}",
            f"{TROUBLES}:{run.name}_{status.value}",
            value=LogFilter(run_id=run.id, statuses=(status,)).code,
        )
        for number, word, status in kinds
        if number
    ]


def companies_arriving(counts: SyncCounts) -> kit.Message:
    so_far = f" {counts.seen:,} so far." if counts.seen else ""
    text = f":hourglass_flowing_sand: Reading companies from Autotask…{so_far}"
    return kit.Message("Reading companies from Autotask", (kit.section(text),))


def companies_here(counts: SyncCounts, trouble: int = 0) -> kit.Message:
    """The final summary with the next step; ``trouble``: organizations whose company is inactive or gone."""
    changes = " · ".join(
        f"{number:,} {word}"
        for number, word in (
            (counts.inserted, "new"),
            (counts.updated, "changed"),
            (counts.gone, "no longer in Autotask"),
        )
        if number
    )
    text = (
        f":white_check_mark: *{kit.count(counts.seen, 'company', 'companies')}* from Autotask are here."
        " Next: map your organizations to them."
    )
    return kit.Message(
        f"{kit.count(counts.seen, 'company', 'companies')} from Autotask are here",
        (
            kit.section(text),
            kit.actions(kit.button("Map organizations", "map_list", style="primary")),
            kit.context(changes or "Nothing changed since the last time."),
            *_trouble(trouble),
        ),
    )


def _trouble(count: int) -> tuple[kit.Block, ...]:
    if not count:
        return ()
    said = f"⚠️ {kit.count(count, 'organization is', 'organizations are')} mapped to a company that is inactive or gone."
    show = kit.button("Map to others", "map_list", value="0|trouble|")
    return (kit.plain_section(said, accessory=show),)


def companies_missing(reason: str) -> kit.Message:
    """The mirror could not be brought up to date; what was there before still serves."""
    text = f":x: *The companies could not be read from Autotask.*\n{kit.escape(reason)}"
    again = kit.button("Try again", "map_refresh", style="primary")
    return kit.Message(
        "The companies could not be read from Autotask", (kit.section(text), kit.actions(again))
    )
