"""What lies on contracts: services and bundles, which Autotask keeps apart and everybody else reads together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, func, literal, select

from bot.db.repository import one_of
from bot.db.tables import (
    contract_service_bundle_units,
    contract_service_bundles,
    contract_service_units,
    contract_services,
    contracts,
    service_bundles,
    services,
)
from bot.domain.contracts import UnitRow, months_of


@dataclass(frozen=True)
class Kind:
    """The tables of services, or of bundles. ``product`` and ``line`` are the columns that point to the others."""

    letter: str
    lines: Table
    catalogue: Table
    product: str
    units: Table
    line: str

    def sold(self) -> ColumnElement[bool]:
        """What a line is a piece of."""
        return and_(
            self.catalogue.c.tenant_id == self.lines.c.tenant_id,
            self.catalogue.c.autotask_id == self.lines.c[self.product],
        )


KINDS: Final = (
    Kind("s", contract_services, services, "service_id", contract_service_units, "contract_service_id"),
    Kind(
        "b",
        contract_service_bundles,
        service_bundles,
        "service_bundle_id",
        contract_service_bundle_units,
        "contract_service_bundle_id",
    ),
)


def present(table: Table, tenant_id: int) -> ColumnElement[bool]:
    """The tenant's rows that Autotask still has."""
    return and_(table.c.tenant_id == tenant_id, table.c.gone_at.is_(None))


def covering(kind: Kind, tenant_id: int, ids: Sequence[int], today: date) -> Select[Any]:
    """The rows of units that count today, or on the first day of a contract that has not begun."""
    units, lines = kind.units, kind.lines
    day = func.greatest(literal(today), contracts.c.start_date)
    line = and_(lines.c.tenant_id == units.c.tenant_id, lines.c.autotask_id == units.c[kind.line])
    contract = and_(
        contracts.c.tenant_id == units.c.tenant_id, contracts.c.autotask_id == units.c.contract_id
    )
    period = func.coalesce(func.nullif(contracts.c.period_type, ""), kind.catalogue.c.period_type, "")
    return (
        select(
            units.c.contract_id,
            (literal(f"{kind.letter}:") + units.c[kind.line].cast(contracts.c.name.type)).label("key"),
            units.c.units,
            units.c.price,
            units.c.start_date,
            units.c.end_date,
            lines.c.unit_price,
            period.label("period_type"),
        )
        .select_from(units.join(contracts, contract).join(lines, line).outerjoin(kind.catalogue, kind.sold()))
        .where(
            present(units, tenant_id),
            lines.c.gone_at.is_(None),
            one_of(units.c.contract_id, ids),
            units.c.start_date <= day,
            units.c.end_date >= day,
        )
    )


def unit_of(row: RowMapping, months: Mapping[str, int]) -> UnitRow:
    period = row["period_type"]
    return UnitRow(
        units=row["units"],
        price=row["price"],
        start=row["start_date"],
        end=row["end_date"],
        unit_price=row["unit_price"],
        months=months.get(period) or months_of(period),
    )
