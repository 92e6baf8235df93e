"""Replays: past events are delivered to an endpoint once more, as a bulk operation with progress to watch."""

from collections import Counter
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import endpoint_input, fresh_key
from tests.api.hooks import replay_input
from tests.api.walk import document
from tests.api.worlds import new_token, run_tree, succeed
from tests.house import Api, order_input
from tests.live import live

WATCH = """subscription ($id: ID!) { bulkOperationUpdated(id: $id) { id state total done failed } }"""


async def endpoint(api: Api, tree: Planted, **changes: Any) -> str:
    """An endpoint of the tree's partner for new orders."""
    content = endpoint_input(tree, eventTypes=["order.created"], **changes)
    made = await succeed(api, tree.partner_token, "createWebhookEndpoint", content)
    found: str = made["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"]
    return found


async def draft(api: Api, tree: Planted) -> None:
    """One event that the endpoint wants."""
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))


async def replay(api: Api, tree: Planted, endpoint_id: str, **changes: Any) -> Any:
    """Queue a replay: the bulk operation."""
    content = replay_input(endpoint_id, **changes)
    made = await succeed(api, tree.partner_token, "replayWebhooks", content)
    return made["ReplayWebhooksSuccess_bulkOperation"]


async def operation(api: Api, tree: Planted, operation_id: str) -> Any:
    """It, as it is now."""
    return await api.ask(tree.partner_token, document("query", "bulkOperation"), {"id": operation_id})


async def settle(endpoint_id: str, state: str, limit: int) -> None:
    """Let so many deliveries have come to this end."""
    sql = (
        "UPDATE webhook_deliveries SET state = $2, due_at = NULL, finished_at = now(), attempts = 10 WHERE id IN "
        "(SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'PENDING' ORDER BY id LIMIT $3)"
    )
    await database.execute(sql, decode("WebhookEndpoint", endpoint_id), state, limit)


async def states(endpoint_id: str) -> Counter[str]:
    """How many deliveries stand where."""
    sql = "SELECT state FROM webhook_deliveries WHERE endpoint_id = $1"
    return Counter(row["state"] for row in await database.fetch(sql, decode("WebhookEndpoint", endpoint_id)))


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("ALL", Counter(PENDING=4)),
        ("UNDELIVERED", Counter(PENDING=3, DELIVERED=1)),
        ("FAILED", Counter(PENDING=1, DELIVERED=1)),
    ],
)
async def test_p4_a_replay_takes_what_it_is_for(
    api: Api, shop: Workshop, tree: Planted, which: str, expected: Counter[str]
) -> None:
    """Of two events before the endpoint, a delivered and a failed one: all, what is not delivered, what failed."""
    for _ in range(2):
        await draft(api, tree)
    await run_tree(shop, tree)
    endpoint_id = await endpoint(api, tree)
    for _ in range(2):
        await draft(api, tree)
    await run_tree(shop, tree)
    for state in ("DELIVERED", "FAILED"):
        await settle(endpoint_id, state, 1)
    made = await replay(api, tree, endpoint_id, deliveries=which)
    assert (made["state"], made["kind"]) == ("QUEUED", "WEBHOOK_REPLAY")
    await run_tree(shop, tree)
    ended = await operation(api, tree, made["id"])
    assert (ended["state"], ended["done"], ended["failed"]) == ("COMPLETED", expected["PENDING"], 0)
    assert ended["total"] == ended["done"]
    assert await states(endpoint_id) == expected


async def test_p4_a_delivery_begun_anew_has_all_its_attempts_again(api: Api, shop: Workshop, tree: Planted) -> None:
    """The log goes on counting; the schedule of retries begins at its first pause."""
    endpoint_id = await endpoint(api, tree)
    await draft(api, tree)
    await run_tree(shop, tree)
    await settle(endpoint_id, "FAILED", 1)
    await replay(api, tree, endpoint_id, deliveries="FAILED")
    await run_tree(shop, tree)
    sql = "SELECT *, due_at - now() AS pause FROM webhook_deliveries WHERE endpoint_id = $1"
    row = await database.fetch_row(sql, decode("WebhookEndpoint", endpoint_id))
    assert row is not None
    assert (row["state"], row["attempts"], row["attempts_before"]) == ("PENDING", 11, 10)
    assert row["pause"].total_seconds() < 7


