"""One organization by itself: its company, what hangs on it, what can be done; or that there is none of the name."""

from collections.abc import Sequence

from blocks import kit
from blocks.organizations import CHANGE, CREATE_ONE, LIST, NEW, TROUBLES, Notice, card_of, menu, said
from bot.domain.organizations import Company, Organization, Uses


def card(
    organization: Organization, uses: Uses, *, may_change: bool = True, notice: Notice | None = None
) -> kit.Message:
    """One organization: its company, what hangs on it, and what can be done."""
    company = organization.company
    reviews = f"{uses.reviews:,} ({uses.open_reviews:,} open)" if uses.reviews else "none yet"
    pairs: list[tuple[str, kit.Piece]] = [
        ("Autotask company", _company_facts(company) if company else "not mapped"),
        ("Reviews", reviews),
        ("Tickets", f"{uses.tickets:,}" if uses.tickets else "none yet"),
    ]
    warning = _card_warning(organization)
    return kit.Message(
        kit.escape(notice.text if notice else organization.name),
        (
            *said(notice, card_of(organization)),
            kit.header(organization.name)
            if len(organization.name) <= kit.LIMITS.header_text // 2
            else kit.rich(kit.strong(organization.name)),
            *((kit.plain_section(warning),) if warning else ()),
            kit.facts(pairs),
            *_mapped_by(organization),
            kit.actions(*_card_buttons(organization, may_change=may_change)),
        ),
    )


def _company_facts(company: Company) -> str:
    parts = [company.name, company.company_number, company.city, TROUBLES.get(company.trouble, "")]
    return " · ".join(part for part in parts if part)


def _card_warning(organization: Organization) -> str:
    if organization.archived_at:
        return "🗄️ Archived: it is in no list and no form. Its reviews and tickets are kept."
    company = organization.company
    if company and company.trouble:
        return f"⚠️ {company.name} is {TROUBLES[company.trouble]}. Map this organization to another company."
    return "" if company else "🔸 Not mapped: tickets need to know the company in Autotask."


def _mapped_by(organization: Organization) -> tuple[kit.Block, ...]:
    if organization.mapped_at is None or not organization.mapped_by:
        return ()
    what = "Mapped by " if organization.company else "Mapping removed by "
    return (kit.rich(what, kit.person(organization.mapped_by), ", ", kit.moment(organization.mapped_at)),)


def _card_buttons(organization: Organization, *, may_change: bool) -> tuple[kit.Element, ...]:
    at = f"{organization.id}|{card_of(organization)}"
    back = kit.button("All organizations", LIST)
    if not may_change or organization.archived_at:
        return (back, menu(organization, card_of(organization), may_change=may_change))
    first = kit.button(
        "Change mapping" if organization.company else "Map",
        CHANGE,
        value=at,
        style="" if organization.company else "primary",
    )
    review = kit.button("Start a review", "review_new", value=str(organization.id))
    return first, review, back, menu(organization, card_of(organization), may_change=may_change)


def not_found(text: str, companies: Sequence[Company], *, may_change: bool = True) -> kit.Message:
    """Nobody of that name; the companies that match are one press away from being one."""
    rows = [
        kit.plain_section(
            f"{company.name}\n{_company_facts(company).partition(' · ')[2] or 'Company in Autotask'}",
            accessory=kit.button("Create from it", CREATE_ONE, value=str(company.autotask_id)),
        )
        for company in companies[:5]
        if may_change
    ]
    sentence = f"🔍 No organization contains “{text}”."
    hint = "These companies in Autotask do:" if rows else "Check the spelling, or make a new one."
    new = [kit.button("New organization", NEW, style="primary")] if may_change else []
    return kit.Message(
        kit.escape(sentence),
        (
            kit.plain_section(f"{sentence}\n{hint}"),
            *rows,
            kit.actions(*new, kit.button("All organizations", LIST)),
        ),
    )
