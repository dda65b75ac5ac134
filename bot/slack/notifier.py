"""Outgoing messages. Slack has no idempotency key, so a post is preceded by a row that says it will be made
and followed by its ts; an uncertain post is not repeated. At most one message, and never a lost result:
the Home tab and the person's next command show it anyway.
"""

from collections.abc import Awaitable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.kit import Message, View
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.errors import NotFound, SlackUnavailable
from bot.slack.budget import REGULAR, Budget, Pace
from bot.slack.installs import Clients, Installs
from bot.slack.problems import SlackRefused, refusal, slack_errors
from bot.slack.progress import Progress
from bot.slack.sending import Blocks, send
from bot.slack.sharing import Sharing
from bot.slack.views import Views

_CANNOT_UPDATE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})

log = structlog.get_logger(__name__)


class Notifier:
    """Posts, updates and whispers, for every workspace."""

    def __init__(self, installs: Installs, database: Database, views: Views, *, pace: Pace = REGULAR) -> None:
        self._installs = installs
        self._database = database
        self._views = views
        self._sharing = Sharing(installs)
        self._pace = pace
        self._budgets: dict[str, Budget] = {}
        self._progress = Progress(self._redraw)

    async def close(self) -> None:
        """Drops progress that was still to be shown."""
        await self._progress.close()

    # --- messages that exist once ---

    async def post(
        self,
        tenant: Tenant,
        key: str,
        channel: str,
        message: Message,
        *,
        person_waits: bool = True,
        thread: str = "",
    ) -> str:
        """Posts the message named ``key`` unless it has been; its ts, or "" when Slack's answer is unknown.

        ``channel`` may be a person's id: then it is a direct message. Raises ``NotFound("channel")`` where
        we are not a member or another company reads along, ``SlackUnavailable`` when it surely was not posted.
        ``thread``: the ts of the message that it is a reply to.
        """
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.plan(key, channel)
            if row.ts:
                return row.ts
            uncertain = not row.is_new and row.state != "planned"
            await uow.messages.mark(key, "uncertain" if uncertain else "posting")
        if uncertain:
            log.warning("post not repeated, Slack's first answer is unknown", key=key)
            return ""
        await self._budget(tenant).turn(channel, person_waits=person_waits)
        return await self._post_planned(tenant, key, channel, message, thread=thread)

    async def takes(self, tenant: Tenant, key: str, channel: str, message: Message) -> bool:
        """The same; False where the channel does not take it. Raises ``SlackUnavailable``."""
        try:
            await self.post(tenant, key, channel, message)
        except (NotFound, SlackRefused):
            return False
        return True

    async def dm(self, tenant: Tenant, user_id: str, key: str, message: Message) -> str:
        """The same in the person's conversation with us."""
        return await self.post(tenant, key, user_id, message)

    async def adopt(self, tenant: Tenant, key: str, channel: str, ts: str) -> None:
        """Takes the message that somebody pressed a button on for the one named ``key``, if its ts was lost."""
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.plan(key, channel)
            if not row.ts:
                await uow.messages.mark(key, "posted", ts=ts, channel=channel)

    async def update(self, tenant: Tenant, key: str, message: Message) -> bool:
        """Redraws the message now; False when there is none to redraw (never posted, or deleted)."""
        await self._progress.finish(tenant, key)
        return await self._redraw(tenant, key, message, person_waits=True)

    async def link(self, tenant: Tenant, key: str) -> str:
        """Where the message named ``key`` is; "" when there is none, or Slack does not say."""
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.get(key)
        if row is None or not row.ts:
            return ""
        try:
            with slack_errors():
                said = await self._clients(tenant).prompt.chat_getPermalink(
                    channel=row.channel, message_ts=row.ts
                )
        except (NotFound, SlackRefused, SlackUnavailable):
            return ""
        return str(said["permalink"])

    def progress(self, tenant: Tenant, key: str, message: Message) -> None:
        """Redraws the message soon: at most every 3 seconds, the newest words win. For long work."""
        self._progress.show(tenant, key, message)

    # --- messages for one person's eyes ---

    async def ephemeral(self, tenant: Tenant, channel: str, user_id: str, message: Message) -> None:
        """Whispers in a channel; where that cannot be, a direct message. Raises ``SlackUnavailable``."""
        if channel and await self._whisper(tenant, channel, user_id, message):
            return
        client = self._clients(tenant).posting

        def call(text: str, blocks: Blocks) -> Awaitable[object]:
            return client.chat_postMessage(channel=user_id, text=text, blocks=blocks, unfurl_links=False)

        await send(call, message, channel=user_id)

    async def reply(self, url: str, message: Message, *, replace: bool = False, share: bool = False) -> bool:
        """Answers through a ``response_url``: to the asker alone, unless ``share``; False when it is spent."""
        webhook = AsyncWebhookClient(url, session=self._installs.session)
        fixed = {"response_type": "in_channel" if share else "ephemeral", "replace_original": replace}

        async def call(text: str, blocks: Blocks) -> object:
            answer = await webhook.send_dict({"text": text, "blocks": blocks, "unfurl_links": False, **fixed})
            refused = refusal(answer.status_code, answer.body)
            if refused:
                raise SlackApiError("response_url", refused)  # type: ignore[no-untyped-call]
            return {}

        try:
            await send(call, message)
        except (NotFound, SlackRefused) as problem:
            log.info("reply address refused", reason=str(problem))
            return False
        return True

    # --- surfaces ---

    async def publish_home(self, tenant: Tenant, user_id: str, view: View) -> None:
        await self._views.publish(tenant, user_id, view)

    # --- inside ---

    async def _post_planned(
        self, tenant: Tenant, key: str, channel: str, message: Message, *, thread: str
    ) -> str:
        try:
            ts, where = await self._posted(tenant, key, channel, message, thread=thread)
        except SlackUnavailable as problem:
            await self._mark(tenant, key, "uncertain" if problem.ambiguous else "planned")
            if problem.ambiguous:
                return ""
            raise
        except (NotFound, SlackRefused):
            await self._mark(tenant, key, "planned")
            raise
        async with self._database.unit(tenant.id) as uow:
            await uow.messages.mark(key, "posted", ts=ts, channel=where)
        return ts

    async def _posted(
        self, tenant: Tenant, key: str, channel: str, message: Message, *, thread: str
    ) -> tuple[str, str]:
        if await self._sharing.is_shared(tenant, channel):
            raise NotFound("channel", channel)
        client = self._clients(tenant).posting
        metadata = {"event_type": "deskhand_message", "event_payload": {"key": key}}

        def call(text: str, blocks: Blocks) -> Awaitable[object]:
            return client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks,
                metadata=metadata,
                thread_ts=thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )

        said = await send(call, message, channel=channel)
        return str(said["ts"]), str(said["channel"])

    async def _whisper(self, tenant: Tenant, channel: str, user_id: str, message: Message) -> bool:
        client = self._clients(tenant).posting

        def call(text: str, blocks: Blocks) -> Awaitable[object]:
            return client.chat_postEphemeral(channel=channel, user=user_id, text=text, blocks=blocks)

        try:
            await send(call, message, channel=channel)
        except (NotFound, SlackRefused):
            return False
        return True

    async def _redraw(self, tenant: Tenant, key: str, message: Message, *, person_waits: bool) -> bool:
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.get(key)
        if row is None or not row.ts:
            return False
        await self._budget(tenant).turn(person_waits=person_waits)
        return await self._updated(tenant, row.channel, row.ts, message)

    async def _updated(self, tenant: Tenant, channel: str, ts: str, message: Message) -> bool:
        client = self._clients(tenant).reading

        def call(text: str, blocks: Blocks) -> Awaitable[object]:
            return client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks)

        try:
            await send(call, message, channel=channel)
        except NotFound:
            return False
        except SlackRefused as problem:
            if problem.code not in _CANNOT_UPDATE:
                raise
            return False
        return True

    async def _mark(self, tenant: Tenant, key: str, state: str) -> None:
        async with self._database.unit(tenant.id) as uow:
            await uow.messages.mark(key, state)

    def _budget(self, tenant: Tenant) -> Budget:
        return self._budgets.setdefault(tenant.team_id, Budget(pace=self._pace))

    def _clients(self, tenant: Tenant) -> Clients:
        return self._installs.clients(tenant.team_id)
