"""Identifiers in Slack's shapes, the same on every run."""

import random

from sandbox.slack.clock import Clock


class Ids:
    """Hands out ids, message timestamps, view hashes and trigger ids."""

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._counts: dict[str, int] = {}
        self._last_micros = 0

    def position(self) -> tuple[dict[str, int], int]:
        """How far counting has come, to be resumed by a later run."""
        return dict(self._counts), self._last_micros

    def resume(self, counts: dict[str, int], last_micros: int) -> None:
        """Go on where an earlier run stopped: nothing that it handed out comes again."""
        self._counts = dict(counts)
        self._last_micros = last_micros
        self._random.seed(last_micros)

    def new(self, prefix: str) -> str:
        """A fresh id such as `V000000001`; the prefix is Slack's letter for the kind."""
        count = self._counts.get(prefix, 0) + 1
        self._counts[prefix] = count
        return f"{prefix}{count:09d}"

    def ts(self) -> str:
        """A timestamp `epoch.microseconds`, unique and rising in the workspace."""
        self._last_micros = max(int(self._clock.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def hash(self) -> str:
        """A view hash, `epoch.xxxxxxxx`."""
        return f"{int(self._clock.now())}.{self.token(8)}"

    def trigger(self) -> str:
        """A trigger id, `n.n.hex`."""
        return f"{self._random.randrange(10**12)}.{self._random.randrange(10**12)}.{self.token(32)}"

    def short(self) -> str:
        """The few random characters Slack puts where a block_id or action_id is absent."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "".join(self._random.choices(alphabet, k=5))

    def token(self, length: int = 24) -> str:
        """Random lower-case hex."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"
