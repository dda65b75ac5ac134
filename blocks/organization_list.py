"""The list of organizations: the unmapped first, with what we think they are, in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.organizations import (
    ACCEPT,
    BULK,
    CHANGE,
    CREATE,
    IMPORT,
    LIST,
    LONGEST_SEARCH,
    NEW,
    PAGE,
    REFRESH,
    SEARCH,
    SHOW,
    TROUBLES,
    Notice,
    Spot,
    menu,
    said,
)
from bot.domain.mapping import Advice
from bot.domain.matching import Likeness
from bot.domain.organizations import Organization, Show

_SHOWS = {
    Show.ALL: "All organizations",
    Show.UNMAPPED: "Not mapped",
    Show.TROUBLE: "Company inactive or gone",
    Show.ARCHIVED: "Archived",
}


@dataclass(frozen=True)
class Listing:
    """One page of organizations and what is said around it."""

    organizations: Sequence[Organization]
    where: kit.Page
    spot: Spot
    unmapped: int
    companies: int
    trouble: int = 0
    advice: Mapping[int, Advice] | None = None
    may_change: bool = True


def listing(page: Listing, notice: Notice | None = None) -> kit.Message:
    """One page of organizations, the unmapped first, each with what can be done about it."""
    if not page.where.total and page.spot.show is Show.ALL and not page.spot.text:
        return _empty(page, notice)
    headline = _headline(page)
    rows = [block for each in page.organizations for block in _row(each, page)]
    nothing = () if rows else (kit.plain_section(_nothing(page.spot)),)
    return kit.Message(
        kit.escape(notice.text) if notice else headline,
        (
            kit.header("Organizations"),
            kit.plain_context(headline),
            *rows,
            *nothing,
            *said(notice, page.spot.code),
            kit.plain_context(f"Showing {page.where.label}{_in_words(page.spot)}"),
            kit.actions(*_ways(page), block_id=f"map_ways:{page.spot.show.value}"),
            *_starts(page),
        ),
    )


def _headline(page: Listing) -> str:
    parts = [kit.count(page.where.total, "organization"), f"{page.unmapped:,} not mapped"]
    if page.trouble:
        parts.append(f"{page.trouble:,} with a company inactive or gone")
    parts.append(f"{kit.count(page.companies, 'company', 'companies')} from Autotask")
    return " · ".join(parts)


def _in_words(spot: Spot) -> str:
    shown = "" if spot.show is Show.ALL else f" · {_SHOWS[spot.show]}"
    return f"{shown} · containing “{spot.text}”" if spot.text else shown


def _nothing(spot: Spot) -> str:
    if spot.text:
        return f"No organization here contains “{spot.text}”."
    return {
        Show.UNMAPPED: "Every organization is mapped. 🎉",
        Show.TROUBLE: "Every mapped company is active in Autotask.",
        Show.ARCHIVED: "Nothing is archived.",
    }.get(spot.show, "There is none.")


def _ways(page: Listing) -> tuple[kit.Element, ...]:
    """Filter, search and the neighbouring pages."""
    spot = page.spot
    choices = [
        kit.option(label, Spot(0, show, spot.text[:LONGEST_SEARCH]).code) for show, label in _SHOWS.items()
    ]
    chosen = Spot(0, spot.show, spot.text[:LONGEST_SEARCH]).code
    clear = [kit.button("Clear search", f"{LIST}:clear", value=Spot(0, spot.show).code)] if spot.text else []
    return (
        kit.static_select(SHOW, choices, chosen=chosen),
        kit.button("Search", SEARCH, value=spot.code),
        *clear,
        *kit.page_buttons(page.where, PAGE, context_value=f"{spot.show.value}|{spot.text[:LONGEST_SEARCH]}"),
    )


def _starts(page: Listing) -> tuple[kit.Block, ...]:
    if not page.may_change:
        return ()
    code = page.spot.code
    bulk = [kit.button("Accept all ≥ 95 %…", BULK, value=code)] if page.unmapped else []
    return (
        kit.actions(
            kit.button("New organization", NEW, value=f"0|{code}", style="primary"),
            kit.button("From Autotask companies", CREATE, value=code),
            kit.button("Import CSV", IMPORT, value=code),
            *bulk,
            kit.button("Refresh companies", REFRESH),
            block_id="map_starts",
        ),
    )


def _row(organization: Organization, page: Listing) -> tuple[kit.Block, ...]:
    company = organization.company
    if organization.archived_at or (company and not company.trouble):
        return (_settled(organization, page),)
    advice = (page.advice or {}).get(organization.id)
    row = kit.row(organization.name, *_missing(organization, advice))
    if not page.may_change:
        return (row,)
    return (row, kit.actions(*_answers(organization, advice, page), block_id=f"map_row:{organization.id}"))


def _settled(organization: Organization, page: Listing) -> kit.Block:
    """Nothing is to be done: one line of facts and the ⋯ menu."""
    sign = "🗄️" if organization.archived_at else "✅"
    company = organization.company.name if organization.company else "not mapped"
    return kit.plain_section(
        f"{sign} {organization.name}\n{company}",
        accessory=menu(organization, page.spot.code, may_change=page.may_change),
    )


def _missing(organization: Organization, advice: Advice | None) -> tuple[kit.Piece, ...]:
    """The second line: what is missing, and what we think it should be."""
    company = organization.company
    missing: tuple[kit.Piece, ...] = (
        ("⚠️ ", company.name, f" is {TROUBLES[company.trouble]}: map it to another")
        if company
        else ("🔸 Not mapped",)
    )
    best = advice.best if advice else None
    if company or best is None or advice is None:
        return missing
    doubts = "".join(f"\n{doubt}" for doubt in advice.doubts)
    return (*missing, " · suggested: ", best.company.name, f", {best.score} %: {best.why}{doubts}")


def _answers(organization: Organization, advice: Advice | None, page: Listing) -> tuple[kit.Element, ...]:
    at = page.spot.code
    best = acceptable(organization, advice)
    label = "Map to another" if organization.company else "Choose company" if best else "Map"
    choose = kit.button(label, CHANGE, value=f"{organization.id}|{at}", style="" if best else "primary")
    more = menu(organization, at, may_change=page.may_change)
    if best is None:
        return choose, more
    value = f"{organization.id}:{best.company.autotask_id}|{at}"
    style: kit.Style = "primary" if advice and advice.is_sure else ""
    return kit.button(f"Accept {best.score} %", ACCEPT, value=value, style=style), choose, more


def acceptable(organization: Organization, advice: Advice | None) -> Likeness | None:
    """The suggestion that one press may accept: not of a company that is inactive, nor one that another has."""
    if advice is None or advice.best is None or organization.company is not None:
        return None
    blocked = advice.best.company.trouble or any("is mapped to" in doubt for doubt in advice.doubts)
    return None if blocked else advice.best


def _empty(page: Listing, notice: Notice | None) -> kit.Message:
    source = (
        f"{kit.count(page.companies, 'company', 'companies')} from Autotask are ready to be mapped."
        if page.companies
        else "The companies from Autotask are still arriving."
    )
    return kit.Message(
        "No organizations yet",
        (
            *said(notice, page.spot.code),
            kit.header("No organizations yet"),
            kit.section(
                "An organization is a client as your team knows it. Map it to its Autotask company, and reviews "
                f"and tickets know where they belong. {source}"
            ),
            kit.actions(_show_select(page.spot), block_id=f"map_ways:{page.spot.show.value}"),
            *_starts(page),
        ),
    )


def _show_select(spot: Spot) -> kit.Element:
    choices = [kit.option(label, Spot(0, show).code) for show, label in _SHOWS.items()]
    return kit.static_select(SHOW, choices, chosen=Spot(0, spot.show).code)
