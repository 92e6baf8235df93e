"""A worker is killed with SIGKILL at every point of the main job, another takes over: nothing is lost or doubled."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

import pytest

from domain.shared.ids import encode
from tests.processes.mailbox import Mood
from tests.processes.town import Town, until

SILENT = {"fault": "callback_never", "times": 2}


async def _at_once(_town: Town, _order_id: UUID) -> bool:
    return True


async def _sandbox_has_both(town: Town, order_id: UUID) -> bool:
    return await town.sandbox_has_both(order_id)


async def _both_run(town: Town, order_id: UUID) -> bool:
    return await town.operation_states(order_id) == ["RUNNING", "RUNNING"]


async def _one_is_provisioned(town: Town, order_id: UUID) -> bool:
    return "SUCCEEDED" in await town.operation_states(order_id)


async def _is_completed(town: Town, order_id: UUID) -> bool:
    return await town.state(order_id) == "COMPLETED"


async def _delivery_hangs(town: Town, _order_id: UUID) -> bool:
    return town.mailbox.hung > 0


@dataclass(frozen=True, slots=True)
class Moment:
    """The worker dies as soon as `comes` holds, with `faults` armed before and the receiver in this mood."""

    comes: Callable[[Town, UUID], Awaitable[bool]]
    faults: Sequence[Mapping[str, Any]] = ()
    mood: Mood = Mood.OPEN


MOMENTS = {
    "before its first claim": Moment(_at_once),
    "its request was acted on, the answer is under way": Moment(
        _sandbox_has_both, [{"fault": "slow", "seconds": 30, "times": 2}, SILENT]
    ),
    "its request was acted on, the answer was dropped": Moment(
        _sandbox_has_both, [{"fault": "drop_after_acting", "times": 2}, SILENT]
    ),
    "the provisioner is at work and will not call back": Moment(
        _both_run, [{"fault": "slow_work", "seconds": 1, "times": 2}, SILENT]
    ),
    "an instance.provisioned was just committed": Moment(_one_is_provisioned),
    "all is provisioned, nothing could be delivered": Moment(_is_completed, mood=Mood.FAILING),
    "a delivery hangs": Moment(_delivery_hangs, mood=Mood.HANGING),
}


async def _all_is_well(town: Town, order_id: UUID) -> None:
    """The order completes, each line has one instance, every event arrives under one id on every attempt."""
    await town.completed(order_id)
    await town.delivered(order_id)
    ours = {encode("Instance", row["id"]) for row in await town.database.fetch("SELECT id FROM instances")}
    theirs = await town.instances()
    assert {instance["instance_id"] for instance in theirs} == ours
    assert {instance["creations"] for instance in theirs} == {1}
    events = await town.event_ids(order_id)
    # 4 of the order and, for each of 2 lines, instance.provisioned and subscription.activated; order.completed.
    assert len(events) == 11
    letters = [letter for letter in town.mailbox.letters if letter.event["id"] in events]
    assert all(letter.message_id == letter.event["id"] for letter in letters)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
async def test_another_worker_finishes_what_a_killed_one_left(town: Town, moment: Moment) -> None:
    """Whenever a worker is killed, the next one completes the order: one instance a line, every event delivered."""
    await town.arm(*moment.faults)
    town.mailbox.mood = moment.mood
    town.start_worker()
    order_id = await town.place()
    await until("the moment to kill the worker", lambda: moment.comes(town, order_id))
    town.household.kill("worker")

    await town.calm()
    town.mailbox.mood = Mood.OPEN
    # The dead worker's leases would run for 60 s: the test moves their end instead of waiting for it.
    await town.let_leases_end()
    town.start_worker()
    await _all_is_well(town, order_id)


async def test_attempts_of_one_event_carry_one_id(town: Town) -> None:
    """An event that had to be attempted twice arrives both times under its own id, and is logged so."""
    town.mailbox.mood = Mood.FAILING
    town.start_worker()
    order_id = await town.place()
    await town.completed(order_id)
    events = await town.event_ids(order_id)

    async def refused() -> bool:
        return events <= {letter.message_id for letter in town.mailbox.letters}

    await until("every event refused once", refused)
    town.household.kill("worker")
    town.mailbox.mood = Mood.OPEN
    await town.let_leases_end()
    town.start_worker()
    await town.delivered(order_id)
    for event_id in events:
        attempts = [letter for letter in town.mailbox.letters if letter.event["id"] == event_id]
        assert [letter.taken for letter in attempts].count(True) >= 1
        assert len(attempts) >= 2
        assert {letter.message_id for letter in attempts} == {event_id}


async def test_a_storm_of_kills_loses_nothing(town: Town) -> None:
    """Workers that are killed again and again at random moments still bring every order to its one good end."""
    orders = [await town.place() for _ in range(3)]
    for _ in range(3):
        town.start_worker()
        # It takes about 1 s to begin its work; the pause is the point: no state is waited for.
        await asyncio.sleep(0.9 + SystemRandom().random() * 0.6)
        town.household.kill("worker")
        await town.let_leases_end()
    town.start_worker()
    for order_id in orders:  # the sandbox lists the instances of all: they are looked at once all are made
        await town.completed(order_id)
    for order_id in orders:
        await _all_is_well(town, order_id)
