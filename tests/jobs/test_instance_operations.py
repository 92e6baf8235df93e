"""Operations beyond the first: changed, suspended, resumed and deleted, one at a time, never something living lost."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from domain.events.catalogue import json_schema
from domain.events.queries import body_for
from domain.events.types import EventType
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.provisioning.wishing import wish
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, ErrorCode, IllegalTransition, NotFound
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from jobs.provisioning import advance
from tests.integrations.sandboxes import instances
from tests.jobs.bench import Bench


async def instance(instance_id: UUID) -> Any:
    """An instance's row."""
    return await database.fetch_row("SELECT * FROM instances WHERE id = $1", instance_id)


async def made(bench: Bench) -> tuple[UUID, UUID]:
    """An order that is completed, and the instance of its first line."""
    order_id = await bench.place()
    await bench.work_until(order_id, "COMPLETED")
    return order_id, (await bench.operations(order_id))[0]["instance_id"]


async def told(instance_id: UUID) -> list[Any]:
    """The events of an instance after its creation, each valid by its schema: type, action, failure's code."""
    sql = "SELECT * FROM events WHERE aggregate_id = $1 AND type LIKE 'instance.%' ORDER BY id"
    rows = [row for row in await database.fetch(sql, instance_id) if row["type"] != "instance.provisioned"]
    for row in rows:
        body = body_for(row, Scope(row["scope"]))
        Draft202012Validator(json_schema(EventType(row["type"]))).validate(body)
    return [(r["type"], r["payload"]["action"], (r["payload"]["failure"] or {}).get("code")) for r in rows]


async def operations(instance_id: UUID) -> list[Any]:
    """The operations of an instance, oldest first."""
    sql = "SELECT * FROM provisioning_operations WHERE instance_id = $1 ORDER BY generation"
    return await database.fetch(sql, instance_id)


async def theirs(bench: Bench, instance_id: UUID) -> Mapping[str, Any]:
    """What the sandbox holds of an instance."""
    (found,) = [i for i in await instances(bench.sandbox_url) if i["instance_id"] == encode("Instance", instance_id)]
    return found


async def test_p1_an_instance_is_changed_suspended_resumed_and_deleted(bench: Bench) -> None:
    """Each wish reaches the provisioner with the whole wanted state, is counted, and is told when it is done."""
    _, instance_id = await made(bench)
    wishes = (
        (Action.CHANGE, {"quantity": 40}, "ACTIVE", "active"),
        (Action.SUSPEND, None, "SUSPENDED", "suspended"),
        (Action.CHANGE, {"plan": "enterprise"}, "SUSPENDED", "suspended"),
        (Action.RESUME, None, "ACTIVE", "active"),
    )
    for generation, (action, request, ours, sandboxs) in enumerate(wishes, start=2):
        await start_operation(bench.actor(), instance_id, action, request)
        await bench.work()
        row, there = await instance(instance_id), await theirs(bench, instance_id)
        assert (row["state"], row["generation"], there["state"]) == (ours, generation, sandboxs)
    there = await theirs(bench, instance_id)
    assert (there["plan"], there["quantity"], there["creations"], there["generation"]) == ("enterprise", 40, 1, 5)
    assert row["outputs_sealed"] is not None
    await start_operation(bench.actor(), instance_id, Action.DELETE)
    await bench.work()
    row, there = await instance(instance_id), await theirs(bench, instance_id)
    assert (row["state"], row["outputs_sealed"], there["state"]) == ("DELETED", None, "deleted")
    assert await told(instance_id) == [
        ("instance.changed", "CHANGE", None),
        ("instance.suspended", "SUSPEND", None),
        ("instance.changed", "CHANGE", None),
        ("instance.resumed", "RESUME", None),
        ("instance.deleted", "DELETE", None),
    ]


async def test_p1_a_change_that_fails_leaves_the_instance_as_it_was(bench: Bench) -> None:
    """Whatever its provisioner says: ACTIVE, not deleted, told why; the next change builds on what was before."""
    _, instance_id = await made(bench)
    fault = {"fault": "fail", "code": "no_seats", "instance_usable": False}
    await start_operation(bench.actor(), instance_id, Action.CHANGE, {"quantity": 99, "parameters": {"sandbox": fault}})
    await bench.work()
    bench.clock.pass_by(days=8)
    await bench.work()
    row, there = await instance(instance_id), await theirs(bench, instance_id)
    assert (row["state"], there["state"], there["quantity"]) == ("ACTIVE", "active", 25)
    assert await told(instance_id) == [("instance.change_failed", "CHANGE", "no_seats")]
    await start_operation(bench.actor(), instance_id, Action.CHANGE, {"plan": "enterprise"})
    await bench.work()
    there = await theirs(bench, instance_id)
    assert (there["plan"], there["quantity"]) == ("enterprise", 25)


async def test_p1_a_second_wish_waits_for_the_end_of_the_first(slow_bench: Bench) -> None:
    """While an operation has no end, every other wish is refused as OPERATION_IN_PROGRESS, and nothing is counted."""
    _, instance_id = await made(slow_bench)
    await start_operation(slow_bench.actor(), instance_id, Action.CHANGE, {"quantity": 30})
    for action in (Action.CHANGE, Action.SUSPEND):
        with pytest.raises(Conflict) as refusal:
            await start_operation(slow_bench.actor(), instance_id, action)
        assert refusal.value.code is ErrorCode.OPERATION_IN_PROGRESS
    assert (await instance(instance_id))["generation"] == 2


