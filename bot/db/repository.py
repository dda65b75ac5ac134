"""What every repository holds: the transaction's connection and the tenant it is bound to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable


@dataclass(frozen=True)
class Repository:
    connection: AsyncConnection
    tenant_id: int

    async def _first(
        self, statement: Executable, values: Mapping[str, Any] | None = None
    ) -> RowMapping | None:
        found = await self.connection.execute(statement, values)
        return found.mappings().first()

    async def _all(self, statement: Executable) -> list[RowMapping]:
        found = await self.connection.execute(statement)
        return list(found.mappings().all())

    async def _scalar(self, statement: Executable) -> Any:
        return (await self.connection.execute(statement)).scalar()

    async def _run(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Rows touched, also by an insert that meets a conflict."""
        kept = {"preserve_rowcount": True}  # else SQLAlchemy says -1 of every insert
        done = await self.connection.execute(statement, values, execution_options=kept)
        return int(done.rowcount)
