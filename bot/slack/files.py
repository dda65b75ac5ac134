"""Files: what people give us, and what we give them (Slack's upload in three steps).

An upload, like a message, is preceded by a row that says it will be made: at most one, whatever happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import structlog

from bot.db.session import Database
from bot.domain.context import Tenant
from bot.errors import InvalidInput, NotFound, SlackUnavailable
from bot.slack.installs import Installs
from bot.slack.problems import SlackRefused, slack_errors

LARGEST: Final = 5_000_000
"""Bytes that we take from a person at once."""
_SLACK: Final = (".slack.com", ".slack-files.com", ".slack-edge.com")
_GONE: Final = frozenset({"file_not_found", "file_deleted"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class GivenFile:
    """A file that a person gave us."""

    id: str
    name: str
    content: bytes


class Files:
    def __init__(self, installs: Installs, database: Database) -> None:
        self._installs = installs
        self._database = database

    async def download(self, tenant: Tenant, file_id: str, *, at_most: int = LARGEST) -> GivenFile:
        """The file's bytes. Raises ``InvalidInput`` when it is too large, ``NotFound`` when it is gone."""
        client = self._installs.clients(tenant.team_id).reading
        try:
            with slack_errors():
                said = await client.files_info(file=file_id)
        except SlackRefused as refused:
            if refused.code in _GONE:
                raise NotFound("file", file_id) from refused
            raise
        facts = said["file"]
        if int(facts.get("size") or 0) > at_most:
            raise _too_large(at_most)
        url = str(facts.get("url_private_download") or facts.get("url_private") or "")
        return GivenFile(file_id, str(facts.get("name") or "file"), await self._bytes(tenant, url, at_most))

    async def upload(
        self,
        tenant: Tenant,
        key: str,
        place: str,
        *,
        name: str,
        content: bytes | Path,
        title: str = "",
        comment: str = "",
        thread_ts: str = "",
    ) -> bool:
        """Gives the file named ``key`` to a channel, or to a person directly, once.

        ``content`` may be a file of ours, which is then sent as it is read.

        False when it had been given before, or Slack's first answer is unknown. Raises ``NotFound("channel")``,
        or ``SlackUnavailable`` when it surely was not given.
        """
        if not await self._first_time(tenant, f"file:{key}", place):
            return False
        try:
            file_id = await self._sent(tenant, name, content)
            channel = await self._channel(tenant, place)
            with slack_errors(channel=channel):
                await self._installs.clients(tenant.team_id).posting.files_completeUploadExternal(
                    files=[{"id": file_id, "title": title or name}],
                    channel_id=channel,
                    initial_comment=comment or None,
                    thread_ts=thread_ts or None,
                )
        except (SlackUnavailable, SlackRefused, NotFound) as problem:
            if not (isinstance(problem, SlackUnavailable) and problem.ambiguous):
                await self._mark(tenant, f"file:{key}", "planned")
            raise
        await self._mark(tenant, f"file:{key}", "posted", ts=file_id, channel=channel)
        return True

    async def _sent(self, tenant: Tenant, name: str, content: bytes | Path) -> str:
        """The first two steps have no effect that anybody sees: an unclear answer means that it was not given."""
        client = self._installs.clients(tenant.team_id).reading
        try:
            with slack_errors():
                place = await client.files_getUploadURLExternal(filename=name, length=_size(content))
                with _opened(content) as data:
                    async with self._installs.session.post(str(place["upload_url"]), data=data) as answer:
                        answer.raise_for_status()
        except SlackUnavailable as problem:
            raise SlackUnavailable(problem.detail) from problem
        return str(place["file_id"])

    async def _channel(self, tenant: Tenant, place: str) -> str:
        """Files go to conversations; a person's is the one with us."""
        if not place.startswith(("U", "W")):
            return place
        try:
            with slack_errors(channel=place):
                said = await self._installs.clients(tenant.team_id).reading.conversations_open(users=place)
        except SlackUnavailable as problem:
            raise SlackUnavailable(problem.detail) from problem
        return str(said["channel"]["id"])

    async def _bytes(self, tenant: Tenant, url: str, at_most: int) -> bytes:
        if not self._is_slacks(url):
            raise SlackUnavailable("the file lies outside Slack")
        headers = self._bearer(tenant)
        with slack_errors():
            async with self._installs.session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    raise SlackUnavailable(f"file http_{answer.status}")
                content = await answer.content.read(at_most + 1)
                while len(content) <= at_most and (more := await answer.content.read(at_most + 1)):
                    content += more
        if len(content) > at_most:
            raise _too_large(at_most)
        return content

    def _is_slacks(self, url: str) -> bool:
        """The token goes with the request: only to Slack, over HTTPS, or to where Slack's Web API is."""
        target, home = urlsplit(url), urlsplit(self._installs.base_url)
        if (target.scheme, target.netloc) == (home.scheme, home.netloc):
            return True
        return target.scheme == "https" and f".{target.hostname or ''}".endswith(_SLACK)

    def _bearer(self, tenant: Tenant) -> Mapping[str, str]:
        install = self._installs.of(tenant.team_id)
        if install is None:
            raise SlackUnavailable("workspace not identified yet")
        return {"Authorization": f"Bearer {install.token.get_secret_value()}"}

    async def _first_time(self, tenant: Tenant, key: str, place: str) -> bool:
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.plan(key, place)
            if row.ts or (not row.is_new and row.state != "planned"):
                log.info("file not given again", key=key)
                return False
            await uow.messages.mark(key, "posting")
        return True

    async def _mark(self, tenant: Tenant, key: str, state: str, **where: str) -> None:
        async with self._database.unit(tenant.id) as uow:
            await uow.messages.mark(key, state, **where)


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _opened(content: bytes | Path) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else BytesIO(content)


def _too_large(at_most: int) -> InvalidInput:
    return InvalidInput("file", f"The file is larger than {at_most // 1_000_000} MB.")
