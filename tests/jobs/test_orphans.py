"""Whatever goes wrong: one instance where it is wanted, none where it is not, and nothing living is ever removed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from domain.desk.actions import complete_ticket, fail_ticket
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.ids import encode
from integrations.provisioners.base import InstanceRequest, Outcome, Unanswerable, UsageReading
from integrations.provisioners.registry import Registry
from jobs.provisioning import advance
from tests.integrations.sandboxes import instances
from tests.jobs.bench import Bench
from tests.jobs.test_desk_job import ticket_of
from tests.jobs.test_instance_operations import made, operations, theirs, told
from tests.jobs.test_provisioning_job import calls, claimed, look_again, operation, started

ENDED = ("SUCCEEDED", "FAILED")
LOST = {"fault": "lose_operation"}
# Faults of a creation that still succeeds, each by itself and some at once.
SURVIVED: Sequence[Sequence[Mapping[str, Any]]] = (
    [{"fault": "drop_before_acting"}],
    [{"fault": "drop_after_acting"}],
    [{"fault": "drop_after_acting", "times": 3}, LOST],
    [{"fault": "server_error", "times": 3}],
    [{"fault": "server_error_after_acting"}, LOST],
    [{"fault": "server_error", "method": "GET", "times": 4}],
    [{"fault": "drop_before_acting", "method": "GET", "times": 2}, {"fault": "drop_after_acting"}],
    [{"fault": "fail", "retryable": True}, {"fault": "drop_after_acting"}],
    [{"fault": "callback_never"}],
    [{"fault": "callback_forged"}],
    [{"fault": "callback_twice"}],
)
# Faults of a creation that fails, and whether something of it stays until it is removed.
FAILED: Sequence[tuple[Mapping[str, Any], int]] = (
    ({"fault": "fail"}, 1),
    ({"fault": "fail", "instance_usable": True}, 0),
    ({"fault": "slow_work", "seconds": 3600}, 1),
)


async def live(bench: Bench, row: Any) -> Any:
    """The operation, worked on until it has ended; time passes between the looks."""
    for _ in range(30):
        now = await operation(row["id"])
        if now["state"] in ENDED:
            return now
        bench.clock.pass_by(minutes=7)
        await bench.work()
    raise AssertionError(now["state"])


async def deletions(bench: Bench, row: Any) -> int:
    """How often the sandbox was asked to remove the instance."""
    return (await calls(bench, row)).count("DELETE")


@pytest.mark.parametrize("faults", SURVIVED, ids=lambda faults: "+".join(fault["fault"] for fault in faults))
async def test_p1_one_instance_whatever_happens(slow_bench: Bench, faults: Sequence[Mapping[str, Any]]) -> None:
    """Lost answers, lost operations, errors, callbacks of all sorts: made once, told once, never removed."""
    order_id, row = await started(slow_bench, *map(dict, faults))
    await advance(slow_bench.shop, row)
    assert (await live(slow_bench, row))["state"] == "SUCCEEDED"
    assert (await slow_bench.sandbox_creations(order_id))[0] == 1
    assert (await slow_bench.events(order_id)).count("instance.provisioned") == 1
    assert await deletions(slow_bench, row) == 0


@pytest.mark.parametrize(("fault", "removed"), FAILED, ids=["failed", "refused", "timed-out"])
async def test_p1_what_a_failed_creation_left_is_removed(
    slow_bench: Bench, fault: Mapping[str, Any], removed: int
) -> None:
    """The line fails at once with its reason; what may be left at the provisioner is removed by itself."""
    order_id, row = await started(slow_bench, dict(fault))
    await advance(slow_bench.shop, row)
    slow_bench.clock.pass_by(hours=25)
    await slow_bench.work()
    now = await live(slow_bench, row)
    assert now["failure_code"] in {"sandbox_failure", "DEADLINE"}
    known = {found["instance_id"]: found["state"] for found in await instances(slow_bench.sandbox_url)}
    assert (await deletions(slow_bench, row) > 0) is bool(removed)
    assert known[encode("Instance", row["instance_id"])] == ("deleted" if removed else "active")
    assert (await slow_bench.events(order_id)).count("instance.failed") == 1


async def test_p1_removing_is_tried_for_a_week_and_then_left_to_a_person(bench: Bench) -> None:
    """ORPHAN_CLEANUP is seen with the reason of the failure; after seven days the desk gets a ticket."""
    _, row = await started(bench, {"fault": "fail"}, {"fault": "server_error", "method": "DELETE", "times": None})
    await advance(bench.shop, row)
    for _ in range(3):
        bench.clock.pass_by(days=2)
        await bench.work()
        now = await operation(row["id"])
        assert (now["state"], now["failure_code"], now["finished_at"]) == ("ORPHAN_CLEANUP", "sandbox_failure", None)
    bench.clock.pass_by(days=2)
    await bench.work()
    assert (await operation(row["id"]))["state"] == "FAILED"
    assert (await ticket_of(row))["kind"] == "ORPHAN"


@pytest.mark.parametrize("action", [Action.CHANGE, Action.SUSPEND])
@pytest.mark.parametrize("fault", ["fail", "slow_work"])
async def test_p1_nothing_is_removed_after_a_change(slow_bench: Bench, action: Action, fault: str) -> None:
    """A CHANGE or SUSPEND that fails or times out: the instance lives on, and no DELETE is ever sent."""
    _, instance_id = await made(slow_bench)
    content = {"sandbox": {"fault": fault, "seconds": 3600.0}}
    await start_operation(slow_bench.actor(), instance_id, action, {"parameters": content})
    await slow_bench.work()
    slow_bench.clock.pass_by(hours=25)
    await slow_bench.work()
    (_, change) = await operations(instance_id)
    assert change["state"] == "FAILED"
    assert await deletions(slow_bench, change) == 0
    assert (await theirs(slow_bench, instance_id))["state"] == "active"
    assert [event for event, _, _ in await told(instance_id)] == ["instance.change_failed"]


class Mute:
    """A provisioner that has no GET."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.key = "cloud"

    async def apply(self, request: InstanceRequest) -> Outcome:
        """As the real one."""
        answer: Outcome = await self.inner.apply(request)
        return answer

    async def poll(self, _instance_id: str, _operation_id: str) -> Outcome:
        """There is no GET."""
        return Unanswerable()

    async def find(self, _instance_id: str) -> Outcome:
        """There is no GET."""
        return Unanswerable()

    async def delete(self, instance_id: str, operation_id: str) -> Outcome:
        """As the real one."""
        answer: Outcome = await self.inner.delete(instance_id, operation_id)
        return answer

    async def usage(self, _instance_id: str, _since: datetime) -> list[UsageReading]:
        """Nobody counts."""
        return []


