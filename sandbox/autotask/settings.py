"""How this Autotask behaves; all of it can be changed while it runs, through the control surface."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Behaviour that differs between tenants, or that tests want to be small."""

    zone_name: str = "Sandbox"
    ci: int = 30595
    thread_limit: int = 3
    """Concurrent requests per object endpoint and tracking identifier; the next one is refused."""
    request_threshold: int = 10_000
    threshold_minutes: int = 60
    lockout_after: int = 5
    """Failed logins in a row that lock an API user; 0 never locks."""
    missing_item: Literal["null", "404"] = "null"
    """What an unknown id gives: 200 with a null item, or 404. Real databases do both."""
    permission_status: Literal[403, 500] = 500
    """The status of a refused impersonation; revoked rights name their own."""
    page_latency_ms: float = 0
    """Real milliseconds that every request takes besides its work."""
