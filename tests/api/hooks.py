"""A valid input for each mutation of webhooks and bulk operations."""

from collections.abc import Callable, Mapping
from typing import Any

from seeding import Planted
from tests.api.bases import fresh_key


def replay_input(endpoint_id: str, **changes: Any) -> dict[str, Any]:
    """Everything that an endpoint did not take."""
    content = {
        "endpointId": endpoint_id,
        "deliveries": "UNDELIVERED",
        "since": "2026-01-01T00:00:00Z",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


def ping_input(endpoint_id: str) -> dict[str, Any]:
    """A test of an endpoint."""
    return {"id": endpoint_id, "idempotencyKey": fresh_key()}


def hook_bases() -> Mapping[str, Callable[[Planted, Any], dict[str, Any]]]:
    """Mutation -> its input, of a tree and its targets."""
    return {
        "cancelBulkOperation": lambda _, targets: {"id": targets.bulk_id},
        "pingWebhookEndpoint": lambda _, targets: ping_input(targets.endpoint_id),
        "redeliverWebhook": lambda _, targets: {"id": targets.delivery_id, "idempotencyKey": fresh_key()},
        "rotateWebhookSecret": lambda _, targets: {
            "id": targets.endpoint_id,
            "overlapHours": 1,
            "idempotencyKey": fresh_key(),
        },
        "updateWebhookEndpoint": lambda tree, targets: {
            "id": targets.endpoint_id,
            "url": "http://127.0.0.1:1098/webhooks",
            "eventTypes": ["order.*"],
            "description": "another",
            "enabled": True,
            "within": {"id": tree.customer_id},
            "concurrency": 10,
            "ratePerSecond": 100,
            "isOrdered": True,
            "signsWithKey": True,
        },
        "replayWebhooks": lambda _, targets: replay_input(targets.endpoint_id),
    }
