"""The workspace and the app themselves: auth.test, connections, team, bots, validation."""

from sandbox.slack.blockkit import Problem, Surface, validate
from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.render import bot_profile
from sandbox.slack.shapes import JsonObject, as_object
from sandbox.slack.webapi.call import Call


async def api_test(call: Call) -> JsonObject:
    return {"args": call.args.values}


async def auth_test(call: Call) -> JsonObject:
    ws = call.ws
    return {
        "url": f"https://{ws.team.domain}.slack.com/",
        "team": ws.team.name,
        "user": ws.bot.name,
        "team_id": ws.team.id,
        "user_id": ws.bot.id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


async def open_connection(call: Call) -> JsonObject:
    ticket = call.hub.delivery.socket.issue_ticket()
    base = call.hub.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={call.ws.app_id}"}


async def info(call: Call) -> JsonObject:
    team = call.ws.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


async def bot_info(call: Call) -> JsonObject:
    if call.args.text("bot") not in {"", call.ws.bot_id}:
        raise ApiError("bot_not_found")
    return {"bot": bot_profile(call.ws) | {"user_id": call.ws.bot.id}}


async def validate_blocks(call: Call) -> JsonObject:
    """Exactly one of `blocks`, `view`, `message`; needs no token."""
    given = [name for name in ("blocks", "view", "message") if call.args.values.get(name) is not None]
    if len(given) != 1:
        raise refused_arguments(["must provide exactly one of `blocks`, `view`, `message`"])
    name, payload = given[0], call.args.structure(given[0])
    surface: Surface = "message"
    if name == "view":
        surface = "home" if as_object(payload).get("type") == "home" else "modal"
    problems = validate(payload, surface)
    if problems:
        raise ApiError(f"invalid_{name}", extra={"errors": [_problem(problem) for problem in problems]})
    return {}


def _problem(problem: Problem) -> JsonObject:
    return {"code": problem.code, "message": problem.message, "pointer": problem.pointer}
