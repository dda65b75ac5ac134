"""Suggestions accepted together, after being shown; and what was taken back."""

from collections.abc import Iterable, Mapping, Sequence

from blocks import kit
from bot.domain.mapping import SURE, Act, Advice

BULK_CALLBACK = "map_bulk_save"
BULK_PAGE = "map_bulk_page"
PAGE_SIZE = 15


def preview(
    sure: Sequence[Advice],
    doubtful: Sequence[Advice],
    others: int,
    *,
    number: int = 0,
    metadata: Mapping[str, kit.Json],
    changed: bool = False,
) -> kit.View:
    """Everything that one press would map, and what it leaves to a person's eye, with the reasons."""
    where = kit.page(max(len(sure), len(doubtful)), number, PAGE_SIZE)
    shown = slice(where.offset, where.offset + where.size)
    return kit.modal(
        f"Accept all ≥ {SURE} %",
        (
            *(
                (kit.plain_section("⚠️ Something changed meanwhile. This is how it is now."),)
                if changed
                else ()
            ),
            kit.plain_section(_summary(len(sure), len(doubtful), others)),
            *_listed(f"Will be mapped ({len(sure):,})", [_pair(each) for each in sure[shown]]),
            *_listed(f"Need your eye ({len(doubtful):,})", [_doubt(each) for each in doubtful[shown]]),
            *_pager(where),
        ),
        callback_id=BULK_CALLBACK,
        submit=f"Map {len(sure):,}" if sure else "",
        close="Cancel" if sure else "Close",
        metadata=metadata,
    )


def looking() -> kit.View:
    """While the suggestions are worked out."""
    return kit.modal(f"Accept all ≥ {SURE} %", (kit.plain_section("⏳ Comparing names…"),), close="Cancel")


def _summary(sure: int, doubtful: int, others: int) -> str:
    parts = [f"{kit.count(sure, 'organization')} can be mapped at once"]
    if doubtful:
        parts.append(f"{doubtful:,} {'needs' if doubtful == 1 else 'need'} your eye and stay as they are")
    if others:
        parts.append(f"{others:,} have no suggestion of {SURE} % or more")
    undo = " You can undo it for 10 minutes." if sure else " Map the others one by one in the list."
    return "; ".join(parts) + "." + undo


def _listed(title: str, items: Sequence[Sequence[kit.Piece]]) -> Iterable[kit.Block]:
    return (kit.rich(kit.strong(title)), kit.listed(items)) if items else ()


def _pair(advice: Advice) -> tuple[kit.Piece, ...]:
    assert advice.best is not None
    best = advice.best
    return (kit.strong(advice.organization.name), " → ", best.company.name, f", {best.score} %: {best.why}")


def _doubt(advice: Advice) -> tuple[kit.Piece, ...]:
    return (kit.strong(advice.organization.name), ": ", "; ".join(advice.doubts))


def _pager(where: kit.Page) -> tuple[kit.Block, ...]:
    steps = kit.page_buttons(where, BULK_PAGE)
    return (kit.actions(*steps),) if steps else ()


def undone_text(kind: Act, undone: Sequence[str], kept: Sequence[tuple[str, str]]) -> str:
    """One sentence for the list's notice; what stayed, and why."""
    what = undone[0] if len(undone) == 1 else kit.count(len(undone), "organization")
    said = f"Undone: {what} {'is' if len(undone) == 1 else 'are'} as before."
    if kind in (Act.CREATE, Act.IMPORT) and not kept:
        said += " What had been created is archived."
    if not kept:
        return said
    names = "; ".join(f"{name}: {why}" for name, why in kept[:5])
    more = f" and {len(kept) - 5:,} more" if len(kept) > 5 else ""
    return f"{said} Left as they are: {names}{more}."