async def test_p4_a_replay_begins_at_its_time(api: Api, shop: Workshop, tree: Planted) -> None:
    """What happened before `since` is left alone; a time to come is refused."""
    await draft(api, tree)
    await run_tree(shop, tree)
    endpoint_id = await endpoint(api, tree)
    await replay(api, tree, endpoint_id, deliveries="ALL", since=None)
    await run_tree(shop, tree)
    assert await states(endpoint_id) == Counter()
    content = replay_input(endpoint_id, since="2999-01-01T00:00:00Z")
    refused = await api.ask(tree.partner_token, document("mutation", "replayWebhooks"), {"input": content})
    assert [field["path"] for field in refused["InvalidInput_fields"]] == ["since"]


async def test_p4_a_disabled_endpoint_has_no_replay(api: Api, shop: Workshop, tree: Planted) -> None:
    """It is refused; one that is under way when the endpoint is disabled fails and says so."""
    endpoint_id = await endpoint(api, tree)
    made = await replay(api, tree, endpoint_id)
    await database.execute(
        "UPDATE webhook_endpoints SET enabled = false WHERE id = $1", decode("WebhookEndpoint", endpoint_id)
    )
    await run_tree(shop, tree)
    ended = await operation(api, tree, made["id"])
    assert (ended["state"], ended["failure"]["code"]) == ("FAILED", "CONFLICT")
    query = document("mutation", "replayWebhooks")
    refused = await api.ask(tree.partner_token, query, {"input": replay_input(endpoint_id)})
    assert (refused["__typename"], refused["Conflict_current"]) == ("Conflict", "DISABLED")


async def test_a_bulk_operation_is_for_those_who_may_start_it(api: Api, tree: Planted) -> None:
    """Without the permission of its kind it is not listed, found, watched or cancelled."""
    made = await replay(api, tree, await endpoint(api, tree))
    weak = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    assert (await api.ask(weak, document("query", "bulkOperations"), {"first": 10}))["nodes"] == []
    assert await api.ask(weak, document("query", "bulkOperation"), {"id": made["id"]}) is None
    assert await api.ask(weak, document("query", "node"), {"id": made["id"]}) is None
    refused = await api.ask(weak, document("mutation", "cancelBulkOperation"), {"input": {"id": made["id"]}})
    assert refused["__typename"] == "NotFound"
    where = {"state": {"eq": "QUEUED"}, "kind": {"in": ["WEBHOOK_REPLAY"]}}
    listed = await api.ask(tree.partner_token, document("query", "bulkOperations"), {"first": 10, "where": where})
    assert [node["id"] for node in listed["nodes"]] == [made["id"]]


async def test_a_cancelled_bulk_operation_stays_so(api: Api, shop: Workshop, tree: Planted) -> None:
    """Cancelled before its first step it does nothing; a second time it is a conflict that says where it stands."""
    endpoint_id = await endpoint(api, tree)
    await draft(api, tree)
    made = await replay(api, tree, endpoint_id, deliveries="ALL")
    cancelled = await succeed(api, tree.partner_token, "cancelBulkOperation", {"id": made["id"]})
    assert cancelled["CancelBulkOperationSuccess_bulkOperation"]["state"] == "CANCELLED"
    await run_tree(shop, tree)
    assert (await operation(api, tree, made["id"]))["done"] == 0
    query = document("mutation", "cancelBulkOperation")
    again = await api.ask(tree.partner_token, query, {"input": {"id": made["id"]}})
    assert (again["__typename"], again["Conflict_current"]) == ("Conflict", "CANCELLED")


async def test_p5_a_bulk_operation_is_watched_to_its_end(api: Api, api_url: str, shop: Workshop, tree: Planted) -> None:
    """A watcher sees it as it is, then as it ends; then the stream ends too."""
    endpoint_id = await endpoint(api, tree)
    made = await replay(api, tree, endpoint_id)
    async with live(api_url) as client:
        await client.open(tree.partner_token)
        await client.subscribe(WATCH, {"id": made["id"]})
        first = (await client.hear())["payload"]["data"]["bulkOperationUpdated"]
        assert (first["state"], first["done"]) == ("QUEUED", 0)
        await run_tree(shop, tree)
        last = (await client.hear())["payload"]["data"]["bulkOperationUpdated"]
        assert (last["state"], last["id"]) == ("COMPLETED", made["id"])
        assert (await client.hear())["type"] == "complete"
