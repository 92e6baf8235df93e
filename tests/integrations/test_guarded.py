"""A provisioner behind its breaker and limits: what is held back was not done, and says when to come back."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from integrations.provisioners.base import (
    Failed,
    InProgress,
    InstanceRequest,
    Outcome,
    OutcomeUnknown,
    ProvisionerUnavailable,
    Unavailable,
    UsageReading,
)
from integrations.provisioners.guarded import FAILURES_TO_OPEN, Guarded, Limits

DOWN = OutcomeUnknown("no answer")
UP = InProgress()


@dataclass(slots=True)
class Scripted:
    """A provisioner that answers what it is told, and counts its calls."""

    outcome: Outcome = UP
    calls: int = 0
    gate: asyncio.Event | None = None
    key: str = "cloud"
    now: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    async def poll(self, _instance_id: str, _operation_id: str) -> Outcome:
        """Count, wait for the gate, answer."""
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        return self.outcome

    async def apply(self, _request: InstanceRequest) -> Outcome:
        """As any other call."""
        return await self.poll("", "")

    async def find(self, _instance_id: str) -> Outcome:
        """As any other call."""
        return await self.poll("", "")

    async def delete(self, _instance_id: str, _operation_id: str) -> Outcome:
        """As any other call."""
        return await self.poll("", "")

    async def usage(self, _instance_id: str, _since: datetime) -> list[UsageReading]:
        """None, or none now."""
        if await self.poll("", "") == DOWN:
            raise ProvisionerUnavailable("down")
        return []


def guarded(inner: Scripted, limits: Limits = Limits()) -> Guarded:  # noqa: B008 - it is frozen
    """The provisioner behind its guard, by its own clock."""
    return Guarded(inner, limits, lambda: inner.now)


async def failing(inner: Scripted, guard: Guarded) -> None:
    """Let it fail until the breaker opens."""
    inner.outcome = DOWN
    for _ in range(FAILURES_TO_OPEN):
        assert await guard.poll("ins", "pop") == DOWN


async def test_p1_what_fails_again_and_again_is_left_alone_for_a_while() -> None:
    """After five failures in a row nothing is sent for 10 s; then one call tries, and the pause doubles or ends."""
    inner = Scripted()
    guard = guarded(inner)
    await failing(inner, guard)
    held = await guard.find("ins")
    assert isinstance(held, Unavailable)
    assert held.retry_after_seconds == 10
    assert inner.calls == FAILURES_TO_OPEN
    with pytest.raises(ProvisionerUnavailable):
        await guard.usage("ins", inner.now)
    inner.now += timedelta(seconds=10)
    assert await guard.poll("ins", "pop") == DOWN
    held = await guard.delete("ins", "pop")
    assert isinstance(held, Unavailable)
    assert held.retry_after_seconds == 20
    inner.now, inner.outcome = inner.now + timedelta(seconds=20), UP
    for _ in range(3):
        assert await guard.poll("ins", "pop") == UP


async def test_p1_a_refusal_is_an_answer() -> None:
    """Who says no is up: any number of failed operations opens no breaker, and a success in between starts anew."""
    inner = Scripted(outcome=Failed("no", "no", retryable=False, instance_usable=True))
    guard = guarded(inner)
    for _ in range(3 * FAILURES_TO_OPEN):
        assert await guard.poll("ins", "pop") == inner.outcome
    for _ in range(3 * FAILURES_TO_OPEN):
        inner.outcome = DOWN if inner.outcome == UP else UP
        assert await guard.poll("ins", "pop") == inner.outcome


async def test_p1_one_call_tries_whether_it_is_back() -> None:
    """While that one waits for its answer, nothing else is sent."""
    inner = Scripted()
    guard = guarded(inner)
    await failing(inner, guard)
    inner.now, inner.gate = inner.now + timedelta(seconds=10), asyncio.Event()
    trying = asyncio.create_task(guard.poll("ins", "pop"))
    await asyncio.sleep(0)
    assert isinstance(await guard.poll("ins", "pop"), Unavailable)
    inner.gate.set()
    await trying
    assert inner.calls == FAILURES_TO_OPEN + 1


async def test_p1_no_more_calls_at_once_than_allowed() -> None:
    """A provisioner that hangs holds as many of our hands as it is allowed, never all."""
    inner = Scripted(gate=asyncio.Event())
    guard = guarded(inner, Limits(concurrency=3))
    hanging = [asyncio.create_task(guard.poll("ins", "pop")) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert inner.calls == 3
    assert sum(task.done() for task in hanging) == 2
    assert inner.gate is not None
    inner.gate.set()
    assert [isinstance(outcome, Unavailable) for outcome in await asyncio.gather(*hanging)].count(True) == 2


async def test_p1_no_more_calls_a_second_than_allowed() -> None:
    """The next one is told when its turn comes."""
    inner = Scripted()
    guard = guarded(inner, Limits(calls_per_second=2.0))
    assert await guard.poll("ins", "pop") == UP
    held = await guard.poll("ins", "pop")
    assert isinstance(held, Unavailable)
    assert held.retry_after_seconds == 0.5
    inner.now += timedelta(seconds=0.5)
    assert await guard.poll("ins", "pop") == UP


async def test_p6_counts_that_cannot_be_had_open_the_breaker_too() -> None:
    """A provisioner that gives no counts of users is left alone like any that fails; one that has none is up."""
    inner = Scripted(outcome=DOWN)
    guard = guarded(inner)
    for _ in range(FAILURES_TO_OPEN + 3):
        with pytest.raises(ProvisionerUnavailable):
            await guard.usage("ins", inner.now)
    assert inner.calls == FAILURES_TO_OPEN
    inner.now, inner.outcome = inner.now + timedelta(seconds=10), UP
    assert await guard.usage("ins", inner.now) == []
    assert await guard.find("ins") == UP
