"""``/autotask groups``: organization groups, for Admins."""

from blocks import groups as blocks
from blocks import kit
from blocks import organizations as organization_blocks
from blocks import user_groups as user_group_blocks
from blocks.access import GROUP_NEW, GROUP_OPEN
from bot.domain.context import Right
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import among, as_number, number_at, own, text_at
from handlers.resolve import learn_groups_if_possible


async def show(request: Request) -> None:
    await request.respond(await _listing(request, 0))


async def turn_page(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    await request.respond(await _listing(request, as_number(number)), replace=True)


async def open_group(request: Request) -> None:
    await request.open_or_push(await _inside(request, request.action_number, channel_id=request.channel_id))


async def turn_tab(request: Request) -> None:
    tab = own(among(blocks.TABS), request.action_id.rpartition(":")[2])
    await request.update(await _inside(request, request.action_number, tab=tab))


async def turn_inside(request: Request) -> None:
    number, group_id, name = request.action_parts(3)
    tab = own(among(blocks.TABS), name)
    await request.update(await _inside(request, as_number(group_id), tab=tab, number=as_number(number)))


async def open_create(request: Request) -> None:
    request.ctx.require(Right.MANAGE_PEOPLE)
    await learn_groups_if_possible(request.ctx.tenant, request.tools)
    await request.open_or_push(blocks.create_form(channel_id=request.channel_id))


async def create(request: Request) -> None:
    typed = blocks.read_form(request.values)
    group = await request.services.groups.create(
        request.ctx, typed.name, typed.organization_ids, typed.members
    )
    await request.ack_update(await _inside(request, group.id, channel_id=request.channel_id))


async def open_add(request: Request) -> None:
    found = await request.services.groups.get(request.ctx, request.action_number, limit=0)
    await learn_groups_if_possible(request.ctx.tenant, request.tools)
    await request.push(blocks.add_form(found.group))


async def add(request: Request) -> None:
    typed = blocks.read_form(request.values)
    group_id = as_number(text_at(request.metadata, "group"))
    await request.services.groups.add(request.ctx, group_id, typed.organization_ids, typed.members)
    await _redraw_below(request, group_id, tab="organizations" if typed.organization_ids else "members")


async def open_rename(request: Request) -> None:
    found = await request.services.groups.get(request.ctx, request.action_number, limit=0)
    await request.push(blocks.rename_form(found.group))


async def rename(request: Request) -> None:
    group_id = as_number(text_at(request.metadata, "group"))
    await request.services.groups.rename(request.ctx, group_id, request.form.text("name"))
    await _redraw_below(request, group_id)


async def delete(request: Request) -> None:
    group = await request.services.groups.delete(request.ctx, request.action_number)
    await request.update(blocks.deleted(group))


async def take_out(request: Request) -> None:
    group_id, organization_id = map(as_number, request.action_parts(2))
    number = number_at(request.metadata, "page")
    await request.services.groups.remove_organization(request.ctx, group_id, organization_id)
    await request.update(await _inside(request, group_id, tab="organizations", number=number))


async def leave(request: Request) -> None:
    group, _, member_id = request.action_value.partition("|")
    group_id, number = as_number(group), number_at(request.metadata, "page")
    await request.services.groups.remove_member(request.ctx, group_id, member_id)
    await request.update(await _inside(request, group_id, tab="members", number=number))


async def suggest_organizations(request: Request) -> None:
    request.ctx.require(Right.MANAGE_PEOPLE)
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(organization_blocks.options(found))


async def suggest_user_groups(request: Request) -> None:
    found = await request.services.who.user_groups(request.ctx, request.text)
    await request.ack_options(user_group_blocks.options(found))


async def _redraw_below(request: Request, group_id: int, *, tab: str = "organizations") -> None:
    """The form closes, and the group under it shows what came of it."""
    await request.ack()
    below = request.below
    if below:
        await request.update(await _inside(request, group_id, tab=tab), view_id=below)


async def _inside(
    request: Request, group_id: int, *, tab: str = "organizations", number: int = 0, channel_id: str = ""
) -> kit.View:
    service = request.services.groups
    counted = (await service.get(request.ctx, group_id, limit=0)).group
    total = counted.organization_count if tab == "organizations" else counted.member_count
    where = kit.page(total, number, blocks.PAGE_SIZE)
    found = await service.get(request.ctx, group_id, offset=where.offset, limit=where.size)
    return blocks.inside(
        found.group,
        where,
        tab=tab,
        organizations=found.organizations,
        members=found.members,
        user_groups=found.user_groups,
        channel_id=channel_id or text_at(request.metadata, "channel"),
    )


async def _listing(request: Request, number: int) -> kit.Message:
    service = request.services.groups
    _, total = await service.page(request.ctx, limit=0)
    where = kit.page(total, number, blocks.PAGE_SIZE)
    found, _ = await service.page(request.ctx, offset=where.offset, limit=where.size)
    return blocks.listing(found, where)


FEATURE = Feature(
    commands=(
        Command(
            "groups",
            "Organization groups: who sees which clients",
            show,
            aliases=("group", "visibility"),
            right=Right.MANAGE_PEOPLE,
            label="Organization groups",
            details="Who is in a group sees the organizations of their groups only; who is in none sees all. "
            "Admins always see all.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.LIST_PAGE}:(back|next)$", turn_page),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_inside),
        Listener("action", f"^{blocks.TAB}:[a-z]+$", turn_tab),
        Listener("action", GROUP_OPEN, open_group),
        Listener("action", GROUP_NEW, open_create),
        Listener("action", blocks.ADD, open_add),
        Listener("action", blocks.RENAME, open_rename),
        Listener("action", blocks.DELETE, delete),
        Listener("action", blocks.OUT, take_out),
        Listener("action", blocks.LEAVE, leave),
        Listener("options", blocks.ORGANIZATION_OPTIONS, suggest_organizations),
        Listener("options", blocks.GROUP_OPTIONS, suggest_user_groups),
        Listener("view", blocks.CREATE_CALLBACK, create),
        Listener("view", blocks.ADD_CALLBACK, add),
        Listener("view", blocks.RENAME_CALLBACK, rename),
    ),
)
