"""What the page and the tests can do: play a person, and bend the workspace."""

from collections.abc import Awaitable, Callable, Mapping
from typing import get_args

from sandbox.slack.acts import command, groups, install, interact, members, modal, talk
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.delivery.ack import Kind
from sandbox.slack.errors import Refused
from sandbox.slack.faults import read_fault
from sandbox.slack.hub import Hub
from sandbox.slack.model import MemberKind
from sandbox.slack.shapes import JsonObject, as_flag, as_list, as_object, as_text

REDELIVERABLE: Mapping[str, Kind] = {
    "event": "events_api",
    "interaction": "interactive",
    "command": "slash_commands",
}


def _text(body: JsonObject, name: str) -> str:
    """A required text; raises Refused."""
    value = as_text(body.get(name))
    if not value:
        raise Refused("invalid_arguments", f"{name} is required")
    return value


async def say(hub: Hub, body: JsonObject) -> Outcome:
    thread_ts = as_text(body.get("thread_ts")) or None
    return talk.say(
        hub, _text(body, "user"), _text(body, "channel"), _text(body, "text"), thread_ts=thread_ts
    )


async def type_command(hub: Hub, body: JsonObject) -> Outcome:
    if body.get("thread_ts"):
        raise Refused("not_supported_in_threads", "slash commands cannot be used in threads")
    name, text = _text(body, "command"), as_text(body.get("text"))
    return await command.type_command(
        hub, _text(body, "user"), _text(body, "channel"), command=name, text=text
    )


async def action(hub: Hub, body: JsonObject) -> Outcome:
    return await interact.act(
        hub,
        _text(body, "user"),
        as_object(body.get("container")),
        at=(as_text(body.get("block_id")), _text(body, "action_id")),
        value=as_object(body.get("value")),
        state=_values(body),
    )


async def suggest(hub: Hub, body: JsonObject) -> Outcome:
    """The container as for an action, or `view_id`, or `channel` and `ts`."""
    container = as_object(body.get("container")) or _short_container(body)
    return await interact.suggest(
        hub,
        _text(body, "user"),
        container,
        at=(as_text(body.get("block_id")), _text(body, "action_id")),
        query=as_text(body.get("query")),
        state=_values(body),
    )


def _short_container(body: JsonObject) -> JsonObject:
    if body.get("ts"):
        return {"type": "message", "channel": body.get("channel"), "ts": body["ts"]}
    return {"type": "view", "view_id": body.get("view_id")}


async def submit(hub: Hub, body: JsonObject) -> Outcome:
    return await modal.submit(hub, _text(body, "user"), as_text(body.get("view_id")), state=_values(body))


def _values(body: JsonObject) -> object:
    return as_object(body.get("state")).get("values")


async def close(hub: Hub, body: JsonObject) -> Outcome:
    everything = as_flag(body.get("all"))
    return await modal.close(hub, _text(body, "user"), as_text(body.get("view_id")), everything=everything)


async def shortcut(hub: Hub, body: JsonObject) -> Outcome:
    channel, ts = as_text(body.get("channel")) or None, as_text(body.get("ts")) or None
    return await interact.use_shortcut(
        hub, _text(body, "user"), _text(body, "callback_id"), channel=channel, ts=ts
    )


async def open_home(hub: Hub, body: JsonObject) -> Outcome:
    return talk.open_home(hub, _text(body, "user"), as_text(body.get("tab"), "home"))


async def read(hub: Hub, body: JsonObject) -> Outcome:
    return talk.mark_read(hub, _text(body, "user"), _text(body, "channel"))


async def membership(hub: Hub, body: JsonObject) -> Outcome:
    member = as_flag(body.get("member"))
    return talk.set_membership(hub, _text(body, "user"), _text(body, "channel"), member=member)


