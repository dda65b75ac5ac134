"""Company records of every type, the people in them, and the machines under management."""

from collections.abc import Iterator
from datetime import datetime

from sandbox.data import words
from sandbox.data.build import Build, Customer, midnight
from sandbox.data.msp import mail_name

CUSTOMER, LEAD, PROSPECT, DEAD, CANCELLED, VENDOR, PARTNER = 1, 2, 3, 4, 6, 7, 8
_OTHERS, _OTHER_WEIGHTS = (PROSPECT, LEAD, DEAD, CANCELLED, PARTNER), (44, 34, 9, 8, 5)
_VENDORS = (
    "Backup",
    "Telecom",
    "Licensing",
    "Security Feeds",
    "Hardware Supply",
    "Hosting",
    "Domains",
    "Print",
)
_MACHINES = ((2, "WS"), (1, "SRV"), (3, "FW"), (4, "SW"), (5, "PRN"))
_MACHINE_WEIGHTS = (80, 8, 4, 5, 3)


def company_names(build: Build, count: int) -> list[str]:
    """So many different names: the awkward ones first, then ordinary ones with some near-twins."""
    choices = len(words.STEMS) * len(words.TRADES) * len(words.FORMS)
    ordinary = (_name(number) for number in build.random.sample(range(choices), count))
    names = list(words.AWKWARD[:count])
    taken = set(names)
    for name in _with_twins(build, ordinary):
        if len(names) >= count:
            break
        if name not in taken:
            taken.add(name)
            names.append(name)
    return names


def _name(number: int) -> str:
    rest, form = divmod(number, len(words.FORMS))
    stem, trade = divmod(rest, len(words.TRADES))
    return f"{words.STEMS[stem]} {words.TRADES[trade]}{words.FORMS[form]}"


def _with_twins(build: Build, names: Iterator[str]) -> Iterator[str]:
    for name in names:
        yield name
        if build.chance(0.03):
            yield next(
                (name.removesuffix(end) + twin for end, twin in words.TWINS if name.endswith(end)),
                f"{name} - OLD",
            )


def add_companies(build: Build) -> list[int]:
    """Add all company records and their contacts; gives the ids of the vendors."""
    volumes = build.volumes
    names = company_names(build, volumes.companies)
    customers = [_company(build, name, CUSTOMER) for name in names[: volumes.customers]]
    rest = names[volumes.customers :]
    vendors = [_company(build, _vendor_name(each), VENDOR) for each in range(volumes.vendors)]
    others = [_company(build, name, _other_type(build)) for name in rest[volumes.vendors :]]
    ids = build.add("Companies", customers + vendors + others)
    _add_branches(build, ids[: volumes.customers])
    _register(build, customers, ids)
    _add_other_contacts(build, others, ids[len(customers) + len(vendors) :])
    return ids[len(customers) : len(customers) + len(vendors)]


def _vendor_name(number: int) -> str:
    stem = words.STEMS[(number * 7) % len(words.STEMS)]
    return f"{stem} {_VENDORS[number % len(_VENDORS)]} (vendor)"


def _other_type(build: Build) -> int:
    return build.random.choices(_OTHERS, _OTHER_WEIGHTS)[0]


def _company(build: Build, name: str, kind: int) -> dict[str, object]:
    dice = build.random
    city, state, postal, area = dice.choice(words.CITIES)
    created = build.work_moment(dice.randrange(100, 2_400))
    touched = created if kind == DEAD else build.work_moment(dice.randrange(100))
    gone = {DEAD: 0.9, CANCELLED: 0.7, CUSTOMER: 0.05}.get(kind, 0.02)
    return {
        "companyName": name,
        "companyType": kind,
        "companyNumber": f"NW-{dice.randrange(10_000, 99_999)}",
        "phone": f"({area}) 555-{dice.randrange(100, 9_999):04d}",
        "address1": f"{dice.randrange(1, 900)} {dice.choice(words.STREETS)}",
        "city": city,
        "state": state,
        "postalCode": postal,
        "webAddress": f"https://www.{mail_domain(name)}",
        "ownerResourceID": dice.choice(build.owners),
        "isActive": not build.chance(gone),
        "isTaxExempt": build.chance(0.05),
        "classification": dice.choice((200, 201, 202, 203)),
        "marketSegmentID": dice.choice((29_682_778, 29_682_779, 29_682_780)),
        "territoryID": 29_682_778 if build.chance(0.8) else 29_682_779,
        "createDate": created,
        "lastActivityDate": max(created, touched),
        "lastTrackedModifiedDateTime": max(created, touched),
        "userDefinedFields": {"Service Tier": dice.choice(("Essential", "Complete", None))},
    }


