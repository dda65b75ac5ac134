"""oauth.v2.access, auth.revoke, apps.uninstall."""

from sandbox.slack.acts.install import install, uninstall
from sandbox.slack.consents import Consent
from sandbox.slack.errors import ApiError
from sandbox.slack.model import Installation
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.call import Call
from sandbox.slack.workspace import Workspace


async def access(call: Call) -> JsonObject:
    """Turn a code into the token of the workspace where it was given, and install the app there.

    The client's id and secret come as HTTP Basic credentials or as arguments. Raises ApiError
    `invalid_client_id`, `bad_client_secret`, `invalid_code`, `code_already_used`, `bad_redirect_uri`.
    """
    _check_client(call)
    consent = call.hub.consents.redeem(call.args.text("code"), call.args.text("redirect_uri"))
    owner = call.hub.peers[consent.team]
    return _granted(owner.workspace, install(owner, consent), consent)


async def revoke(call: Call) -> JsonObject:
    """End the token. It is the app's only one there, so that the app leaves the workspace with it."""
    if call.args.flag("test"):
        return {"revoked": False}
    uninstall(call.hub, error="token_revoked")
    return {"revoked": True}


async def leave(call: Call) -> JsonObject:
    """Uninstall the app from the token's workspace."""
    _check_client(call)
    uninstall(call.hub)
    return {}


def _check_client(call: Call) -> None:
    settings = call.hub.settings
    if call.args.text("client_id") != settings.client_id:
        raise ApiError("invalid_client_id")
    if call.args.text("client_secret") != settings.client_secret:
        raise ApiError("bad_client_secret")


def _granted(ws: Workspace, installation: Installation, consent: Consent) -> JsonObject:
    """The answer's shape is that of Slack's reference of oauth.v2.access, without a token for the user."""
    return {
        "app_id": ws.app_id,
        "authed_user": {"id": consent.user},
        "scope": ",".join(installation.scopes),
        "token_type": "bot",
        "access_token": installation.token,
        "bot_user_id": ws.bot.id,
        "team": {"id": ws.team.id, "name": ws.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
