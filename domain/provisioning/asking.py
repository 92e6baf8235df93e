"""Asking people: an operation that no system can do or tell about waits for a ticket at the seller's desk."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.desk.actions import NewTicket, open_ticket
from domain.desk.states import TicketKind
from domain.provisioning.models import Instance, ProvisioningOperation
from domain.provisioning.settling import OPERATIONS_QUEUE, Held, lock_held
from domain.provisioning.states import OPERATION, Action, OperationState
from domain.shared import database
from domain.shared.actor import Actor

# A ticket that is closed makes its operation due at once; this is for when that news was lost.
TICKET_LOOK: Final = timedelta(hours=1)
_TO_DO: Final[Mapping[TicketKind, str]] = {
    TicketKind.MANUAL_FULFILMENT: "{action} {product}, plan {plan}, quantity {quantity}",
    TicketKind.OUTCOME_UNKNOWN: "Find out whether {action} of {product}, plan {plan} was done at the provider",
    TicketKind.ORPHAN: "Remove what is left of {product}, plan {plan} at the provider",
}
_WORDS: Final[Mapping[Action, str]] = {
    Action.CREATE: "Set up",
    Action.CHANGE: "Change",
    Action.SUSPEND: "Suspend",
    Action.RESUME: "Resume",
    Action.DELETE: "Remove",
}


async def ask_desk(actor: Actor, held: Held, kind: TicketKind, state: OperationState) -> bool:
    """Leave the operation in `state` to the desk of the seller, its deadline paused; False: lease lost."""
    async with database.transaction():
        found = await lock_held(held)
        if found is None:
            return False
        row, instance = found
        if row.state is not state:
            OPERATION.check(row.state, state)
        await open_ticket(actor, ticket_for(kind, row, instance))
        return await OPERATIONS_QUEUE.settle(
            held.operation_id,
            held.lease_token,
            due_at=actor.at + TICKET_LOOK,
            state=state.value,
            paused_at=row.paused_at or actor.at,
            failure_reason="waits for a person at the desk",
        )


def ticket_for(kind: TicketKind, row: ProvisioningOperation, instance: Instance) -> NewTicket:
    """A ticket about an operation, at the desk of the seller whose product it is."""
    if instance.desk_id is None:
        raise LookupError("an instance without a seller")
    subject = _TO_DO[kind].format(action=_WORDS[row.action], **row.request)
    return NewTicket(
        kind=kind,
        desk_id=instance.desk_id,
        subject=subject,
        details=_details(row.request),
        about_id=row.id,
        customer_id=instance.organization_id,
        subscription_id=instance.subscription_id,
        operation_id=row.id,
    )


def _details(request: Mapping[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in sorted(request["parameters"].items())]
    added = [f"{one['quantity']} x {one['product']}, plan {one['plan']}" for one in request.get("add_ons", ())]
    within = [
        f"in each: {one['quantity']} x {one['product']}, plan {one['plan']}" for one in request.get("components", ())
    ]
    return "\n".join([*lines, *added, *within])
