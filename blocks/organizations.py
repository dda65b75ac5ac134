"""Organizations: the list with its mapping, and the form that maps one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from bot.domain.organizations import Company, Organization

FORM_CALLBACK = "map_save"
COMPANY_OPTIONS = "map_company"
LIST = "map_list"
NEW = "map_new"
CHANGE = "map_change"
PAGE = "map_page"
REFRESH = "map_refresh"


@dataclass(frozen=True)
class TypedMapping:
    name: str
    company_id: int | None


def listing(
    organizations: Sequence[Organization], where: kit.Page, *, unmapped: int, companies: int
) -> kit.Message:
    """One page of organizations, the unmapped first, each with its button."""
    if not where.total:
        return _empty(companies)
    steps = kit.page_buttons(where, PAGE)
    headline = f"{kit.count(where.total, 'organization')}, {unmapped} not mapped"
    return kit.Message(
        headline,
        (
            kit.header("Organizations"),
            kit.context(f"{headline} · {kit.count(companies, 'company', 'companies')} from Autotask"),
            *(_row(organization) for organization in organizations),
            kit.actions(
                kit.button("New organization", NEW, style="primary"),
                kit.button("Refresh companies", REFRESH),
                *steps,
            ),
            kit.context(f"Showing {where.label}"),
        ),
    )


def form(
    organization: Organization | None = None,
    *,
    channel_id: str = "",
    company_count: int = 0,
    back: Mapping[str, kit.Json] | None = None,
) -> kit.View:
    """Maps an organization; without one, creates it first.

    Pushed on top of another form, it closes itself after saving, and ``back`` says what lies below:
    ``{"ticket": …}`` is redrawn by ``handlers.tickets.redraw_below(request, organization, back)``.
    """
    company = organization.company if organization else None
    name = (
        kit.section(f"*{kit.escape(organization.name)}*")
        if organization
        else kit.input_block(
            "name",
            "Organization",
            kit.plain_text_input("value", placeholder="As your team calls this client", max_length=200),
            hint="Leave empty to take the company's name.",
            optional=True,
        )
    )
    return kit.modal(
        "Map organization" if organization else "New organization",
        (
            name,
            kit.input_block(
                "company",
                "Autotask company",
                kit.external_select(
                    COMPANY_OPTIONS,
                    chosen=company_option(company) if company else None,
                    placeholder="Type part of the name…",
                ),
                hint=f"Searches {kit.count(company_count, 'company', 'companies')} from Autotask."
                if company_count
                else "Companies are still arriving from Autotask; try again in a moment if yours is missing.",
            ),
        ),
        callback_id=FORM_CALLBACK,
        submit="Save",
        metadata={
            "organization": organization.id if organization else 0,
            "channel": channel_id,
            "back": dict(back) if back else None,
        },
    )


def read_form(state: State) -> TypedMapping:
    typed = Form(state)
    chosen = typed.required_choice("company", "Choose the company in Autotask.")
    return TypedMapping(typed.text("name"), int(chosen))


def company_options(companies: Sequence[Company]) -> list[kit.Option]:
    return [company_option(company) for company in companies][: kit.LIMITS.options]


def company_option(company: Company) -> kit.Option:
    facts = [part for part in (company.city, "" if company.is_active else "inactive") if part]
    return kit.option(company.name, str(company.autotask_id), description=" · ".join(facts))


def mapped(organization: Organization) -> kit.Message:
    company = organization.company.name if organization.company else "no company"
    text = f":white_check_mark: {kit.bold(organization.name)} is mapped to {kit.bold(company)} in Autotask."
    return kit.Message(
        f"{kit.escape(organization.name)} is mapped to {kit.escape(company)}",
        (
            kit.section(text),
            kit.actions(
                kit.button("Start a review", "review_new", value=str(organization.id), style="primary"),
                kit.button("All organizations", LIST),
            ),
        ),
    )


def options(organizations: Sequence[Organization]) -> list[kit.Option]:
    """Type-ahead answers for an organization; the unmapped say so."""
    return [
        kit.option(each.name, str(each.id), description="" if each.is_mapped else "not mapped yet")
        for each in organizations[: kit.LIMITS.options]
    ]


def _row(organization: Organization) -> kit.Block:
    if organization.company is None:
        return kit.section(
            f":small_orange_diamond: {kit.bold(organization.name)}\nNot mapped",
            accessory=kit.button("Map", CHANGE, value=str(organization.id), style="primary"),
        )
    state = "" if organization.company.is_active else " · :warning: inactive in Autotask"
    return kit.section(
        f":white_check_mark: {kit.bold(organization.name)}\n{kit.escape(organization.company.name)}{state}",
        accessory=kit.button("Change", CHANGE, value=str(organization.id)),
    )


def _empty(companies: int) -> kit.Message:
    source = (
        f"{kit.count(companies, 'company', 'companies')} from Autotask are ready to be mapped."
        if companies
        else "The companies from Autotask are still arriving."
    )
    return kit.Message(
        "No organizations yet",
        (
            kit.header("No organizations yet"),
            kit.section(
                "An organization is a client as your team knows it. Map it to its Autotask company, and reviews "
                f"and tickets know where they belong. {source}"
            ),
            kit.actions(
                kit.button("New organization", NEW, style="primary"),
                kit.button("Refresh companies", REFRESH),
            ),
        ),
    )
