"""``/autotask audit``: who did what, for Admins."""

from blocks import audit as blocks
from blocks import kit
from bot.domain.context import Right
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import as_number

LONGEST_TEXT = 200


async def show(request: Request) -> None:
    await request.respond(await _listing(request, request.text[:LONGEST_TEXT], 0))


async def turn_page(request: Request) -> None:
    number, _, text = request.action_value.partition("|")
    await request.respond(await _listing(request, text, as_number(number)), replace=True)


async def details(request: Request) -> None:
    act = await request.services.audit.get(request.ctx, request.action_number)
    await request.open_or_push(blocks.details(act))


async def export(request: Request) -> None:
    """Into the person's own conversation with us, once per press."""
    request.ctx.require(Right.READ_AUDIT)
    if not await request.once():
        return
    file = await request.services.audit.export(request.ctx, request.action_value)
    stamp = request.tools.clock.now().astimezone(request.ctx.person.zone)
    await request.tools.files.upload(
        request.ctx.tenant,
        f"audit:{request.fingerprint}",
        request.user_id,
        name=f"deskhand-audit-{stamp:%Y-%m-%d-%H%M}.csv",
        content=file.content,
        title="Audit trail",
        comment=f"Audit trail: {request.action_value or 'everything'}",
    )
    await request.respond(blocks.exported(file.rows, is_whole=file.is_whole))


async def _listing(request: Request, text: str, number: int) -> kit.Message:
    service = request.services.audit
    _, total = await service.page(request.ctx, text, limit=0)
    where = kit.page(total, number, blocks.PAGE_SIZE)
    acts, _ = await service.page(request.ctx, text, offset=where.offset, limit=where.size)
    return blocks.listing(acts, where, text=text, root=request.settings.command)


FEATURE = Feature(
    commands=(
        Command(
            "audit",
            "Who did what, and when",
            show,
            usage="[person | action | words] [last week | since monday | 2026-11-21]",
            aliases=("history", "trail"),
            right=Right.READ_AUDIT,
            label="Audit trail",
            details="Every word must match: a person, an action, an organization, an Autotask id. Days: today, "
            "yesterday, last week, this month, last 30 days, since monday, 2026-11-21, 2026-11. The trail is only "
            "ever added to.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", blocks.DETAILS, details),
        Listener("action", blocks.EXPORT, export),
    ),
)
