"""usergroups.list and usergroups.users.list."""

from sandbox.slack.errors import ApiError
from sandbox.slack.render import user_group_object
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.call import Call


async def everything(call: Call) -> JsonObject:
    """Groups in use; disabled ones, members and counts only when they are asked for."""
    with_disabled = call.args.flag("include_disabled")
    shown = [
        user_group_object(
            call.ws,
            group,
            with_users=call.args.flag("include_users"),
            with_count=call.args.flag("include_count"),
        )
        for group in call.ws.user_groups.values()
        if with_disabled or not group.disabled_at
    ]
    return {"usergroups": shown}


async def members(call: Call) -> JsonObject:
    """The members of a group; a disabled group is found only with `include_disabled`."""
    group = call.ws.user_groups.get(call.args.text("usergroup"))
    if group is None or (group.disabled_at and not call.args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}
