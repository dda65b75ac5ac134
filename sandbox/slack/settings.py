"""What can be set about a sandbox workspace; the defaults are Slack's own numbers."""

from dataclasses import dataclass
from typing import Literal

from sandbox.slack import seed

BOT_TOKEN = seed.BOT_TOKEN
APP_TOKEN = "xapp-northwind-demo"  # noqa: S105
SIGNING_SECRET = "northwind-demo-signing-secret"  # noqa: S105
CLIENT_ID = "1111111111111.2222222222222"
CLIENT_SECRET = "northwind-demo-client-secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Times are in seconds; ids and texts do not depend on any of these."""

    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    delivery: Literal["socket", "http"] = "socket"
    request_url: str | None = None
    max_connections: int = 10
    event_retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    posts_per_second: float = 1.0
    post_burst: int = 10
    rate_limits: bool = True
    burst_minutes: float = 30.0
    file_processing_seconds: float = 0.3
    short_pages: bool = False
    bot_token: str = BOT_TOKEN
    app_token: str = APP_TOKEN
    signing_secret: str = SIGNING_SECRET
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    code_seconds: float = 600.0
