"""Files: who may see them, how they come into a workspace."""

from sandbox.slack.filetypes import mimetype
from sandbox.slack.hub import Hub
from sandbox.slack.model import StoredFile
from sandbox.slack.workspace import Workspace


def keep(hub: Hub, user: str, *, name: str, content: bytes) -> StoredFile:
    """Take in what a person uploads; nobody else sees it until it is shared or sent with a form."""
    ws = hub.workspace
    stored = StoredFile(
        id=ws.ids.new("F"),
        name=name,
        title=name,
        user=user,
        created=int(ws.clock.now()),
        length=len(content),
        content=content,
        mimetype=mimetype(name),
        complete=True,
    )
    ws.files[stored.id] = stored
    return stored


def app_sees(ws: Workspace, stored: StoredFile) -> bool:
    """Its own files, those people sent it with a form, and those in conversations it may look at."""
    if stored.user == ws.bot.id or stored.sent_to_app:
        return True
    places = (ws.channels[channel_id] for channel_id in stored.shares if channel_id in ws.channels)
    return any(place.kind == "public" or ws.bot.id in place.members for place in places)
