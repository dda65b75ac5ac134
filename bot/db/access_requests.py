"""Requests for access: one open one per person and right."""

from datetime import datetime

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import access_requests
from bot.domain.access import AccessRequest, RequestState
from bot.domain.context import Right, Role


class AccessRequests(Repository):
    async def add(self, user_id: str, right: Right, at: datetime) -> AccessRequest | None:
        """The new request; None while one of that person for that right is open."""
        made = insert(access_requests).values(
            tenant_id=self.tenant_id, user_id=user_id, wanted=right.name, asked_at=at
        )
        row = await self._first(made.on_conflict_do_nothing().returning(*access_requests.c))
        return _request(row) if row else None

    async def latest(self, user_id: str, right: Right) -> AccessRequest | None:
        chosen = select(access_requests).where(
            access_requests.c.tenant_id == self.tenant_id,
            access_requests.c.user_id == user_id,
            access_requests.c.wanted == right.name,
        )
        row = await self._first(chosen.order_by(access_requests.c.id.desc()).limit(1))
        return _request(row) if row else None

    async def get(self, request_id: int, *, locked: bool = False) -> AccessRequest | None:
        """``locked``: nobody else decides until this transaction ends."""
        chosen = select(access_requests).where(
            access_requests.c.tenant_id == self.tenant_id, access_requests.c.id == request_id
        )
        row = await self._first(chosen.with_for_update() if locked else chosen)
        return _request(row) if row else None

    async def waiting(self, offset: int = 0, limit: int = 10) -> tuple[list[AccessRequest], int]:
        """Open requests, the oldest first, and how many there are."""
        open_ones = (
            access_requests.c.tenant_id == self.tenant_id,
            access_requests.c.state == RequestState.OPEN.value,
        )
        total = await self._scalar(select(func.count()).select_from(access_requests).where(*open_ones))
        chosen = select(access_requests).where(*open_ones).order_by(access_requests.c.id)
        rows = await self._all(chosen.offset(offset).limit(limit))
        return [_request(row) for row in rows], int(total)

    async def decide(
        self, request_id: int, state: RequestState, *, role: Role | None, by: str, at: datetime
    ) -> None:
        await self._run(
            update(access_requests)
            .where(access_requests.c.tenant_id == self.tenant_id, access_requests.c.id == request_id)
            .values(state=state.value, role=role.value if role else None, decided_by=by, decided_at=at)
        )


def _request(row: RowMapping) -> AccessRequest:
    return AccessRequest(
        row["id"],
        row["user_id"],
        Right[row["wanted"]],
        RequestState(row["state"]),
        row["asked_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        role=Role(row["role"]) if row["role"] else None,
    )
