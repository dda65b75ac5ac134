"""Organizations: the form that maps one, and what lists, cards and forms of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blocks import kit
from blocks.form import Form, State
from bot.domain.mapping import Advice
from bot.domain.matching import Likeness
from bot.domain.numbers import whole
from bot.domain.organizations import Company, Organization, Show

FORM_CALLBACK = "map_save"
SEARCH_CALLBACK = "map_search_save"
RENAME_CALLBACK = "map_rename_save"
ARCHIVE_CALLBACK = "map_archive_save"
CREATE_CALLBACK = "map_create_save"
COMPANY_OPTIONS = "map_company"
COMPANIES_OPTIONS = "map_companies"
LIST = "map_list"
NEW = "map_new"
CHANGE = "map_change"
ACCEPT = "map_accept"
MORE = "map_more"
PAGE = "map_page"
SHOW = "map_show"
SEARCH = "map_search"
REFRESH = "map_refresh"
CREATE = "map_create"
CREATE_ONE = "map_create_one"
BULK = "map_bulk"
UNDO = "map_undo"
IMPORT = "import_open"

LONGEST_SEARCH: Final = 60
TROUBLES: Final = {"inactive": "inactive in Autotask", "gone": "no longer in Autotask"}


@dataclass(frozen=True)
class Spot:
    """Where in the list somebody is; travels in the values of its buttons."""

    number: int = 0
    show: Show = Show.ALL
    text: str = ""

    @property
    def code(self) -> str:
        return f"{self.number}|{self.show.value}|{self.text[:LONGEST_SEARCH]}"


def read_spot(code: str) -> Spot:
    """The spot of a button's value; the list's beginning when it is none."""
    number, _, rest = code.partition("|")
    show, _, text = rest.partition("|")
    known = {each.value for each in Show}
    return Spot(whole(number) or 0, Show(show) if show in known else Show.ALL, text)


@dataclass(frozen=True)
class Notice:
    """What has just been done; with ``batch_id`` it can be undone."""

    text: str
    batch_id: int = 0
    sign: str = "✅"
    ready_id: int = 0
    """The organization that is mapped by it, and so ready for a review."""


@dataclass(frozen=True)
class Warned:
    """Why the form comes back once, and what was typed into it."""

    why: str
    company: Company
    name: str = ""


@dataclass(frozen=True)
class TypedMapping:
    name: str
    company_id: int | None


def card_of(organization: Organization) -> str:
    """Where a control sits that is on the organization's own card."""
    return f"card:{organization.id}"


def said(notice: Notice | None, at: str) -> tuple[kit.Block, ...]:
    if notice is None:
        return ()
    text = f"{notice.sign} {notice.text}"
    undo = kit.button("Undo", UNDO, value=f"{notice.batch_id}|{at}")
    if notice.batch_id and notice.ready_id:
        review = kit.button("Start a review", "review_new", value=str(notice.ready_id))
        return (kit.plain_section(text), kit.actions(undo, review))
    return (kit.plain_section(text, accessory=undo if notice.batch_id else None),)


def menu(organization: Organization, at: str, *, may_change: bool) -> kit.Element:
    """What else can be done with one organization."""
    entries = [("card", "Open")]
    if may_change and organization.archived_at:
        entries.append(("restore", "Un-archive"))
    elif may_change:
        entries += [("change", "Change mapping"), ("rename", "Rename"), ("archive", "Archive…")]
    if may_change and organization.company and not organization.archived_at:
        entries.insert(2, ("unmap", "Remove mapping"))
    return kit.overflow(
        MORE, [kit.option(label, f"{verb}|{organization.id}|{at}") for verb, label in entries]
    )


# --- one organization -----------------------------------------------------------------------------


def mapped(organization: Organization, batch_id: int = 0) -> kit.Message:
    """What a mapping made elsewhere than in the list says."""
    text = mapped_text(organization)
    return kit.Message(
        kit.escape(text),
        (
            *said(Notice(text, batch_id), card_of(organization)),
            kit.actions(
                kit.button("Start a review", "review_new", value=str(organization.id), style="primary"),
                kit.button("All organizations", LIST),
            ),
        ),
    )


def mapped_text(organization: Organization) -> str:
    if organization.company is None:
        return f"{organization.name} is mapped to no company now."
    return f"{organization.name} is mapped to {organization.company.name} in Autotask."


