"""Webhook endpoints that are signed for by a key, too: receivers verify without being able to sign."""

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from integrations.webhooks.composing import compose
from integrations.webhooks.signing import sign
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import endpoint_input, fresh_key
from tests.api.test_webhook_care import composed
from tests.api.walk import document
from tests.house import Api
from tests.people import call


async def make(api: Api, tree: Planted, **changes: Any) -> dict[str, Any]:
    """What `createWebhookEndpoint` answers."""
    return await call(
        api, "createWebhookEndpoint", tree.partner_token, **endpoint_input(tree, eventTypes=["*"], **changes)
    )


async def preview(api: Api, tree: Planted, endpoint_id: str) -> dict[str, Any]:
    """The last event as it would be sent."""
    shown: dict[str, Any] = await api.ask(
        tree.partner_token, document("query", "previewWebhook"), {"endpointId": endpoint_id}
    )
    return shown


def signed_by(public_key: str, headers: dict[str, str], body: str) -> bool:
    """Whether one of the signatures is this key's, as a receiver with nothing but `cryptography` finds out."""
    key = Ed25519PublicKey.from_public_bytes(b64decode(public_key.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    for versioned in headers["webhook-signature"].split(" "):
        version, _, signature = versioned.partition(",")
        if version != "v1a":
            continue
        try:
            key.verify(b64decode(signature), signed)
        except InvalidSignature:
            continue
        return True
    return False


async def test_p4_a_key_signs_beside_the_secret(api: Api, tree: Planted) -> None:
    """Both verify: the key's signature for who has only the public one, the secret's for the official verifier."""
    made = await make(api, tree, signsWithKey=True)
    endpoint = made["webhookEndpoint"]
    shown = await preview(api, tree, endpoint["id"])
    assert endpoint["publicKey"].startswith("whpk_")
    assert signed_by(endpoint["publicKey"], shown["headers"], shown["body"])
    Webhook(made["secret"]).verify(shown["body"], shown["headers"])
    assert not signed_by(endpoint["publicKey"], shown["headers"], shown["body"] + " ")
    assert "whsk_" not in str(made)


async def test_p4_a_rotated_key_overlaps_as_the_secret_does(api: Api, shop: Workshop, tree: Planted) -> None:
    """While both sign, receivers with either public key take every message; then those with the new one do."""
    made = await make(api, tree, signsWithKey=True)
    endpoint_id, old = made["webhookEndpoint"]["id"], made["webhookEndpoint"]["publicKey"]
    content = {"id": endpoint_id, "overlapHours": 2, "idempotencyKey": fresh_key()}
    rotated = (await call(api, "rotateWebhookSecret", tree.partner_token, **content))["webhookEndpoint"]
    new = rotated["publicKey"]
    assert (rotated["previousPublicKey"], new == old) == (old, False)
    shown = await preview(api, tree, endpoint_id)
    assert [text.split(",")[0] for text in shown["headers"]["webhook-signature"].split()] == ["v1", "v1", "v1a", "v1a"]
    assert all(signed_by(key, shown["headers"], shown["body"]) for key in (old, new))
    row = await composed(endpoint_id)
    late = compose(shop.vault, row, row["previous_secret_until"] + timedelta(seconds=1))
    signature = sign(late.secrets, late.body, message_id=late.message_id, timestamp=late.timestamp)
    headers = {
        "webhook-id": late.message_id,
        "webhook-timestamp": str(late.timestamp),
        "webhook-signature": signature,
    }
    assert [signed_by(key, headers, late.body.decode()) for key in (old, new)] == [False, True]


async def test_p4_a_key_is_given_once_and_taken_away(api: Api, tree: Planted) -> None:
    """Asked for again it stays the same; without it the secret alone signs, through a rotation, too."""
    endpoint = (await make(api, tree))["webhookEndpoint"]
    assert endpoint["publicKey"] is None
    keys = []
    for wanted in (True, True, False):
        content = {"id": endpoint["id"], "signsWithKey": wanted}
        changed = await call(api, "updateWebhookEndpoint", tree.partner_token, **content)
        keys.append(changed["webhookEndpoint"]["publicKey"])
    assert keys[0] == keys[1] is not None
    assert keys[2] is None
    content = {"id": endpoint["id"], "idempotencyKey": fresh_key()}
    rotated = await call(api, "rotateWebhookSecret", tree.partner_token, **content)
    assert rotated["webhookEndpoint"]["publicKey"] is None
    shown = await preview(api, tree, endpoint["id"])
    assert "v1a" not in shown["headers"]["webhook-signature"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_p4_a_repeated_request_makes_one_key(api: Api, tree: Planted, *, wanted: bool) -> None:
    """The same idempotency key answers the same endpoint with the same public key."""
    content = endpoint_input(tree, signsWithKey=wanted)
    first, second = [await call(api, "createWebhookEndpoint", tree.partner_token, **content) for _ in range(2)]
    assert first["webhookEndpoint"] == second["webhookEndpoint"]
