"""The MSP itself: its people, roles, codes, catalogue and settings. The same in every size but for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sandbox.autotask.database import Database, UdfDefinition
from sandbox.autotask.picklists import DEFAULTS
from sandbox.data import words
from sandbox.data.build import Build, Technician, midnight

NAME = "Northwind IT"
DOMAIN = "northwind-it.example"
API_RESOURCE = 29_682_885

ENGINEER, SENIOR, PROJECT_MANAGER, VCIO = 29_682_833, 29_682_834, 29_682_835, 29_682_836
SERVICE_DESK, PROJECT_TEAM, SALES_TEAM, FINANCE = 29_682_800, 29_682_801, 29_682_802, 29_682_803
QUEUES = (29_682_833, 29_682_969, 29_683_481, 29_683_482)
_NOBODYS_QUEUE = 6
REMOTE, ONSITE, MEETING, RECURRING, MILESTONE = (29_682_801 + each for each in range(5))


@dataclass(frozen=True, slots=True)
class Hire:
    """Someone on the payroll."""

    first: str
    last: str
    title: str
    department: int
    role: int
    is_active: bool = True


_STAFF = (
    Hire("Dana", "Whitfield", "Operations Director", SERVICE_DESK, VCIO),
    Hire("Marcus", "Oyelaran", "Account Manager / vCIO", SALES_TEAM, VCIO),
    Hire("Sofia", "Lindqvist", "Sales Executive", SALES_TEAM, VCIO),
    Hire("Priya", "Raman", "Finance Manager", FINANCE, PROJECT_MANAGER),
    Hire("Tomas", "Becker", "Service Desk Technician", SERVICE_DESK, ENGINEER),
    Hire("Lewis", "Grant", "Former technician", SERVICE_DESK, ENGINEER, is_active=False),
    Hire("Hugo", "Marchetti", "Project Manager", PROJECT_TEAM, PROJECT_MANAGER),
    Hire("Ines", "Karlsson", "Senior Engineer", SERVICE_DESK, SENIOR),
)
"""The people of the chat workspace, with the same mail addresses, and two more."""
_OWNERS = 3
_ROLES = {ENGINEER: ("Engineer", 150), SENIOR: ("Senior Engineer", 185)} | {
    PROJECT_MANAGER: ("Project Manager", 180),
    VCIO: ("vCIO", 220),
}
_DEPARTMENTS = {SERVICE_DESK: "Service Desk", PROJECT_TEAM: "Projects"} | {
    SALES_TEAM: "Account Management",
    FINANCE: "Finance",
}
_CODES = (
    (REMOTE, "Remote Support", 1, 0),
    (ONSITE, "Onsite Support", 1, 0),
    (MEETING, "Internal Meeting", 3, 2),
    (RECURRING, "Managed Services", 5, 0),
    (MILESTONE, "Project Milestone", 6, 0),
)

SEAT, SERVER, SITE, COMPANY = "seat", "server", "site", "company"
"""What a service is counted by."""

# Name, counted by, period, price, cost.
_CATALOGUE: tuple[tuple[str, str, str, str, str], ...] = (
    ("Managed Workstation", SEAT, "m", "38.00", "9.20"),
    ("Help Desk per User", SEAT, "m", "42.00", "14.00"),
    ("Endpoint Detection & Response", SEAT, "m", "9.50", "4.10"),
    ("E-mail Security", SEAT, "m", "4.25", "1.60"),
    ("Security Awareness Training", SEAT, "m", "3.00", "0.95"),
    ("Password Manager", SEAT, "m", "4.00", "2.20"),
    ("Dark Web Monitoring", SEAT, "m", "1.75", "0.40"),
    ("Mobile Device Management", SEAT, "m", "5.50", "2.90"),
    ("24x7 Security Operations", SEAT, "m", "12.00", "6.75"),
    ("Managed Server", SERVER, "m", "165.00", "31.00"),
    ("Server Backup & Recovery", SERVER, "m", "219.00", "98.00"),
    ("Managed Firewall", SITE, "m", "95.00", "28.50"),
    ("Managed Switch", SITE, "m", "22.00", "4.00"),
    ("Managed Access Point", SITE, "m", "18.00", "5.00"),
    ("Internet Failover", SITE, "m", "79.00", "51.00"),
    ("vCIO and Quarterly Reviews", COMPANY, "m", "450.00", "120.00"),
    ("Microsoft 365 Business Premium", SEAT, "m", "26.40", "21.80"),
    ("Microsoft 365 Exchange Online", SEAT, "m", "4.80", "3.90"),
    ("Cloud Backup for Microsoft 365", SEAT, "m", "4.50", "1.70"),
    ("Hosted Phone Seat", SEAT, "m", "24.00", "13.00"),
    ("Website Hosting", COMPANY, "q", "135.00", "30.00"),
    ("Domain Registration", COMPANY, "y", "28.00", "14.00"),
    ("TLS Certificate", COMPANY, "y", "120.00", "62.00"),
)
_BUNDLES = (
    ("Essential User", "m", ("Managed Workstation", "Help Desk per User", "E-mail Security")),
    ("Complete User", "m", ("Managed Workstation", "Help Desk per User", "24x7 Security Operations")),
    ("Secure Server", "m", ("Managed Server", "Server Backup & Recovery")),
)


def establish(database: Database) -> None:
    """Set what is no row: the API user, queues and categories in picklists, user-defined fields."""
    database.add_user(resource_id=API_RESOURCE)
    queues = zip(QUEUES, ("Service Desk", "Triage", "Projects", "Proactive"), strict=True)
    listed = "".join(f", {number}={label}" for number, label in queues)
    database.set_picklist("Tickets", "queueID", DEFAULTS["Tickets.queueID"] + listed)
    database.define_udf("Companies", UdfDefinition("Service Tier", "Service Tier"))
    database.define_udf("Companies", UdfDefinition("Renewal Owner", "Renewal Owner"))


def add_msp(build: Build) -> None:
    """Add the own company, staff, roles, codes, categories and terms."""
    start = midnight(build.day(2_000))
    build.add("Departments", [{"id": each, "name": name} for each, name in _DEPARTMENTS.items()])
    build.add(
        "Roles",
        [
            {"id": each, "name": name, "hourlyRate": rate, "hourlyFactor": 1, "isActive": True}
            for each, (name, rate) in _ROLES.items()
        ],
    )
    build.add(
        "BillingCodes",
        [
            {"id": each, "name": name, "useType": use, "billingCodeType": kind, "isActive": True}
            for each, name, use, kind in _CODES
        ],
    )
    _add_staff(build)
    build.add("Companies", [_own_company(build) | {"createDate": start}])
    _add_lists(build)


def _add_staff(build: Build) -> None:
    api = {"id": API_RESOURCE, "firstName": "Deskhand", "lastName": "API", "userName": "deskhand"}
    build.add(
        "Resources",
        [api | {"email": f"deskhand@{DOMAIN}", "isActive": True, "licenseType": 7, "userType": 17}],
    )
    hired = [*_STAFF, *_technicians(build)]
    people = build.add("Resources", [_resource(each) for each in hired])
    build.owners = people[:_OWNERS]
    build.technicians = [
        Technician(person, each.role)
        for person, each in zip(people, hired, strict=True)
        if each.department == SERVICE_DESK and each.is_active and each.role != VCIO
    ]
    build.add(
        "ResourceRoles",
        [
            {
                "resourceID": person,
                "roleID": each.role,
                "departmentID": each.department,
                "isActive": each.is_active,
            }
            for person, each in zip(people, hired, strict=True)
        ],
    )
    build.add("ResourceRoles", _in_queues(build))


def _in_queues(build: Build) -> list[dict[str, object]]:
    """The service desk works every queue but one, as it happens."""
    queues = [int(value.value) for value in build.database.picklist("Tickets", "queueID")]
    return [
        {"resourceID": each.id, "roleID": each.role, "queueID": queue, "isActive": True}
        for each in build.technicians
        for queue in queues
        if queue != _NOBODYS_QUEUE
    ]


def _technicians(build: Build) -> list[Hire]:
    taken = {(each.first, each.last) for each in _STAFF}
    pairs = [(first, last) for first in words.FIRST_NAMES for last in words.LAST_NAMES]
    chosen = build.random.sample([pair for pair in pairs if pair not in taken], build.volumes.technicians)
    return [
        Hire(first, last, "Service Desk Technician", SERVICE_DESK, ENGINEER if number % 4 else SENIOR)
        for number, (first, last) in enumerate(chosen, start=1)
    ]


def _resource(hire: Hire) -> Mapping[str, object]:
    return {
        "firstName": hire.first,
        "lastName": hire.last,
        "email": f"{mail_name(hire.first)}.{mail_name(hire.last)}@{DOMAIN}",
        "userName": f"{mail_name(hire.first)[0]}{mail_name(hire.last)}"[:32],
        "title": hire.title,
        "isActive": hire.is_active,
        "licenseType": 1,
        "userType": 10 if hire.role == VCIO else 9,
        "resourceType": "Employee",
        "internalCost": Decimal(45),
    }


def mail_name(word: str) -> str:
    """A name as it stands in a mail address: plain letters only."""
    plain = word.lower().translate(_PLAIN)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


_PLAIN = str.maketrans("áàâäåéèêëíıïóöøúüçñýžáłž", "aaaaaeeeeiiiooouucnyzalz")


def _own_company(build: Build) -> dict[str, object]:
    return {
        "id": 0,
        "companyName": NAME,
        "companyNumber": "NW-00001",
        "companyType": 1,
        "phone": "555-0100",
        "ownerResourceID": build.owners[0],
        "isActive": True,
    }


def _add_lists(build: Build) -> None:
    categories = ((3, "Standard", "STD"), (4, "RMM Alert", "RMM"), (5, "Review Follow-up", "REV"))
    build.add(
        "TicketCategories",
        [
            {"id": each, "name": name, "nickname": nick, "isActive": True, "isGlobalDefault": each == 3}
            for each, name, nick in categories
        ],
    )
    kinds = ((1, "Standard", "STD"), (2, "Recurring", "REC"))
    build.add(
        "OpportunityCategories",
        [
            {"id": each, "name": name, "nickname": nick, "isActive": True, "isGlobalDefault": each == 1}
            for each, name, nick in kinds
        ],
    )
    terms = ((1, "Net 30 days", 30), (2, "Due upon receipt", 0), (3, "Net 15 days", 15))
    build.add(
        "PaymentTerms",
        [
            {"id": each, "name": name, "paymentDueInDays": days, "isActive": True}
            for each, name, days in terms
        ],
    )
    currency = {"id": 1, "name": "USD", "description": "US Dollar", "exchangeRate": 1, "isActive": True}
    moment = midnight(build.day(900))
    build.add("Currencies", [currency | {"isInternalCurrency": True, "lastModifiedDateTime": moment}])


def add_catalogue(build: Build, vendors: list[int]) -> tuple[dict[str, int], dict[str, int]]:
    """Add services and bundles; gives their ids by name."""
    since = midnight(build.day(1_500))
    ids = build.add(
        "Services",
        [
            {
                "name": name,
                "description": f"{name}, counted per {unit}",
                "invoiceDescription": name,
                "periodType": period,
                "unitPrice": Decimal(price),
                "unitCost": Decimal(cost),
                "billingCodeID": RECURRING,
                "isActive": name != "Dark Web Monitoring" or build.volumes.companies < 50,
                "vendorCompanyID": vendors[number % len(vendors)],
                "createDate": since,
            }
            for number, (name, unit, period, price, cost) in enumerate(_CATALOGUE)
        ],
    )
    services = dict(zip((each[0] for each in _CATALOGUE), ids, strict=True))
    return services, _add_bundles(build, services)


def _add_bundles(build: Build, services: dict[str, int]) -> dict[str, int]:
    prices = {name: (Decimal(price), Decimal(cost)) for name, _, _, price, cost in _CATALOGUE}
    rows = [
        {
            "name": name,
            "periodType": period,
            "unitPrice": sum((prices[each][0] for each in parts), Decimal(0)),
            "unitCost": sum((prices[each][1] for each in parts), Decimal(0)),
            "billingCodeID": RECURRING,
            "isActive": True,
            "createDate": midnight(build.day(1_200)),
        }
        for name, period, parts in _BUNDLES
    ]
    ids = build.add("ServiceBundles", rows)
    members = [
        {"serviceBundleID": bundle, "serviceID": services[part]}
        for bundle, (_, _, parts) in zip(ids, _BUNDLES, strict=True)
        for part in parts
    ]
    build.add("ServiceBundleServices", members)
    return {name: each for (name, _, _), each in zip(_BUNDLES, ids, strict=True)}


def counted_by(service: str) -> str:
    """What a catalogue service is counted by."""
    return next(unit for name, unit, *_ in _CATALOGUE if name == service)


def price_of(service: str) -> Decimal:
    """The catalogue's price of one unit."""
    return next(Decimal(price) for name, _, _, price, _ in _CATALOGUE if name == service)
