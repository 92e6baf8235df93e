"""Orders after submission for the tests: brought to a state, and a valid input for each mutation of one there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from jsonschema import Draft202012Validator

import bootstrap
from domain.events.catalogue import json_schema
from domain.events.queries import body_for
from domain.events.types import EventType
from domain.orders.fulfilling import fail_line, start_provisioning
from domain.orders.inquiring import inquire_line
from domain.provisioning.actions import Failure
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from seeding import Planted
from tests.api.bases import fresh_key
from tests.house import order_input

ASKED = {"type": "object", "required": ["taxNumber"], "properties": {"taxNumber": {"type": "string", "minLength": 5}}}
ORDER = """
query ($id: ID!) { order(id: $id) { id state submittedAt finishedAt price { amount currency } failure { code reason }
  acceptances { by at address terms { id version } }
  inquiries { schema problems { path message } askedAt line { id } }
  lines { id state parameters price { amount } failure { code reason }
    attempts { number failure { code reason } failedAt retriedAt retriedBy }
    subscription { id state termStart } } } }
"""
SOMEBODY_ELSE = "tok_somebody_else"
_FORM = """
INSERT INTO uploads (id, organization_id, scope, purpose, state, file_name, declared_type, size_bytes, created_at,
                     found_type, sha256, storage_key, stored_at)
SELECT gen_random_uuid(), id, scope, 'ORDER_FORM', 'STORED', 'f.pdf', 'application/pdf', 8, now(), 'application/pdf',
       '', 'none', now()
FROM organizations WHERE id = $1 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class FlowTargets:
    """Orders that wait: for approval, to be tried again (with its line), for an answer; a form for one of them."""

    waiting_id: str
    failed: tuple[str, str]
    inquiring: tuple[str, str]
    form_id: str


async def wait_for_approval(draft_id: str) -> str:
    """Let a draft wait, as if somebody else had submitted it at no price; its id."""
    await database.execute(
        "UPDATE orders SET state = 'PENDING_APPROVAL', submitted_at = created_at, submitted_by = $2, "
        "tier_total_minor = '{0,0}' WHERE id = $1",
        decode("Order", draft_id),
        SOMEBODY_ELSE,
    )
    return draft_id


async def fail_at_once(order_id: str) -> tuple[str, str]:
    """Let an order fail, as if its provisioners had refused it, instances and all; ids of it and of a line."""
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    order = decode("Order", order_id)
    await start_provisioning(actor, order)
    for row in await database.fetch(
        "UPDATE provisioning_operations o SET state = 'FAILED', finished_at = now(), due_at = NULL FROM instances i "
        "JOIN order_lines l USING (subscription_id) WHERE l.order_id = $1 AND o.instance_id = i.id "
        "RETURNING o.id, i.id AS instance_id, i.subscription_id",
        order,
    ):
        await database.execute("UPDATE instances SET state = 'FAILED' WHERE id = $1", row["instance_id"])
        await fail_line(actor, row["subscription_id"], row["id"], Failure("NO_CAPACITY", "no capacity left"))
    line_id = await database.fetch_value("SELECT id FROM order_lines WHERE order_id = $1 AND position = 0", order)
    return order_id, encode("OrderLine", line_id)


async def inquire_at_once(order_id: str) -> tuple[str, str]:
    """Let an order wait for answers, as if a provisioner had asked for one; ids of it and of the line."""
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    order = decode("Order", order_id)
    await start_provisioning(actor, order)
    row = await database.fetch_row(
        "UPDATE provisioning_operations o SET state = 'NEEDS_INPUT', due_at = NULL, paused_at = now(), "
        "input_schema = $2 FROM instances i JOIN order_lines l USING (subscription_id) "
        "WHERE l.order_id = $1 AND l.position = 0 AND o.instance_id = i.id "
        "RETURNING o.id, i.subscription_id, l.id AS line_id",
        order,
        orjson.dumps(ASKED).decode(),
    )
    assert row is not None
    await inquire_line(actor, row["subscription_id"], row["id"])
    return order_id, encode("OrderLine", row["line_id"])


async def keep_schemas(tree: Planted) -> None:
    """Each event of the tree's customer keeps its published schema, as its partner gets it."""
    scope = Scope(
        await database.fetch_value(
            "SELECT scope FROM organizations WHERE id = $1", decode("Organization", tree.partner_id)
        )
    )
    for row in await database.fetch("SELECT * FROM events WHERE scope >= $1 AND scope < $2", scope.lower, scope.upper):
        Draft202012Validator(json_schema(EventType(row["type"]))).validate(body_for(row, scope))


async def make_orders(make: Callable[[str, str, dict[str, Any]], Awaitable[str]], tree: Planted) -> FlowTargets:
    """Of the tree's customer."""
    form_id = await database.fetch_value(_FORM, decode("Organization", tree.customer_id))
    return FlowTargets(
        await wait_for_approval(await make("createOrder", "order", order_input(tree, fresh_key()))),
        await fail_at_once(await make("placeOrder", "order", order_input(tree, fresh_key()))),
        await inquire_at_once(await make("placeOrder", "order", order_input(tree, fresh_key()))),
        encode("Upload", form_id),
    )


def flow_bases() -> Mapping[str, Callable[[Planted, Any], dict[str, Any]]]:
    """Mutation -> its input, of a tree and its targets."""
    return {
        "attachOrderForm": lambda _, targets: {
            "id": targets.flow.waiting_id,
            "uploadId": targets.flow.form_id,
            "idempotencyKey": fresh_key(),
        },
        "approveOrder": lambda _, targets: {"id": targets.flow.waiting_id, "idempotencyKey": fresh_key()},
        "rejectOrder": lambda _, targets: {"id": targets.flow.waiting_id, "reason": "Too dear."},
        "withdrawOrder": lambda _, targets: {"id": targets.flow.waiting_id},
        "retryOrder": lambda _, targets: {
            "id": targets.flow.failed[0],
            "lines": [targets.flow.failed[1]],
            "idempotencyKey": fresh_key(),
        },
        "answerInquiry": lambda _, targets: {
            "orderId": targets.flow.inquiring[0],
            "lineId": targets.flow.inquiring[1],
            "answers": {"taxNumber": "ATU12345678"},
            "idempotencyKey": fresh_key(),
        },
        "setApprovalRule": lambda tree, _: {
            "customer": {"id": tree.customer_id},
            "rule": "ABOVE_AMOUNT",
            "limit": "1000.00",
        },
    }
