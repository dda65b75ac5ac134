"""Files with organizations that were read, and how far they are saved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import imports
from bot.domain.imports import Fault, Import, ImportCounts, ImportState, Line


class Imports(Repository):
    async def add(
        self,
        request_key: str,
        file_name: str,
        *,
        lines: Sequence[Line],
        faults: Sequence[Fault],
        channel_id: str,
        by: str,
        at: datetime,
    ) -> Import:
        """What was read of a file; the same ``request_key`` is the same import."""
        made = upsert(imports).values(
            tenant_id=self.tenant_id,
            request_key=request_key,
            file_name=file_name,
            lines=[[each.number, each.name, each.company_id] for each in lines],
            faults=[asdict(each) for each in faults],
            channel_id=channel_id,
            by=by,
            at=at,
        )
        await self._run(made.on_conflict_do_nothing())
        row = await self._first(self._chosen().where(imports.c.request_key == request_key))
        assert row is not None
        return _import(row)

    async def get(self, import_id: int, *, lock: bool = False) -> Import | None:
        chosen = self._chosen().where(imports.c.id == import_id)
        row = await self._first(chosen.with_for_update() if lock else chosen)
        return _import(row) if row else None

    async def set_state(self, import_id: int, state: ImportState, *, batch_id: int | None = None) -> None:
        values: dict[str, object] = {"state": state.value}
        await self._update(import_id, values if batch_id is None else values | {"batch_id": batch_id})

    async def advance(self, import_id: int, position: int, counts: ImportCounts) -> None:
        """So many lines are saved, with this result so far."""
        await self._update(import_id, {"position": position, **asdict(counts)})

    async def forget(self, before: datetime) -> None:
        """Drops imports that were read before the moment; what they saved stays."""
        await self._run(delete(imports).where(imports.c.tenant_id == self.tenant_id, imports.c.at < before))

    async def _update(self, import_id: int, values: Mapping[str, object]) -> None:
        await self._run(
            update(imports)
            .where(imports.c.tenant_id == self.tenant_id, imports.c.id == import_id)
            .values(**values)
        )

    def _chosen(self) -> Select[tuple[object, ...]]:
        return select(imports).where(imports.c.tenant_id == self.tenant_id)


def _import(row: RowMapping) -> Import:
    return Import(
        id=row["id"],
        file_name=row["file_name"],
        state=ImportState(row["state"]),
        lines=tuple(Line(*each) for each in row["lines"]),
        faults=tuple(Fault(**each) for each in row["faults"]),
        by=row["by"],
        channel_id=row["channel_id"],
        position=row["position"],
        counts=ImportCounts(row["created"], row["updated"], row["unchanged"]),
        batch_id=row["batch_id"],
    )
