"""Keeps a provisioner that is down, slow or easily overrun from delaying the orders of the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from integrations.provisioners.base import (
    InstanceGone,
    InstanceRequest,
    Outcome,
    OutcomeUnknown,
    Provisioner,
    ProvisionerUnavailable,
    Unavailable,
    UsageReading,
)

# So many failures in a row, and it is left alone for a while; then one call tries whether it is back.
FAILURES_TO_OPEN: Final = 5
FIRST_REST: Final = timedelta(seconds=10)
LONGEST_REST: Final = timedelta(minutes=5)
_BUSY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls one process has under way at a provisioner at most, and how many it begins a second."""

    concurrency: int = 8
    calls_per_second: float | None = None


class Guarded:
    """A connector behind a circuit breaker, a limit on calls at once and one on calls a second.

    What they hold back is answered `Unavailable` with when to come back: nothing was done, and nobody has waited.
    """

    def __init__(self, inner: Provisioner, limits: Limits, clock: Callable[[], datetime]) -> None:
        self.inner = inner
        self._limits = limits
        self._clock = clock
        self._under_way = 0
        self._failures = 0
        self._rests_until: datetime | None = None
        self._next_call = clock()

    @property
    def key(self) -> str:
        """The name under which the registry knows it."""
        return self.inner.key

    async def apply(self, request: InstanceRequest) -> Outcome:
        """As the connector's own, unless it is held back."""
        return await self._call(lambda: self.inner.apply(request))

    async def poll(self, instance_id: str, operation_id: str) -> Outcome:
        """As the connector's own, unless it is held back."""
        return await self._call(lambda: self.inner.poll(instance_id, operation_id))

    async def find(self, instance_id: str) -> Outcome:
        """As the connector's own, unless it is held back."""
        return await self._call(lambda: self.inner.find(instance_id))

    async def delete(self, instance_id: str, operation_id: str) -> Outcome:
        """As the connector's own, unless it is held back."""
        return await self._call(lambda: self.inner.delete(instance_id, operation_id))

    async def usage(self, instance_id: str, since: datetime) -> list[UsageReading]:
        """As the connector's own; ProvisionerUnavailable, too, where it is held back."""
        if held := self._held_back():
            raise ProvisionerUnavailable(held.reason, held.retry_after_seconds)
        self._under_way += 1
        try:
            readings = await self.inner.usage(instance_id, since)
        except InstanceGone:
            self._recover()
            raise
        except ProvisionerUnavailable:
            self._fail()
            raise
        finally:
            self._under_way -= 1
        self._recover()
        return readings

    async def _call(self, call: Callable[[], Awaitable[Outcome]]) -> Outcome:
        if held := self._held_back():
            return held
        self._under_way += 1
        try:
            outcome = await call()
        finally:
            self._under_way -= 1
        self._learn(outcome)
        return outcome

    def _held_back(self) -> Unavailable | None:
        """Why it is not called now; None: go ahead, and what is counted by calls is counted."""
        now = self._clock()
        if self._rests_until is not None and now < self._rests_until:
            return Unavailable("it did not answer lately: left alone for a while", _seconds(self._rests_until - now))
        if self._under_way >= (1 if self._rests_until is not None else self._limits.concurrency):
            return Unavailable("as many calls as allowed are under way", _BUSY_SECONDS)
        if self._limits.calls_per_second is not None:
            if now < self._next_call:
                return Unavailable("as many calls as allowed were made", _seconds(self._next_call - now))
            self._next_call = now + timedelta(seconds=1 / self._limits.calls_per_second)
        return None

    def _learn(self, outcome: Outcome) -> None:
        if isinstance(outcome, OutcomeUnknown | Unavailable):
            self._fail()
        else:
            self._recover()

    def _recover(self) -> None:
        self._failures, self._rests_until = 0, None

    def _fail(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            rest = min(FIRST_REST * 2 ** min(self._failures - FAILURES_TO_OPEN, 10), LONGEST_REST)
            self._rests_until = self._clock() + rest


def _seconds(pause: timedelta) -> float:
    return max(pause.total_seconds(), 0.1)
