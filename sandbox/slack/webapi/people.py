"""users.info, users.list, users.lookupByEmail."""

from sandbox.slack.errors import ApiError
from sandbox.slack.model import Member
from sandbox.slack.render import user_object
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.call import Call, listed

EMAIL_SCOPE = "users:read.email"


async def info(call: Call) -> JsonObject:
    return {"user": _shown(call, call.ws.member(call.args.text("user")))}


async def everyone(call: Call) -> JsonObject:
    page, cursor = call.page(list(call.ws.members.values()))
    members = [_shown(call, member) for member in page]
    return listed("members", members, cursor) | {"cache_ts": int(call.ws.clock.now())}


async def by_email(call: Call) -> JsonObject:
    """Only members of this workspace are found; raises ApiError `users_not_found`."""
    wanted = call.args.text("email").lower()
    for member in call.ws.members.values():
        if member.email.lower() == wanted and member.team_id == call.ws.team.id:
            return {"user": _shown(call, member)}
    raise ApiError("users_not_found")


def _shown(call: Call, member: Member) -> JsonObject:
    return user_object(call.ws, member, with_email=EMAIL_SCOPE in call.scopes)
