"""The forms that start a sync, with their readers."""

from collections.abc import Mapping, Sequence
from datetime import date

from blocks import kit
from blocks.form import Form, State, known
from bot.domain.contract_lists import Expired
from bot.domain.logs import read_day
from bot.domain.sync_orders import END_EXPIRED, USUAL_DAYS, SyncOrder, checked, groups_in
from bot.domain.syncs import Group
from bot.domain.time_entries import day_text

CALLBACK = "sync_start"
_MOST_NAMES = 20
_CHOICES = {
    "contracts": ("Contracts", (Group.CONTRACTS,)),
    "time": ("Time entries", (Group.TIME,)),
    "invoices": ("Invoices", (Group.INVOICES,)),
    "companies": ("Companies", (Group.COMPANIES,)),
    "opportunities": ("Opportunities", (Group.OPPORTUNITIES,)),
    "tickets": ("Tickets", (Group.TICKETS,)),
    "all": ("Everything", tuple(Group)),
}


def form(groups: Sequence[Group], today: date, *, metadata: Mapping[str, kit.Json]) -> kit.View:
    """What can be chosen for these groups; without any, which ones."""
    wanted = ",".join(each.value for each in groups)
    blocks = [*([] if groups else [_choice()])]
    if Group.CONTRACTS in groups or not groups:
        blocks.append(_end_expired())
    if Group.TIME in groups or not groups:
        blocks += _days(today, only_time=not groups)
    return kit.modal(
        "Start a sync",
        blocks,
        callback_id=CALLBACK,
        submit="Start sync",
        metadata={**metadata, "groups": wanted},
    )


def confirm_expired(expired: Sequence[Expired], metadata: Mapping[str, kit.Json]) -> kit.View:
    """Which contracts would be ended, before they are."""
    head = f"⚠️ {kit.count(len(expired), 'contract')} would be ended, because the last day is over:"
    rows = [
        (kit.strong(each.name), f" · {each.organization} · until {day_text(each.end_date)}")
        for each in expired[:_MOST_NAMES]
    ]
    more = len(expired) - len(rows)
    note = "They are ended here; nothing is written to Autotask. The list is as of the last sync: one that this sync finds expired is ended, too."
    return kit.modal(
        "End expired contracts",
        (
            kit.plain_section(head),
            kit.listed(rows),
            *([kit.plain_context(f"and {more:,} more")] if more else []),
            kit.context(note),
        ),
        callback_id=CALLBACK,
        submit="End and sync",
        metadata={**metadata, "sure": "1"},
    )


def read(state: State, metadata: Mapping[str, kit.Json], today: date) -> SyncOrder:
    """Raises ``InvalidInput`` under the field that does not fit."""
    typed = Form(state)
    named = groups_in(str(metadata.get("groups") or ""))
    groups = named or known(_CHOICES.__getitem__, typed.required_choice("what"), "what")[1]
    ending = END_EXPIRED in typed.choices("expired") and Group.CONTRACTS in groups
    given = (read_day(typed.choice("first")), read_day(typed.choice("last")))
    window = checked(given, today) if Group.TIME in groups else None
    return SyncOrder(groups, window, (END_EXPIRED,) if ending else ())


def to_metadata(order: SyncOrder) -> dict[str, kit.Json]:
    """The order on its way through a second form."""
    first, last = order.window or (None, None)
    return {
        "groups": ",".join(each.value for each in order.groups),
        "first": first.isoformat() if first else "",
        "last": last.isoformat() if last else "",
    }


def from_metadata(metadata: Mapping[str, kit.Json]) -> SyncOrder:
    """Raises ``InvalidInput`` where another version wrote it."""
    groups = known(groups_in, str(metadata.get("groups") or ""), "")
    days = [read_day(str(metadata.get(name) or "")) for name in ("first", "last")]
    window = (days[0], days[1]) if days[0] and days[1] else None
    return SyncOrder(groups, window, (END_EXPIRED,))


def _choice() -> kit.Block:
    options = [kit.option(label, name) for name, (label, _) in _CHOICES.items()]
    return kit.input_block("what", "What", kit.static_select("value", options, chosen="contracts"))


def _end_expired() -> kit.Block:
    option = kit.option(
        "End expired contracts", END_EXPIRED, description="You see which ones before anything is ended"
    )
    return kit.input_block("expired", "Contracts", kit.checkboxes("value", [option]), optional=True)


def _days(today: date, *, only_time: bool) -> list[kit.Block]:
    first = (today - USUAL_DAYS).isoformat()
    hint = "For time entries; at most 366 days." if only_time else "At most 366 days."
    return [
        kit.input_block(
            "first", "Start Date", kit.datepicker("value", initial=first), hint=hint, optional=True
        ),
        kit.input_block(
            "last", "End Date", kit.datepicker("value", initial=today.isoformat()), optional=True
        ),
    ]
