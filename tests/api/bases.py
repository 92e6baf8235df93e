"""A valid input for every mutation: what the walks over the schema change one leaf at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from seeding import Planted
from tests.api.walk import document
from tests.house import Api, order_input


def fresh_key() -> str:
    """An idempotency key that nobody has used."""
    return uuid4().hex


def customer_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A complete customer of the tree's partner, under names of its own."""
    name = uuid4().hex
    content = {
        "partner": {"id": tree.partner_id},
        "name": f"Customer {name}",
        "company": "Customer GmbH",
        "domain": f"c{name}.example",
        "timeZone": "Europe/Vienna",
        "billingContact": {"firstName": "Carla", "lastName": "Contact", "email": "carla@customer.example"},
        "address": {"street": "Ring 1", "postalCode": "1010", "city": "Wien", "country": "AT"},
        "currency": "USD",
        "reference": f"R-{name}",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def partner_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A complete partner below the tree's partner, under names of its own."""
    name = uuid4().hex
    content = {
        "parent": {"id": tree.partner_id},
        "name": f"Partner {name}",
        "company": "Partner GmbH",
        "timeZone": "Europe/Vienna",
        "currency": "USD",
        "domain": f"p{name}.example",
        "reference": f"P-{name}",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def token_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A token for the tree's partner that may read orders."""
    content = {
        "organization": {"id": tree.partner_id},
        "name": "reader",
        "permissions": ["ORDERS_READ"],
        "expiresAt": "2999-01-01T00:00:00Z",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def endpoint_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """An endpoint of the tree's partner; nothing listens at its address."""
    content = {
        "organization": {"id": tree.partner_id},
        "url": "http://127.0.0.1:1099/webhooks",
        "eventTypes": ["order.*"],
        "description": "a test's endpoint",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def product_input(_: Planted, **changes: Any) -> dict[str, Any]:
    """A product of its creator's own, under a key of its own; every field is given."""
    name = uuid4().hex
    content = {
        "key": f"p-{name}",
        "name": f"Product {name}",
        "description": "What it is.",
        "type": "SERVICE",
        "provisioner": "cloud",
        "parameterSchema": {"type": "object", "properties": {"domain": {"type": "string", "maxLength": 253}}},
        "orderability": "CLOSED",
        "orderOtherwise": "Write to the desk.",
        "dataLocations": [{"key": "eu", "name": "Frankfurt", "country": "DE"}],
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def plan_input(product_id: str, **changes: Any) -> dict[str, Any]:
    """A plan by the seat, of a rank of its own."""
    name = uuid4().hex
    content = {
        "productId": product_id,
        "key": f"p-{name}",
        "name": f"Plan {name}",
        "rank": int(name[:4], 16),
        "maxQuantity": 100,
        "salesModels": ["MONTHLY", "YEARLY"],
        "kind": "SEAT",
        "charging": "PREPAID",
        "maxUsers": 50,
        "includedNumbers": 1,
        "trialDays": 30,
        "postponedBillingMonths": 1,
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def group_input(**changes: Any) -> dict[str, Any]:
    """A category or an order type under a key of its own."""
    name = uuid4().hex
    return {"key": f"g-{name}", "name": f"Group {name}", "position": 10, "idempotencyKey": fresh_key()} | changes


def terms_input(product_id: str, **changes: Any) -> dict[str, Any]:
    """A version of terms with a text of its own."""
    content = {
        "productId": product_id,
        "text": f"Version {uuid4().hex}.",
        "validFrom": "2999-01-01",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


AN_ADD_ON: Final = {"kind": "ADD_ON", "maxUsers": None, "includedNumbers": 0}


@dataclass(frozen=True, slots=True)
class Targets:
    """Ids of things that stand in the tree, for the mutations that change one."""

    draft_id: str
    token_id: str
    endpoint_id: str
    product_id: str
    plan_id: str
    addon_id: str
    published_id: str
    part_id: str
    category_id: str
    order_type_id: str


async def make_targets(api: Api, tree: Planted) -> Targets:
    """A draft of the tree's customer; a token, an endpoint and products of its partner, a draft and a published one."""

    async def make(mutation: str, thing: str, content: dict[str, Any]) -> str:
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": content})
        success = f"{mutation[0].upper()}{mutation[1:]}Success"
        assert answer["__typename"] == success, answer
        made: str = answer[f"{success}_{thing}"]["id"]
        return made

    product_id = await make("createProduct", "product", product_input(tree, type="BUNDLE"))
    published_id = await make("createProduct", "product", product_input(tree))
    part_id = await make("createPlan", "plan", plan_input(published_id))
    in_it = [{"planId": part_id, "quantity": 1}]
    await api.ask(tree.partner_token, document("mutation", "publishProduct"), {"input": {"id": published_id}})
    return Targets(
        product_id=product_id,
        published_id=published_id,
        part_id=part_id,
        plan_id=await make("createPlan", "plan", plan_input(product_id, components=in_it)),
        addon_id=await make("createPlan", "plan", plan_input(published_id, **AN_ADD_ON)),
        category_id=await make("setCategory", "category", group_input()),
        order_type_id=await make("setOrderType", "orderType", group_input()),
        draft_id=await make("createOrder", "order", order_input(tree, fresh_key())),
        token_id=await make("createApiToken", "apiToken", token_input(tree)),
        endpoint_id=await make("createWebhookEndpoint", "webhookEndpoint", endpoint_input(tree)),
    )


def whole_product(tree: Planted, targets: Targets) -> dict[str, Any]:
    """A product in a category and of an order type."""
    return product_input(tree, categoryIds=[targets.category_id], orderTypeIds=[targets.order_type_id])


def product_change(tree: Planted, targets: Targets) -> dict[str, Any]:
    """Every field of a product that can be changed."""
    fixed = {"key", "type", "idempotencyKey"}
    content = {name: value for name, value in whole_product(tree, targets).items() if name not in fixed}
    return content | {"id": targets.product_id}


def whole_plan(targets: Targets) -> dict[str, Any]:
    """A plan of a bundle, with an add-on."""
    addon = {"planId": targets.addon_id, "minQuantity": 0, "maxQuantity": 2, "per": "SEAT"}
    return plan_input(targets.product_id, addons=[addon], components=[{"planId": targets.part_id, "quantity": 2}])


def plan_change(targets: Targets) -> dict[str, Any]:
    """Every field of a plan that can be changed."""
    fixed = {"key", "kind", "productId", "idempotencyKey"}
    content = {name: value for name, value in whole_plan(targets).items() if name not in fixed}
    return content | {"id": targets.plan_id}


Base = Callable[[Planted, Targets], dict[str, Any]]
BASES: Final[Mapping[str, Base]] = {
    "archivePlan": lambda _, targets: {"id": targets.plan_id},
    "archiveProduct": lambda _, targets: {"id": targets.product_id},
    "cancelOrder": lambda _, targets: {"id": targets.draft_id},
    "createApiToken": lambda tree, _: token_input(tree),
    "createCustomer": lambda tree, _: customer_input(tree),
    "createOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "createPlan": lambda _, targets: whole_plan(targets),
    "createProduct": whole_product,
    "createPartner": lambda tree, _: partner_input(tree),
    "createWebhookEndpoint": lambda tree, _: endpoint_input(tree),
    "deleteWebhookEndpoint": lambda _, targets: {"id": targets.endpoint_id},
    "pauseProduct": lambda _, targets: {"id": targets.published_id},
    "publishProduct": lambda _, targets: {"id": targets.product_id},
    "publishTerms": lambda _, targets: terms_input(targets.product_id),
    "setCategory": lambda *_: group_input(),
    "setOrderType": lambda *_: group_input(),
    "updatePlan": lambda _, targets: plan_change(targets),
    "updateProduct": product_change,
    "placeOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "revokeApiToken": lambda _, targets: {"id": targets.token_id},
    "submitOrder": lambda _, targets: {"id": targets.draft_id, "idempotencyKey": fresh_key()},
}
