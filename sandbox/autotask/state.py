"""Everything one running sandbox knows besides its database."""

from sandbox.autotask.database import Database, Snapshot
from sandbox.autotask.faults import Faults
from sandbox.autotask.limits import Lag, Threads, Threshold
from sandbox.autotask.log import RequestLog
from sandbox.autotask.settings import ServerSettings


class Sandbox:
    """The state behind one server: database, behaviour, limits, planned faults, the log."""

    def __init__(self, database: Database, settings: ServerSettings) -> None:
        self.database = database
        self.settings = settings
        self.faults = Faults()
        self.log = RequestLog()
        self.threads = Threads()
        self.threshold = Threshold()
        self.lag = Lag()
        self.closing = False
        self._first_settings = settings
        self._snapshot: Snapshot = database.snapshot()

    def remember(self) -> None:
        """Make the present content what a reset brings back."""
        self._snapshot = self.database.snapshot()

    def reset(self, *, data: bool = True) -> None:
        """Forget faults, log, limits, changed users and picklists; with `data` also every change of rows."""
        self.settings = self._first_settings
        self.faults.clear()
        self.log.clear()
        self.lag.clear()
        self.database.clock.reset()
        self.threshold.set(0, self.database.clock.now())
        self.database.restore(self._snapshot, rows=data)
