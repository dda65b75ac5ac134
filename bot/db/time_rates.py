"""What an hour is worth, from which day on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, select, update

from bot.db.repository import Repository
from bot.db.tables import contracts, organizations, time_rates
from bot.domain.time_entries import Rate


class TimeRates(Repository):
    async def add(self, rate: Rate, at: datetime) -> int:
        """The new rate's id; one for the same and from the same day makes way."""
        await self._run(
            update(time_rates)
            .where(
                *self._held(),
                time_rates.c.valid_from == rate.valid_from,
                time_rates.c.organization_id.is_not_distinct_from(rate.organization_id),
                time_rates.c.contract_id.is_not_distinct_from(rate.contract_id),
            )
            .values(removed_at=at)
        )
        made = insert(time_rates).values(
            tenant_id=self.tenant_id,
            rate=rate.rate,
            currency=rate.currency,
            valid_from=rate.valid_from,
            organization_id=rate.organization_id,
            contract_id=rate.contract_id,
            set_by=rate.set_by,
            set_at=at,
        )
        return int(await self._scalar(made.returning(time_rates.c.id)))

    async def remove(self, rate_id: int, at: datetime) -> bool:
        """False where it was removed before."""
        return (
            await self._run(
                update(time_rates).where(*self._held(), time_rates.c.id == rate_id).values(removed_at=at)
            )
            == 1
        )

    async def all(self) -> list[Rate]:
        """Those that hold now or will, the newest day first."""
        ordered = self._chosen().order_by(time_rates.c.valid_from.desc(), time_rates.c.id.desc())
        return [_rate(row) for row in await self._all(ordered)]

    async def get(self, rate_id: int) -> Rate | None:
        row = await self._first(self._chosen().where(time_rates.c.id == rate_id))
        return _rate(row) if row else None

    def _chosen(self) -> Select[Any]:
        about = func.coalesce(organizations.c.name, contracts.c.name, "").label("about")
        mine = time_rates.c.tenant_id == organizations.c.tenant_id
        theirs = time_rates.c.tenant_id == contracts.c.tenant_id
        return (
            select(time_rates, about)
            .outerjoin(organizations, mine & (organizations.c.id == time_rates.c.organization_id))
            .outerjoin(contracts, theirs & (contracts.c.autotask_id == time_rates.c.contract_id))
            .where(*self._held())
        )

    def _held(self) -> tuple[ColumnElement[bool], ...]:
        return (time_rates.c.tenant_id == self.tenant_id, time_rates.c.removed_at.is_(None))


def _rate(row: RowMapping) -> Rate:
    return Rate(
        id=row["id"],
        rate=row["rate"],
        currency=row["currency"],
        valid_from=row["valid_from"],
        organization_id=row["organization_id"],
        contract_id=row["contract_id"],
        set_by=row["set_by"],
        about=row["about"],
    )