# --- forms ----------------------------------------------------------------------------------------


def form(
    organization: Organization | None = None,
    *,
    channel_id: str = "",
    company_count: int = 0,
    back: Mapping[str, kit.Json] | None = None,
    advice: Advice | None = None,
    metadata: Mapping[str, kit.Json] | None = None,
    warned: Warned | None = None,
) -> kit.View:
    """Maps an organization; without one, creates it first.

    Pushed on top of another form, it closes itself after saving, and ``back`` says what lies below:
    ``{"ticket": …}`` is redrawn by ``handlers.tickets.redraw_below(request, organization, back)``.
    ``advice`` fills in the company that we think it is.
    """
    given = {
        "organization": organization.id if organization else 0,
        "channel": channel_id,
        "back": dict(back) if back else None,
        "companies": company_count,
        **(metadata or {}),
    }
    return kit.modal(
        "Map organization" if organization else "New organization",
        (
            *((kit.plain_section(f"⚠️ {warned.why}"),) if warned else ()),
            _name_field(organization, warned),
            _company_field(organization, advice, company_count, warned),
        ),
        callback_id=FORM_CALLBACK,
        submit="Map anyway" if warned else "Save",
        metadata=given,
    )


def _name_field(organization: Organization | None, warned: Warned | None) -> kit.Block:
    if organization:
        return kit.row(organization.name)
    return kit.input_block(
        "name:again" if warned else "name",
        "Organization",
        kit.plain_text_input(
            "value",
            initial=warned.name if warned else "",
            placeholder="As your team calls this client",
            max_length=200,
        ),
        hint="Leave empty to take the company's name.",
        optional=True,
    )


def _company_field(
    organization: Organization | None, advice: Advice | None, company_count: int, warned: Warned | None
) -> kit.Block:
    company = organization.company if organization else None
    best = None if warned else _other_than(company, advice)
    suggested = best if best and (company is None or company.trouble) else None
    chosen = warned.company if warned else suggested.company if suggested else company
    searched = (
        f"Searches {kit.count(company_count, 'company', 'companies')} from Autotask by name, number and city."
        if company_count
        else "Companies are still arriving from Autotask; try again in a moment if yours is missing."
    )
    said = f"Suggested: {suggested.company.name}, {suggested.score} %: {suggested.why}. " if suggested else ""
    return kit.input_block(
        "company:again" if warned else "company",
        "Autotask company",
        kit.external_select(
            COMPANY_OPTIONS,
            chosen=company_option(chosen, suggested) if chosen else None,
            placeholder="Type part of the name…",
        ),
        hint=said + searched,
        optional=organization is None,
    )


def _other_than(company: Company | None, advice: Advice | None) -> Likeness | None:
    """The best suggestion that can be used and is news."""
    found = advice.found if advice else ()
    known = company.autotask_id if company else None
    return next(
        (each for each in found if not each.company.trouble and each.company.autotask_id != known), None
    )


def read_form(state: State, *, is_new: bool) -> TypedMapping:
    """A new organization may be mapped later; an existing one is here to be mapped."""
    typed = Form(state)
    if not is_new:
        typed.required_choice("company", "Choose the company in Autotask.")
    return TypedMapping(typed.text("name"), typed.chosen_number("company"))


def company_options(companies: Sequence[Company], found: Sequence[Likeness] = ()) -> list[kit.Option]:
    """Suggestions first, then the rest."""
    suggested = {each.company.autotask_id for each in found}
    options = [company_option(each.company, each) for each in found]
    options += [company_option(each) for each in companies if each.autotask_id not in suggested]
    return options[: kit.LIMITS.options]


def company_option(company: Company, found: Likeness | None = None) -> kit.Option:
    facts = [f"{found.score} % alike" if found else "", company.company_number, company.city, company.trouble]
    description = " · ".join(part for part in facts if part)
    return kit.option(company.name, str(company.autotask_id), description=description)


def options(organizations: Sequence[Organization]) -> list[kit.Option]:
    """Type-ahead answers for an organization; the unmapped say so."""
    return [
        kit.option(each.name, str(each.id), description="" if each.is_mapped else "not mapped yet")
        for each in organizations[: kit.LIMITS.options]
    ]
