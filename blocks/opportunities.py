"""Opportunities: a table of them with what they come to, and the form that narrows it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from blocks import kit
from blocks.form import Form
from bot.domain.money import money
from bot.domain.numbers import signed, small, whole
from bot.domain.opportunities import (
    PAGE_SIZE,
    Choices,
    Opportunity,
    OpportunityFilter,
    OpportunityPage,
)

PAGE: Final = "opportunity_page"
FILTER: Final = "opportunity_filter"
ALL: Final = "opportunity_all"
CALLBACK: Final = "opportunity_filtered"
_HEAD: Final = (
    "Title",
    "Organization",
    "Stage",
    "Status",
    "Amount",
    "Probability",
    "Projected close",
    "Owner",
)
_WRAPPED: Final = ("Title", "Organization", "Stage", "Projected close", "Owner")
_WITHIN: Final = {"7": "A week", "30": "30 days", "90": "90 days", "365": "A year"}
_ANY: Final = "any"


def spot(number: int, chosen: OpportunityFilter) -> str:
    """A place in a list, as the value of a button."""
    numbers = (chosen.status, chosen.stage, chosen.owner_id, chosen.closing_within, chosen.organization_id)
    return "|".join(
        [str(number), *("" if each is None else str(each) for each in numbers), chosen.words[:100]]
    )


def read_spot(value: str) -> tuple[int, OpportunityFilter]:
    """The page and the filter of a button."""
    parts = (*value.split("|", 6), *[""] * 7)[:7]
    number, status, stage, owner, within, organization, words = parts
    chosen = _chosen(status, stage, owner, within)
    return whole(number) or 0, replace(chosen, organization_id=whole(organization), words=words[:100])


def listing(page: OpportunityPage) -> kit.Message:
    """One page, those that close first at the top, and what all of them come to."""
    where = kit.page(page.sums.count, page.number, PAGE_SIZE)
    title = f"Opportunities{f' of {page.organization}' if page.organization else ''}"
    head = (kit.header(title), kit.plain_context(_sums(page)))
    foot = (
        kit.plain_context(f"Showing {where.label}{_about(page)}"),
        kit.actions(*_ways(page, where), block_id="opportunity_ways"),
        *((kit.context(f"As of {kit.date(page.as_of)} · from Autotask"),) if page.as_of else ()),
    )
    if not page.opportunities:
        return kit.Message(kit.escape(title), (*head, kit.plain_section(_nothing(page)), *foot))
    cells = [_cells(each, page) for each in page.opportunities]
    table = kit.table(_HEAD, cells, wrapped=_WRAPPED)
    rows = [_row(each, page) for each in page.opportunities]
    text = kit.escape(f"{title}: {kit.count(page.sums.count, 'opportunity', 'opportunities')}")
    return kit.Message(text, (*head, table, *foot), (*head, *rows, *foot))


def _sums(page: OpportunityPage) -> str:
    sums, unit = page.sums, page.currency
    what = kit.count(sums.count, "opportunity", "opportunities")
    return f"{what} · {money(sums.amount, unit)} · weighted by probability {money(sums.weighted, unit)}"


def _about(page: OpportunityPage) -> str:
    chosen = page.filter
    parts = [
        f"{page.status or 'this status'} only" if chosen.status is not None else "every status",
        f"stage {page.stage}" if chosen.stage is not None else "",
        f"closing within {kit.count(chosen.closing_within, 'day')}"
        if chosen.closing_within is not None
        else "",
        "one owner" if chosen.owner_id is not None else "",
        f"containing “{chosen.words}”" if chosen.words else "",
    ]
    return "".join(f" · {part}" for part in parts if part)


def _nothing(page: OpportunityPage) -> str:
    if page.as_of is None:
        return "No opportunity has arrived from Autotask yet."
    return "No opportunity matches."


def _cells(each: Opportunity, page: OpportunityPage) -> tuple[str, ...]:
    return (
        each.title[:120],
        each.company_name[:80],
        each.stage,
        each.status,
        _amount(each, page.currency),
        f"{each.probability} %" if each.probability is not None else "",
        _close(each, page.today),
        each.owner[:60],
    )


def _row(each: Opportunity, page: OpportunityPage) -> kit.Block:
    chance = f"{each.probability} %" if each.probability is not None else ""
    second = [each.company_name, each.stage, each.status, _amount(each, page.currency), chance]
    third = [_close(each, page.today), each.owner]
    lines = [" · ".join(part for part in parts if part) for parts in (second, third)]
    return kit.row(each.title or "Without title", "\n".join(lines))


def _amount(each: Opportunity, unit: str) -> str:
    return "" if each.amount is None else money(each.amount, unit)


def _close(each: Opportunity, today: date) -> str:
    if each.close_on is None:
        return "no date"
    day = f"{each.close_on.day} {each.close_on:%b %Y}"
    return f"⚠️ {day}, overdue" if each.is_late(today) else day


def _ways(page: OpportunityPage, where: kit.Page) -> tuple[kit.Element, ...]:
    rest = spot(0, page.filter).partition("|")[2]
    everything = [kit.button("All active", ALL, value=spot(0, OpportunityFilter()))]
    return (
        kit.button("Filter", FILTER, value=spot(0, page.filter)),
        *kit.page_buttons(where, PAGE, context_value=rest),
        *(everything if page.filter != OpportunityFilter() else []),
    )


# --- the form ---


def filter_form(choices: Choices, chosen: OpportunityFilter, metadata: Mapping[str, kit.Json]) -> kit.View:
    """Status, stage, owner and how soon; the organization and the words of the list stay."""
    statuses = [(each.value, each.label) for each in choices.statuses]
    stages = [(each.value, each.label) for each in choices.stages]
    owners = [(str(key), name) for key, name in choices.owners]
    return kit.modal(
        "Filter opportunities",
        (
            _select("status", "Status", statuses, chosen.status),
            _select("stage", "Stage", stages, chosen.stage),
            _select("owner", "Owner", owners, chosen.owner_id),
            _select("within", "Closing within", list(_WITHIN.items()), chosen.closing_within),
        ),
        callback_id=CALLBACK,
        submit="Show",
        metadata=metadata,
    )


def read_form(form: Form, before: OpportunityFilter) -> OpportunityFilter:
    chosen = _chosen(*(form.choice(each) for each in ("status", "stage", "owner", "within")))
    return replace(chosen, organization_id=before.organization_id, words=before.words)


def _chosen(status: str, stage: str, owner: str, within: str) -> OpportunityFilter:
    """What is no value of its field narrows nothing."""
    return OpportunityFilter(
        small(status), small(stage), signed(owner), whole(within) if within in _WITHIN else None
    )


def _select(name: str, label: str, values: Sequence[tuple[str, str]], chosen: int | None) -> kit.Block:
    options = [kit.option("Any", _ANY), *(kit.option(text, value) for value, text in values[:99])]
    known = {value for value, _ in values}
    now = str(chosen) if chosen is not None and str(chosen) in known else _ANY
    return kit.input_block(name, label, kit.static_select(name, options, chosen=now))
