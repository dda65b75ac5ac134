"""Who uses up Autotask's hourly requests: what is said of it, without saying it again with every reading."""

from datetime import datetime

from bot.domain.codes import Code
from bot.domain.problems import EventKind, ProblemReport, Severity

CROWDED, REFUSED = "api-budget", "api-refused"
PAUSES_AT, PEOPLE_ONLY_AT = 0.75, 0.9
"""Shares of the hour's requests from which background work rests, and from which only people are served."""
OVER_BELOW = 0.7
"""Below the share at which it began, so that a crowd that comes and goes is one alert."""


def crowded(*, used: int, limit: int, own: int, known: Severity | None) -> ProblemReport | None:
    """What is wrong with that use; ``known`` is the severity that was told before, None when nothing was.

    None: nothing. Told again only when it got worse.
    """
    share = used / limit if limit else 0.0
    if share < (PAUSES_AT if known is None else OVER_BELOW):
        return None
    severity = Severity.ERROR if share >= PEOPLE_ONLY_AT or known is Severity.ERROR else Severity.WARNING
    others = max(0, used - own)
    mostly_we = own > others
    who = "Deskhand itself" if mostly_we else "Another integration"
    rest = (
        "What nobody asked for rests, billing runs too"
        if severity is Severity.ERROR
        else "Background work is paused"
    )
    return ProblemReport(
        CROWDED,
        EventKind.API_BUDGET,
        severity,
        f"{who} uses up Autotask's hourly requests",
        f"{_who_used(others, own, limit, mostly_we=mostly_we)} {rest}; what people ask for still goes through. It goes "
        f"on by itself when less than {PAUSES_AT:.0%} are used.",
        code=Code.BUDGET_USED_UP,
    )


def is_over(*, used: int, limit: int) -> bool:
    return bool(limit) and used / limit < OVER_BELOW


def refused(until: datetime) -> ProblemReport:
    """Autotask takes no request from anybody; ``until`` is when it is asked again."""
    del until  # no moment in the words: they would differ with every probe
    return ProblemReport(
        REFUSED,
        EventKind.API_BUDGET,
        Severity.ERROR,
        "Autotask refuses every request",
        "The hour's requests of all integrations together are used up. Nothing is sent; every five minutes Deskhand "
        "looks whether Autotask takes requests again. What people submitted is kept and goes on by itself.",
        code=Code.BUDGET_USED_UP,
    )


def _who_used(others: int, own: int, limit: int, *, mostly_we: bool) -> str:
    if mostly_we:
        return f"Deskhand used {own:,} of {limit:,} requests in the last hour, other integrations {others:,}."
    return f"Other integrations used {others:,} of {limit:,} requests in the last hour, Deskhand {own:,}."
