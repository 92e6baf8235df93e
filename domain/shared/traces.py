"""The trace that the work under way is a part of; kept with events and operations, so that others go on with it."""

from contextvars import ContextVar
from typing import Final

# A W3C `traceparent`; None where nobody traces.
TRACEPARENT: Final[ContextVar[str | None]] = ContextVar("traceparent", default=None)
