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


def hook_bases() -> Mapping[str, Callable[[Planted, Any], dict[str, Any]]]:
    """Mutation -> its input, of a tree and its targets."""
    return {
        "cancelBulkOperation": lambda _, targets: {"id": targets.bulk_id},
        "replayWebhooks": lambda _, targets: replay_input(targets.endpoint_id),
    }