def mail_domain(name: str) -> str:
    """An invented domain for a company, under a name that no one can register."""
    return f"{mail_name(name)[:40] or 'client'}.example"


def _add_branches(build: Build, customers: list[int]) -> None:
    """A few customers belong to another one."""
    for child, parent in zip(customers[7::23], customers[2::23], strict=False):
        build.database.update("Companies", child, {"parentCompanyID": parent})


def _register(build: Build, rows: list[dict[str, object]], ids: list[int]) -> None:
    """Note the customers for the later parts, and give them people and machines."""
    seats = [build.random.choice((4, 6, 8, 10, 12, 15, 18, 22, 28, 35, 48, 70, 110)) for _ in rows]
    contacts: list[dict[str, object]] = []
    shares: list[int] = []
    for row, company, size in zip(rows, ids, seats, strict=False):
        people = _people(build, row, company, count=min(8, 2 + size // 8))
        shares.append(len(people))
        contacts += people
    people_ids = iter(build.add("Contacts", contacts))
    for row, company, size, share in zip(rows, ids, seats, shares, strict=False):
        owner, created = row["ownerResourceID"], row["createDate"]
        assert isinstance(owner, int)
        assert isinstance(created, datetime)
        mine = tuple(next(people_ids) for _ in range(share))
        active = row["isActive"] is True
        build.customers.append(
            Customer(company, str(row["companyName"]), size, owner, created.date(), mine, is_active=active)
        )
    _add_machines(build)


def _people(build: Build, row: dict[str, object], company: int, *, count: int) -> list[dict[str, object]]:
    return [_contact(build, row, company, number) for number in range(count)]


def _contact(build: Build, row: dict[str, object], company: int, number: int) -> dict[str, object]:
    dice = build.random
    first, last = dice.choice(words.FIRST_NAMES), dice.choice(words.LAST_NAMES)
    return {
        "companyID": company,
        "firstName": first,
        "lastName": last,
        "title": dice.choice(words.JOB_TITLES),
        "emailAddress": f"{mail_name(first)}.{mail_name(last)}@{mail_domain(str(row['companyName']))}",
        "phone": row["phone"],
        "isActive": 0 if number > 1 and build.chance(0.08) else 1,
        "primaryContact": number == 0,
        "billingContact": number == 1,
        "createDate": row["createDate"],
    }


def _add_other_contacts(build: Build, rows: list[dict[str, object]], ids: list[int]) -> None:
    build.add(
        "Contacts",
        [
            _contact(build, row, company, 0)
            for row, company in zip(rows, ids, strict=True)
            if build.chance(0.7)
        ],
    )


def _add_machines(build: Build) -> None:
    total = sum(each.seats for each in build.customers)
    rows = [
        _machine(build, customer, number)
        for customer in build.customers
        for number in range(max(3, customer.seats * build.volumes.endpoints // total))
    ]
    build.add("ConfigurationItems", rows)


def _machine(build: Build, customer: Customer, number: int) -> dict[str, object]:
    kind, prefix = build.random.choices(_MACHINES, _MACHINE_WEIGHTS)[0]
    installed = build.work_moment(build.random.randrange(20, 1_500))
    return {
        "companyID": customer.id,
        "referenceTitle": f"{mail_name(customer.name)[:6].upper()}-{prefix}-{number + 1:03d}",
        "configurationItemType": kind,
        "configurationItemCategoryID": 1,
        "serialNumber": f"SN{build.random.randrange(10**8, 10**9)}",
        "installDate": installed,
        "createDate": installed,
        "warrantyExpirationDate": midnight(build.day(build.random.randrange(-900, 600))),
        "isActive": not build.chance(0.06),
        "productID": 1,
    }
