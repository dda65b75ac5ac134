"""Attempts to install, kept until Slack sends the person back. Only hashes: who reads them can forge nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.tables import consents


@dataclass(frozen=True)
class Consents:
    connection: AsyncConnection

    async def add(
        self, state_hash: bytes, browser_hash: bytes, *, now: datetime, expires_at: datetime
    ) -> None:
        """Keeps one, and forgets those whose time is over."""
        await self.connection.execute(delete(consents).where(consents.c.expires_at <= now))
        row = {"state_hash": state_hash, "browser_hash": browser_hash, "expires_at": expires_at}
        await self.connection.execute(insert(consents).values(row))

    async def take(self, state_hash: bytes, now: datetime) -> bytes | None:
        """The browser's hash, once; None when there is no such attempt, or its time is over."""
        taken = delete(consents).where(consents.c.state_hash == state_hash)
        found = await self.connection.execute(taken.returning(consents.c.browser_hash, consents.c.expires_at))
        row = found.first()
        return bytes(row.browser_hash) if row is not None and row.expires_at > now else None
