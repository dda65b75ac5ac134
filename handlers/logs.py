"""``/autotask logs``: what syncs did, left alone or could not do."""

from blocks import kit
from blocks import log_exports as exports
from blocks import log_forms as forms
from blocks import logs as blocks
from blocks.syncs import TROUBLES
from bot.domain.context import Right
from bot.domain.logs import Asked, LogFilter, Spot, read_code, read_spot
from bot.domain.numbers import whole
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at

LONGEST_TEXT = 300


async def show(request: Request) -> None:
    asked = await request.services.logs.understand(request.ctx, request.text[:LONGEST_TEXT])
    await request.respond(await _listing(request, asked, Spot()))


async def show_preset(request: Request) -> None:
    """Another filter in place of this one, from its first page."""
    asked = Asked(read_code(request.action_value))
    await request.respond(await _listing(request, asked, Spot()), replace=True)


async def show_related(request: Request) -> None:
    await request.respond(await _listing(request, Asked(read_code(request.action_value)), Spot()))


async def turn(request: Request) -> None:
    spot, code = blocks.place_of(request.action_value)
    shown = await _listing(request, Asked(read_code(code)), read_spot(spot))
    await request.respond(shown, replace=True)


async def details(request: Request) -> None:
    line = await request.services.logs.get(request.ctx, _number(request.action_value))
    await request.open_or_push(forms.details(line, metadata=_came_from(request)))


async def download(request: Request) -> None:
    """Into the person's own conversation with us."""
    line = await request.services.logs.get(request.ctx, _number(request.action_value))
    if not await request.once():
        return
    name = f"autotask_log_{line.id}.json"
    await request.tools.files.upload(
        request.ctx.tenant,
        f"log:{request.fingerprint}",
        request.user_id,
        name=name,
        content=forms.download(line),
        title=f"Log entry #{line.id}",
    )
    await request.respond(exports.given(name))


async def open_filter(request: Request) -> None:
    wanted = read_code(request.action_value)
    chosen = await _organization_option(request, wanted)
    await request.open_or_push(forms.filter_form(wanted, chosen=chosen, metadata=_came_from(request)))


async def apply_filter(request: Request) -> None:
    """The list is drawn anew where it is; where that cannot be, it is told."""
    wanted = forms.read_filter(request.values)
    shown = await _listing(request, Asked(wanted), Spot())
    await request.ack()
    url, below = text_at(request.metadata, "url"), request.below
    if url and await request.tools.notifier.reply(url, shown, replace=True):
        return
    view = kit.modal("Deskhand", shown.classic or shown.blocks, close="Close")
    if not (below and await request.update(view, view_id=below)):
        await request.respond(shown)


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options([kit.option(each.name, str(each.id)) for each in found])


async def export(request: Request) -> None:
    await request.services.logs.request_export(
        request.ctx, read_code(request.action_value), run_key=request.fingerprint, has_bom=True
    )
    await request.respond(exports.requested(request.action_value))


async def export_plain(request: Request) -> None:
    """The same without the mark that Excel wants at the head, which other programs take for text."""
    await request.services.logs.request_export(
        request.ctx, read_code(request.action_value), run_key=request.fingerprint, has_bom=False
    )


async def share(request: Request) -> None:
    """What the person sees, for everybody in the conversation; not where another company reads along."""
    spot, code = blocks.place_of(request.action_value)
    shown = await _listing(request, Asked(read_code(code)), read_spot(spot), is_shared=True)
    place = request.channel_id or request.user_id
    await request.tools.notifier.post(request.ctx.tenant, f"logs:{request.fingerprint}", place, shown)


async def _listing(request: Request, asked: Asked, spot: Spot, *, is_shared: bool = False) -> kit.Message:
    service = request.services.logs
    page = await service.page(request.ctx, asked.filter, spot)
    name = asked.organization
    if asked.filter.organization_id and not name:
        found = await service.organization(request.ctx, asked.filter.organization_id)
        name = found.name if found else ""
    return blocks.listing(
        blocks.Listing(page, request.ctx.person.zone, name, asked.guesses, is_shared=is_shared)
    )


async def _organization_option(request: Request, wanted: LogFilter) -> kit.Option | None:
    if wanted.organization_id is None:
        return None
    found = await request.services.logs.organization(request.ctx, wanted.organization_id)
    return kit.option(found.name, str(found.id)) if found else None


def _came_from(request: Request) -> dict[str, kit.Json]:
    given = text_at(request.metadata, "url")
    return {"url": request.response_url or given, "channel": request.channel_id}


def _number(text: str) -> int:
    return whole(text) or 0


FEATURE = Feature(
    commands=(
        Command(
            "logs",
            "What syncs did, left alone or could not do",
            show,
            usage="[errors | warnings | contracts | 7d | yesterday | words]",
            aliases=("log", "sync-log"),
            right=Right.READ,
            label="View logs",
            details="Type, status, days and words in any order: `logs errors 7d`, `logs contracts last week`, "
            "`logs slow invoices`, `logs warnings organization acme`. Whatever else you type is looked for in the "
            "messages. *View* shows an entry in full, *CSV* takes the filtered entries along.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.PAGE}:(first|back|next|last)$", turn),
        Listener("action", f"^({blocks.SHOW}|{blocks.SIZE}):[a-z0-9]+$", show_preset),
        Listener("action", forms.RELATED, show_related),
        Listener("action", f"^{TROUBLES}:[a-z_]+$", show_related),
        Listener("action", blocks.DETAILS, details),
        Listener("action", forms.DOWNLOAD, download),
        Listener("action", blocks.FILTER, open_filter),
        Listener("action", blocks.EXPORT, export),
        Listener("action", exports.PLAIN, export_plain),
        Listener("action", blocks.SHARE, share),
        Listener("options", forms.ORGANIZATION_OPTIONS, suggest_organizations),
        Listener("view", forms.FILTER_CALLBACK, apply_filter),
    ),
)
