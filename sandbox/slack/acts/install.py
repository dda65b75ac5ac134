"""The app comes into a workspace, and goes."""

from dataclasses import replace

from sandbox.slack import payloads
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.consents import Consent
from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import Installation
from sandbox.slack.shapes import JsonObject


def install(hub: Hub, consent: Consent) -> Installation:
    """Let the app in. Where it already is it keeps its token, and its scopes add up."""
    ws = hub.workspace
    before = ws.installation
    if before is None:
        token = f"xoxb-{hub.workspace.ids.token(12)}-{hub.workspace.ids.token(24)}"
        made = Installation(token, consent.scopes, consent.user)
    else:
        scopes = tuple(dict.fromkeys((*before.scopes, *consent.scopes)))
        made = replace(before, scopes=scopes, installed_by=consent.user)
    ws.install(made)
    _refresh_pages(hub)
    return made


def uninstall(hub: Hub, *, error: str = "account_inactive") -> Outcome:
    """Take the app out: its token answers `error` from now on, and it is told by two events in either order."""
    ws = hub.workspace
    if ws.installation is None:
        raise Refused("app_not_installed", f"{ws.app.name} is not installed in {ws.team.name}")
    tokens: JsonObject = {"oauth": [], "bot": [ws.bot.id]}
    revoked: JsonObject = {"type": "tokens_revoked", "tokens": tokens, "event_ts": ws.ids.ts()}
    payloads.raise_event(hub, "tokens_revoked", revoked)
    payloads.raise_event(hub, "app_uninstalled", {"type": "app_uninstalled", "event_ts": ws.ids.ts()})
    ws.uninstall(error)
    hub.views.reset()
    _refresh_pages(hub)
    return Outcome()


def _refresh_pages(hub: Hub) -> None:
    hub.broker.publish(list(hub.workspace.members), {"type": "app_changed", "team": hub.workspace.team.id})
