"""Deadlines for what every request does, kept by one timer: `asyncio.timeout` sets and cancels one each time.

That costs a request more than to find out who asks. All deadlines of a kind are as long, so that the one which began
first ends first, and the event loop has to be asked for its time alone.
"""

import asyncio
from types import TracebackType
from typing import Final


class Deadline:
    """`with` it, what takes too long is cancelled, and is a TimeoutError outside, as with `asyncio.timeout`."""

    __slots__ = ("_cancelling", "_deadlines", "ends_at", "has_passed", "task")

    def __init__(self, deadlines: "Deadlines", task: asyncio.Task[object], ends_at: float) -> None:
        self.task = task
        self.ends_at = ends_at
        self.has_passed = False
        self._deadlines = deadlines
        self._cancelling = task.cancelling()

    def __enter__(self) -> None:
        """Begin."""
        self._deadlines.running[self] = None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """End; of the cancellation that came of it, only a TimeoutError is left."""
        self._deadlines.running.pop(self, None)
        is_ours = self.has_passed and self.task.uncancel() <= self._cancelling
        if is_ours and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error


class Deadlines:
    """What may take `seconds`, each time; `running` is what does, the first begun first. One event loop at a time."""

    def __init__(self, seconds: float) -> None:
        self.seconds: Final = seconds
        self.running: dict[Deadline, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_set = False

    def next(self) -> Deadline:
        """A deadline for what the running task does now."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task has deadlines")
        if loop is not self._loop:
            self._loop, self._is_set = loop, False
            self.running.clear()
        deadline = Deadline(self, task, loop.time() + self.seconds)
        if not self._is_set:
            self._set(loop, deadline.ends_at)
        return deadline

    def _set(self, loop: asyncio.AbstractEventLoop, at: float) -> None:
        self._is_set = True
        loop.call_at(at, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what is past its end; look again when the next one ends."""
        if loop is not self._loop:
            return
        now = loop.time()
        for deadline in list(self.running):
            if deadline.ends_at > now:
                self._set(loop, deadline.ends_at)
                return
            del self.running[deadline]
            deadline.has_passed = True
            deadline.task.cancel()
        self._is_set = False
