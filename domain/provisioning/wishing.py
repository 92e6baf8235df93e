"""Wishes that are not lost: what cannot be asked of a provisioner yet is asked once it has done what it is doing."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, IllegalTransition

_KEEP: Final = """
UPDATE instances SET wish = CASE WHEN EXISTS (
  SELECT FROM provisioning_operations o WHERE o.instance_id = instances.id AND o.finished_at IS NULL) THEN $2 END
WHERE id = $1
"""
# What has ended was what held it up: nothing is under way, or something is that was wished for meanwhile.
_WISHED: Final = """
SELECT id, wish FROM instances i WHERE subscription_id = $1 AND wish IS NOT NULL AND NOT EXISTS (
  SELECT FROM provisioning_operations o WHERE o.instance_id = i.id AND o.finished_at IS NULL) FOR UPDATE
"""


async def wish(actor: Actor, instance_id: UUID, action: Action) -> None:
    """Ask for this now, or once what is under way has ended; a later wish takes the place of one that waits.

    Nothing where the instance is so already.
    """
    async with database.transaction():
        try:
            await start_operation(actor, instance_id, action)
        except Conflict:
            await database.execute(_KEEP, instance_id, action.value)
        else:
            await database.execute("UPDATE instances SET wish = NULL WHERE id = $1", instance_id)


async def grant_wish(actor: Actor, subscription_id: UUID) -> None:
    """What waited for the end of an operation on the instance of a subscription is asked for; nothing else."""
    async with database.transaction():
        found = await database.fetch_row(_WISHED, subscription_id)
        if found is None:
            return
        await database.execute("UPDATE instances SET wish = NULL WHERE id = $1", found["id"])
        with suppress(IllegalTransition):
            await start_operation(actor, found["id"], Action(found["wish"]))
