"""What is ready and what is not, in words, for ``/readyz`` and ``bot doctor``."""

from dataclasses import dataclass, field


@dataclass
class Health:
    """Named parts that must all be well; a part that was never heard of is not looked at."""

    _wrong: dict[str, str] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def well(self, part: str) -> None:
        self._known.add(part)
        self._wrong.pop(part, None)

    def wrong(self, part: str, why: str) -> None:
        self._known.add(part)
        self._wrong[part] = why

    @property
    def ready(self) -> bool:
        return not self._wrong

    @property
    def report(self) -> dict[str, str]:
        """Each part with ``ok`` or what is wrong."""
        return {part: self._wrong.get(part, "ok") for part in sorted(self._known)}
