"""Voice, from its order to its last step: numbers go to the provisioner, what fails half-way is named and removed."""

from typing import Any
from uuid import UUID

from domain.numbers.handing_over import hand_over_numbers
from domain.provisioning.retrying import retry_operation
from domain.shared import database
from domain.shared.ids import decode
from domain.subscriptions.numbers import add_numbers, remove_numbers
from tests.api.phones import block, fresh_number, hold, make_seats, stock
from tests.jobs.bench import Bench
from tests.jobs.test_instance_operations import operations, theirs


async def place(bench: Bench, numbers: list[str], *faults: dict[str, Any]) -> UUID:
    """An order whose first line is voice, with these numbers held for it; the line meets these faults."""
    order_id = await bench.place(cloud={"sandbox": list(faults)} if faults else None)
    sql = "UPDATE products SET provisioner = 'voice' WHERE id = (SELECT product_id FROM plans WHERE id = $1)"
    await database.execute(sql, decode("Plan", bench.tree.plans["cloud-workspace/business"]))
    await make_seats(bench.tree, 2)
    await stock(bench.tree, numbers)
    for number in numbers:
        await hold(number, bench.tree.customer_id, 600, order_id)
    await database.execute(
        "UPDATE numbers SET order_line_id = (SELECT id FROM order_lines WHERE order_id = $1 AND position = 0) "
        "WHERE order_id = $1",
        order_id,
    )
    return order_id


async def completed(bench: Bench, *numbers: str) -> tuple[UUID, UUID]:
    """The voice subscription of an order that is done, and its instance."""
    order_id = await place(bench, list(numbers))
    await bench.work_until(order_id, "COMPLETED")
    instance_id = (await bench.operations(order_id))[0]["instance_id"]
    row = await database.fetch_row("SELECT subscription_id FROM instances WHERE id = $1", instance_id)
    assert row is not None
    return row["subscription_id"], instance_id


async def come_to_rest(bench: Bench) -> None:
    """Let time pass between the steps until no operation is under way."""
    for _ in range(40):
        await bench.work()
        if not await database.fetch_value("SELECT count(*) FROM provisioning_operations WHERE due_at IS NOT NULL"):
            return
        bench.clock.pass_by(minutes=6)
    raise AssertionError("something is under way for ever")


async def numbers_there(bench: Bench, instance_id: UUID) -> Any:
    """The numbers that the sandbox was told of last."""
    parameters: Any = (await theirs(bench, instance_id))["parameters"]
    return parameters.get("numbers")


async def test_p1_a_voice_order_goes_through_its_chain(bench: Bench) -> None:
    """Six steps, one instance, with the numbers of its line; its administrator is sealed."""
    numbers = block(fresh_number(), 2)
    _, instance_id = await completed(bench, *numbers)
    there = await theirs(bench, instance_id)
    assert (there["state"], there["creations"], len(there["steps"])) == ("active", 1, 6)
    assert await numbers_there(bench, instance_id) == numbers
    row = await database.fetch_row("SELECT * FROM instances WHERE id = $1", instance_id)
    assert row is not None
    assert row["outputs"] == {"enterprise": there["external_id"], "numbers": 2}
    assert "admin_password" in bench.shop.vault.open(row["outputs_sealed"])


async def test_p1_a_chain_survives_what_goes_wrong_between_its_steps(slow_bench: Bench) -> None:
    """Answers lost, a failure that passes, errors of the GET: one instance, every step once, nothing removed."""
    faults = (
        {"fault": "drop_after_acting", "step": "group"},
        {"fault": "fail", "step": "numbers", "retryable": True},
        {"fault": "server_error", "method": "GET", "times": 3},
        {"fault": "drop_before_acting", "step": "system_links"},
    )
    order_id = await place(slow_bench, [fresh_number()], *faults)
    for _ in range(60):
        await slow_bench.work()
        if (await slow_bench.order(order_id))["state"] == "COMPLETED":
            break
        slow_bench.clock.pass_by(minutes=6)
    instance_id = (await slow_bench.operations(order_id))[0]["instance_id"]
    there = await theirs(slow_bench, instance_id)
    assert (there["state"], there["creations"], len(there["steps"])) == ("active", 1, 6)
    assert [row["state"] for row in await operations(instance_id)] == ["SUCCEEDED"]


