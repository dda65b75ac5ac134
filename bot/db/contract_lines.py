"""Services and bundles on contracts, as a person sees them: on a contract's card, or found by their identifier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    RowMapping,
    Select,
    Subquery,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from bot.db.companies import escaped_like
from bot.db.contract_parts import KINDS, Kind, covering, present, unit_of
from bot.db.contracts import Contracts, seen_contracts
from bot.db.repository import Repository
from bot.db.tables import contract_standings, contracts
from bot.domain.contract_lists import Line
from bot.domain.contracts import (
    SHORTEST_IDENTIFIER,
    Place,
    UnitRow,
    identifier_of,
    monthly,
    months_of,
    per_unit,
)
from bot.domain.numbers import whole
from bot.domain.organizations import foldings

LINES_SHOWN: Final = 200
"""Services of one contract that are read for its card."""
Which: TypeAlias = Callable[[Kind, Subquery], ColumnElement[bool]]


class ContractLines(Repository):
    async def of(self, contract_id: int, today: date) -> list[Line]:
        """What is on a contract, with the units that count now, by name."""
        return await self._read(
            lambda kind, _seen: kind.lines.c.contract_id == contract_id, today, LINES_SHOWN
        )

    async def get(self, key: str, today: date) -> Line | None:
        """The service or bundle of a key; None when its organization may not be seen."""
        letter, _, raw = key.partition(":")
        number = whole(raw) or 0
        found = await self._read(lambda kind, _seen: kind.lines.c.autotask_id == number, today, 9)
        return next((each for each in found if each.key.startswith(f"{letter}:")), None)

    async def find(self, text: str, today: date, limit: int) -> list[Line]:
        """By identifier, description, contract or service name: those whose identifier it is come first."""
        return await self._read(_containing(text), today, limit, exact=identifier_of(text))

    async def shared_identifiers(self, limit: int) -> dict[str, list[Line]]:
        """Identifiers that lines of several companies have, with those lines; of contracts taken in and not ended."""
        several = self._identified().subquery()
        twice = (
            select(several.c.identifier)
            .group_by(several.c.identifier)
            .having(func.count(several.c.company_id.distinct()) > 1)
            .order_by(several.c.identifier)
            .limit(limit)
        )
        keys = [row["identifier"] for row in await self._all(twice)]
        if not keys:
            return {}
        rows = await self._all(self._every(lambda kind, _seen: kind.lines.c.identifier.in_(keys)))
        found: dict[str, list[Line]] = {}
        for row in rows:
            found.setdefault(row["identifier"], []).append(_line(row, None, {}))
        return found

    # --- inside ---

    async def _read(self, which: Which, today: date, limit: int, *, exact: str = "") -> list[Line]:
        every = self._every(which).subquery()
        first = case((every.c.identifier == exact, 0), else_=1) if exact else literal(0)
        ordered = select(every).order_by(
            first, every.c.organization, every.c.contract, every.c.service, every.c.key
        )
        rows = await self._all(ordered.limit(limit))
        contracts_of = Contracts(self.connection, self.tenant_id)
        months, currency = await contracts_of.months(), await contracts_of.currency()
        units = await self._units(sorted({row["contract_id"] for row in rows}), today, months)
        return [replace(_line(row, units.get(row["key"]), months), currency=currency) for row in rows]

    async def _units(self, ids: Sequence[int], today: date, months: Mapping[str, int]) -> dict[str, UnitRow]:
        parts = [covering(kind, self.tenant_id, ids, today) for kind in KINDS]
        return {row["key"]: unit_of(row, months) for row in await self._all(union_all(*parts))}

    def _every(self, which: Which) -> Select[Any]:
        both = union_all(*(self._lines(kind, which) for kind in KINDS)).subquery()
        return select(both)

    def _lines(self, kind: Kind, which: Which) -> Select[Any]:
        seen = seen_contracts(self.tenant_id).subquery()
        lines = kind.lines
        return (
            select(
                (literal(f"{kind.letter}:") + lines.c.autotask_id.cast(contracts.c.name.type)).label("key"),
                lines.c.contract_id,
                lines.c.unit_price,
                lines.c.invoice_description,
                lines.c.internal_description,
                lines.c.identifier,
                func.coalesce(kind.catalogue.c.name, "").label("service"),
                seen.c.name.label("contract"),
                seen.c.organization_id,
                seen.c.organization,
                func.coalesce(func.nullif(seen.c.period_type, ""), kind.catalogue.c.period_type, "").label("period_type"),
                seen.c.start_date,
                seen.c.end_date,
            )
            .select_from(
                lines.join(seen, seen.c.autotask_id == lines.c.contract_id).outerjoin(kind.catalogue, kind.sold())
            )
            .where(present(lines, self.tenant_id), which(kind, seen))
        )  # fmt: skip

    def _identified(self) -> CompoundSelect[Any]:
        parts = []
        for kind in KINDS:
            own = (contracts.c.tenant_id == kind.lines.c.tenant_id) & (
                contracts.c.autotask_id == kind.lines.c.contract_id
            )
            standing = (contract_standings.c.tenant_id == contracts.c.tenant_id) & (
                contract_standings.c.contract_id == contracts.c.autotask_id
            )
            source = kind.lines.join(contracts, own).join(contract_standings, standing)
            parts.append(
                select(kind.lines.c.identifier, contracts.c.company_id)
                .select_from(source)
                .where(
                    present(kind.lines, self.tenant_id),
                    func.length(kind.lines.c.identifier) >= SHORTEST_IDENTIFIER,
                    contract_standings.c.place == Place.IN.value,
                    contract_standings.c.ended_on.is_(None),
                )
            )
        return union_all(*parts)


def _containing(text: str) -> Which:
    key = identifier_of(text)
    words = [f"%{escaped_like(each)}%" for each in foldings(text)]

    def contains(kind: Kind, seen: Subquery) -> ColumnElement[bool]:
        texts = (kind.lines.c.search_text, kind.catalogue.c.search_name, seen.c.search_name)
        found = [each.like(word) for each in texts for word in words]
        if len(key) >= SHORTEST_IDENTIFIER:
            found.append(kind.lines.c.identifier.like(f"%{escaped_like(key)}%"))
        return or_(*found)

    return contains


def _line(row: RowMapping, units: UnitRow | None, months: Mapping[str, int]) -> Line:
    period = row["period_type"]
    return Line(
        key=row["key"],
        contract_id=row["contract_id"],
        contract=row["contract"],
        organization_id=row["organization_id"],
        organization=row["organization"],
        service=row["service"],
        invoice_description=row["invoice_description"],
        identifier=row["internal_description"],
        start_date=row["start_date"],
        end_date=row["end_date"],
        months=months.get(period) or months_of(period),
        units=units.units if units else 0,
        fee=per_unit(units) if units else row["unit_price"],
        total=monthly([units]) if units else Decimal(0),
    )
