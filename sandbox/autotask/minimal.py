"""The smallest tenant in which a ticket, a contract and a project can be created."""

from typing import TYPE_CHECKING

from sandbox.autotask.picklists import DEFAULTS

if TYPE_CHECKING:
    from sandbox.autotask.database import Database

API_RESOURCE_ID = 29_682_885

_RESOURCES = (
    {"id": 4, "firstName": "Autotask", "lastName": "Administrator", "email": "admin@sandbox.example"},
    {"id": 29_682_886, "firstName": "Petra", "lastName": "Novak", "email": "petra@sandbox.example"},
    {"id": 29_682_887, "firstName": "Ada", "lastName": "Okafor", "email": "ada@sandbox.example"},
    {"id": 29_682_888, "firstName": "Tom", "lastName": "Reyes", "email": "tom@sandbox.example"},
    {
        "id": 29_682_889,
        "firstName": "Lena",
        "lastName": "Former",
        "email": "lena@sandbox.example",
        "isActive": False,
    },
)
_ROLES = (
    {"id": 29_682_833, "name": "Engineer", "hourlyRate": 150, "hourlyFactor": 1, "isActive": True},
    {"id": 29_682_834, "name": "Project Manager", "hourlyRate": 180, "hourlyFactor": 1, "isActive": True},
)
_DEPARTMENTS = (
    {"id": 29_682_800, "name": "Service Desk"},
    {"id": 29_682_801, "name": "Projects"},
)
_BILLING_CODES = (
    {"id": 29_682_801, "name": "Remote Support", "useType": 1, "billingCodeType": 0},
    {"id": 29_682_802, "name": "Onsite Support", "useType": 1, "billingCodeType": 0},
    {"id": 29_682_803, "name": "Internal Meeting", "useType": 3, "billingCodeType": 2},
    {"id": 29_682_804, "name": "Managed Services", "useType": 5, "billingCodeType": 0},
    {"id": 29_682_805, "name": "Project Milestone", "useType": 6, "billingCodeType": 0},
)
_TICKET_CATEGORIES = (
    {"id": 3, "name": "Standard", "nickname": "STD", "isActive": True, "isGlobalDefault": True},
    {"id": 4, "name": "RMM Alert", "nickname": "RMM", "isActive": True, "isGlobalDefault": False},
)
_OPPORTUNITY_CATEGORIES = (
    {"id": 1, "name": "Standard", "nickname": "STD", "isActive": True, "isGlobalDefault": True},
)
_PAYMENT_TERMS = (
    {"id": 1, "name": "Net 30 days", "paymentDueInDays": 30, "isActive": True},
    {"id": 2, "name": "Due upon receipt", "paymentDueInDays": 0, "isActive": True},
)
_STAFFED = (5, 8, 29_682_833, 29_682_969, 29_683_481)
"""Queues that somebody works; Post Sale (6) has nobody."""
_QUEUES = ", 29682833=Service Desk, 29682969=Triage, 29683481=Projects"


def fill(database: "Database") -> None:
    """Add the tenant's own company, people, roles, codes, categories and queues, and one API user."""
    database.insert_many(
        "Resources",
        [{"isActive": True, "resourceType": "Employee", "userType": 9, **row} for row in _RESOURCES],
    )
    database.insert("Resources", _api_resource())
    database.add_user(resource_id=API_RESOURCE_ID)
    database.insert_many("Roles", _ROLES)
    database.insert_many("Departments", _DEPARTMENTS)
    database.insert_many("ResourceRoles", _resource_roles())
    database.insert_many("BillingCodes", [{**row, "isActive": True} for row in _BILLING_CODES])
    database.insert_many("TicketCategories", _TICKET_CATEGORIES)
    database.insert_many("OpportunityCategories", _OPPORTUNITY_CATEGORIES)
    database.insert_many("PaymentTerms", _PAYMENT_TERMS)
    database.insert("Companies", _own_company())
    database.set_picklist("Tickets", "queueID", DEFAULTS["Tickets.queueID"] + _QUEUES)


def _api_resource() -> dict[str, object]:
    return {
        "id": API_RESOURCE_ID,
        "firstName": "Deskhand",
        "lastName": "API",
        "email": "deskhand@sandbox.example",
        "userName": "deskhand",
        "isActive": True,
        "licenseType": 7,
        "userType": 17,
    }


def _resource_roles() -> list[dict[str, object]]:
    people = (29_682_886, 29_682_887, 29_682_888)
    in_departments = [
        {"resourceID": person, "roleID": role["id"], "departmentID": 29_682_800, "isActive": True}
        for person in people
        for role in _ROLES
    ]
    in_queues = [
        {"resourceID": people[0], "roleID": _ROLES[0]["id"], "queueID": queue, "isActive": True}
        for queue in _STAFFED
    ]
    return [*in_departments, *in_queues]


def _own_company() -> dict[str, object]:
    return {
        "id": 0,
        "companyName": "Harbour IT (own company)",
        "companyType": 1,
        "phone": "555-0100",
        "ownerResourceID": 29_682_886,
        "isActive": True,
    }
