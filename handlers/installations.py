"""Slack's word that a workspace has uninstalled Deskhand. Slack may say it twice, in any order, and late."""

from datetime import UTC, datetime

from bot.domain.numbers import whole
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.payload import dig, text_at


async def uninstalled(request: Request) -> None:
    await _left(request, "app_uninstalled")


async def revoked(request: Request) -> None:
    """Only the bot's own token ends the installation; people's tokens are none of ours."""
    if dig(request.body, "event", "tokens", "bot"):
        await _left(request, "tokens_revoked")


async def _left(request: Request, why: str) -> None:
    tenant, service = request.ctx.tenant, request.services.installations
    if await service.is_over(tenant, _said_at(request), is_alive=request.tools.workspaces.is_alive):
        await service.leave(tenant, why)
        request.tools.workspaces.installs.forget(tenant.team_id)


def _said_at(request: Request) -> datetime:
    """When it happened by Slack's clock; now, where Slack does not say."""
    stamp = whole(text_at(request.body, "event_time"))
    return datetime.fromtimestamp(stamp, UTC) if stamp else request.tools.clock.now()


FEATURE = Feature(
    listeners=(
        Listener("event", "app_uninstalled", uninstalled),
        Listener("event", "tokens_revoked", revoked),
    )
)
