"""What every repository holds: the transaction's connection and the tenant it is bound to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    RowMapping,
    Table,
    Text,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

PAGE: Final = 500
_ROWS: Final = TypeAdapter(Mapping[str, object])
"""Writes a row in a sixth of the time that ``json`` with a function for decimals takes."""


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

    async def _upsert_rows(self, table: Table, rows: Sequence[Mapping[str, Any]], *, key: str) -> None:
        """Inserts the rows, or overwrites those with the same key, a page of Autotask's in one statement.

        All rows have the same columns, and no key comes twice; the tenant is set here.
        """
        if rows:
            await self._upsert_written(table, [as_json(row) for row in rows], list(rows[0]), key=key)

    async def _upsert_written(
        self,
        table: Table,
        rows: Sequence[str],
        names: Sequence[str],
        *,
        key: str,
        alike: Mapping[str, object] | None = None,
    ) -> None:
        """The same with rows by ``as_json``, whose columns are ``names``; ``alike`` are values that all of them have.

        They go as one JSON document: a page of 500 takes one round trip, and a third of the time that arrays of their
        columns take to write. More at once would make everybody wait who types a command meanwhile.
        """
        given = {"tenant_id": self.tenant_id, **(alike or {})}
        columns = [column(name, table.c[name].type) for name in names]
        for first in range(0, len(rows), PAGE):
            document = cast(literal(f"[{','.join(rows[first : first + PAGE])}]", Text), JSON)
            source = func.json_to_recordset(document).table_valued(*columns).render_derived(with_types=True)
            values = (literal(value, table.c[name].type) for name, value in given.items())
            chosen = select(*values, *(source.c[name] for name in names))
            made = insert(table).from_select([*given, *names], chosen)
            kept = {name: made.excluded[name] for name in (*given, *names) if name not in {"tenant_id", key}}
            await self._run(made.on_conflict_do_update(index_elements=["tenant_id", key], set_=kept))


def as_json(row: Mapping[str, object]) -> str:
    """The same text for the same content in the same order; decimals, dates and moments are texts, which PostgreSQL
    reads without loss.
    """
    return _ROWS.dump_json(row).decode()


def one_of(key: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """True where ``key`` is one of the ids; one parameter, however many they are.

    A join and not ``= ANY``: while a table fills up, PostgreSQL keeps a plan that holds every row against
    every id.
    """
    return key.in_(select(func.unnest(literal(list(ids), ARRAY(BigInteger)))))
