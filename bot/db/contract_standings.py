"""How contracts stand with us: taken in or left out, worth how much, ended by whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, RowMapping, and_, func, select, update

from bot.db.contracts import seen_contracts
from bot.db.repository import Repository, one_of
from bot.db.tables import contract_standings, contracts, organizations, problems, sync_runs
from bot.domain.contract_lists import Expired
from bot.domain.contracts import Place, Standing, as_json, terms_of
from bot.domain.syncs import Group, SyncState


class ContractStandings(Repository):
    async def of(self, ids: Sequence[int]) -> dict[int, Standing]:
        """How they stood when they were last looked at."""
        chosen = select(contract_standings).where(
            contract_standings.c.tenant_id == self.tenant_id, one_of(contract_standings.c.contract_id, ids)
        )
        return {row["contract_id"]: _standing(row) for row in await self._all(chosen)}

    async def synced_at(self) -> datetime | None:
        """When contracts were last synced completely; None: never, so that what is found now is no news."""
        chosen = select(func.max(sync_runs.c.finished_at)).where(
            sync_runs.c.tenant_id == self.tenant_id,
            sync_runs.c.name == Group.CONTRACTS.value,
            sync_runs.c.state == SyncState.SUCCEEDED.value,
        )
        found = await self._scalar(chosen)
        return found if isinstance(found, datetime) else None

    async def save(self, standings: Mapping[int, Standing], at: datetime) -> None:
        rows = [
            {
                "contract_id": contract_id,
                "place": each.place.value,
                "monthly": each.monthly,
                "terms": as_json(each.terms),
                "cut_short": each.cut_short,
                "ended_on": each.ended_on,
                "ended_by": each.ended_by,
                "ended_at": at if each.ended_on else None,
                "since": at,
            }
            for contract_id, each in standings.items()
        ]
        await self._upsert_rows(contract_standings, rows, key="contract_id")

    async def ended(self, ids: Collection[int]) -> dict[int, date]:
        """Those of the contracts that are ended, with their last day: no new time is taken for them."""
        chosen = select(contract_standings.c.contract_id, contract_standings.c.ended_on).where(
            contract_standings.c.tenant_id == self.tenant_id,
            one_of(contract_standings.c.contract_id, sorted(ids)),
            contract_standings.c.ended_on.is_not(None),
        )
        return {row["contract_id"]: row["ended_on"] for row in await self._all(chosen)}

    async def expired(self, today: date, ids: Sequence[int] | None = None) -> list[Expired]:
        """Contracts taken in whose last day is over and that nobody has ended, the longest over first."""
        chosen = seen_contracts(self.tenant_id).where(_is_expired(today))
        if ids is not None:
            chosen = chosen.where(one_of(contracts.c.autotask_id, ids))
        rows = await self._all(
            chosen.order_by(contracts.c.end_date, contracts.c.autotask_id, organizations.c.id)
        )
        found = {row["autotask_id"]: row for row in reversed(rows)}
        return [_expired(row) for row in reversed(found.values())]

    async def end(self, expired: Sequence[Expired], by: str, at: datetime) -> None:
        """Marks them ended as of their last day. Nothing is written to Autotask."""
        ids = [each.id for each in expired]
        await self._run(
            update(contract_standings)
            .where(
                contract_standings.c.tenant_id == self.tenant_id,
                one_of(contract_standings.c.contract_id, ids),
                contracts.c.tenant_id == self.tenant_id,
                contracts.c.autotask_id == contract_standings.c.contract_id,
            )
            .values(ended_on=contracts.c.end_date, ended_by=by, ended_at=at)
        )

    async def counts(self) -> dict[Place, int]:
        """Contracts by what became of them."""
        chosen = (
            select(contract_standings.c.place, func.count().label("n"))
            .where(contract_standings.c.tenant_id == self.tenant_id)
            .group_by(contract_standings.c.place)
        )
        return {Place(row["place"]): row["n"] for row in await self._all(chosen)}

    async def asked_by(self, run_id: int) -> str:
        """Who asked for a run; "" for a schedule."""
        chosen = select(sync_runs.c.requested_by).where(
            sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.id == run_id
        )
        return str(await self._scalar(chosen) or "")

    async def open_problems(self, beginning: str) -> set[str]:
        """Fingerprints of what is wrong now, of those that begin so."""
        chosen = select(problems.c.fingerprint).where(
            problems.c.tenant_id == self.tenant_id,
            problems.c.fingerprint.startswith(beginning, autoescape=True),
            problems.c.recovered_at.is_(None),
        )
        return {row["fingerprint"] for row in await self._all(chosen)}

    async def taken_of(self, organization_ids: Sequence[int]) -> list[int]:
        """How many contracts are taken in for each of those organizations that are mapped and not archived."""
        mine = (organizations.c.tenant_id == contracts.c.tenant_id) & (
            organizations.c.company_id == contracts.c.company_id
        )
        taken = (contract_standings.c.tenant_id == contracts.c.tenant_id) & (
            contract_standings.c.contract_id == contracts.c.autotask_id
        )
        inside = contracts.join(contract_standings, taken & (contract_standings.c.place == Place.IN.value))
        rows = await self._all(
            select(func.count(contracts.c.autotask_id).label("n"))
            .select_from(organizations.outerjoin(inside, mine & contracts.c.gone_at.is_(None)))
            .where(
                organizations.c.tenant_id == self.tenant_id,
                one_of(organizations.c.id, organization_ids),
                organizations.c.company_id.is_not(None),
                organizations.c.archived_at.is_(None),
            )
            .group_by(organizations.c.id)
        )
        return [row["n"] for row in rows]


def _is_expired(today: date) -> ColumnElement[bool]:
    return and_(
        contracts.c.end_date < today,
        contract_standings.c.place == Place.IN.value,
        contract_standings.c.ended_on.is_(None),
    )


def _expired(row: RowMapping) -> Expired:
    return Expired(
        row["autotask_id"], row["name"], row["organization"], row["organization_id"], row["end_date"]
    )


def _standing(row: RowMapping) -> Standing:
    monthly = row["monthly"]
    return Standing(
        Place(row["place"]),
        None if monthly is None else Decimal(monthly),
        terms_of(row["terms"]),
        row["cut_short"],
        row["ended_on"],
        row["ended_by"],
    )
