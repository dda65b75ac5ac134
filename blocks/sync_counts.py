"""What a run changed and how many records there are now, in words, by the kind of record."""

from collections.abc import Mapping
from typing import Final

from blocks import kit
from bot.domain.syncs import Size, SyncCounts, SyncRun

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "companies": ("company", "companies"),
    "resources": ("resource", "resources"),
    "contracts": ("contract", "contracts"),
    "contract_services": ("service", "services"),
    "contract_service_bundles": ("bundle", "bundles"),
    "contract_service_units": ("unit row", "unit rows"),
    "contract_service_bundle_units": ("unit row", "unit rows"),
    "contract_milestones": ("milestone", "milestones"),
    "services": ("service of the catalogue", "services of the catalogue"),
    "service_bundles": ("bundle of the catalogue", "bundles of the catalogue"),
    "invoices": ("invoice", "invoices"),
    "invoices_unpaid": ("invoice", "invoices"),
    "invoices_settled": ("invoice", "invoices"),
    "time_entries": ("time entry", "time entries"),
    "billing_items": ("billing item", "billing items"),
    "billing_items_again": ("billing item", "billing items"),
    "payment_terms": ("payment term", "payment terms"),
    "currencies": ("currency", "currencies"),
    "opportunities": ("opportunity", "opportunities"),
    "opportunities_open": ("opportunity", "opportunities"),
    "opportunities_decided": ("opportunity", "opportunities"),
    "tickets": ("ticket", "tickets"),
    "ticket_mirror": ("ticket", "tickets"),
}
"""One and many, by sync and by mirror, in the order in which they are told; several may be of one kind."""
_MAIN: Final[Mapping[str, str]] = {"time": "time entries"}
"""What a group is about, where its name does not say it."""


def changes(run: SyncRun) -> str:
    """What a run found, by kind: all there is when it was the first, later only what is different.

    ``150 contracts, 612 services``; ``+3 new; services ~12 changed``: what the group is about has no name, it stands
    beside the group's.
    """
    if run.sizes and all(size.before is None for size in run.sizes.values()):
        return _totals(run) or "nothing there yet"
    if not run.parts:
        return difference(run.counts)
    differences = [
        f"{_prefix(run, many)}{difference(counts)}"
        for many, counts in _by_kind(run).items()
        if counts.inserted or counts.updated or counts.gone
    ]
    return "; ".join(differences) or difference(SyncCounts())


def difference(counts: SyncCounts) -> str:
    """What is different from the run before: ``+3 new, -1 gone, ~12 changed``."""
    words = (
        (counts.inserted, "+", "new"),
        (counts.gone, "\N{MINUS SIGN}", "gone"),
        (counts.updated, "~", "changed"),
    )
    said = [f"{sign}{number:,} {word}" for number, sign, word in words if number]
    return ", ".join(said) or "nothing new since the last sync"


def standing(run: SyncRun) -> list[str]:
    """How many there are of what the group is about beside the last time, and a warning where a mirror is far off.

    Empty for a first run, whose totals are what it found.
    """
    odd = [_odd(name, size) for name, size in run.odd.items()]
    one, many = _KINDS.get(_main(run), ("record", "records"))
    size = run.sizes.get(_main(run), run.size)
    return odd if size is None or size.before is None else [_sized(size, one, many), *odd]


def _totals(run: SyncRun) -> str:
    totals: dict[tuple[str, str], int] = {}
    for name, size in sorted(run.sizes.items(), key=lambda each: _place(each[0])):
        kind = _kind(name)
        totals[kind] = totals.get(kind, 0) + size.now
    return ", ".join(kit.count(number, one, many) for (one, many), number in totals.items() if number)


def _by_kind(run: SyncRun) -> dict[str, SyncCounts]:
    found: dict[str, SyncCounts] = {}
    for name, counts in sorted(run.parts.items(), key=lambda each: _place(each[0])):
        _, many = _kind(name)
        found[many] = found.get(many, SyncCounts()) + counts
    return found


def _prefix(run: SyncRun, many: str) -> str:
    return "" if many == _MAIN.get(run.name, run.name) else f"{many} "


def _main(run: SyncRun) -> str:
    """The mirror of what the group is about."""
    wanted = _MAIN.get(run.name, run.name)
    return next((name for name in run.sizes if _kind(name)[1] == wanted), "")


def _kind(name: str) -> tuple[str, str]:
    plain = name.replace("_", " ")
    return _KINDS.get(name, (plain, plain))


def _place(name: str) -> int:
    return list(_KINDS).index(name) if name in _KINDS else len(_KINDS)


def _sized(size: Size, one: str, many: str) -> str:
    now = kit.count(size.now, one, many)
    if size.before == size.now:
        return f"{now}, as many as last time"
    return f"{now}, {size.before:,} last time{_percent(size)}"


def _odd(name: str, size: Size) -> str:
    """With the figures of the one mirror, whatever the group is about."""
    way = "more" if size.now > (size.before or 0) else "fewer"
    _, many = _kind(name)
    return f"⚠️ far {way} {many} than last time: {size.now:,} now, {size.before:,} then{_percent(size)}"


def _percent(size: Size) -> str:
    if size.share is None:
        return ""
    shown = f"{size.share:+,} %" if size.share else "less than 0.1 %"
    return f" ({shown})".replace("-", "\N{MINUS SIGN}")
