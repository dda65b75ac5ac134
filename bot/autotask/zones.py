"""Zones: where a database lives, and which addresses may ever see credentials.

Source: help page "GetZoneInfo": discovery needs no login, any zone host answers it, zones move now and then.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from bot.autotask.calls import ZONE_INFORMATION, Call
from bot.autotask.protocol import number
from bot.autotask.wire import JsonObject
from bot.errors import CredentialsRejected

DEFAULT_DISCOVERY = "https://webservices.autotask.net"
DISCOVERY_PATH = "/atservicesrest/v1.0/zoneInformation"
DISCOVERY = Call(method="GET", path="", entity=ZONE_INFORMATION, expects="url")


@dataclass(frozen=True, slots=True)
class Zone:
    """Where one Autotask database is served."""

    name: str
    api_url: str
    """Ends in a slash; ``v1.0/`` follows."""
    web_url: str
    """Ends in a slash; deep links start with it."""
    ci: int
    """Number of the customer database: tells two databases apart, such as a sandbox and the real one."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A discovery address and what follows from it: which hosts credentials may be sent to."""

    url: str

    @classmethod
    def at(cls, address: str) -> "Discovery":
        """From an origin, an address up to ``v1.0``, or the complete one.

        Raises:
            ValueError: no HTTPS (plain HTTP is for this machine only), or no address at all.
        """
        parts = urlsplit(address.strip())
        if not parts.hostname or not _secure(parts):
            raise ValueError(
                f"an Autotask discovery address starts with https:// and names a host: {address!r}. Credentials "
                "never travel unencrypted: put HTTPS in front of that host, or use http://127.0.0.1 on this machine"
            )
        path = parts.path.rstrip("/")
        if path.lower().endswith("/atservicesrest"):
            path += "/v1.0"
        if not path.lower().endswith("zoneinformation"):
            path = path + "/zoneInformation" if path else DISCOVERY_PATH
        return cls(f"{parts.scheme}://{parts.netloc}{path}")

    @property
    def on_this_machine(self) -> bool:
        return _loopback(urlsplit(self.url).hostname or "")

    @property
    def is_plain(self) -> bool:
        """Whether everything goes by HTTP without TLS: on this machine only, and its zones then do the same."""
        return urlsplit(self.url).scheme == "http"

    def trusts(self, url: str) -> bool:
        """Whether credentials may go to ``url``: Autotask's own hosts, or else the very host of discovery."""
        parts, own = urlsplit(url), urlsplit(self.url)
        if not parts.hostname or not _secure(parts) or parts.username or parts.password:
            return False
        if _autotask(own.hostname or ""):
            return _autotask(parts.hostname) and parts.scheme == "https" and parts.port in {None, 443}
        return parts.scheme == own.scheme and _same_machine(parts.hostname, own.hostname or "")

    def read(self, answer: JsonObject) -> Zone:
        """The zone in a discovery answer.

        Raises:
            CredentialsRejected: the answer points to a host that must not see credentials.
        """
        api_url = _slashed(str(answer.get("url") or ""))
        if api_url.lower().endswith("/v1.0/"):
            api_url = api_url[: -len("v1.0/")]
        if not self.trusts(api_url):
            raise CredentialsRejected(
                "", f"the zone's address {urlsplit(api_url).hostname} is none of Autotask's"
            )
        return Zone(
            str(answer.get("zoneName") or ""),
            api_url,
            _slashed(str(answer.get("webUrl") or "")),
            number(answer, "ci"),
        )


def _slashed(url: str) -> str:
    return url.rstrip("/") + "/"


def _secure(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or ""))


def _autotask(host: str) -> bool:
    return host.endswith(".autotask.net")


def _same_machine(one: str, other: str) -> bool:
    return one == other or (_loopback(one) and _loopback(other))


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
