"""The numbers of what syncs, schedules and alerts report; ``blocks/catalogue.py`` says them in words.

The numbers of errors that people meet themselves are on the classes of ``bot.errors``.
"""

from enum import StrEnum


class Code(StrEnum):
    """``LogEntry.code`` and ``ProblemReport.code``: 60x look at it, 61x left alone on purpose, 62x how syncs run."""

    TIME_WITHOUT_CONTRACT = "AT-601"
    TIME_AFTER_END = "AT-602"
    TIME_UNAPPROVED = "AT-603"
    TIME_WITHOUT_RATE = "AT-604"
    DUPLICATE_IDENTIFIER = "AT-605"
    INVOICE_MISMATCH = "AT-606"
    INVOICE_WITHOUT_NUMBER = "AT-607"
    CONTRACT_EXPIRED = "AT-608"
    GONE_FROM_AUTOTASK = "AT-609"
    TIME_OUTSIDE_DAYS = "AT-610"
    WRONG_PREFIX = "AT-611"
    FILTERED_OUT = "AT-612"
    LINES_LEFT_OUT = "AT-614"
    RECORD_UNREADABLE = "AT-615"
    SYNC_FAILING = "AT-620"
    SYNC_PAUSED = "AT-621"
    BIG_CHANGE = "AT-622"
    SCHEDULE_MISSED = "AT-623"
    BUDGET_USED_UP = "AT-624"
    CUSTOMER_MISSING = "AT-625"
    PDF_MISSING = "AT-626"
    TICKET_NOT_CREATED = "AT-627"
