"""Companies that matching contracts belong to and that no organization has: those an Admin was asked about."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository, one_of
from bot.db.tables import companies, contracts, customer_requests
from bot.domain.contract_lists import CustomerRequest


class Customers(Repository):
    async def ask(self, company_id: int, contract_id: int, at: datetime) -> bool:
        """Remembers that an Admin has to decide; False where it was asked before, whatever was decided."""
        made = upsert(customer_requests).values(
            tenant_id=self.tenant_id, company_id=company_id, contract_id=contract_id, asked_at=at
        )
        added = made.on_conflict_do_nothing(index_elements=["tenant_id", "company_id"])
        return await self._scalar(added.returning(customer_requests.c.id)) is not None

    async def open(self, offset: int, limit: int) -> tuple[list[CustomerRequest], int]:
        """Those that nobody has decided, the oldest first; and how many there are."""
        total = await self._scalar(select(func.count()).select_from(self._waiting().subquery()))
        page = self._waiting().order_by(customer_requests.c.id).offset(offset).limit(limit)
        return [_request(row) for row in await self._all(page)], int(total)

    async def waiting(self, company_ids: Collection[int] | None = None) -> list[CustomerRequest]:
        """Those of the companies, or all, that nobody has decided."""
        chosen = self._waiting()
        if company_ids is not None:
            chosen = chosen.where(one_of(customer_requests.c.company_id, sorted(company_ids)))
        return [_request(row) for row in await self._all(chosen.order_by(customer_requests.c.id))]

    async def decide(self, company_ids: Sequence[int], state: str, by: str, at: datetime) -> int:
        """Keeps the decision ``approved`` or ``declined``; how many were still open."""
        return await self._run(
            update(customer_requests)
            .where(
                customer_requests.c.tenant_id == self.tenant_id,
                customer_requests.c.state == "asked",
                one_of(customer_requests.c.company_id, company_ids),
            )
            .values(state=state, decided_by=by, decided_at=at)
        )

    def _waiting(self) -> Select[Any]:
        company = and_(
            companies.c.tenant_id == customer_requests.c.tenant_id,
            companies.c.autotask_id == customer_requests.c.company_id,
        )
        contract = and_(
            contracts.c.tenant_id == customer_requests.c.tenant_id,
            contracts.c.autotask_id == customer_requests.c.contract_id,
        )
        return (
            select(
                customer_requests.c.company_id,
                companies.c.name.label("company"),
                customer_requests.c.contract_id,
                func.coalesce(contracts.c.name, "").label("contract"),
            )
            .select_from(customer_requests.join(companies, company).outerjoin(contracts, contract))
            .where(customer_requests.c.tenant_id == self.tenant_id, customer_requests.c.state == "asked")
        )


def _request(row: RowMapping) -> CustomerRequest:
    return CustomerRequest(row["company_id"], row["company"], row["contract_id"], row["contract"])
