"""Progress and results of syncs, one message each."""

from blocks import kit
from bot.domain.syncs import SyncCounts


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
