"""What is provided by hand: a ticket stands for the provisioner, and a person's word settles the operation."""

from typing import Any

import orjson

from domain.desk.actions import complete_ticket, fail_ticket
from domain.desk.rules import Output
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.ids import decode
from tests.jobs.bench import Bench
from tests.jobs.test_instance_operations import instance, told

OUTPUTS = (Output("serial_number", "SN-1", is_secret=False), Output("admin_password", "hunter2", is_secret=True))


async def ordered(bench: Bench) -> tuple[Any, Any]:
    """An order whose first line is provided by hand: the order's id, and the operation that waits."""
    sql = "UPDATE products SET provisioner = 'manual' WHERE id = (SELECT product_id FROM plans WHERE id = $1)"
    await database.execute(sql, decode("Plan", bench.tree.plans["cloud-workspace/business"]))
    order_id = await bench.place()
    await bench.work()
    return order_id, (await bench.operations(order_id))[0]


async def ticket_of(operation: Any) -> Any:
    """The ticket that an operation waits for."""
    return await database.fetch_row("SELECT * FROM tickets WHERE operation_id = $1 ORDER BY id DESC", operation["id"])


async def test_p2_what_is_provided_by_hand_waits_for_a_ticket(bench: Bench) -> None:
    """The desk of the product's owner gets it, once; no deadline runs out while a person has it."""
    order_id, operation = await ordered(bench)
    ticket = await ticket_of(operation)
    assert ticket["subject"] == "Set up cloud-workspace, plan business, quantity 25"
    assert "domain: bergblick.example" in ticket["details"]
    for _ in range(3):
        bench.clock.pass_by(days=30)
        await bench.work()
    (row, _) = await bench.operations(order_id)
    assert (row["state"], row["finished_at"]) == ("RUNNING", None)
    assert (await bench.order(order_id))["state"] == "PROVISIONING"
    assert await database.fetch_value("SELECT count(*) FROM tickets WHERE operation_id = $1", row["id"]) == 1


async def test_p2_completing_the_ticket_completes_the_line(bench: Bench) -> None:
    """The operation succeeds with the outputs, secrets sealed: instance, line and order follow."""
    order_id, operation = await ordered(bench)
    ticket = await ticket_of(operation)
    await complete_ticket(bench.actor(), ticket["id"], OUTPUTS, seal=bench.shop.vault.seal)
    await bench.work()
    assert (await bench.order(order_id))["state"] == "COMPLETED"
    row = await instance(operation["instance_id"])
    assert (row["state"], row["outputs"]) == ("ACTIVE", {"serial_number": "SN-1"})
    assert orjson.loads(bench.shop.vault.open(row["outputs_sealed"])) == {"admin_password": "hunter2"}


async def test_p2_failing_the_ticket_fails_the_line(bench: Bench) -> None:
    """The reason of the person is the reason of the line."""
    order_id, operation = await ordered(bench)
    await fail_ticket(bench.actor(), (await ticket_of(operation))["id"], reason="out of stock")
    await bench.work()
    order = await bench.order(order_id)
    assert (order["state"], order["failure_reason"]) == ("PARTIALLY_COMPLETED", "out of stock")
    assert (await instance(operation["instance_id"]))["state"] == "FAILED"


async def test_p2_a_deletion_withdraws_the_ticket_and_opens_its_own(bench: Bench) -> None:
    """Nobody sets up what is not wanted any more: the first ticket ends as WITHDRAWN."""
    _, operation = await ordered(bench)
    first = await ticket_of(operation)
    await start_operation(bench.actor(), operation["instance_id"], Action.DELETE)
    bench.clock.pass_by(minutes=1)
    await bench.work()
    closed = await database.fetch_row("SELECT * FROM tickets WHERE id = $1", first["id"])
    assert closed is not None
    assert (closed["state"], closed["failure_code"]) == ("FAILED", "WITHDRAWN")
    sql = "SELECT id FROM provisioning_operations WHERE instance_id = $1 AND action = 'DELETE'"
    deletion = await database.fetch_row(sql, operation["instance_id"])
    ticket = await ticket_of(deletion)
    await complete_ticket(bench.actor(), ticket["id"], (), seal=bench.shop.vault.seal)
    await bench.work()
    assert (await instance(operation["instance_id"]))["state"] == "DELETED"
    assert await told(operation["instance_id"]) == [("instance.deleted", "DELETE", None)]
