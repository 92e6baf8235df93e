"""A valid input for every mutation that makes something, under names of its own."""

from typing import Any, Final
from uuid import uuid4

from seeding import Planted
from tests.api.drafts import HANDLED
from tests.house import order_input
from tests.people import fresh_email


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


def invitation_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """An invitation of somebody new to the tree's partner."""
    content = {
        "organization": {"id": tree.partner_id},
        "email": fresh_email(),
        "role": "ADMIN",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def price_list_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A price list of the tree's partner for its customer, in a currency that no other list of the story is in."""
    content = {
        "name": f"Prices {uuid4().hex}",
        "currency": "CHF",
        "markupPercent": "7.5",
        "buyer": {"id": tree.customer_id},
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def prices_input(tree: Planted, price_list_id: str, **changes: Any) -> dict[str, Any]:
    """One price of a list."""
    price = {
        "planId": tree.plans["cloud-workspace/business"],
        "salesModel": "YEARLY",
        "amount": "99.00",
        "validFrom": "2026-01-01",
        "validUntil": "2030-01-01",
    }
    return {"priceListId": price_list_id, "prices": [price], "idempotencyKey": fresh_key()} | changes


def discount_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A discount of the tree's partner for its customer, by a code of its own."""
    content = {
        "name": "Welcome",
        "percent": "10",
        "duration": "CYCLES",
        "cycles": 3,
        "buyer": {"id": tree.customer_id},
        "productId": None,
        "planId": tree.plans["cloud-workspace/business"],
        "code": f"W{uuid4().hex}",
        "validFrom": "2026-01-01",
        "validUntil": "2999-01-01",
        "redemptionLimit": 10,
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def contract_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A contract of the tree's partner with its customer, with one price, that has begun and is open-ended."""
    price = {"planId": tree.plans["cloud-workspace/business"], "salesModel": "YEARLY", "amount": "80.00"}
    content = {
        "customer": {"id": tree.customer_id},
        "number": f"C-{uuid4().hex}",
        "externalReference": "ERP-77",
        "startsOn": "2026-01-01",
        "noticeDays": 30,
        "document": {"name": "contract.pdf", "location": "dms:4711"},
        "prices": [price],
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def profile_of(name: str) -> dict[str, Any]:
    """What stands in a profile beside what is required."""
    return {"phone": "+43 662 12345678", "notes": f"Fax for {name}", "invoiceEmails": [f"{name}@books.example"]}


def onboarding_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """A customer with a whole profile, a first member and a first order."""
    order = order_input(tree, "")
    del order["customer"], order["idempotencyKey"]
    name = uuid4().hex
    first = {"order": order | HANDLED | {"subscriptionReference": "ERP-1"}, "admin": {"email": fresh_email()}}
    return customer_input(tree, **profile_of(name), **first) | changes


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
        "deskEmail": "desk@customer.example",
    }
    return content | profile_of(name) | changes


def wallet_input(account_id: str, **changes: Any) -> dict[str, Any]:
    """An amount for a wallet."""
    return {"accountId": account_id, "amount": "10.00", "note": "by bank", "idempotencyKey": fresh_key()} | changes


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
        "provisioningHours": 48,
        "proration": "CALENDAR_MONTHS",
        "refund": "DAILY",
        "fullRefundDays": 30,
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def catalog_group_input(**changes: Any) -> dict[str, Any]:
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
