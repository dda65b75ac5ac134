"""What a benchmark gives: figures, each beside its floor, as a table for people and as JSON for machines."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("", "ours", "floor", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; ``floor`` is the least that anybody could have needed, measured in the same run."""

    key: str
    label: str
    value: float
    unit: str = ""
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    def as_json(self) -> dict[str, object]:
        beside = {} if self.floor is None else {"floor": self.floor, "ratio": self.ratio}
        return {"value": self.value, "unit": self.unit, **beside}


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest of the values that at least ``share`` (0 to 1) of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values, no percentile")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def pages(rows: int, page_size: int = 500) -> int:
    """The fewest requests that can fetch so many rows: even nothing takes one."""
    return max(1, math.ceil(rows / page_size))


def table(sections: Mapping[str, Sequence[Figure]]) -> str:
    """Titles and figures in aligned columns."""
    lines = [_cells(each) for figures in sections.values() for each in figures]
    widths = [max(len(line[column]) for line in [COLUMNS, *lines]) for column in range(len(COLUMNS))]
    drawn = [_line(COLUMNS, widths)]
    for title, figures in sections.items():
        drawn += ["", title, *(_line(_cells(each), widths) for each in figures)]
    return "\n".join(drawn)


def document(sections: Mapping[str, Sequence[Figure]], about: Mapping[str, object]) -> str:
    """All figures by key, with what is to be known about the run."""
    figures = {each.key: each.as_json() for figures in sections.values() for each in figures}
    return json.dumps({**about, "figures": figures}, indent=2) + "\n"


def amount(value: float, unit: str) -> str:
    """With as many digits as mean something."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    floor = "" if figure.floor is None else amount(figure.floor, figure.unit)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return f"  {figure.label}", amount(figure.value, figure.unit), floor, ratio


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    label, *others = cells
    numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
    return "   ".join((label.ljust(widths[0]), *numbers)).rstrip()
