"""Roles bound to Slack's user groups, and Slack's news of groups and people."""

from collections.abc import Mapping

from blocks import user_groups as blocks
from blocks.access import BIND, UNBIND
from blocks.kit import Message, section
from bot.domain.context import Right
from bot.errors import NotFound
from bot.slack.directory import profile_of
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.payload import dig, text_at
from handlers.resolve import learn_groups_if_possible, learn_profile

GROUP_EVENTS = ("subteam_created", "subteam_updated", "subteam_members_changed")


async def open_form(request: Request) -> None:
    """Slack is asked for the groups of now; when it is silent, those we know are offered."""
    request.ctx.require(Right.MANAGE_PEOPLE)
    why_none = await learn_groups_if_possible(request.ctx.tenant, request.tools)
    if not await request.services.who.user_groups(request.ctx):
        await request.respond(blocks.none_to_bind(why_none))
        return
    bound = (await request.services.who.management(request.ctx)).bindings if request.action_value else ()
    binding = next((each for each in bound if each.group.id == request.action_value), None)
    await request.open_or_push(blocks.form(binding, channel_id=request.channel_id))


async def suggest(request: Request) -> None:
    found = await request.services.who.user_groups(request.ctx, request.text)
    await request.ack_options(blocks.options(found))


async def save(request: Request) -> None:
    typed = blocks.read_form(request.values)
    await request.services.access.bind(request.ctx, typed.group_id, typed.role, approves=typed.approves)
    await request.ack()
    found = await request.services.who.management(request.ctx)
    group = next((each.group for each in found.bindings if each.group.id == typed.group_id), None)
    if group is None:
        raise NotFound("user group", typed.group_id)
    await request.respond(blocks.bound(group.handle, typed))


async def unbind(request: Request) -> None:
    await request.services.access.unbind(request.ctx, request.action_value)
    text = ":white_check_mark: The user group gives nothing any more."
    await request.respond(Message(text, (section(text),)))


# --- Slack's news ---


async def groups_changed(request: Request) -> None:
    """Whatever the event says, Slack's whole word of now is kept: events may come late or twice."""
    await learn_groups_if_possible(request.ctx.tenant, request.tools)


async def person_changed(request: Request) -> None:
    """A member was deactivated, became a guest, or took another name: it counts at once."""
    user = dig(request.body, "event", "user")
    if not isinstance(user, Mapping) or not (user_id := text_at(user, "id")):
        return
    tenant = request.ctx.tenant
    async with request.tools.database.unit(tenant.id) as uow:
        known = await uow.people.get(user_id)
    if known is not None:
        await learn_profile(tenant, user_id, profile_of(user, tenant.team_id), request.tools)


FEATURE = Feature(
    listeners=(
        Listener("action", BIND, open_form),
        Listener("action", UNBIND, unbind),
        Listener("options", blocks.OPTIONS, suggest),
        Listener("view", blocks.CALLBACK, save),
        *(Listener("event", name, groups_changed) for name in GROUP_EVENTS),
        Listener("event", "user_change", person_changed),
    )
)
