"""Logs: structured, on standard error, without secrets."""

import logging
import sys
from typing import Final

import orjson
import structlog

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logging(level: str) -> None:
    """Structured logs on standard error from a level on: text on a terminal, else one JSON object a line.

    Tracebacks carry no local variables: they would carry secrets.
    """
    is_for_people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(_FOR_PEOPLE if is_for_people else _FOR_MACHINES),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr)
        if is_for_people
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    for noisy in ("arq", "httpx", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _to_json(entry: object, **_options: object) -> bytes:
    return orjson.dumps(entry, default=str)


_FOR_PEOPLE: Final[list[structlog.typing.Processor]] = [
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
]
_FOR_MACHINES: Final[list[structlog.typing.Processor]] = [
    structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
    structlog.processors.JSONRenderer(serializer=_to_json),
]
