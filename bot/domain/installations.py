"""What Slack grants when somebody adds Deskhand to a workspace, and what is kept of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr

STATE_LIFE: Final = timedelta(minutes=10)
"""How long somebody may take to consent: as long as Slack's own code lives (OAuth v2)."""
CLOCKS_DIFFER: Final = timedelta(seconds=60)
"""By how much Slack's clock and ours may differ without anybody noticing."""


@dataclass(frozen=True)
class Grant:
    """Slack's answer to ``oauth.v2.access``; ``team_id`` is the organization's (E…) for org-wide installations."""

    team_id: str
    team_name: str
    token: SecretStr
    app_id: str
    bot_user_id: str
    bot_id: str
    scopes: tuple[str, ...]
    installed_by: str
    enterprise_id: str = ""
    is_enterprise: bool = False
    domain: str = ""


@dataclass(frozen=True)
class Installation:
    """What is stored of a grant. ``token`` is sealed."""

    token: bytes
    app_id: str
    bot_user_id: str
    bot_id: str
    scopes: tuple[str, ...]
    installed_by: str
    installed_at: datetime
    enterprise_id: str = ""
    is_enterprise: bool = False


@dataclass(frozen=True)
class Consent:
    """One attempt to install: ``state`` goes to Slack and comes back, ``browser`` stays in a cookie."""

    state: str
    browser: str


class Arrival(StrEnum):
    """What an installation means to the workspace."""

    NEW = "new"
    BACK = "back"
    """It had been uninstalled; everything it had is there again."""
    AGAIN = "again"
    """It was installed already: new scopes, or the same ones once more."""


def is_stale(left_at: datetime, installed_at: datetime | None) -> bool:
    """Whether word of an uninstallation is older than the installation that stands (Slack may deliver late)."""
    return installed_at is not None and left_at < installed_at


def is_doubtful(left_at: datetime, installed_at: datetime | None) -> bool:
    """Whether the two are so close that only Slack can tell which came last."""
    return installed_at is not None and abs(left_at - installed_at) <= CLOCKS_DIFFER
