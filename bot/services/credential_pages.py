"""One-time web pages for the secret, because Slack cannot mask what is typed (design C7)."""

import secrets
from hashlib import sha256

from bot.clock import Clock
from bot.db.credential_links import LIVES, CredentialLink
from bot.db.session import Database
from bot.domain.context import Ctx, Right
from bot.errors import NotFound

__all__ = ["LIVES", "CredentialLink", "CredentialPages"]

LONGEST_TOKEN = 100


class CredentialPages:
    """A token opens one person's page for ten minutes, once; only its digest is stored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(self, ctx: Ctx, channel_id: str) -> str:
        """A new page's token; it starts with the tenant's id. The person's earlier pages are void."""
        ctx.require(Right.CONNECT)
        token = f"{ctx.tenant.id}.{secrets.token_urlsafe(32)}"
        link = CredentialLink(ctx.person.user_id, channel_id)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.credential_links.add(_digest(token), link, self._clock.now())
        return token

    async def find(self, token: str) -> tuple[int, CredentialLink]:
        """The tenant and whose page it is. Raises ``NotFound`` when it was used, is too old, or never was."""
        tenant_id = _tenant_id(token)
        async with self._database.unit(tenant_id) as uow:
            link = await uow.credential_links.find(_digest(token), self._clock.now())
        if link is None:
            raise NotFound("page", "")
        return tenant_id, link

    async def use(self, token: str) -> None:
        """Ends the page. Raises ``NotFound`` for all but the first."""
        async with self._database.unit(_tenant_id(token)) as uow:
            if not await uow.credential_links.use(_digest(token)):
                raise NotFound("page", "")


def _tenant_id(token: str) -> int:
    number = token[:LONGEST_TOKEN].partition(".")[0]
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        raise NotFound("page", "")
    return int(number)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
