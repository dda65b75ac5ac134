"""The workspaces as a file: people, conversations, files. Open modals and Home tabs are not in it."""

import gzip
from dataclasses import field
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from sandbox.keep.files import Keeper
from sandbox.slack.model import (
    Channel,
    Installation,
    Member,
    ScheduledMessage,
    StoredFile,
    UserGroup,
)
from sandbox.slack.workspace import Workspace

_FORMAT = 1
_BYTES = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(config=_BYTES)
class _Team:
    """What earlier files lack has a default: None stands for what a workspace has at first."""

    members: dict[str, Member]
    channels: dict[str, Channel]
    files: dict[str, StoredFile]
    scheduled: dict[str, ScheduledMessage]
    user_groups: dict[str, UserGroup] | None = None
    installed: bool | None = None
    installation: Installation | None = None
    dead_tokens: dict[str, str] = field(default_factory=dict)


@dataclass(config=_BYTES)
class _Kept:
    format: int
    counts: dict[str, int]
    last_micros: int
    members: dict[str, Member]
    channels: dict[str, Channel]
    files: dict[str, StoredFile]
    scheduled: dict[str, ScheduledMessage]
    teams: dict[str, _Team] = field(default_factory=dict)


def slack_keeper(path: Path, workspace: Workspace) -> Keeper[bytes]:
    """Keeps a workspace and its neighbours in `path`."""
    adapter = TypeAdapter(_Kept)
    return Keeper(path, lambda: adapter.dump_json(_taken(workspace)), bytes)


def load_slack(path: Path, workspace: Workspace) -> bool:
    """Make a file's content that of the workspace and its neighbours; False when there is no such file.

    Raises ValueError for a file of another format.
    """
    if not path.exists():
        return False
    kept = TypeAdapter(_Kept).validate_json(gzip.decompress(path.read_bytes()))
    if kept.format != _FORMAT:
        raise ValueError(f"{path} was written by another version")
    alone = _Team(kept.members, kept.channels, kept.files, kept.scheduled)
    _restore(workspace, kept.teams.get(workspace.team.id, alone))
    for each in workspace.neighbours:
        if each.team.id in kept.teams:
            _restore(each, kept.teams[each.team.id])
    workspace.ids.resume(kept.counts, kept.last_micros)
    return True


def _restore(workspace: Workspace, kept: _Team) -> None:
    workspace.members = kept.members
    workspace.channels = kept.channels
    workspace.files = kept.files
    workspace.scheduled = kept.scheduled
    workspace.dead_tokens = kept.dead_tokens
    if kept.user_groups is not None:
        workspace.user_groups = kept.user_groups
    if kept.installed is not None:
        workspace.installation = kept.installation
    if workspace.installation is not None:
        workspace.install(workspace.installation)


def _taken(workspace: Workspace) -> _Kept:
    counts, last_micros = workspace.ids.position()
    return _Kept(
        format=_FORMAT,
        counts=counts,
        last_micros=last_micros,
        members={},
        channels={},
        files={},
        scheduled={},
        teams={each.team.id: _team(each) for each in (workspace, *workspace.neighbours)},
    )


def _team(workspace: Workspace) -> _Team:
    return _Team(
        members=workspace.members,
        channels=workspace.channels,
        files=workspace.files,
        scheduled=workspace.scheduled,
        user_groups=workspace.user_groups,
        installed=workspace.installation is not None,
        installation=workspace.installation,
        dead_tokens=workspace.dead_tokens,
    )
