"""Webhook endpoints after they were made: changed, tested, previewed, rotated, their deliveries made once more."""

import json
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from domain.shared import database
from domain.shared.ids import decode
from integrations.webhooks.composing import compose
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import endpoint_input, fresh_key
from tests.api.hooks import ping_input
from tests.api.walk import document
from tests.api.worlds import run_tree, succeed
from tests.house import Api, order_input
from tests.people import call


async def make(api: Api, tree: Planted, **changes: Any) -> tuple[str, str]:
    """(id, secret) of a new endpoint."""
    made = await succeed(api, tree.partner_token, "createWebhookEndpoint", endpoint_input(tree, **changes))
    return made["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"], made["CreateWebhookEndpointSuccess_secret"]


async def deliveries(endpoint_id: str) -> list[Any]:
    """Its deliveries, oldest first."""
    sql = "SELECT * FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY id"
    return await database.fetch(sql, decode("WebhookEndpoint", endpoint_id))


async def test_p4_an_endpoint_is_changed_by_field(api: Api, tree: Planted) -> None:
    """What is given changes, what is left out stays; each refusal names its field, and nothing changes."""
    endpoint_id, _ = await make(api, tree)
    by = tree.partner_token
    changed = await call(
        api, "updateWebhookEndpoint", by, id=endpoint_id, eventTypes=["*"], ratePerSecond=7, isOrdered=True
    )
    endpoint = changed["webhookEndpoint"]
    assert (endpoint["eventTypes"], endpoint["ratePerSecond"], endpoint["isOrdered"]) == (["*"], 7, True)
    assert endpoint["description"] == "a test's endpoint"
    changed = await call(api, "updateWebhookEndpoint", by, id=endpoint_id, ratePerSecond=None)
    assert changed["webhookEndpoint"]["ratePerSecond"] is None
    wrong = {"url": "ftp://x.example", "eventTypes": ["nope"], "concurrency": 101, "ratePerSecond": 0}
    refused = await call(api, "updateWebhookEndpoint", by, id=endpoint_id, **wrong)
    assert [field["path"] for field in refused["fields"]] == ["url", "eventTypes.0", "concurrency", "ratePerSecond"]


async def test_p4_disabled_events_are_kept_and_nothing_waits(api: Api, shop: Workshop, tree: Planted) -> None:
    """Disabling ends what waits; enabling again leaves it ended, until a replay."""
    endpoint_id, _ = await make(api, tree, eventTypes=["order.created"], within=None)
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    await run_tree(shop, tree)
    disabled = await call(api, "updateWebhookEndpoint", tree.partner_token, id=endpoint_id, enabled=False)
    endpoint = disabled["webhookEndpoint"]
    assert (endpoint["enabled"], endpoint["disabledReason"]) == (False, "OWNER")
    assert [row["state"] for row in await deliveries(endpoint_id)] == ["FAILED"]
    refused = await call(api, "pingWebhookEndpoint", tree.partner_token, **ping_input(endpoint_id))
    assert (refused["kind"], refused["current"]) == ("Conflict", "DISABLED")
    enabled = await call(api, "updateWebhookEndpoint", tree.partner_token, id=endpoint_id, enabled=True)
    assert enabled["webhookEndpoint"]["disabledReason"] is None


async def test_p4_an_endpoint_may_want_one_organizations_events_only(
    api: Api, shop: Workshop, tree: Planted, other_tree: Planted
) -> None:
    """Narrowed to a customer it gets nothing of the partner itself; what is not below it is refused."""
    narrow, _ = await make(api, tree, eventTypes=["*"], within={"id": tree.customer_id})
    whole, _ = await make(api, tree, eventTypes=["*"], within=None)
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    await run_tree(shop, tree)
    types = [{row["event_type"] for row in await deliveries(endpoint_id)} for endpoint_id in (narrow, whole)]
    assert "order.created" in types[0]
    assert "webhook_endpoint.created" in types[1] - types[0]
    own = endpoint_input(tree, organization={"id": tree.customer_id}, within={"id": tree.partner_id})
    refused = await call(api, "createWebhookEndpoint", tree.partner_token, **own)
    assert [field["path"] for field in refused["fields"]] == ["within"]
    foreign = endpoint_input(tree, within={"id": other_tree.customer_id})
    assert (await call(api, "createWebhookEndpoint", tree.partner_token, **foreign))["kind"] == "NotFound"


async def test_p4_a_ping_is_delivered_whatever_is_wanted(api: Api, shop: Workshop, tree: Planted) -> None:
    """Once a key; its delivery is shown at once and attempted like any other."""
    endpoint_id, _ = await make(api, tree, eventTypes=["order.created"])
    content = ping_input(endpoint_id)
    made = [await call(api, "pingWebhookEndpoint", tree.partner_token, **content) for _ in range(2)]
    assert made[0]["webhookDelivery"]["id"] == made[1]["webhookDelivery"]["id"]
    await run_tree(shop, tree)
    (row,) = await deliveries(endpoint_id)
    assert (row["event_type"], row["attempts"]) == ("webhook_endpoint.pinged", 1)


