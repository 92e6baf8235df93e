"""Orders after submission for the tests: brought to a state, and a valid input for each mutation of one there."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key

SOMEBODY_ELSE = "tok_somebody_else"


async def wait_for_approval(draft_id: str) -> str:
    """Let a draft wait, as if somebody else had submitted it at no price; its id."""
    await database.execute(
        "UPDATE orders SET state = 'PENDING_APPROVAL', submitted_at = created_at, submitted_by = $2, "
        "tier_total_minor = '{0,0}' WHERE id = $1",
        decode("Order", draft_id),
        SOMEBODY_ELSE,
    )
    return draft_id


def flow_bases() -> Mapping[str, Callable[[Planted, Any], dict[str, Any]]]:
    """Mutation -> its input, of a tree and its targets."""
    return {
        "approveOrder": lambda _, targets: {"id": targets.waiting_id, "idempotencyKey": fresh_key()},
        "rejectOrder": lambda _, targets: {"id": targets.waiting_id, "reason": "Too dear."},
        "withdrawOrder": lambda _, targets: {"id": targets.waiting_id},
        "setApprovalRule": lambda tree, _: {
            "customer": {"id": tree.customer_id},
            "rule": "ABOVE_AMOUNT",
            "limit": "1000.00",
        },
    }
