"""Typing a slash command."""

from sandbox.slack import payloads
from sandbox.slack.acts.outcome import Outcome, failed, unusable
from sandbox.slack.acts.stand import actor, seen_channel
from sandbox.slack.errors import ApiError, Refused
from sandbox.slack.hub import Hub
from sandbox.slack.responses import reply_to_command


async def type_command(hub: Hub, user: str, channel_id: str, *, command: str, text: str = "") -> Outcome:
    """Send the command and wait for its ack; raises Refused for an unknown command or channel.

    People of other companies cannot use it: the app is not installed in their workspace.
    """
    channel = seen_channel(hub, user, channel_id)
    installed = hub.workspace.installation is not None
    known = {entry.command for entry in hub.workspace.app.commands if installed}
    if command not in known or actor(hub, user).kind == "external":
        raise Refused("unknown_command", f"{command} is not a valid command")
    payload = payloads.command(hub, user, channel, name=command, text=text)
    ack = await hub.delivery.interact("slash_commands", payload)
    if not ack.ok:
        return failed(hub, user, ack, command)
    try:
        reply_to_command(hub, user, channel, line=f"{command} {text}".strip(), body=ack.payload)
    except ApiError as error:
        return unusable(hub, user, error, command)
    return Outcome()
