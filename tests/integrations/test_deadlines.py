"""Deadlines end what takes too long as asyncio.timeout does, and nothing else."""

import asyncio

import pytest

from integrations.deadlines import Deadlines

SOON = 0.02


async def test_what_takes_too_long_is_a_timeout() -> None:
    """And nothing of it stays behind: the task goes on, uncancelled."""
    deadlines = Deadlines(SOON)
    with pytest.raises(TimeoutError), deadlines.next():
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()
    assert not deadlines.running


async def test_what_ends_in_time_is_left_alone() -> None:
    """Each has its own end, however many there are; a timer that was set for one looks for the next."""
    deadlines = Deadlines(SOON * 10)

    async def work(seconds: float) -> None:
        with deadlines.next():
            await asyncio.sleep(seconds)

    begun = []
    for place in range(20):
        begun.append(asyncio.create_task(work(0 if place % 2 else 60)))
        await asyncio.sleep(SOON / 10)
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    assert [isinstance(outcome, TimeoutError) for outcome in outcomes] == [place % 2 == 0 for place in range(20)]
    assert not deadlines.running


async def test_an_inner_deadline_ends_only_what_is_inside() -> None:
    """The outer one goes on."""
    inner, outer = Deadlines(SOON), Deadlines(60)
    with outer.next():
        with pytest.raises(TimeoutError), inner.next():
            await asyncio.Event().wait()
        await asyncio.sleep(0)
    assert not outer.running


async def test_a_cancellation_of_somebody_else_stays_one() -> None:
    """Whether it comes by itself or while the deadline ends the task: a stopping server is not told of a timeout."""
    deadlines = Deadlines(SOON)

    async def work() -> None:
        with deadlines.next():
            await asyncio.Event().wait()

    async def work_that_is_cancelled_twice() -> None:
        with deadlines.next():
            try:
                await asyncio.Event().wait()
            finally:
                twice.cancel()

    once, twice = asyncio.create_task(work()), asyncio.create_task(work_that_is_cancelled_twice())
    await asyncio.sleep(0)
    once.cancel()
    await asyncio.wait({once, twice})
    assert once.cancelled()
    assert twice.cancelled()


async def test_other_errors_pass_through() -> None:
    """A deadline says nothing of what fails by itself."""
    deadlines = Deadlines(SOON)
    with pytest.raises(ValueError, match="own"), deadlines.next():
        raise ValueError("its own")


def test_each_event_loop_sets_its_own_timer() -> None:
    """What an earlier loop left running says nothing to the next one."""
    deadlines = Deadlines(SOON)

    async def overrun() -> None:
        with deadlines.next():
            await asyncio.Event().wait()

    async def leave() -> None:
        deadlines.next().__enter__()

    asyncio.run(leave())
    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(overrun())
