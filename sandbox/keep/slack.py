"""The workspace as a file: people, conversations, files. Open modals and Home tabs are not in it."""

import gzip
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from sandbox.keep.files import Keeper
from sandbox.slack.model import Channel, Member, ScheduledMessage, StoredFile
from sandbox.slack.workspace import Workspace

_FORMAT = 1


@dataclass(config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
class _Kept:
    format: int
    counts: dict[str, int]
    last_micros: int
    members: dict[str, Member]
    channels: dict[str, Channel]
    files: dict[str, StoredFile]
    scheduled: dict[str, ScheduledMessage]


def slack_keeper(path: Path, workspace: Workspace) -> Keeper[bytes]:
    """Keeps a workspace in `path`."""
    adapter = TypeAdapter(_Kept)
    return Keeper(path, lambda: adapter.dump_json(_taken(workspace)), bytes)


def load_slack(path: Path, workspace: Workspace) -> bool:
    """Make a file's content that of the workspace; False when there is no such file.

    Raises ValueError for a file of another format.
    """
    if not path.exists():
        return False
    kept = TypeAdapter(_Kept).validate_json(gzip.decompress(path.read_bytes()))
    if kept.format != _FORMAT:
        raise ValueError(f"{path} was written by another version")
    workspace.members = kept.members | {workspace.bot.id: workspace.bot}
    workspace.channels = kept.channels
    workspace.files = kept.files
    workspace.scheduled = kept.scheduled
    workspace.ids.resume(kept.counts, kept.last_micros)
    return True


def _taken(workspace: Workspace) -> _Kept:
    counts, last_micros = workspace.ids.position()
    return _Kept(
        format=_FORMAT,
        counts=counts,
        last_micros=last_micros,
        members=workspace.members,
        channels=workspace.channels,
        files=workspace.files,
        scheduled=workspace.scheduled,
    )
