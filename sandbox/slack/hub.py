"""Everything one running workspace consists of, put together once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from sandbox.slack.broker import Broker
from sandbox.slack.delivery.line import Delivery
from sandbox.slack.faults import Faults
from sandbox.slack.grants import Grants
from sandbox.slack.journal import Journal
from sandbox.slack.ratelimit import PostBudget
from sandbox.slack.render import view_object
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass(slots=True)
class Hub:
    """The shared state of the server's parts; `base_url` is where it is reached."""

    settings: SlackSettings
    workspace: Workspace
    broker: Broker
    journal: Journal
    faults: Faults
    grants: Grants
    views: Views
    delivery: Delivery
    budget: PostBudget
    base_url: str
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def later(self, work: Coroutine[object, object, None]) -> None:
        """Do this in the background; it is cancelled when the server stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel_background(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def report(self, user: str, error: str, *, source: str, message: str) -> None:
        """Show a person that the app failed them, the way Slack words it."""
        event: JsonObject = {"type": "app_error", "error": error, "source": source, "message": message}
        self.journal.transcript.append({"kind": "app_error", "to": user, "error": error, "text": message})
        self.broker.publish([user], event)

    def stack_of(self, user: str) -> list[JsonObject]:
        return [view_object(self.workspace, view) for view in self.views.stack(user)]

    def reset(self) -> None:
        """Back to the seeded workspace; connections of the app stay."""
        self.cancel_background()
        self.workspace.reset()
        self.views.reset()
        self.faults.clear()
        self.journal.clear()
        self.budget.clear()
        self.delivery.forget()
        self.broker.publish_to_all({"type": "reset"})


def build_hub(settings: SlackSettings, workspace: Workspace, base_url: str) -> Hub:
    """Construct the parts around a workspace."""
    journal, broker = Journal(), Broker()
    workspace.base_url = base_url
    return Hub(
        settings=settings,
        workspace=workspace,
        broker=broker,
        journal=journal,
        faults=Faults(),
        grants=Grants(settings, workspace.clock, workspace.ids),
        views=Views(workspace),
        delivery=Delivery(settings, workspace, journal, recorded=broker.touch),
        budget=PostBudget(settings, workspace.clock),
        base_url=base_url,
    )
