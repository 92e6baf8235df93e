"""What provisioners do to orders and changes: whatever it is, one instance, none left over, none removed that lives."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import bootstrap
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared.actor import system_actor
from domain.shared.ids import encode
from tests.chaos.faults import Finding
from tests.chaos.ground import Ground

# Each meets the creations of some orders: one after the other, as `POST /sandbox/faults` takes them.
SURVIVED: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "no answer after it was made": [{"fault": "drop_after_acting", "times": 2}],
    "no answer before": [{"fault": "drop_before_acting", "times": 2}],
    "error after it was made": [{"fault": "server_error_after_acting", "times": 2}],
    "lost callback": [{"fault": "callback_never", "times": 2}],
    "doubled callback": [{"fault": "callback_twice", "times": 2}],
    "late callback": [{"fault": "callback_late", "times": 2, "seconds": 3}],
    "forged callback": [{"fault": "callback_forged", "times": 2}],
    "5xx on poll": [{"fault": "server_error", "method": "GET", "times": 6}],
    "fails and passes": [{"fault": "fail", "retryable": True, "times": 2}],
    "input needed": [{"fault": "ask_input", "times": 1}],
}
_ANSWER: Final = """
mutation ($input: AnswerInquiryInput!) { answerInquiry(input: $input) { __typename ... on Error { message } } }
"""
_INQUIRIES: Final = """
query ($id: ID!) { order(id: $id) { state inquiries { line { id } } } }
"""
_COME_DUE: Final = "UPDATE provisioning_operations SET due_at = now() WHERE due_at IS NOT NULL AND lease_token IS NULL"
_INSTANCES: Final = """
SELECT i.id, i.state FROM instances i JOIN subscriptions s ON s.id = i.subscription_id WHERE s.order_id = ANY($1)
"""


async def provisioner(ground: Ground) -> Finding:
    """Every fault of a provisioner: orders complete with one instance a line, and failed changes remove nothing."""
    town, orders = ground.town, list[UUID]()
    town.start_worker()
    await ground.warm()
    for faults in SURVIVED.values():
        for _ in range(max(1, round(ground.scale * 5))):
            await town.arm(*faults)
            orders.append(await town.place())
            if not await _completed(ground, orders[-1]):
                return Finding(holds=False, seen=f"{faults[0]['fault']}: {await town.state(orders[-1])}")
            await town.calm()
    failed = await _fail_changes(ground, orders)
    rows = await town.database.fetch(_INSTANCES, orders)
    known = {each["instance_id"]: each for each in await town.instances()}
    ours = [known.get(encode("Instance", row["id"]), {}) for row in rows]
    doubled = sum(1 for each in ours if each.get("creations") != 1)
    gone = sum(1 for each in ours if each.get("state") != "active")
    orphans = sum(1 for each in known.values() if each["state"] != "deleted") - len(rows)
    holds = not doubled and not gone and not orphans and failed == len(orders)
    return Finding(
        holds,
        f"{len(orders)} orders, {len(rows)} instances: {doubled} not made once, {orphans} orphans, "
        f"{gone} gone after {failed} changes that failed",
    )


async def _completed(ground: Ground, order_id: UUID) -> bool:
    """Let the order's time come again and again, and answer what is asked; whether it completes within a minute."""
    town, public_id = ground.town, encode("Order", order_id)
    for _ in range(120):
        found = await town.api.ask(town.token, _INQUIRIES, {"id": public_id})
        if found["state"] == "COMPLETED":
            return True
        for inquiry in found["inquiries"]:
            line_id = inquiry["line"]["id"]
            content = {"orderId": public_id, "lineId": line_id, "answers": {"answer": "42"}, "idempotencyKey": line_id}
            await town.api.ask(town.token, _ANSWER, {"input": content})
        await asyncio.sleep(0.5)
        await town.database.execute(_COME_DUE)
    return False


async def _fail_changes(ground: Ground, orders: Sequence[UUID]) -> int:
    """Wish for a change of one instance of each order that its provisioner refuses; how many failed."""
    town, wished = ground.town, list[UUID]()
    fault = {"fault": "fail", "code": "no_seats", "instance_usable": False}
    async with bootstrap.database(town.household.addresses, 4):
        for order_id in orders:
            row = (await town.database.fetch(_INSTANCES, [order_id]))[0]
            actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
            request = {"quantity": 99, "parameters": {"sandbox": fault}}
            wished.append(await start_operation(actor, row["id"], Action.CHANGE, request))
    ended = "SELECT count(*) FROM provisioning_operations WHERE id = ANY($1) AND state = 'FAILED'"
    failed = 0
    for _ in range(120):
        failed = await town.database.fetchval(ended, wished)
        if failed == len(wished):
            break
        await asyncio.sleep(0.5)
        await town.let_leases_end()
    return failed


FAULTS: Final[Mapping[str, Callable[[Ground], Awaitable[Finding]]]] = {"provisioner misbehaves": provisioner}
