"""Per-capability switches: what Deskhand may do in Autotask for this workspace (product CV14, CV18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """A part of Deskhand that an Admin switches as a whole; the value is what people call it."""

    TICKETS = "tickets"
    CONTRACTS = "contracts"
    BILLING = "billing"
    INVOICES = "invoices"
    TIME = "time"
    PROJECTS = "projects"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Capability.TICKETS: "Tickets",
    Capability.CONTRACTS: "Contracts",
    Capability.BILLING: "Billing",
    Capability.INVOICES: "Invoices",
    Capability.TIME: "Time",
    Capability.PROJECTS: "Projects",
}

AVAILABLE = frozenset({Capability.TICKETS, Capability.CONTRACTS, Capability.INVOICES, Capability.TIME})
"""What this version can do; the others' switches are kept for when it can."""


class Mode(StrEnum):
    """Off: nothing is read or shown. Read-only: read and shown, nothing written to Autotask. On: both."""

    OFF = "off"
    READ_ONLY = "read_only"
    ON = "on"

    @property
    def label(self) -> str:
        return _MODE_LABELS[self]


_MODE_LABELS = {Mode.OFF: "Off", Mode.READ_ONLY: "Read-only", Mode.ON: "On"}

AT_FIRST = Mode.READ_ONLY
"""A new connection reads and writes nothing, until an Admin says otherwise (product CV14)."""


@dataclass(frozen=True)
class Switches:
    """The modes of one workspace; a capability nobody has switched is ``AT_FIRST``."""

    modes: Mapping[Capability, Mode] = field(default_factory=dict)

    def mode(self, capability: Capability) -> Mode:
        return self.modes.get(capability, AT_FIRST)

    def may_read(self, capability: Capability) -> bool:
        return self.mode(capability) is not Mode.OFF

    def may_write(self, capability: Capability) -> bool:
        return self.mode(capability) is Mode.ON
