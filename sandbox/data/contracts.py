"""Contracts of every type: the services and bundles on them with their units, and milestones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox.autotask.units import BUNDLES, SERVICES, Family, planned_units
from sandbox.data import msp
from sandbox.data.build import Build, Customer, midnight, month_start

TIME_AND_MATERIALS, FIXED_PRICE, BLOCK_HOURS, RETAINER, RECURRING, PER_TICKET, UMBRELLA = 1, 3, 4, 6, 7, 8, 9
IN_PROGRESS, READY_TO_BILL, BILLED = 0, 1, 2
PREFIX, KNOWN_NUMBER = "MSP-", "0412 345 678"

_MANAGED = (
    "Managed Workstation",
    "Help Desk per User",
    "Endpoint Detection & Response",
    "E-mail Security",
    "Managed Server",
    "Server Backup & Recovery",
    "Managed Firewall",
    "Managed Switch",
    "Managed Access Point",
    "vCIO and Quarterly Reviews",
)
_CLOUD = (
    "Microsoft 365 Business Premium",
    "Microsoft 365 Exchange Online",
    "Cloud Backup for Microsoft 365",
    "Security Awareness Training",
    "Password Manager",
    "Hosted Phone Seat",
    "24x7 Security Operations",
    "Mobile Device Management",
    "Internet Failover",
)
_YEARLY = ("Domain Registration", "TLS Certificate")
_OTHER_KINDS = (
    (BLOCK_HOURS, "Block hours", 0.25),
    (RETAINER, "Retainer", 0.08),
    (PER_TICKET, "Per-ticket support", 0.08),
    (UMBRELLA, "Umbrella", 0.04),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A recurring contract about to be written. `lines` are services with their numbers of units."""

    customer: Customer
    row: Mapping[str, object]
    lines: tuple[tuple[str, int], ...]
    bundles: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    services: Mapping[str, int]
    bundles: Mapping[str, int]


def add_contracts(build: Build, catalogue: Catalogue) -> dict[int, list[int]]:
    """Add all contracts; gives each customer's managed services agreements by company id, the one in force first."""
    agreements = [each for customer in build.customers for each in _agreements(build, customer)]
    ids = build.add("Contracts", [each.row for each in agreements])
    _add_lines(build, catalogue, list(zip(ids, agreements, strict=True)))
    build.add("Contracts", [row for customer in build.customers for row in _others(build, customer)])
    _add_fixed_price(build)
    managed: dict[int, list[int]] = {}
    for number, each in zip(ids, agreements, strict=True):
        if str(each.row["contractName"]).startswith("Managed Services"):
            managed.setdefault(each.customer.id, []).append(number)
    return managed


def _agreements(build: Build, customer: Customer) -> Iterable[Agreement]:
    months = build.random.choice((12, 24, 36))
    begun = -build.random.randrange(3, months if months > 12 else 11)
    name = "Managed Services Agreement"
    row = _recurring(build, customer, name=name, period="m", span=(begun, months))
    packed = build.chance(0.25)
    lines = _counted(build, customer, _MANAGED[4:] if packed else _MANAGED)
    bundle = build.random.choice(("Essential User", "Complete User"))
    yield Agreement(customer, row, lines, ((bundle, customer.seats),) if packed else ())
    if build.chance(0.55):
        name = f"{PREFIX}Cloud & Licensing" if customer.id % 4 == 0 else "Cloud & Licensing"
        cloud = _recurring(build, customer, name=name, period="m", span=(begun + 1, 12))
        yield Agreement(customer, cloud, _counted(build, customer, _CLOUD))
    if build.chance(0.15):
        names = _recurring(build, customer, name="Domains and certificates", period="y", span=(-20, 36))
        yield Agreement(customer, names, tuple((each, build.random.randrange(1, 6)) for each in _YEARLY))
    if build.chance(0.1):
        ended = _recurring(build, customer, name="Managed Services 2 (old)", period="m", span=(-26, 12))
        yield Agreement(customer, {**ended, "status": 0}, _counted(build, customer, _MANAGED[:3]))