async def test_p4_a_delivery_is_made_once_more(api: Api, shop: Workshop, tree: Planted) -> None:
    """One that failed for good begins anew, one that waits for its next attempt goes at once."""
    endpoint_id, _ = await make(api, tree)
    made = await call(api, "pingWebhookEndpoint", tree.partner_token, **ping_input(endpoint_id))
    delivery_id = made["webhookDelivery"]["id"]
    await run_tree(shop, tree)
    for state, before in (("FAILED", 1), ("PENDING", 1)):
        sql = "UPDATE webhook_deliveries SET state = $2, due_at = $3, attempts = 1 WHERE id = $1"
        due_at = None if state == "FAILED" else (await deliveries(endpoint_id))[0]["created_at"].replace(year=2999)
        await database.execute(sql, decode("WebhookDelivery", delivery_id), state, due_at)
        content = {"id": delivery_id, "idempotencyKey": fresh_key()}
        again = await call(api, "redeliverWebhook", tree.partner_token, **content)
        assert again["webhookDelivery"]["state"] == "PENDING"
        assert again["webhookDelivery"]["nextAttemptAt"] < "2999"
        assert (await deliveries(endpoint_id))[0]["attempts_before"] == before
        await run_tree(shop, tree)
        assert (await deliveries(endpoint_id))[0]["attempts"] == 2


async def test_p4_a_preview_is_what_would_be_sent(api: Api, tree: Planted) -> None:
    """The last event that the endpoint would get, signed so that its verifier takes it; null where there is none."""
    endpoint_id, secret = await make(api, tree, eventTypes=["order.created"], within=None)
    query = document("query", "previewWebhook")
    assert await api.ask(tree.partner_token, query, {"endpointId": endpoint_id}) is None
    made = await call(api, "createOrder", tree.partner_token, **order_input(tree, fresh_key()))
    preview = await api.ask(tree.partner_token, query, {"endpointId": endpoint_id})
    Webhook(secret).verify(preview["body"], preview["headers"])
    assert json.loads(preview["body"])["data"]["order_id"] == made["order"]["id"]
    endpoint = await call(api, "updateWebhookEndpoint", tree.partner_token, id=endpoint_id, enabled=True)
    assert json.loads(preview["body"])["api_version"] == endpoint["webhookEndpoint"]["apiVersion"]
    other = {"endpointId": endpoint_id, "eventType": "WEBHOOK_ENDPOINT_CREATED"}
    shown = await api.ask(tree.partner_token, query, other)
    assert json.loads(shown["body"])["type"] == "webhook_endpoint.created"
    assert await deliveries(endpoint_id) == []


async def test_p4_a_rotation_rejects_nothing(api: Api, shop: Workshop, tree: Planted) -> None:
    """While both sign, the verifiers of both secrets take every message; then the new one's does, the old one's not."""
    endpoint_id, old = await make(api, tree, eventTypes=["*"], within=None)
    content = {"id": endpoint_id, "overlapHours": 2, "idempotencyKey": fresh_key()}
    rotated = await call(api, "rotateWebhookSecret", tree.partner_token, **content)
    again = await call(api, "rotateWebhookSecret", tree.partner_token, **content)
    new = rotated["secret"]
    assert again["secret"] == new != old
    preview = await api.ask(tree.partner_token, document("query", "previewWebhook"), {"endpointId": endpoint_id})
    assert len(preview["headers"]["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(preview["body"], preview["headers"])
    row = await composed(endpoint_id)
    late = row["previous_secret_until"]
    outgoing = compose(shop.vault, row, late)
    assert outgoing.secrets == [new]
    headers = preview["headers"] | {"webhook-signature": preview["headers"]["webhook-signature"].split()[0]}
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(preview["body"], headers)


async def composed(endpoint_id: str) -> Any:
    """The endpoint with its last event, as a worker claims it."""
    return await database.fetch_row(
        "SELECT w.url, w.secret_sealed, w.previous_secret_sealed, w.previous_secret_until, w.signing_key_sealed, "
        "w.previous_signing_key_sealed, w.scope AS viewer_scope, w.api_version, "
        "e.id AS event_id, e.type, e.organization_id, e.scope, e.aggregate_seq, e.payload, e.tier_amounts, "
        "e.occurred_at FROM webhook_endpoints w JOIN events e ON e.aggregate_id = w.id WHERE w.id = $1 "
        "ORDER BY e.aggregate_seq DESC LIMIT 1",
        decode("WebhookEndpoint", endpoint_id),
    )


@pytest.mark.parametrize(("hours", "is_taken"), [(0, True), (168, True), (-1, False), (169, False), (2**31 - 1, False)])
async def test_p4_the_old_secret_signs_for_at_most_a_week(api: Api, tree: Planted, hours: int, is_taken: bool) -> None:
    """0 to 168 hours; with 0 it signs no more at once."""
    endpoint_id, _ = await make(api, tree)
    content = {"id": endpoint_id, "overlapHours": hours, "idempotencyKey": fresh_key()}
    answer = await call(api, "rotateWebhookSecret", tree.partner_token, **content)
    assert (answer["kind"] == "RotateWebhookSecretSuccess") is is_taken
