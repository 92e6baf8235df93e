"""Orphans: what a failed or timed-out creation may have left at its provisioner is removed again."""

from uuid import UUID

from domain.desk.actions import open_ticket
from domain.desk.states import TicketKind
from domain.provisioning.actions import Failure
from domain.provisioning.asking import ticket_for
from domain.provisioning.rules import DELETION_DEADLINE
from domain.provisioning.settling import OPERATIONS_QUEUE, Held, end_as_failed, lock_held
from domain.provisioning.states import OperationState
from domain.shared import database
from domain.shared.actor import Actor


async def fail_and_clean(actor: Actor, held: Held, failure: Failure) -> bool:
    """A creation could not be done, and may have left something: told at once, and removed for up to seven days.

    False: lease lost.
    """
    async with database.transaction():
        if not await end_as_failed(actor, held, failure, OperationState.ORPHAN_CLEANUP):
            return False
        return await OPERATIONS_QUEUE.settle(
            held.operation_id,
            held.lease_token,
            due_at=actor.at,
            state=OperationState.ORPHAN_CLEANUP.value,
            polls=0,
            deadline=actor.at + DELETION_DEADLINE,
            failure_code=failure.code[:64],
            failure_reason=failure.reason[:2000],
        )


async def finish_cleanup(actor: Actor, held: Held) -> bool:
    """Nothing is left: ORPHAN_CLEANUP -> FAILED, with the reason for which the creation failed. False: lease lost."""
    return await _end(actor, held.operation_id, held.lease_token)


async def abandon_orphan(actor: Actor, held: Held) -> bool:
    """Seven days were not enough: it ends, and a person at the desk is to remove what is left. False: lease lost."""
    async with database.transaction():
        found = await lock_held(held)
        if found is None:
            return False
        await open_ticket(actor, ticket_for(TicketKind.ORPHAN, *found))
        return await _end(actor, held.operation_id, held.lease_token)


async def _end(actor: Actor, operation_id: UUID, lease_token: UUID) -> bool:
    state = OperationState.FAILED.value
    return await OPERATIONS_QUEUE.settle(operation_id, lease_token, due_at=None, state=state, finished_at=actor.at)
