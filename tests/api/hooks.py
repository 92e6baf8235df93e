"""A valid input for each mutation of webhooks and bulk operations."""

from typing import Any

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
