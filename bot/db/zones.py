"""Whose clock a workspace lives by before anybody has chosen one: the clock of who sets it up."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.db.session import Database
from bot.domain.context import Ctx

NOBODYS: Final = "UTC"
"""The zone of a workspace of which nothing is known."""


async def adopt_zone(database: Database, ctx: Ctx, at: datetime) -> Ctx:
    """The workspace by the person's Slack zone, if nobody chose one: no Admin, and no setting of the installation.

    Its schedules ring by the new clock from now on, and the audit trail says so. Harmless to repeat.
    """
    zone = str(ctx.person.zone)
    if zone == NOBODYS:
        return ctx
    async with database.directory() as directory:
        if not await directory.adopt_zone(ctx.tenant.id, zone, instead_of=NOBODYS):
            return ctx
    async with database.unit(ctx.tenant.id) as uow:
        await uow.schedules.move(zone, at)
        await uow.audit.record(
            at=at,
            by=ctx.person.user_id,
            action="take over time zone",
            subject="Time zone",
            before={"value": NOBODYS},
            after={"value": zone},
        )
    return replace(ctx, tenant=replace(ctx.tenant, timezone=zone))
