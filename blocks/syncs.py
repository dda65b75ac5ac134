"""Progress and results of syncs, one message each."""

from collections.abc import Sequence

from blocks import kit
from bot.domain.syncs import SyncCounts, SyncRun, SyncState


def running(groups: Sequence[str]) -> kit.Message:
    """A run that somebody asked for is under way."""
    text = f":hourglass_flowing_sand: Syncing {kit.escape(', '.join(groups))} from Autotask…"
    return kit.Message("Syncing from Autotask", (kit.section(text),))


def ended(runs: Sequence[SyncRun], reason: str) -> kit.Message:
    """The final summary of a run, group by group."""
    fine = all(run.state is SyncState.SUCCEEDED for run in runs)
    head = ":white_check_mark: *Synced*" if fine else ":x: *The sync did not finish*"
    lines = [f"{head} {', '.join(f'{run.name} ({run.counts.seen:,})' for run in runs)}"]
    return kit.Message(
        "Synced from Autotask" if fine else "The sync did not finish",
        (kit.section("\n".join([*lines, *([kit.escape(reason)] if reason else [])])),),
    )


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
