"""Structured logs: one line per event, with the tenant, the person and the request bound, and no secrets.

Redaction is the last step before a line is written, and stands in front of every library's lines too.
"""

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Final, Literal, TextIO, cast

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

MASK: Final = "[redacted]"
_TOKEN = re.compile(r"\bx(?:ox[a-z]|app|wfp|oxe)(?:[-.][A-Za-z0-9%]+)+|\bgAAAA[A-Za-z0-9_\-]{40,}={0,2}")
_URL_PASSWORD = re.compile(r"(?<=://)([^:/@\s]+):[^@/\s]+(?=@)")
_TELLING = re.compile(
    r"(secret|password|passwd|token|authorization|apiintegrationcode|tracking_?id|signature|cookie|api_?key|encryption_?keys?|private_?key)",
    re.IGNORECASE,
)
_LIBRARIES: Final = (
    "slack_bolt", "slack_sdk", "httpx", "httpcore", "sqlalchemy", "procrastinate", "aiohttp", "asyncio",
    "apscheduler", "alembic", "uvicorn", "psycopg", "websockets",
)  # fmt: skip
_OURS: Final = ("bot", "handlers", "blocks")
_CHATTY: Final = (
    "httpx",
    "httpcore",
    "apscheduler",
    "alembic",
    "aiohttp.access",
    "uvicorn.access",
    "psycopg",
    "sqlalchemy",
)


class Redactor:
    """Removes secrets by value, by name and by shape."""

    def __init__(self, secrets: Iterable[SecretStr | str | None] = ()) -> None:
        self._values: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: SecretStr | str | None) -> None:
        """From now on these values are masked wherever they appear (shorter than 6 characters: not)."""
        plain = {each.get_secret_value() if isinstance(each, SecretStr) else each or "" for each in secrets}
        known = plain.union(self._values)
        self._values = tuple(sorted((each for each in known if len(each) >= 6), key=len, reverse=True))

    def text(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, MASK)
        return _URL_PASSWORD.sub(rf"\1:{MASK}", _TOKEN.sub(MASK, text))

    def value(self, value: object, name: str = "") -> object:
        """The value as it may be logged; ``name`` is its key or header name."""
        if isinstance(value, SecretStr) or (name and _TELLING.search(name) and value):
            return MASK
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(each, str(key)) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(each) for each in value]
        return value if isinstance(value, int | float | bool | None) else self.text(str(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """As a structlog processor. ``event``, the words of the line, is masked by value and shape only."""
        return {
            key: value if key == "exc_info" else self.value(value, "" if key == "event" else key)
            for key, value in event.items()
        }


def configure(
    *,
    level: str = "INFO",
    form: Literal["json", "console"] = "json",
    redactor: Redactor | None = None,
    stream: TextIO | None = None,
) -> Redactor:
    """Sends every logger's lines, ours and the libraries', through one redacting writer."""
    guard = redactor or Redactor()
    shared = _shared()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_finish(form, guard))
    )
    handler.addFilter(_only_ours_below_info)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    _calm_libraries(level)
    return guard


@contextmanager
def bound(**facts: str | int) -> Iterator[None]:
    """Every line logged inside carries these facts."""
    with structlog.contextvars.bound_contextvars(**facts):
        yield


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _finish(form: str, guard: Redactor) -> list[Processor]:
    """The traceback becomes text first, so that the guard sees it as well."""
    face: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else cast("Processor", structlog.dev.ConsoleRenderer(colors=False))
    )
    drop_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return [_in_words, drop_meta, structlog.processors.format_exc_info, guard, face]


def _in_words(_logger: WrappedLogger, _method: str, event: MutableMapping[str, object]) -> EventDict:
    """The words of a line last are text: libraries log objects too."""
    event["event"] = str(event.get("event", ""))
    return cast("EventDict", event)


def _calm_libraries(level: str) -> None:
    """Libraries log through our writer, never below INFO; those that report every request, from WARNING."""
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(max(logging.INFO, logging.getLevelName(level)))
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_no_false_alarm)


def _only_ours_below_info(record: logging.LogRecord) -> bool:
    """A library may raise its own logger to the root's level (Bolt does): its DEBUG lines hold whole forms."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in _OURS


def _no_false_alarm(record: logging.LogRecord) -> bool:
    """Bolt sees SLACK_BOT_TOKEN in the environment and warns that it does not use it: it asks us for each."""
    return "`token` will be unused" not in str(record.msg)
