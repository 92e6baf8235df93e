"""What provisioners are told of numbers: those of an order as it is made, and afterwards whenever they are others."""

from typing import Any, Final
from uuid import UUID

from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor

_OF_LINE: Final = "SELECT e164 FROM numbers WHERE order_line_id = $1 AND state = 'RESERVED' ORDER BY e164"
_HAS: Final = "SELECT e164 FROM numbers WHERE subscription_id = $1 AND state = 'ASSIGNED' ORDER BY e164"
# A line that is not complete yet has its numbers with its creation.
_INSTANCE: Final = """
SELECT i.id FROM instances i JOIN subscriptions s ON s.id = i.subscription_id
WHERE i.subscription_id = $1 AND i.state IN ('ACTIVE', 'SUSPENDED') AND s.state IN ('TRIALING', 'ACTIVE', 'SUSPENDED')
FOR UPDATE OF i
"""
_NEWEST: Final = """
SELECT finished_at, request->'parameters'->'numbers' AS numbers FROM provisioning_operations
WHERE instance_id = $1 ORDER BY generation DESC LIMIT 1
"""


async def numbers_for(line_id: UUID) -> dict[str, Any]:
    """The parameters of a line's creation that name what is held for it; none where nothing is."""
    numbers = [row["e164"] for row in await database.fetch(_OF_LINE, line_id)]
    return {"numbers": numbers} if numbers else {}


async def hand_over_numbers(actor: Actor, subscription_id: UUID) -> None:
    """Wish for a CHANGE to the numbers that a subscription has, unless the last thing asked for was just that.

    Nothing while another operation is under way: its end is the time to look again. What failed is not wished again
    by itself.
    """
    async with database.transaction():
        instance_id = await database.fetch_value(_INSTANCE, subscription_id)
        if instance_id is None:
            return
        (newest,) = await database.fetch(_NEWEST, instance_id)
        numbers = [row["e164"] for row in await database.fetch(_HAS, subscription_id)]
        if newest["finished_at"] is None or numbers == (newest["numbers"] or []):
            return
        await start_operation(actor, instance_id, Action.CHANGE, {"parameters": {"numbers": numbers}})
