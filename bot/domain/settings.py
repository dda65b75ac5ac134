"""A workspace's settings: each has a name, a value as Autotask or we store it, and the words people know it by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.authors import AS_PERSON
from bot.domain.connections import Connection, FieldFacts, PicklistOption, TicketDefaults
from bot.domain.contract_setting_names import LABELS as CONTRACT_LABELS
from bot.domain.invoices import IDENTIFIER, Naming
from bot.domain.logs import RETENTION
from bot.domain.switches import Capability, Switches
from bot.domain.time_entries import WINDOW_SETTING

UNDO_WITHIN = timedelta(minutes=10)
"""How long a change can be taken back with one button (product §2.1)."""
HIDDEN_KEPT_DAYS = 30
"""How long what a switched-off capability had read stays in our database, hidden from everybody (product CV18)."""
SOURCE_OF_TRUTH = "source_of_truth"
YES, NO = "yes", "no"
_SWITCH = "switch_"


class TicketSetting(StrEnum):
    """What new tickets get; the value is the field of ``TicketDefaults`` and of the form."""

    QUEUE = "queue"
    STATUS_NEW = "status_new"
    STATUS_UPDATED = "status_updated"
    STATUS_CLOSED = "status_closed"
    PRIORITY = "priority"

    @property
    def label(self) -> str:
        return _TICKET_LABELS[self]

    @property
    def picklist(self) -> str:
        """The field of Autotask's Tickets whose values may be chosen."""
        return _PICKLISTS.get(self, "status")


_TICKET_LABELS = {
    TicketSetting.QUEUE: "Queue for new tickets",
    TicketSetting.STATUS_NEW: "Status of a new ticket",
    TicketSetting.STATUS_UPDATED: "Status after an update",
    TicketSetting.STATUS_CLOSED: "Status when closed",
    TicketSetting.PRIORITY: "Priority",
}
_OTHER_LABELS = {
    WINDOW_SETTING: "Time entries",
    IDENTIFIER: "Invoices are named by",
    RETENTION: "The sync log is kept for",
    AS_PERSON: "Tickets in the person's own name",
}
_PICKLISTS = {TicketSetting.QUEUE: "queueID", TicketSetting.PRIORITY: "priority"}


@dataclass(frozen=True)
class Chosen:
    """A setting's value, and what people call it."""

    value: str
    label: str


@dataclass(frozen=True)
class Change:
    """One setting, before and after; ``before`` is None where nothing had been chosen."""

    name: str
    before: Chosen | None
    after: Chosen


@dataclass(frozen=True)
class Saved:
    """What one submission changed. ``batch`` names it for ``undo``; "" when nothing was changed."""

    batch: str
    changes: tuple[Change, ...]
    resumed: int = 0
    """Tickets that had waited for this and go on now."""


@dataclass(frozen=True)
class Problem:
    """A chosen value that Autotask no longer offers: new tickets would be refused."""

    setting: TicketSetting
    label: str


@dataclass(frozen=True)
class WorkspaceSettings:
    """Everything the settings show; ``values`` holds each setting by its name."""

    connection: Connection | None
    switches: Switches
    values: Mapping[str, Chosen] = field(default_factory=dict)
    options: Mapping[str, tuple[PicklistOption, ...]] = field(default_factory=dict)
    """The active values of Autotask's ticket picklists, by field."""
    problems: tuple[Problem, ...] = ()
    options_as_of: datetime | None = None
    naming: Naming | None = None
    """What the choice of the invoices' identifier is made from; None where no invoice is read."""

    @property
    def has_options(self) -> bool:
        """Whether Autotask's picklists were read: without them there is nothing to choose from."""
        return all(self.options.get(setting.picklist) for setting in TicketSetting)

    @property
    def is_source_of_truth(self) -> bool:
        chosen = self.values.get(SOURCE_OF_TRUTH)
        return chosen is None or chosen.value == YES


def switch_name(capability: Capability) -> str:
    """The setting that holds the capability's switch."""
    return f"{_SWITCH}{capability.value}"


def capability_of(name: str) -> Capability | None:
    """The capability whose switch the setting is, if it is one."""
    value = name.removeprefix(_SWITCH)
    return Capability(value) if name.startswith(_SWITCH) and value in set(Capability) else None


def setting_label(name: str) -> str:
    """What people call the setting."""
    capability = capability_of(name)
    if capability is not None:
        return capability.label
    if name in set(TicketSetting):
        return TicketSetting(name).label
    return CONTRACT_LABELS.get(name) or _OTHER_LABELS.get(name, "Autotask is our source of truth")


def problems_of(defaults: TicketDefaults | None, facts: Mapping[str, FieldFacts]) -> tuple[Problem, ...]:
    """The chosen values that are gone from Autotask or inactive there; none while its picklists are unknown."""
    if defaults is None:
        return ()
    found = []
    for setting in TicketSetting:
        known = facts.get(setting.picklist)
        choice = getattr(defaults, setting.value)
        if known and not any(each.is_active and each.value == str(choice.value) for each in known.options):
            found.append(Problem(setting, choice.label))
    return tuple(found)