async def test_p1_a_step_that_fails_is_the_reason_and_leaves_nothing(bench: Bench) -> None:
    """The line fails with the step's name, and what stood half-way at the provisioner is removed."""
    fault = {"fault": "fail", "step": "service_packs", "code": "no_packs", "message": "sold out"}
    order_id = await place(bench, [fresh_number()], fault)
    await come_to_rest(bench)
    (row, _) = await bench.operations(order_id)
    assert (row["state"], row["failure_code"], row["failure_reason"]) == (
        "FAILED",
        "no_packs",
        "service packs: sold out",
    )
    assert (await theirs(bench, row["instance_id"]))["state"] == "deleted"


async def test_n6_the_provisioner_is_told_of_numbers_that_change(bench: Bench) -> None:
    """Added and removed: one CHANGE each with all that the subscription has; the same again asks for nothing."""
    numbers = block(fresh_number(), 3)
    subscription_id, instance_id = await completed(bench, *numbers[:1])
    await stock(bench.tree, numbers[1:])
    await add_numbers(bench.actor(), subscription_id, numbers[1:])
    await come_to_rest(bench)
    assert await numbers_there(bench, instance_id) == numbers
    await remove_numbers(bench.actor(), subscription_id, numbers[:2])
    await come_to_rest(bench)
    assert await numbers_there(bench, instance_id) == numbers[2:]
    await hand_over_numbers(bench.actor(), subscription_id)
    assert [row["action"] for row in await operations(instance_id)] == ["CREATE", "CHANGE", "CHANGE"]


async def test_n6_numbers_that_change_meanwhile_are_told_afterwards(slow_bench: Bench) -> None:
    """While a change is under way nothing is asked; its end asks for what the subscription has by then."""
    numbers = block(fresh_number(), 2)
    order_id = await place(slow_bench, [])
    await slow_bench.work_until(order_id, "COMPLETED")
    row = (await slow_bench.operations(order_id))[0]
    subscription_id = await database.fetch_value(
        "SELECT subscription_id FROM instances WHERE id = $1", row["instance_id"]
    )
    await stock(slow_bench.tree, numbers)
    for number in numbers:
        await add_numbers(slow_bench.actor(), subscription_id, [number])
        await slow_bench.work()
    await come_to_rest(slow_bench)
    assert await numbers_there(slow_bench, row["instance_id"]) == numbers
    assert {each["state"] for each in await operations(row["instance_id"])} == {"SUCCEEDED"}


async def test_n6_a_change_of_numbers_that_fails_is_not_wished_for_ever(bench: Bench) -> None:
    """It is seen in the operations and told of; what is wished next brings all numbers there."""
    numbers = block(fresh_number(), 2)
    subscription_id, instance_id = await completed(bench)
    await database.execute(
        "UPDATE provisioning_operations SET request = jsonb_set(request, '{parameters,sandbox}', $2) "
        "WHERE instance_id = $1",
        instance_id,
        '{"fault": "fail", "step": "numbers"}',
    )
    await stock(bench.tree, numbers)
    await add_numbers(bench.actor(), subscription_id, numbers[:1])
    await come_to_rest(bench)
    failed = (await operations(instance_id))[-1]
    assert (failed["state"], failed["failure_reason"]) == ("FAILED", "numbers: the sandbox was told to fail")
    await retry_operation(bench.actor(), failed["id"])
    await come_to_rest(bench)
    assert [row["state"] for row in await operations(instance_id)] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    await add_numbers(bench.actor(), subscription_id, numbers[1:])
    await come_to_rest(bench)
    assert await numbers_there(bench, instance_id) == numbers
    assert (await theirs(bench, instance_id))["state"] == "active"
