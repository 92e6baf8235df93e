"""A valid input for every query that takes one, as mutations do."""

from typing import Any, Final
from uuid import uuid4

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.drafts import HANDLED
from tests.house import order_input

_OWN: Final = "SELECT id FROM subscriptions WHERE organization_id = $1 AND NOT is_protected ORDER BY id LIMIT 1"


async def inputs_of(tree: Planted) -> dict[str, dict[str, Any]]:
    """Query -> its input, about what the tree's customer has, if it has any."""
    order = order_input(tree, "", **HANDLED)
    del order["idempotencyKey"]
    own = await database.fetch_value(_OWN, decode("Organization", tree.customer_id)) or uuid4()
    plan_id = tree.plans["cloud-workspace/business"]
    add_ons = [{"planId": plan_id, "quantity": 1}]
    change = {"id": encode("Subscription", own), "planId": plan_id, "quantity": 7, "addons": add_ons}
    align = {"customer": {"id": tree.customer_id}, "subscriptionIds": [change["id"]]}
    return {"previewOrder": order, "previewSubscriptionChange": change, "previewRenewalAlignment": align}
