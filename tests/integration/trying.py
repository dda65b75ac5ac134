"""Everything typed and pressed on purpose the wrong way, and what went wrong: with us, or with what we drew.

What a person does is delivered without Slack, so that it may carry what no button of ours ever had; what we answer
goes to the workspace, which holds us to Slack's limits.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from structlog.testing import capture_logs

import handlers
from handlers.command import Listener
from sandbox.slack import outgoing
from sandbox.slack.blockkit import validate_options
from sandbox.slack.errors import ApiError
from sandbox.slack.seed import HOME_TEAM
from tests.factories import UNHURRIED
from tests.integration.slack_world import DESK, Office, opened_office
from tests.integration.test_sight_everywhere import Heard, deliver, payload, set_up

NOT_OUR_DRAWING = frozenset({"not_found", "user_not_in_channel", "user_not_found", "channel_not_found"})
"""A view that was closed meanwhile, and who or what is not there: neither says anything of what we drew."""
BELOW = {
    "type": "modal",
    "callback_id": "tried",
    "title": {"type": "plain_text", "text": "Open"},
    "blocks": [{"type": "divider"}],
}


def known() -> Sequence[Listener]:
    return handlers.listeners(handlers.grammar(), ("/autotask",))


@dataclass
class Trying:
    """One office, and what came of what was tried there."""

    office: Office
    logs: Sequence[MutableMapping[str, Any]]
    troubles: list[str] = field(default_factory=list)
    deliveries: int = 0

    async def type(self, user: str, line: str) -> None:
        command = next(each for each in known() if each.kind == "command")
        body = {
            "command": "/autotask",
            "text": line,
            "user_id": user,
            "team_id": HOME_TEAM.id,
            "channel_id": DESK,
            "trigger_id": self._trigger(user),
        }
        with self.watched(f"{line[:60]!r} typed by {user}"):
            await deliver(self.office, command, body)

    async def press(self, user: str, listener: Listener, value: str, *, in_modal: bool = False) -> None:
        """On a message, or in a modal that is open."""
        body = payload(listener, user, value)
        body["trigger_id"] = self._trigger(user)
        if in_modal:
            opened = self.office.slack.hub.views.open(user, BELOW)
            body["trigger_id"] = self._trigger(user, opened.id)
            body["view"] = (
                {"private_metadata": "{}"} | body.get("view", {}) | {"id": opened.id, "type": "modal"}
            )
        with self.watched(f"{listener.kind} {listener.id} {value[:60]!r} of {user}"):
            self._look_at(await deliver(self.office, listener, body))

    async def submit(self, user: str, form: Listener, fields: Iterable[str], typed: str) -> None:
        """With the same typed and chosen in every field."""
        body = payload(form, user, typed)
        chosen = {"value": typed, "text": {"type": "plain_text", "text": typed}}
        given = {
            "value": typed,
            "selected_option": chosen,
            "selected_options": [chosen],
            "selected_date": typed,
        }
        body["view"]["state"]["values"] = {name: {"value": given} for name in fields}
        body["view"]["private_metadata"] = "{}"
        body["trigger_id"] = self._trigger(user)
        with self.watched(f"{form.id} with {typed[:60]!r} of {user}"):
            self._look_at(await deliver(self.office, form, body))

    async def deliver(self, user: str, listener: Listener, body: dict[str, Any]) -> None:
        """A body of one's own; a control's modal is open."""
        opened = self.office.slack.hub.views.open(user, BELOW).id if listener.kind == "action" else None
        body["trigger_id"] = self._trigger(user, opened)
        body["user"]["id"] = user
        if opened:
            body["view"] |= {"id": opened, "type": "modal"}
        with self.watched(f"{listener.kind} {listener.id} of {user}: {json.dumps(body)[:600]}"):
            self._look_at(await deliver(self.office, listener, body))

    def _trigger(self, user: str, view_id: str | None = None) -> str:
        return self.office.slack.hub.grants.trigger(user, view_id=view_id, channel=DESK)

    @contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """Notes what goes wrong meanwhile."""
        journal = self.office.slack.journal
        logged, called = len(self.logs), len(journal.calls)
        self.deliveries += 1
        try:
            yield
        except ApiError as refusal:
            self.troubles.append(f"{what}: the answer is refused: {refusal.code} {refusal.extra}")
        broke = [line for line in self.logs[logged:] if line["log_level"] in {"error", "critical"}]
        self.troubles += [f"{what}: {line['event']} {line.get('exc_info')!r}" for line in broke]
        refused = (each for each in journal.calls[called:] if not each.ok)
        self.troubles += [
            f"{what}: {each.method} {each.error}" for each in refused if each.error not in NOT_OUR_DRAWING
        ]

    def _look_at(self, heard: Heard) -> None:
        """What an ack carries is drawn, too; raises ``ApiError``."""
        for answer in heard.answers:
            if isinstance(answer, Mapping) and "view" in answer:
                outgoing.view_body(self.office.slack.hub, json.loads(json.dumps(answer["view"])), "modal")
            elif isinstance(answer, Mapping) and answer.get("options"):
                outgoing.refuse(list(validate_options(json.loads(json.dumps(answer)))), "invalid_options")


@asynccontextmanager
async def tried(database_url: str) -> AsyncIterator[Trying]:
    with capture_logs() as logs:
        async with opened_office(database_url, slack_settings=UNHURRIED) as office:
            await set_up(office)
            yield Trying(office, logs)
