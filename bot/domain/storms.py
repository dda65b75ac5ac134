"""Many problems at once: the worst are told each, the others as one."""

from collections.abc import Iterable, Sequence

from bot.domain.problems import EventKind, ProblemReport, Severity


def worst_first(found: Iterable[ProblemReport]) -> list[ProblemReport]:
    """Alike bad ones stay in their order: a second run tells of the same ones."""
    return sorted(found, key=lambda each: -each.severity.rank)


def many_more(group: str, rest: Sequence[ProblemReport]) -> ProblemReport:
    """One problem in place of many of the same run; it names no organization, and none of theirs."""
    words = f"{len(rest):,} more problem{'' if len(rest) == 1 else 's'}"
    return ProblemReport(
        fingerprint=f"many:{group}",
        kind=rest[0].kind if rest else EventKind.SYNC,
        severity=rest[0].severity if rest else Severity.WARNING,
        title=f"The sync of {group} found {words}",
        detail="The worst have a message each. The list of alerts has the others, one by one.",
        code=rest[0].code if rest else "",
    )
