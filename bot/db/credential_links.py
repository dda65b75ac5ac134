"""One-time pages for the secret: who may use which, until when. Only a digest of the token is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import credential_links

LIVES = timedelta(minutes=10)


@dataclass(frozen=True)
class CredentialLink:
    """Whose page it is, and the conversation in which it was asked for."""

    user_id: str
    channel_id: str


class CredentialLinks(Repository):
    async def add(self, digest: str, link: CredentialLink, at: datetime) -> None:
        """A new page; the person's earlier ones are void from now on."""
        table = credential_links
        await self._run(
            delete(table).where(table.c.tenant_id == self.tenant_id, table.c.user_id == link.user_id)
        )
        row = {"digest": digest, "user_id": link.user_id, "channel_id": link.channel_id, "made_at": at}
        await self._run(insert(table).values(tenant_id=self.tenant_id, **row))

    async def find(self, digest: str, now: datetime) -> CredentialLink | None:
        """The page while it lives."""
        table = credential_links
        fresh = (table.c.digest == digest, table.c.made_at > now - LIVES)
        row = await self._first(select(table).where(table.c.tenant_id == self.tenant_id, *fresh))
        return CredentialLink(row["user_id"], row["channel_id"]) if row else None

    async def use(self, digest: str) -> bool:
        """True for the first who uses it; the page is gone then."""
        table = credential_links
        gone = delete(table).where(table.c.tenant_id == self.tenant_id, table.c.digest == digest)
        return await self._run(gone) == 1

    async def prune(self, now: datetime) -> int:
        table = credential_links
        old = table.c.made_at <= now - LIVES
        return await self._run(delete(table).where(table.c.tenant_id == self.tenant_id, old))
