"""Where the parts of a trace are told to: nowhere, unless a receiver of traces is configured."""

from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Final, Protocol, TypeAlias

Value: TypeAlias = str | int | float | bool


class Kind(Enum):
    """What a span is to the trace: work for a caller, a call to somebody else, or work that was left by another."""

    SERVER = "SERVER"
    CLIENT = "CLIENT"
    CONSUMER = "CONSUMER"


class Span(Protocol):
    """One part of a trace."""

    def note(self, **attributes: Value) -> None:
        """Say more about it; names take `.` for each `__`."""
        ...

    def fail(self, reason: str) -> None:
        """Say that it did not work."""
        ...


class Spans(Protocol):
    """Begins spans; while one is open, `domain.shared.traces.TRACEPARENT` leads to it."""

    def span(self, name: str, kind: Kind, parent: str | None, **attributes: Value) -> AbstractContextManager[Span]:
        """A span below `parent` (a W3C `traceparent`), or the first of a trace."""
        ...

    def close(self) -> None:
        """Tell what was not told yet, for some seconds at most."""
        ...


class _Nothing:
    def note(self, **attributes: Value) -> None:
        """Forget it."""

    def fail(self, reason: str) -> None:
        """Forget it."""


_NO_SPAN: Final = nullcontext(_Nothing())


class Untraced:
    """Tells nobody anything."""

    def span(self, name: str, kind: Kind, parent: str | None, **attributes: Value) -> AbstractContextManager[Span]:  # noqa: ARG002 - as in Spans
        """No span at all."""
        return _NO_SPAN

    def close(self) -> None:
        """There is nothing to tell."""
