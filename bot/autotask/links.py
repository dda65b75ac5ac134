"""Links that open a record in Autotask's web pages.

Source: help page "Using the ExecuteCommand API". The reader needs an Autotask session; the record opens in a
pop-up with the reader's own rights.
"""

from collections.abc import Iterable

from bot.autotask.entities import (
    Company,
    ConfigurationItem,
    Contact,
    Contract,
    Entity,
    Opportunity,
    Project,
    Task,
    Ticket,
    TimeEntry,
)

COMMANDS: dict[type[Entity], tuple[str, str]] = {
    Company: ("OpenAccount", "AccountID"),
    ConfigurationItem: ("EditInstalledProduct", "InstalledProductID"),
    Contact: ("OpenContact", "ContactID"),
    Contract: ("OpenContract", "ContractID"),
    Opportunity: ("OpenOpportunity", "OpportunityID"),
    Project: ("OpenProject", "ProjectID"),
    Task: ("OpenTaskDetail", "TaskID"),
    Ticket: ("OpenTicketDetail", "TicketID"),
    TimeEntry: ("EditTimeEntry", "WorkEntryID"),
}


def link(web_url: str, entity: type[Entity], record_id: int) -> str | None:
    """Address of the record below the zone's ``web_url``; None for what has no page (invoices, phases, notes)."""
    return _address(web_url, *COMMANDS[entity], record_id) if entity in COMMANDS else None


def links(web_url: str, entity: type[Entity], record_ids: Iterable[int]) -> tuple[str, ...]:
    """Addresses of records; "" for each while no zone is known, and for what has no page."""
    return tuple((link(web_url, entity, each) or "") if web_url else "" for each in record_ids)


def ticket_url(web_url: str, ticket_id: int) -> str:
    """Address of a ticket."""
    return _address(web_url, *COMMANDS[Ticket], ticket_id)


def company_url(web_url: str, company_id: int) -> str:
    """Address of a company."""
    return _address(web_url, *COMMANDS[Company], company_id)


def _address(web_url: str, code: str, parameter: str, record_id: int) -> str:
    base = web_url.rstrip("/")
    return f"{base}/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code={code}&{parameter}={record_id}"
