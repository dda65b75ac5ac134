"""Faults on demand: the next calls of a method fail, lag, hang or lose their reply."""

from dataclasses import dataclass

from sandbox.slack.shapes import JsonObject, as_flag, as_text


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls; `method` None means every method, `team` None every workspace.

    `after` lets the call take effect first (accept the write, then lose or spoil the reply).
    """

    method: str | None = None
    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    delay_ms: int = 0
    times: int = 1
    hang: bool = False
    after: bool = False
    team: str | None = None


class Faults:
    """The faults that are waiting for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, team: str = "") -> Fault | None:
        """The first fault meant for this call of this workspace, used up by one."""
        for fault in self._waiting:
            if fault.method in {None, method} and fault.team in {None, team}:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None


def read_fault(body: JsonObject) -> Fault:
    """A fault as the control surface takes it; a 429 needs no error name."""
    status = _whole(body.get("status"), 200)
    error = as_text(body.get("error")) or ("ratelimited" if status == 429 else None)
    return Fault(
        method=as_text(body.get("method")) or None,
        error=error,
        status=429 if error == "ratelimited" else status,
        retry_after=_whole(body.get("retry_after"), 1) if error == "ratelimited" else None,
        delay_ms=_whole(body.get("delay_ms"), 0),
        times=_whole(body.get("times"), 1),
        hang=as_flag(body.get("hang")),
        after=as_flag(body.get("after")),
        team=as_text(body.get("team")) or None,
    )


def _whole(value: object, default: int) -> int:
    text = as_text(value)
    return int(float(text)) if text else default
