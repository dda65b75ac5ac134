"""The JSON that Slack shows of a file."""

from collections.abc import Mapping
from urllib.parse import quote

from sandbox.slack.filetypes import filetype
from sandbox.slack.model import StoredFile
from sandbox.slack.shapes import JsonObject, present
from sandbox.slack.workspace import Workspace

PRETTY: Mapping[str, str] = {
    "text": "Plain Text",
    "binary": "Binary",
    "docx": "Word Document",
    "xlsx": "Excel Spreadsheet",
}
_FIXED: JsonObject = {
    "editable": False,
    "mode": "hosted",
    "is_external": False,
    "external_type": "",
    "public_url_shared": False,
    "display_as_bot": False,
    "username": "",
    "media_display_type": "unknown",
    "has_rich_preview": False,
    "file_access": "visible",
    "comments_count": 0,
}


def file_object(ws: Workspace, stored: StoredFile) -> JsonObject:
    """A file as files.info gives it; without mimetype and shares until it is processed."""
    fields = _FIXED | _own(ws, stored) | _addresses(ws, stored) | _places(ws, stored)
    if stored.mimetype:
        kind = filetype(stored.name)
        pretty = PRETTY.get(kind, kind.upper())
        fields |= {"mimetype": stored.mimetype, "filetype": kind, "pretty_type": pretty}
    return present(fields)


def _own(ws: Workspace, stored: StoredFile) -> JsonObject:
    owner = ws.members.get(stored.user)
    return {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "user": stored.user,
        "user_team": owner.team_id if owner else ws.team.id,
        "size": len(stored.content),
        "alt_txt": stored.alt_txt or None,
        "is_public": any(ws.channels[c].kind == "public" for c in stored.shares),
    }


def _addresses(ws: Workspace, stored: StoredFile) -> JsonObject:
    private = f"{ws.base_url}/files-pri/{ws.team.id}-{stored.id}"
    name = quote(stored.name)
    return {
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
        "permalink": f"https://{ws.team.domain}.slack.com/files/{stored.user}/{stored.id}/{name}",
    }


def _places(ws: Workspace, stored: StoredFile) -> JsonObject:
    shared = [ws.channels[channel_id] for channel_id in stored.shares]
    return {
        "shares": _shares(ws, stored),
        "channels": [c.id for c in shared if c.kind == "public"],
        "groups": [c.id for c in shared if c.kind in {"private", "mpim"}],
        "ims": [c.id for c in shared if c.kind == "im"],
    }


def _shares(ws: Workspace, stored: StoredFile) -> JsonObject:
    shares: dict[str, dict[str, list[JsonObject]]] = {}
    for channel_id, entries in stored.shares.items():
        scope = "public" if ws.channels[channel_id].kind == "public" else "private"
        shares.setdefault(scope, {})[channel_id] = entries
    return dict(shares)
