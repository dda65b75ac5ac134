"""Everything the running workspaces consist of, put together once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace

from sandbox.slack.broker import Broker
from sandbox.slack.consents import Consents
from sandbox.slack.delivery.line import Delivery
from sandbox.slack.faults import Faults
from sandbox.slack.grants import Grants
from sandbox.slack.journal import Journal
from sandbox.slack.ratelimit import MethodRates, PostBudget
from sandbox.slack.render import view_object
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass(slots=True)
class Hub:
    """One workspace's parts. Settings, broker, journal, faults, delivery and consents are shared by all;
    `peers` holds every workspace's hub, this one included, by team id.
    """

    settings: SlackSettings
    workspace: Workspace
    broker: Broker
    journal: Journal
    faults: Faults
    grants: Grants
    views: Views
    delivery: Delivery
    budget: PostBudget
    rates: MethodRates
    consents: Consents
    base_url: str
    peers: dict[str, "Hub"]
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def knowing(self, *ids: str) -> "Hub":
        """The hub of the workspace where one of these ids lives (team, member, conversation, group, file);
        this one when nobody knows them.
        """
        candidates = [self, *(peer for peer in self.peers.values() if peer is not self)]
        for wanted in filter(None, ids):
            found = next((hub for hub in candidates if hub.knows(wanted)), None)
            if found is not None:
                return found
        return self

    def knows(self, wanted: str) -> bool:
        ws = self.workspace
        places = (ws.members, ws.channels, ws.user_groups, ws.files)
        return wanted == ws.team.id or any(wanted in place for place in places)

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
        """Back to the seeded workspaces; connections of the app stay."""
        for peer in self.peers.values():
            peer.reset_own()
        self.faults.clear()
        self.journal.clear()
        self.consents.clear()
        self.delivery.forget()
        self.broker.publish_to_all({"type": "reset"})

    def reset_own(self) -> None:
        self.cancel_background()
        self.workspace.reset()
        self.views.reset()
        self.budget.clear()
        self.rates.clear()


def build_hub(settings: SlackSettings, workspace: Workspace, base_url: str) -> Hub:
    """Construct the parts around a workspace and its neighbours; gives the workspace's own hub."""
    broker, journal = Broker(), Journal()
    home = Hub(
        settings=settings,
        workspace=workspace,
        broker=broker,
        journal=journal,
        faults=Faults(),
        grants=Grants(settings, workspace.clock, workspace.ids),
        views=Views(workspace),
        delivery=Delivery(settings, workspace, journal, recorded=broker.touch),
        budget=PostBudget(settings, workspace.clock),
        rates=MethodRates(settings, workspace.clock),
        consents=Consents(settings, workspace.clock, workspace.ids),
        base_url=base_url,
        peers={},
    )
    workspace.use_first_token(settings.bot_token)
    for each in (workspace, *workspace.neighbours):
        each.base_url = base_url
        home.peers[each.team.id] = home if each is workspace else _beside(home, each)
    return home


def _beside(home: Hub, workspace: Workspace) -> Hub:
    return replace(
        home,
        workspace=workspace,
        grants=Grants(home.settings, workspace.clock, workspace.ids),
        views=Views(workspace),
        budget=PostBudget(home.settings, workspace.clock),
        rates=MethodRates(home.settings, workspace.clock),
        _tasks=set(),
    )
