"""What kind of file a name stands for, in Slack's words."""

import mimetypes
from collections.abc import Mapping

# Slack gives text formats without a preview of their own as plain text: an app that goes by the
# mimetype alone would turn them away.
PLAIN_TEXT = frozenset({"json", "yaml", "text", "log", "xml"})
OTHER_NAMES: Mapping[str, str] = {"yml": "yaml", "jpeg": "jpg", "txt": "text", "htm": "html"}


def ending(name: str) -> str:
    """The extension in lower case, without the dot; "" when there is none."""
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def filetype(name: str) -> str:
    """Slack's name for the kind of file: `csv`, `yaml` (also for .yml), `text` (for .txt), `binary`."""
    found = ending(name)
    return OTHER_NAMES.get(found, found) or "binary"


def mimetype(name: str) -> str:
    if filetype(name) in PLAIN_TEXT:
        return "text/plain"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
