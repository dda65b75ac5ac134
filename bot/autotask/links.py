"""Links that open a record in Autotask's web pages.

Source: help page "Using the ExecuteCommand API". The reader needs an Autotask session; the record opens in a
pop-up with the reader's own rights.
"""

from bot.autotask.entities import (
    Company,
    ConfigurationItem,
    Contact,
    Contract,
    Opportunity,
    Project,
    Record,
    Task,
    Ticket,
    TimeEntry,
)

COMMANDS: dict[type[Record], tuple[str, str]] = {
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


def link(web_url: str, record: type[Record], record_id: int) -> str | None:
    """Address of the record below the zone's ``web_url``; None for what has no page (invoices, phases, notes)."""
    if record not in COMMANDS:
        return None
    code, parameter = COMMANDS[record]
    base = web_url.rstrip("/")
    return f"{base}/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code={code}&{parameter}={record_id}"