def _recurring(
    build: Build, customer: Customer, *, name: str, period: str, span: tuple[int, int]
) -> dict[str, object]:
    start = month_start(build.today, span[0])
    end = month_start(start, span[1]) - timedelta(days=1)
    return _contract(build, customer, RECURRING, name=name, dates=(start, end)) | {
        "contractPeriodType": period,
        "contractCategory": 13 if "Cloud" in name else 12,
        "isDefaultContract": name.startswith("Managed Services A"),
        "renewedContractID": None,
    }


def _contract(
    build: Build, customer: Customer, kind: int, *, name: str, dates: tuple[date, date]
) -> dict[str, object]:
    start, end = dates
    return {
        "companyID": customer.id,
        "contractName": name,
        "contractNumber": f"C-{build.random.randrange(10_000, 99_999)}",
        "contractType": kind,
        "contactID": customer.people[0],
        "startDate": midnight(start),
        "endDate": midnight(end),
        "status": 1 if customer.is_active and end >= build.today else 0,
        "billingPreference": 2,
        "timeReportingRequiresStartAndStopTimes": 1,
        "isCompliant": True,
        "serviceLevelAgreementID": 1,
        "lastModifiedDateTime": min(midnight(start), midnight(build.today)),
    }


def _counted(build: Build, customer: Customer, services: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    kept = [each for each in services if build.chance(0.88)] or list(services[:1])
    return tuple((each, _count(build, customer, msp.counted_by(each))) for each in kept)


def _count(build: Build, customer: Customer, unit: str) -> int:
    if unit == msp.SEAT:
        return max(1, customer.seats + build.random.randrange(-3, 4))
    if unit == msp.SERVER:
        return 1 + customer.seats // 18
    return 1 + customer.seats // 25 if unit == msp.SITE else 1


def _others(build: Build, customer: Customer) -> Iterable[dict[str, object]]:
    start = month_start(customer.since.replace(day=1))
    end = month_start(build.today, 24)
    name = "Time & Materials"
    yield _contract(build, customer, TIME_AND_MATERIALS, name=name, dates=(start, end))
    for number, (kind, label, share) in enumerate(_OTHER_KINDS, start=1):
        one_of_each = customer is build.customers[-number % len(build.customers)]
        if build.chance(share) or one_of_each:
            begun = month_start(build.today, -build.random.randrange(1, 10))
            over = month_start(begun, 12) - timedelta(days=1)
            yield _contract(build, customer, kind, name=label, dates=(begun, over))
    if build.chance(0.06):
        soon = month_start(build.today, build.random.randrange(1, 4))
        ends = month_start(soon, 36) - timedelta(days=1)
        renewal = _contract(build, customer, RECURRING, name="Renewal", dates=(soon, ends))
        yield renewal | {"contractPeriodType": "m", "contractCategory": 12}


def _add_lines(build: Build, catalogue: Catalogue, agreements: list[tuple[int, Agreement]]) -> None:
    counts: list[int] = []
    rows: list[dict[str, object]] = []
    bundle_counts: list[int] = []
    bundle_rows: list[dict[str, object]] = []
    for contract, agreement in agreements:
        rows += [_line(build, contract, catalogue, name) for name, _ in agreement.lines]
        counts += [count for _, count in agreement.lines]
        bundle_rows += [_bundle_line(build, contract, catalogue, name) for name, _ in agreement.bundles]
        bundle_counts += [count for _, count in agreement.bundles]
    _number_phones([row for row in rows if row["invoiceDescription"] == "Hosted Phone Seat"])
    _add_units(build, SERVICES, build.add("ContractServices", rows), counts)
    _add_units(build, BUNDLES, build.add("ContractServiceBundles", bundle_rows), bundle_counts)


def _line(build: Build, contract: int, catalogue: Catalogue, service: str) -> dict[str, object]:
    price = _agreed(build, msp.price_of(service))
    return {
        "contractID": contract,
        "serviceID": catalogue.services[service],
        "invoiceDescription": service,
        "unitPrice": price,
        "internalCurrencyUnitPrice": price,
        "internalCurrencyAdjustedPrice": price,
        "internalDescription": _identifier(contract, service),
    }


def _identifier(contract: int, service: str) -> str | None:
    """The main number of phones, the account of a fallback line; other services have none."""
    digits = f"{contract % 1_000_000:06d}"
    numbers = {"Hosted Phone Seat": f"0412 {digits[:3]} {digits[3:]}", "Internet Failover": f"ACC-{digits}"}
    return numbers.get(service)


def _number_phones(lines: Sequence[dict[str, object]]) -> None:
    """One number that is easy to remember, and one that two customers have by mistake."""
    for line in lines[:1]:
        line["internalDescription"] = KNOWN_NUMBER
    for line in lines[2:3]:
        line["internalDescription"] = lines[1]["internalDescription"]


def _bundle_line(build: Build, contract: int, catalogue: Catalogue, bundle: str) -> dict[str, object]:
    product = build.database.row("ServiceBundles", catalogue.bundles[bundle]) or {}
    price = product.get("unitPrice")
    return {
        "contractID": contract,
        "serviceBundleID": catalogue.bundles[bundle],
        "invoiceDescription": bundle,
        "unitPrice": price,
        "adjustedPrice": price,
        "internalCurrencyUnitPrice": price,
        "internalCurrencyAdjustedPrice": price,
    }


def _agreed(build: Build, list_price: Decimal) -> Decimal:
    """Most customers pay the list price; some got a discount."""
    discount = build.random.choice((0, 0, 0, 0, 5, 10))
    return (list_price * (100 - discount) / 100).quantize(Decimal("0.01"))


def _add_units(build: Build, family: Family, lines: list[int], counts: list[int]) -> None:
    """Rows of every period; some customers grew, and the months that are over are posted."""
    rows = []
    for line, count in zip(lines, counts, strict=True):
        rows += _grown(build, family, line, count)
    posted_before = midnight(month_start(build.today))
    for row in rows:
        end = row["endDate"]
        assert isinstance(end, datetime)
        if end < posted_before:
            row["approveAndPostDate"] = end + timedelta(days=1)
    build.add(family.units, rows)


def _grown(build: Build, family: Family, line: int, count: int) -> list[dict[str, object]]:
    now = planned_units(build.database, line, units=count, family=family)
    if count < 4 or not build.chance(0.4):
        return now
    before = planned_units(build.database, line, units=count - build.random.randrange(1, 4), family=family)
    turn = build.random.randrange(1, len(now) + 1)
    return before[:turn] + now[turn:]


def _add_fixed_price(build: Build) -> None:
    """Project contracts of a fixed price, paid in three milestones."""
    chosen = [each for each in build.customers if build.chance(0.3)] or build.customers[:1]
    starts = [build.random.randrange(-5, 1) for _ in chosen]
    rows = [
        _contract(build, customer, FIXED_PRICE, name="Project (fixed price)", dates=_project_dates(build, at))
        for customer, at in zip(chosen, starts, strict=True)
    ]
    ids = build.add("Contracts", [{**row, "contractCategory": 14} for row in rows])
    milestones = []
    for contract, row in zip(ids, rows, strict=True):
        milestones += _milestones(build, contract, row)
    build.add("ContractMilestones", milestones)


def _project_dates(build: Build, months: int) -> tuple[date, date]:
    start = month_start(build.today, months)
    return start, month_start(start, 6) - timedelta(days=1)


def _milestones(build: Build, contract: int, row: Mapping[str, object]) -> list[dict[str, object]]:
    start = row["startDate"]
    assert isinstance(start, datetime)
    total = build.random.randrange(30, 400) * 100
    parts = (("Initial payment", 30, 0), ("Installation complete", 40, 75), ("Acceptance", 30, 150))
    return [
        _milestone(
            build, contract, title, amount=Decimal(total * share) / 100, due=start + timedelta(days=after)
        )
        for title, share, after in parts
    ]


def _milestone(
    build: Build, contract: int, title: str, *, amount: Decimal, due: datetime
) -> dict[str, object]:
    initial, ago = title == "Initial payment", (midnight(build.today) - due).days
    settled = BILLED if initial or ago > 30 else READY_TO_BILL
    return {
        "contractID": contract,
        "title": title,
        "amount": amount,
        "internalCurrencyAmount": amount,
        "dateDue": due,
        "status": settled if ago >= 0 else IN_PROGRESS,
        "isInitialPayment": initial,
        "billingCodeID": msp.MILESTONE,
        "createDate": due - timedelta(days=200),
        "creatorResourceID": build.owners[0],
    }
