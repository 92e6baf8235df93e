"""A valid input for every mutation: what the walks over the schema change one leaf at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final
from uuid import uuid4

from domain.shared.money import CURRENCIES
from seeding import Planted
from tests.api.walk import document
from tests.house import Api, order_input
from tests.people import PASSWORD, Person, fresh_email, invited, join, reset_token


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


@dataclass(frozen=True, slots=True)
class Targets:
    """Ids of things that stand in the tree, for the mutations that change one."""

    draft_id: str
    token_id: str
    endpoint_id: str
    member: Person
    invitation_id: str
    invitation_token: str
    reset_token: str
    price_list_id: str
    discount_id: str
    contract_id: str
    code: str


_CURRENCIES: Final = cycle(sorted(CURRENCIES - {"CHF", "EUR", "USD"}))


def _unused() -> str:
    """A currency in which the tree's partner has most likely no list for its customer yet: it may have one in each."""
    return next(_CURRENCIES)


async def make_targets(api: Api, tree: Planted) -> Targets:
    """A draft of the tree's customer; a token, an endpoint, a member and an open invitation of its partner."""

    async def make(mutation: str, thing: str, content: dict[str, Any]) -> str:
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": content})
        success = f"{mutation[0].upper()}{mutation[1:]}Success"
        assert answer["__typename"] == success, answer
        made: str = answer[f"{success}_{thing}"]["id"]
        return made

    member = await join(api, tree.partner_token, tree.partner_id)
    invitation_id, invitation_token, _ = await invited(tree.partner_token, tree.partner_id)
    code = uuid4().hex
    return Targets(
        code=code,
        draft_id=await make("createOrder", "order", order_input(tree, fresh_key())),
        token_id=await make("createApiToken", "apiToken", token_input(tree)),
        endpoint_id=await make("createWebhookEndpoint", "webhookEndpoint", endpoint_input(tree)),
        member=member,
        invitation_id=invitation_id,
        invitation_token=invitation_token,
        reset_token=await reset_token(member.email),
        price_list_id=await make("createPriceList", "priceList", price_list_input(tree, currency=_unused())),
        discount_id=await make("createDiscount", "discount", discount_input(tree, code=code)),
        contract_id=await make("createContract", "contract", contract_input(tree)),
    )


def contract_order_input(tree: Planted, targets: Targets) -> dict[str, Any]:
    """A complete order by the tree's contract, with a code and a reference."""
    return order_input(
        tree,
        fresh_key(),
        subscriptionReference="ERP-1",
        method="CONTRACT",
        contractId=targets.contract_id,
        discountCodes=[targets.code],
    )


Base = Callable[[Planted, Targets], dict[str, Any]]
BASES: Final[Mapping[str, Base]] = {
    "cancelOrder": lambda _, targets: {"id": targets.draft_id},
    "createApiToken": lambda tree, _: token_input(tree),
    "createContract": lambda tree, _: contract_input(tree),
    "createCustomer": lambda tree, _: customer_input(tree),
    "createDiscount": lambda tree, _: discount_input(tree),
    "createOrder": contract_order_input,
    "createPartner": lambda tree, _: partner_input(tree),
    "createPriceList": lambda tree, _: price_list_input(tree),
    "createWebhookEndpoint": lambda tree, _: endpoint_input(tree),
    "deleteWebhookEndpoint": lambda _, targets: {"id": targets.endpoint_id},
    "endContract": lambda _, targets: {"id": targets.contract_id, "endsOn": "2999-12-31"},
    "endDiscount": lambda _, targets: {"id": targets.discount_id},
    "placeOrder": contract_order_input,
    "revokeApiToken": lambda _, targets: {"id": targets.token_id},
    "setPrices": lambda tree, targets: prices_input(tree, targets.price_list_id),
    "submitOrder": lambda _, targets: {"id": targets.draft_id, "idempotencyKey": fresh_key()},
    "signIn": lambda tree, targets: {
        "email": targets.member.email,
        "password": PASSWORD,
        "organizationId": tree.partner_id,
        "device": "a browser",
    },
    "refreshSession": lambda _, targets: {"refreshToken": targets.member.refresh_token},
    "signOut": lambda _, targets: {"id": targets.member.session_id},
    "requestPasswordReset": lambda _, targets: {"email": targets.member.email},
    "resetPassword": lambda _, targets: {"token": targets.reset_token, "password": f"{PASSWORD} again"},
    "acceptInvitation": lambda _, targets: {
        "token": targets.invitation_token,
        "name": "Ines Invited",
        "password": PASSWORD,
        "device": "a browser",
    },
    "inviteMember": lambda tree, _: invitation_input(tree),
    "resendInvitation": lambda _, targets: {"id": targets.invitation_id, "idempotencyKey": fresh_key()},
    "revokeInvitation": lambda _, targets: {"id": targets.invitation_id},
    "updateMember": lambda _, targets: {"id": targets.member.member_id, "role": "SALES"},
    "removeMember": lambda _, targets: {"id": targets.member.member_id},
    "updateContract": lambda tree, targets: {
        "id": targets.contract_id,
        "externalReference": "ERP-78",
        "document": {"name": "second.pdf", "location": "dms:4712"},
        "prices": contract_input(tree)["prices"],
    },
}
