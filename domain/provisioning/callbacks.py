"""Callbacks of provisioners: each counted once, each only a hint to look now."""

from datetime import datetime
from uuid import UUID

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.forgetting import forget


async def receive_callback(actor: Actor, operation_id: UUID, message_id: str) -> bool:
    """A provisioner says there is news: look now. The GET decides, so a forged or doubled callback does no harm.

    False when this message was received before, or the operation is unknown.
    """
    async with database.transaction():
        new = await database.execute(
            "INSERT INTO provisioner_callbacks (id, message_id, operation_id, received_at) "
            "SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM provisioning_operations WHERE id = $3) "
            "ON CONFLICT (message_id) DO NOTHING",
            actor.new_id(),
            message_id[:200],
            operation_id,
            actor.at,
        )
        if new:
            await look_now(actor, operation_id)
        return new == 1


async def look_now(actor: Actor, operation_id: UUID) -> None:
    """There is news of an operation: it is due at once, whoever holds it; one that has ended stays as it is."""
    sql = "UPDATE provisioning_operations SET due_at = $2, lease_token = NULL WHERE id = $1 AND finished_at IS NULL"
    await database.execute(sql, operation_id, actor.at)


async def forget_callbacks(before: datetime) -> int:
    """Drop message ids received before a time (they are unique for 7 days, provisioning.md)."""
    return await forget("provisioner_callbacks", "received_at < $1", before)
