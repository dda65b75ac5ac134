"""The page behind *View in Autotask*: one record of the sandbox, as a table."""

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.autotask.database import Database
from sandbox.autotask.schema import Entity
from sandbox.autotask.state import Sandbox
from sandbox.autotask.values import UDF, Row, Value, wire

_CODES: Mapping[str, tuple[str, str]] = {
    "openticketdetail": ("Tickets", "ticketid"),
    "openticket": ("Tickets", "ticketid"),
    "openaccount": ("Companies", "accountid"),
    "opencontact": ("Contacts", "contactid"),
    "openopportunity": ("Opportunities", "opportunityid"),
    "opencontract": ("Contracts", "contractid"),
    "openproject": ("Projects", "projectid"),
    "opentaskdetail": ("Tasks", "taskid"),
    "edittimeentry": ("TimeEntries", "workentryid"),
    "editinstalledproduct": ("ConfigurationItems", "installedproductid"),
}
_TITLES = (
    "ticketNumber",
    "companyName",
    "contractName",
    "projectName",
    "title",
    "lastName",
    "referenceTitle",
)
_STYLE = """
:root { color-scheme: light dark; --line: #d9dee5; --soft: #5c6773; --card: #fff; --page: #f3f5f8; --ink: #17202b; --accent: #1f5fa8 }
@media (prefers-color-scheme: dark) { :root { --line: #2c3440; --soft: #93a1b2; --card: #171d26; --page: #0f141b; --ink: #e7ecf3; --accent: #7fb2ec } }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
header { padding: 14px 28px; border-bottom: 1px solid var(--line); background: var(--card); color: var(--soft) }
header b { color: var(--accent) }
main { max-width: 860px; margin: 28px auto; padding: 24px 28px; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
h1 { margin: 0 0 2px; font-size: 22px } p { margin: 0 0 18px; color: var(--soft) }
table { width: 100%; border-collapse: collapse } th, td { padding: 7px 8px; border-top: 1px solid var(--line); text-align: left; vertical-align: top }
th { width: 34%; font-weight: 500; color: var(--soft) } td { white-space: pre-wrap; overflow-wrap: anywhere } small { color: var(--soft) }
"""


def page_routes(sandbox: Sandbox) -> list[Route]:
    """The ExecuteCommand page."""

    async def execute(request: Request) -> Response:
        params = {key.lower(): value for key, value in request.query_params.items()}
        return _page(sandbox.database, params)

    paths = ("/Autotask/AutotaskExtend/ExecuteCommand.aspx", "/autotask/autotaskextend/executecommand.aspx")
    return [Route(path, execute, methods=["GET"]) for path in paths]


def _page(database: Database, params: Mapping[str, str]) -> Response:
    name, key = _CODES.get(params.get("code", "").lower(), ("", ""))
    row = _row(database, name, params.get(key, ""), params.get("ticketnumber", "")) if name else None
    if row is None:
        return HTMLResponse(_html("Not found", "The record does not exist in this sandbox.", ""), 404)
    entity = database.entity(name)
    title = next((str(row[field]) for field in _TITLES if row.get(field)), str(row["id"]))
    number = row.get("ticketNumber") or row["id"]
    return HTMLResponse(_html(title, f"{entity.singular} {number}", _table(database, entity, row)))


def _row(database: Database, name: str, record_id: str, ticket_number: str) -> Row | None:
    if name == "Tickets" and ticket_number:
        found = database.table(name).having("ticketNumber", ticket_number)
        return database.row(name, found[0]) if found else None
    return database.row(name, int(record_id)) if record_id.isdigit() else None


def _table(database: Database, entity: Entity, row: Row) -> str:
    cells = [
        (field.name, _shown(database, entity, field.name, row[field.name]))
        for field in entity.fields
        if field.name in row
    ]
    udfs = row.get(UDF)
    if isinstance(udfs, dict):
        cells += [(name, escape(value or "")) for name, value in udfs.items()]
    return (
        "<table>"
        + "".join(f"<tr><th>{escape(name)}</th><td>{cell}</td></tr>" for name, cell in cells)
        + "</table>"
    )


def _shown(database: Database, entity: Entity, name: str, value: Value) -> str:
    text = escape(value if isinstance(value, str) else wire(value).strip('"'))
    meaning = _meaning(database, entity, name, value)
    return f"{escape(meaning)} <small>{text}</small>" if meaning else text


def _meaning(database: Database, entity: Entity, name: str, value: Value) -> str:
    field = entity.by_lower_name[name.lower()]
    if field.picklist:
        return next(
            (each.label for each in database.picklist(entity.name, name) if each.value == str(value)), ""
        )
    target = database.by_singular(field.reference) if field.reference else None
    row = database.row(target.name, value) if target and isinstance(value, int) else None
    if row is None:
        return ""
    if "firstName" in row:
        return f"{row['firstName']} {row.get('lastName', '')}"
    return next((str(row[key]) for key in (*_TITLES, "name") if row.get(key)), "")


def _html(title: str, subtitle: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Autotask (sandbox)</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<header><b>Autotask</b> (sandbox)</header><main><h1>{escape(title)}</h1><p>{escape(subtitle)}</p>{body}</main>"
        "</body></html>"
    )
