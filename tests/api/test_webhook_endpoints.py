"""Webhook endpoints at the API: which addresses and event types are taken, secrets shown once, deletion."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from domain.events.types import EventType
from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import endpoint_input, fresh_key
from tests.api.walk import document
from tests.api.worlds import new_token, run_tree, succeed
from tests.house import Api, order_input

CREATE = document("mutation", "createWebhookEndpoint")


async def refused(api: Api, tree: Planted, **changes: Any) -> list[tuple[str, str]]:
    """(path, code) of everything wrong with an endpoint."""
    answer = await api.ask(tree.partner_token, CREATE, {"input": endpoint_input(tree, **changes)})
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]]


async def make(api: Api, tree: Planted, **changes: Any) -> tuple[str, str]:
    """(id, secret) of a new endpoint."""
    made = await succeed(api, tree.partner_token, "createWebhookEndpoint", endpoint_input(tree, **changes))
    return made["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"], made["CreateWebhookEndpointSuccess_secret"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "/webhooks",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:secret@example.com/",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://example.com:22/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: evil.example",
        "https://example.com/\x00",
        "https://[::1",
        "https://" + "x" * 3000 + ".example/",
    ],
    ids=lambda url: repr(url[:40]),
)
async def test_an_address_must_be_one_that_can_be_delivered_to(api: Api, standing: Planted, url: str) -> None:
    """What is no http(s) address of a host is refused at `url`, without repeating secrets in it."""
    answer = await api.ask(standing.partner_token, CREATE, {"input": endpoint_input(standing, url=url)})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["url"]
    assert "secret" not in answer["InvalidInput_message"]


@pytest.mark.parametrize(
    ("event_types", "faults"),
    [
        ([], [("eventTypes", "REQUIRED")]),
        (["order.complete"], [("eventTypes.0", "INVALID")]),
        (["order.*", "ordr.*", "*"], [("eventTypes.1", "INVALID")]),
        ([""], [("eventTypes.0", "INVALID")]),
        (["*" * 65], [("eventTypes.0", "INVALID")]),
        (["ORDER.COMPLETED"], [("eventTypes.0", "INVALID")]),
        (["*"] * 51, [("eventTypes", "TOO_LONG")]),
        (["[" * 60], [("eventTypes.0", "INVALID")]),
        (["a\x00*"], [("eventTypes.0", "INVALID")]),
    ],
)
async def test_event_types_must_name_some(
    api: Api, standing: Planted, event_types: list[str], faults: list[tuple[str, str]]
) -> None:
    """A pattern that matches no event type there is would wait for ever: it is refused at its place."""
    assert await refused(api, standing, eventTypes=event_types) == faults


async def test_every_problem_is_told_at_once(api: Api, standing: Planted) -> None:
    """Address, types and description are all looked at."""
    faults = await refused(api, standing, url="ftp://x.example", eventTypes=["nope"], description="x" * 201)
    assert [path for path, _ in faults] == ["url", "eventTypes.0", "description"]


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        (["*"], {event_type.value for event_type in EventType}),
        (["order.created"], {"order.created"}),
        (["order.*"], {event_type.value for event_type in EventType if event_type.value.startswith("order.")}),
        (["*.created"], {event_type.value for event_type in EventType if event_type.value.endswith(".created")}),
        (["order.created", "order.c*", "order.created"], {"order.created", "order.completed", "order.cancelled"}),
    ],
)
async def test_an_event_is_delivered_once_where_a_pattern_names_it(
    api: Api, shop: Workshop, tree: Planted, patterns: list[str], wanted: set[str]
) -> None:
    """Each endpoint gets each event that one of its patterns names, once, however many name it."""
    endpoint_id, _ = await make(api, tree, eventTypes=patterns)
    await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    await run_tree(shop, tree)
    rows = await database.fetch(
        "SELECT event_type, count(*) = count(DISTINCT event_id) AS once FROM webhook_deliveries "
        "WHERE endpoint_id = $1 GROUP BY 1",
        decode("WebhookEndpoint", endpoint_id),
    )
    assert all(row["once"] for row in rows)
    assert {"order.created"} <= {row["event_type"] for row in rows} <= wanted


async def test_a_secret_is_one_that_official_verifiers_take(api: Api, tree: Planted) -> None:
    """The secret is `whsec_` and base64 of at least 24 random bytes; no two are alike, none is stored or listed."""
    made = [await make(api, tree) for _ in range(2)]
    for endpoint_id, secret in made:
        assert secret.startswith("whsec_")
        Webhook(secret)
        row = await database.fetch_row(
            "SELECT * FROM webhook_endpoints WHERE id = $1", decode("WebhookEndpoint", endpoint_id)
        )
        assert secret not in str(row)
    assert made[0][1] != made[1][1]
    listed = await api.post(tree.partner_token, document("query", "webhookEndpoints"), {"first": 100})
    assert "whsec_" not in listed.text


async def test_a_deleted_endpoint_gets_nothing_more(api: Api, shop: Workshop, tree: Planted) -> None:
    """Deleting gives up what is under way; the endpoint is gone from everywhere, its log stays; again is NotFound."""
    endpoint_id, _ = await make(api, tree, eventTypes=["*"])
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    await run_tree(shop, tree)
    deleted = await succeed(api, tree.partner_token, "deleteWebhookEndpoint", {"id": endpoint_id})
    assert deleted["DeleteWebhookEndpointSuccess_deletedId"] == endpoint_id
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    await run_tree(shop, tree)
    page = await api.ask(tree.partner_token, document("query", "webhookDeliveries"), {"first": 100})
    own = [delivery for delivery in page["nodes"] if delivery["endpointId"] == endpoint_id]
    assert {delivery["state"] for delivery in own} == {"FAILED"}
    assert {delivery["nextAttemptAt"] for delivery in own} == {None}
    assert "order.created" in {delivery["eventType"] for delivery in own}
    assert len([d for d in own if d["eventType"] == "order.created"]) == 1
    assert await api.ask(tree.partner_token, document("query", "webhookEndpoint"), {"id": endpoint_id}) is None
    assert await api.ask(tree.partner_token, document("query", "node"), {"id": endpoint_id}) is None
    query = document("mutation", "deleteWebhookEndpoint")
    again = await api.ask(tree.partner_token, query, {"input": {"id": endpoint_id}})
    assert again["__typename"] == "NotFound"


async def test_managing_endpoints_needs_its_permission(api: Api, tree: Planted) -> None:
    """Without WEBHOOKS_MANAGE endpoints and deliveries are neither listed, made, deleted nor found."""
    endpoint_id, _ = await make(api, tree)
    weak = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    for query, variables in (
        (document("query", "webhookEndpoints"), {}),
        (document("query", "webhookDeliveries"), {}),
        (document("query", "webhookEndpoint"), {"id": endpoint_id}),
        (CREATE, {"input": endpoint_input(tree)}),
        (document("mutation", "deleteWebhookEndpoint"), {"input": {"id": endpoint_id}}),
    ):
        assert (await api.refuse(weak, query, variables))["extensions"]["code"] == "FORBIDDEN"
    assert await api.ask(weak, document("query", "node"), {"id": endpoint_id}) is None
