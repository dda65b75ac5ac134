"""The small forms around the list of organizations: search, rename, archive, create from companies."""

from collections.abc import Mapping

from blocks import kit
from blocks.organizations import (
    ARCHIVE_CALLBACK,
    COMPANIES_OPTIONS,
    CREATE_CALLBACK,
    LONGEST_SEARCH,
    RENAME_CALLBACK,
    SEARCH_CALLBACK,
    Spot,
)
from bot.domain.organizations import Organization, Uses


def search_form(spot: Spot, metadata: Mapping[str, kit.Json]) -> kit.View:
    typed = kit.plain_text_input("value", initial=spot.text, max_length=LONGEST_SEARCH, focus=True)
    return kit.modal(
        "Search organizations",
        (
            kit.input_block(
                "text",
                "Name of the organization or its company",
                typed,
                hint="unit finds Ünit; soehne finds Söhne.",
                optional=True,
            ),
        ),
        callback_id=SEARCH_CALLBACK,
        submit="Search",
        metadata=metadata,
    )


def rename_form(organization: Organization, metadata: Mapping[str, kit.Json]) -> kit.View:
    typed = kit.plain_text_input("value", initial=organization.name, max_length=200, focus=True)
    return kit.modal(
        "Rename organization",
        (
            kit.input_block(
                "name", "Name", typed, hint="Only in Deskhand; the company in Autotask keeps its name."
            ),
        ),
        callback_id=RENAME_CALLBACK,
        submit="Rename",
        metadata=metadata,
    )


def archive_form(organization: Organization, uses: Uses, metadata: Mapping[str, kit.Json]) -> kit.View:
    """Says what stays, before it goes."""
    kept = f"{kit.count(uses.reviews, 'review')} and {kit.count(uses.tickets, 'ticket')} are kept."
    open_ones = f" {kit.count(uses.open_reviews, 'review')} of them still open." if uses.open_reviews else ""
    return kit.modal(
        "Archive organization",
        (
            kit.rich("Archive ", kit.strong(organization.name), "?"),
            kit.plain_section(
                f"It disappears from every list and form. {kept}{open_ones} Nothing changes in Autotask. "
                "You can un-archive it at any time: Organizations, show Archived."
            ),
        ),
        callback_id=ARCHIVE_CALLBACK,
        submit="Archive",
        metadata=metadata,
    )


def create_form(company_count: int, metadata: Mapping[str, kit.Json]) -> kit.View:
    """Several companies become organizations at once."""
    return kit.modal(
        "From Autotask",
        (
            kit.input_block(
                "companies",
                "Autotask companies",
                kit.multi_external_select(COMPANIES_OPTIONS, placeholder="Type part of a name…"),
                hint=f"Each becomes an organization of the same name, mapped to it. Searches "
                f"{kit.count(company_count, 'company', 'companies')} by name, number and city.",
            ),
        ),
        callback_id=CREATE_CALLBACK,
        submit="Create",
        metadata=metadata,
    )