async def usergroup(hub: Hub, body: JsonObject) -> Outcome:
    """Give a user group the members `users`; with `enabled` false or true, disable or enable it.

    With `handle` instead of `id` a new one is made, in the workspace of `team`.
    """
    if body.get("handle"):
        named = as_text(body.get("name")) or _text(body, "handle")
        users = [as_text(user) for user in as_list(body.get("users"))]
        groups.create(hub, _text(body, "handle"), named, users)
        return Outcome()
    enabled = as_flag(body["enabled"]) if "enabled" in body else None
    wanted = [as_text(user) for user in as_list(body["users"])] if "users" in body else None
    return groups.change(hub, _text(body, "id"), wanted, enabled=enabled)


async def member(hub: Hub, body: JsonObject) -> Outcome:
    """Change a member's standing (`kind`) or words (`real_name`, `title`, …)."""
    user = _text(body, "user")
    fields = {name: as_text(value) for name, value in body.items() if name in members.CHANGEABLE}
    kinds = [kind for kind in get_args(MemberKind) if kind == body.get("kind")]
    if "kind" in body and not kinds:
        raise Refused("invalid_arguments", f"no such kind of member: {body['kind']!r}")
    return members.change(hub, user, fields, kind=kinds[0] if kinds else None)


async def rates(hub: Hub, body: JsonObject) -> Outcome:
    """Tighten the methods' limits in every workspace: only so many minutes' worth of calls at once."""
    for peer in hub.peers.values():
        peer.rates.tighten(float(_text(body, "burst_minutes")))
    return Outcome()


async def uninstall_app(hub: Hub, body: JsonObject) -> Outcome:
    """Take the app out of `team`; `error` is what its token answers then (account_inactive)."""
    if as_text(body.get("team")) not in hub.peers:
        raise Refused("team_not_found", "team is the id of a workspace")
    return install.uninstall(hub, error=as_text(body.get("error")) or "account_inactive")


async def reset(hub: Hub, _: JsonObject) -> Outcome:
    hub.reset()
    return Outcome()


async def faults(hub: Hub, body: JsonObject) -> Outcome:
    hub.faults.add(read_fault(body))
    return Outcome()


async def clock(hub: Hub, body: JsonObject) -> Outcome:
    hub.workspace.clock.advance(float(_text(body, "advance_seconds")))
    return Outcome()


async def redeliver(hub: Hub, body: JsonObject) -> Outcome:
    """Deliver the last payload again, of `kind` event, interaction or command if given."""
    asked = as_text(body.get("kind"))
    if asked and asked not in REDELIVERABLE:
        raise Refused("invalid_arguments", f"kind is one of {sorted(REDELIVERABLE)}")
    ack = await hub.delivery.again(REDELIVERABLE.get(asked))
    if ack is None:
        raise Refused("nothing_delivered", "nothing has been delivered yet")
    return Outcome(ok=ack.ok, error=None if ack.ok else ack.outcome)


async def delivery(hub: Hub, body: JsonObject) -> Outcome:
    """Switch between socket and http; http is verified first, as Slack does with a request URL."""
    mode = as_text(body.get("mode"))
    if mode == "http":
        hub.delivery.http.request_url = _text(body, "request_url")
        wrong = await hub.delivery.http.verify()
        if wrong:
            raise Refused("url_verification_failed", wrong)
        hub.delivery.mode = "http"
    elif mode == "socket":
        hub.delivery.mode = "socket"
    else:
        raise Refused("invalid_arguments", "mode is socket or http")
    return Outcome()


async def disconnect_sockets(hub: Hub, body: JsonObject) -> Outcome:
    count = await hub.delivery.socket.disconnect(as_text(body.get("reason"), "refresh_requested"))
    return Outcome(message=f"{count} connections")


WRITES: Mapping[str, Callable[[Hub, JsonObject], Awaitable[Outcome]]] = {
    "say": say,
    "command": type_command,
    "action": action,
    "submit": submit,
    "close": close,
    "suggest": suggest,
    "shortcut": shortcut,
    "open_home": open_home,
    "read": read,
    "membership": membership,
    "usergroup": usergroup,
    "member": member,
    "uninstall": uninstall_app,
    "rates": rates,
    "reset": reset,
    "faults": faults,
    "clock": clock,
    "redeliver": redeliver,
    "delivery": delivery,
    "sockets/disconnect": disconnect_sockets,
}
