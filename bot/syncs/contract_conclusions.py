"""What follows once contracts and everything on them are fetched: who is taken in, what ended, what is doubtful."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Company, Contract, ContractMilestone, Entity
from bot.autotask.picklists import EntityFields
from bot.db.contract_judging import Occasion, end_contracts, judge_contracts
from bot.db.session import UnitOfWork
from bot.domain.codes import Code
from bot.domain.connections import FieldFacts, PicklistOption
from bot.domain.contract_lists import Expired, Line
from bot.domain.contracts import Place
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.sync_orders import END_EXPIRED, THEN_TIME
from bot.domain.syncs import SyncType
from bot.errors import BotError
from bot.syncs.engine import Work
from bot.syncs.groups import Conclusion
from bot.syncs.time_conclusions import conclude_again

EXPIRED, CUSTOMERS, IDENTIFIER = "contracts:expired", "contracts:customers", "contracts:identifier:"
MOST_IDENTIFIERS: Final = 50
LABELS_KEPT: Final = timedelta(hours=20)
_LABELLED: Final[tuple[tuple[type[Entity], str, tuple[str, ...]], ...]] = (
    (Contract, "Contracts", ("contractPeriodType", "contractCategory", "contractType", "status")),
    (Company, "Companies", ("companyType", "classification")),
    (ContractMilestone, "ContractMilestones", ("status",)),
)


async def conclude(work: Work) -> Conclusion:
    """Judges every contract; what expired is told, or ended where that was asked for."""
    await _read_labels(work)
    occasion = Occasion(work.clock.now(), work.scope.today, work.run_id)
    async with work.database.unit(work.tenant_id) as uow:
        judged, ended = await judge_contracts(uow, occasion), 0
        if END_EXPIRED in work.scope.options:
            by = await uow.standings.asked_by(work.run_id)
            due = await uow.standings.expired(work.scope.today)
            ended = len(await end_contracts(uow, due, occasion, by=by))
        expired = await uow.standings.expired(work.scope.today)
        shared, over = await _identifiers(uow, occasion)
        _, waiting = await uow.customers.open(0, 0)
    problems = (*_expired(expired), *_waiting(waiting), *shared)
    over += [] if expired else [EXPIRED]
    over += [] if waiting else [CUSTOMERS]
    said = summary(judged.places, len(judged.customers), expired=len(expired), ended=ended)
    found = Conclusion(problems, tuple(over), said)
    return await _with_time(work, found) if THEN_TIME in work.scope.options else found


async def _with_time(work: Work, found: Conclusion) -> Conclusion:
    """Time entries stand on contracts: what a mapping brings along changes them, too."""
    async with work.database.unit(work.tenant_id) as uow:
        time = await conclude_again(uow, work.scope, work.run_id, work.clock.now())
    return Conclusion((*found.problems, *time.problems), (*found.over, *time.over), found.lines)


# --- labels ---


async def _read_labels(work: Work) -> None:
    """Once a day the words for types, periods and categories; where they cannot be read, the old ones serve."""
    for entity, name, fields in _LABELLED:
        async with work.database.unit(work.tenant_id) as uow:
            read_at = await uow.contracts.labels_as_of(name)
        if read_at is not None and work.clock.now() - read_at < LABELS_KEPT:
            continue
        facts = await _facts(work.client, entity, name, fields)
        if facts:
            await _keep(work, name, facts, work.clock.now())


async def _facts(
    client: AutotaskClient, entity: type[Entity], name: str, fields: Sequence[str]
) -> list[FieldFacts]:
    try:
        known = await client.fields(entity)
    except BotError:
        return []
    return [FieldFacts(name, field, options=_options(known, field)) for field in fields]


def _options(known: EntityFields, field: str) -> tuple[PicklistOption, ...]:
    return tuple(
        PicklistOption(str(each.value), each.label, each.is_active, each.is_default, each.sort_order)
        for each in known.picklist(field)
    )


async def _keep(work: Work, name: str, facts: Sequence[FieldFacts], at: datetime) -> None:
    async with work.database.unit(work.tenant_id) as uow:
        await uow.fields.replace(name, facts, at)


# --- what people must look at ---


async def _identifiers(uow: UnitOfWork, occasion: Occasion) -> tuple[list[ProblemReport], list[str]]:
    """One problem per identifier and customer, each naming its own customer only; and those that are over."""
    shared = await uow.contract_lines.shared_identifiers(MOST_IDENTIFIERS)
    known = await uow.standings.open_problems(IDENTIFIER)
    reports = {
        report.fingerprint: report
        for lines in shared.values()
        for line in lines
        for report in (_twice(line),)
    }
    fresh = [_warning(report) for name, report in reports.items() if name not in known]
    await uow.sync_logs.add(occasion.run_id, fresh, occasion.now)
    return list(reports.values()), sorted(known - reports.keys())


def _twice(line: Line) -> ProblemReport:
    return ProblemReport(
        fingerprint=f"{IDENTIFIER}{line.identifier.strip().casefold()}:{line.organization_id}",
        kind=EventKind.CONTRACTS,
        severity=Severity.WARNING,
        title=f"The service identifier {line.identifier} of {line.organization} is used for another customer, too",
        detail=f"{line.organization} has it on {line.service or 'a service'} of contract {line.contract}, and another"
        " customer has it, too. Change the internal description of one of them in Autotask, then sync contracts.",
        code=Code.DUPLICATE_IDENTIFIER,
        organization_id=line.organization_id,
    )


def _warning(report: ProblemReport) -> LogEntry:
    return LogEntry(
        SyncType.CONTRACT,
        Operation.SKIP,
        LogStatus.WARNING,
        report.title,
        details={"detail": report.detail},
        code=report.code,
        organization_id=report.organization_id,
    )


def _expired(expired: Sequence[Expired]) -> list[ProblemReport]:
    """How many, without names: whoever opens the list sees those of their organizations."""
    if not expired:
        return []
    number = f"{len(expired):,} contract{' is' if len(expired) == 1 else 's are'}"
    return [
        ProblemReport(
            fingerprint=EXPIRED,
            kind=EventKind.CONTRACTS,
            severity=Severity.WARNING,
            title=f"{number} past the last day and not ended here",
            detail="They are listed before anything is ended; ended ones take no new time entries.",
            code=Code.CONTRACT_EXPIRED,
        )
    ]


def _waiting(number: int) -> list[ProblemReport]:
    if not number:
        return []
    return [
        ProblemReport(
            fingerprint=CUSTOMERS,
            kind=EventKind.CONTRACTS,
            severity=Severity.WARNING,
            title=f"{number:,} new customer{' waits' if number == 1 else 's wait'} for an Admin's word",
            detail="Contracts that match your prefixes belong to companies without organization. The list has them,"
            " to approve or decline.",
            code=Code.CUSTOMER_MISSING,
        )
    ]


_LEFT_OUT: Final = {
    Place.PREFIX: "with the wrong SKU prefix",
    Place.FILTER: "by the data filters",
    Place.UNMAPPED: "of companies that are not mapped",
}


def summary(places: Mapping[Place, int], customers: int, *, expired: int, ended: int) -> tuple[str, ...]:
    """What the run's message says of contracts, beyond the records that were read."""
    left = [f"{places[each]:,} {why}" for each, why in _LEFT_OUT.items() if places.get(each)]
    said = [f"{_number(places.get(Place.IN, 0), 'contract')} taken in"]
    said += [f"left out: {', '.join(left)}"] if left else []
    said += [f"{_number(customers, 'customer')} created"] if customers else []
    said += [f"{ended:,} ended here, because the last day is over"] if ended else []
    said += [f"{expired:,} past {'its' if expired == 1 else 'their'} last day"] if expired else []
    return ("; ".join(said) + ".",)


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
