"""Where a workspace stands: what the Home tab and the bare command show."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.connections import Connection
from bot.domain.reviews import Review
from bot.domain.settings import Problem
from bot.domain.switches import Capability, Switches
from bot.domain.tickets import Ticket


@dataclass(frozen=True)
class Overview:
    """``tickets`` and ``reviews`` are the person's own, newest first."""

    as_of: datetime
    has_admin: bool
    connection: Connection | None
    companies: int
    organizations: int
    unmapped: int
    tickets: tuple[Ticket, ...] = ()
    reviews: tuple[Review, ...] = ()
    review_total: int = 0
    has_tickets: bool = False
    """Whether anybody has raised one."""
    switches: Switches = field(default_factory=Switches)
    problems: tuple[Problem, ...] = ()
    """Chosen values that Autotask no longer offers."""

    @property
    def steps(self) -> tuple[tuple[str, bool], ...]:
        """The first-run checklist: the noun of the command that does the step, and whether it is done."""
        mapped = self.organizations > self.unmapped
        return (
            ("connect", self.connection is not None),
            ("map", mapped),
            ("review", self.review_total > 0),
            ("tickets", self.has_tickets or not self.switches.may_read(Capability.TICKETS)),
        )

    @property
    def next_step(self) -> str:
        """The noun of the first step that is not done, or ""."""
        return next((noun for noun, done in self.steps if not done), "")