async def muted(bench: Bench, *faults: dict[str, Any]) -> tuple[UUID, Any]:
    """An operation sent once to a provisioner without GET, and looked at once more."""
    bench.shop = replace(bench.shop, provisioners=Registry([Mute(bench.shop.provisioners.get("cloud"))]))
    order_id, row = await started(bench, *faults)
    await advance(bench.shop, row)
    return order_id, await look_again(bench, row)


@pytest.mark.parametrize("is_done", [True, False])
async def test_p1_without_a_get_a_person_finds_out(bench: Bench, is_done: bool) -> None:
    """An unknown outcome is never asked again blindly: UNKNOWN, a ticket, and the person's word counts."""
    order_id, now = await muted(bench, {"fault": "drop_after_acting"})
    assert now["state"] == "UNKNOWN"
    ticket = await ticket_of(now)
    assert ticket["kind"] == "OUTCOME_UNKNOWN"
    bench.clock.pass_by(days=3)
    await bench.work()
    if is_done:
        await complete_ticket(bench.actor(), ticket["id"], (), seal=bench.shop.vault.seal)
    else:
        await fail_ticket(bench.actor(), ticket["id"], reason="not there")
    await bench.work()
    assert (await operation(now["id"]))["state"] == ("SUCCEEDED" if is_done else "FAILED")
    assert (await calls(bench, now)).count("PUT") == 1
    assert (await bench.sandbox_creations(order_id))[0] == 1


async def test_p1_without_a_get_what_was_certainly_not_done_is_asked_again(bench: Bench) -> None:
    """503 with Retry-After did nothing: no person is needed."""
    order_id, now = await muted(bench, {"fault": "server_error", "status": 503, "retry_after": 5})
    assert now["state"] == "SUCCEEDED"
    assert (await bench.sandbox_creations(order_id))[0] == 1


async def test_p1_a_dying_worker_asks_nothing_twice_without_a_get(bench: Bench) -> None:
    """Sent, and nobody knows what became of it: even after a RETRY_WAIT it is a person who finds out."""
    order_id, row = await started(bench, {"fault": "server_error", "status": 503, "retry_after": 5})
    await advance(bench.shop, row)
    bench.clock.pass_by(minutes=6)
    again = await claimed(bench, row["id"])
    assert again["state"] == "RETRY_WAIT"
    sql = "UPDATE provisioning_operations SET state = 'RUNNING' WHERE id = $1"  # what is committed before it is sent
    await database.execute(sql, row["id"])
    bench.shop = replace(bench.shop, provisioners=Registry([Mute(bench.shop.provisioners.get("cloud"))]))
    assert (await look_again(bench, row))["state"] == "UNKNOWN"
    assert (await bench.sandbox_creations(order_id))[0] == 0
