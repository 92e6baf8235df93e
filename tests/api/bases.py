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
        "billingMode": "ENTERPRISE",
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


def profile_of(name: str) -> dict[str, Any]:
    """What stands in a profile beside what is required."""
    return {"phone": "+43 662 12345678", "notes": f"Fax for {name}", "invoiceEmails": [f"{name}@books.example"]}


def onboarding_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A customer with a whole profile and a first order."""
    order = order_input(tree, "")
    del order["customer"], order["idempotencyKey"]
    name = uuid4().hex
    return customer_input(tree, **profile_of(name), order=order | {"subscriptionReference": "ERP-1"}) | changes


def location_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A site of the tree's customer."""
    content = {
        "organization": {"id": tree.customer_id},
        "name": f"Site {uuid4().hex}",
        "phone": "+43 662 12345678",
        "street": "Ring 1",
        "details": "2nd floor",
        "postalCode": "1010",
        "city": "Wien",
        "region": "Wien",
        "country": "AT",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def group_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A group of the tree's customer."""
    content = {
        "customer": {"id": tree.customer_id},
        "name": f"Group {uuid4().hex}",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def update_input(organization_id: str, **changes: Any) -> dict[str, Any]:
    """Another profile for an organization, its contact, address and addresses for invoices among it."""
    name = uuid4().hex
    content = {
        "organization": {"id": organization_id},
        "name": f"Changed {name}",
        "company": "Changed GmbH",
        "domain": f"u{name}.example",
        "reference": f"U-{name}",
        "timeZone": "Europe/Berlin",
        "billingContact": {"firstName": "Carl", "lastName": "Contact", "email": "carl@customer.example"},
        "address": {"street": "Ring 2", "postalCode": "1020", "city": "Wien", "country": "AT"},
        "currency": "USD",
        "billingMode": "ENTERPRISE",
    }
    return content | profile_of(name) | changes


def wallet_input(account_id: str, **changes: Any) -> dict[str, Any]:
    """An amount for a wallet."""
    return {"accountId": account_id, "amount": "10.00", "note": "by bank", "idempotencyKey": fresh_key()} | changes


@dataclass(frozen=True, slots=True)
class Targets:
    """Ids of things that stand in the tree, for the mutations that change one."""

    draft_id: str
    token_id: str
    endpoint_id: str
    account_id: str
    location_id: str
    spare_id: str
    suspended_id: str


async def make_targets(api: Api, tree: Planted) -> Targets:
    """A draft, a group and a site of the tree's customer, token and endpoint of its partner, two customers more."""

    async def make(mutation: str, thing: str, content: dict[str, Any]) -> str:
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": content})
        success = f"{mutation[0].upper()}{mutation[1:]}Success"
        assert answer["__typename"] == success, answer
        made: str = answer[f"{success}_{thing}"]["id"]
        return made

    suspended_id = await make("createCustomer", "customer", customer_input(tree))
    await make("suspendOrganization", "organization", {"organization": {"id": suspended_id}})
    return Targets(
        account_id=await make(
            "addGroupAccount",
            "account",
            group_input(tree),
        ),
        location_id=await make("createEmergencyLocation", "emergencyLocation", location_input(tree)),
        spare_id=await make("createCustomer", "customer", customer_input(tree)),
        suspended_id=suspended_id,
        draft_id=await make("createOrder", "order", order_input(tree, fresh_key())),
        token_id=await make("createApiToken", "apiToken", token_input(tree)),
        endpoint_id=await make("createWebhookEndpoint", "webhookEndpoint", endpoint_input(tree)),
    )


Base = Callable[[Planted, Targets], dict[str, Any]]
BASES: Final[Mapping[str, Base]] = {
    "addGroupAccount": lambda tree, _: group_input(tree),
    "closeOrganization": lambda _, targets: {"organization": {"id": targets.spare_id}},
    "createEmergencyLocation": lambda tree, _: location_input(tree),
    "grantCredit": lambda _, targets: wallet_input(targets.account_id),
    "onboardCustomer": lambda tree, _: onboarding_input(tree),
    "removeEmergencyLocation": lambda _, targets: {"id": targets.location_id},
    "resumeOrganization": lambda _, targets: {"organization": {"id": targets.suspended_id}},
    "setCreditTerms": lambda _, targets: {
        "accountId": targets.account_id,
        "terms": "POSTPAID",
        "creditLimit": "1000000.00",
        "idempotencyKey": fresh_key(),
    },
    "suspendOrganization": lambda _, targets: {"organization": {"id": targets.spare_id}},
    "topUpWallet": lambda _, targets: wallet_input(targets.account_id),
    "updateEmergencyLocation": lambda tree, targets: (
        {"id": targets.location_id}
        | {key: value for key, value in location_input(tree).items() if key not in {"organization", "idempotencyKey"}}
    ),
    "updateOrganization": lambda _, targets: update_input(targets.spare_id),
    "cancelOrder": lambda _, targets: {"id": targets.draft_id},
    "createApiToken": lambda tree, _: token_input(tree),
    "createCustomer": lambda tree, _: customer_input(tree, **profile_of("c")),
    "createOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "createPartner": lambda tree, _: partner_input(tree, **profile_of("p")),
    "createWebhookEndpoint": lambda tree, _: endpoint_input(tree),
    "deleteWebhookEndpoint": lambda _, targets: {"id": targets.endpoint_id},
    "placeOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "revokeApiToken": lambda _, targets: {"id": targets.token_id},
    "submitOrder": lambda _, targets: {"id": targets.draft_id, "idempotencyKey": fresh_key()},
}