async def test_p1_a_deletion_takes_the_place_of_what_is_under_way(slow_bench: Bench) -> None:
    """What runs ends as SUPERSEDED; the deletion leaves when nothing of it can still be on its way."""
    _, instance_id = await made(slow_bench)
    fault = {"fault": "slow_work", "seconds": 3600}
    await start_operation(
        slow_bench.actor(), instance_id, Action.CHANGE, {"quantity": 30, "parameters": {"sandbox": fault}}
    )
    await slow_bench.work()
    await start_operation(slow_bench.actor(), instance_id, Action.DELETE)
    _, change, deletion = await operations(instance_id)
    assert (change["state"], change["failure_code"], change["due_at"]) == ("FAILED", "SUPERSEDED", None)
    assert 35 < (deletion["due_at"] - slow_bench.clock.now()).total_seconds() <= 40
    with pytest.raises(Conflict):
        await start_operation(slow_bench.actor(), instance_id, Action.DELETE)
    slow_bench.clock.pass_by(minutes=1)
    await slow_bench.work()
    slow_bench.clock.pass_by(minutes=1)
    await slow_bench.work()
    assert (await theirs(slow_bench, instance_id))["state"] == "deleted"
    assert await told(instance_id) == [("instance.deleted", "DELETE", None)]


async def test_p1_a_creation_under_way_can_be_undone_and_leaves_nothing(slow_bench: Bench) -> None:
    """DELETE of a PENDING instance: the creation in the worker's hands is let go, and what it made is removed."""
    order_id = await slow_bench.place(cloud={"sandbox": {"fault": "slow_work", "seconds": 3600}})
    await slow_bench.work()
    row = (await slow_bench.operations(order_id))[0]
    await start_operation(slow_bench.actor(), row["instance_id"], Action.DELETE)
    for _ in range(3):
        slow_bench.clock.pass_by(minutes=2)
        await slow_bench.work()
    assert (await instance(row["instance_id"]))["state"] == "DELETED"
    assert (await theirs(slow_bench, row["instance_id"]))["state"] == "deleted"
    assert await told(row["instance_id"]) == [("instance.deleted", "DELETE", None)]


async def test_p1_a_worker_whose_operation_was_superseded_changes_nothing(bench: Bench) -> None:
    """Its lease is gone with the operation: neither its call nor its answer counts any more."""
    _, instance_id = await made(bench)
    await start_operation(bench.actor(), instance_id, Action.CHANGE, {"quantity": 30})
    (held,) = await bench.claim("provisioning_operations")
    await start_operation(bench.actor(), instance_id, Action.DELETE)
    await advance(bench.shop, held)
    assert (await theirs(bench, instance_id))["quantity"] == 25
    await bench.work()
    assert await told(instance_id) == [("instance.deleted", "DELETE", None)]


@pytest.mark.parametrize("action", [Action.CREATE, Action.RESUME])
async def test_p1_a_wish_must_fit_the_state_of_the_instance(bench: Bench, action: Action) -> None:
    """What is there is not made again, what runs is not resumed; the refusal says what is possible."""
    _, instance_id = await made(bench)
    with pytest.raises(IllegalTransition) as refusal:
        await start_operation(bench.actor(), instance_id, action)
    assert refusal.value.allowed == ("CHANGE", "DELETE", "SUSPEND")


async def test_p1_what_failed_to_be_made_is_made_again_as_the_same_instance(bench: Bench) -> None:
    """CREATE of a FAILED instance: a further generation of the same id, asked for with what was wished first."""
    order_id = await bench.place(cloud={"sandbox": {"fault": "fail"}})
    await bench.work()
    instance_id = (await bench.operations(order_id))[0]["instance_id"]
    assert (await instance(instance_id))["state"] == "FAILED"
    await start_operation(bench.actor(), instance_id, Action.CREATE)
    assert (await instance(instance_id))["state"] == "PENDING"
    (held,) = await bench.claim("provisioning_operations")
    await advance(bench.shop, held)
    row, there = await instance(instance_id), await theirs(bench, instance_id)
    assert (row["state"], row["generation"], there["creations"]) == ("ACTIVE", 2, 1)


async def test_a1_the_instance_of_another_tree_does_not_exist(bench: Bench) -> None:
    """An actor of another subtree gets NotFound."""
    _, instance_id = await made(bench)
    ours = bench.actor()
    stranger = Actor(
        "tok", ours.organization_id, ours.organization_kind, Scope("999999."), ours.permissions, ours.at, ours.new_id
    )
    with pytest.raises(NotFound):
        await start_operation(stranger, instance_id, Action.DELETE)


async def test_s12_a_wish_waits_for_the_end_of_what_is_under_way(slow_bench: Bench) -> None:
    """A suspension that comes while its provisioner is at work is asked for at the end of that; the last one counts."""
    _, instance_id = await made(slow_bench)
    await start_operation(slow_bench.actor(), instance_id, Action.CHANGE, {"quantity": 30})
    for action in (Action.SUSPEND, Action.RESUME, Action.SUSPEND):
        await wish(slow_bench.actor(), instance_id, action)
    row = await instance(instance_id)
    assert (row["generation"], row["wish"]) == (2, "SUSPEND")
    for _ in range(40):
        await slow_bench.work()
        if (await instance(instance_id))["state"] == "SUSPENDED":
            break
        slow_bench.clock.pass_by(seconds=6)
        await asyncio.sleep(0.01)
    row = await instance(instance_id)
    assert (row["state"], row["generation"], row["wish"]) == ("SUSPENDED", 3, None)
    await wish(slow_bench.actor(), instance_id, Action.SUSPEND)  # it is so already
    row = await instance(instance_id)
    assert (row["generation"], row["wish"]) == (3, None)
