"""A valid input for every mutation: what the walks over the schema change one leaf at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

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
    return Targets(
        draft_id=await make("createOrder", "order", order_input(tree, fresh_key())),
        token_id=await make("createApiToken", "apiToken", token_input(tree)),
        endpoint_id=await make("createWebhookEndpoint", "webhookEndpoint", endpoint_input(tree)),
        member=member,
        invitation_id=invitation_id,
        invitation_token=invitation_token,
        reset_token=await reset_token(member.email),
    )


Base = Callable[[Planted, Targets], dict[str, Any]]
BASES: Final[Mapping[str, Base]] = {
    "cancelOrder": lambda _, targets: {"id": targets.draft_id},
    "createApiToken": lambda tree, _: token_input(tree),
    "createCustomer": lambda tree, _: customer_input(tree),
    "createOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "createPartner": lambda tree, _: partner_input(tree),
    "createWebhookEndpoint": lambda tree, _: endpoint_input(tree),
    "deleteWebhookEndpoint": lambda _, targets: {"id": targets.endpoint_id},
    "placeOrder": lambda tree, _: order_input(tree, fresh_key(), subscriptionReference="ERP-1"),
    "revokeApiToken": lambda _, targets: {"id": targets.token_id},
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
}
