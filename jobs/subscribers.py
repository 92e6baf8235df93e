"""What the product itself does when something has happened: event type -> reaction, as data.

A reaction may run twice (the outbox carries each event at least once), so each ends at once where its work is done.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.events.types import EventType
from domain.numbers.handing_over import hand_over_numbers
from domain.orders.cancelling import cancel_line, keep_line
from domain.orders.fulfilling import complete_line, fail_line, start_provisioning
from domain.orders.inquiring import inquire_line
from domain.provisioning.actions import Failure
from domain.provisioning.callbacks import look_now
from domain.provisioning.states import Action
from domain.provisioning.wishing import grant_wish
from domain.shared.actor import Actor
from domain.shared.ids import decode
from domain.subscriptions.changing import abandon_change, fail_change, finish_change
from domain.subscriptions.ending import finish_termination
from integrations.doorbell import Bell

Reaction = Callable[[Actor, Record], Awaitable[None]]


async def _provision_order(actor: Actor, event: Record) -> None:
    await start_provisioning(actor, event["aggregate_id"])


async def _complete_line(actor: Actor, event: Record) -> None:
    await complete_line(actor, _subscription(event), _operation(event))
    await hand_over_numbers(actor, _subscription(event))


async def _hand_over_numbers(actor: Actor, event: Record) -> None:
    """What changed the numbers."""
    if event["payload"]["subscription_id"]:
        await hand_over_numbers(actor, _subscription(event))


async def _go_on(actor: Actor, event: Record) -> None:
    """An operation has ended: what waited for that is asked for, then what else the provisioner is to know."""
    await grant_wish(actor, _subscription(event))
    await hand_over_numbers(actor, _subscription(event))


async def _fail_line(actor: Actor, event: Record) -> None:
    failure = event["payload"]["failure"]
    await fail_line(actor, _subscription(event), _operation(event), Failure(failure["code"], failure["reason"]))


async def _inquire_line(actor: Actor, event: Record) -> None:
    await inquire_line(actor, _subscription(event), _operation(event))


async def _give_up(actor: Actor, event: Record) -> None:
    """What was to be deleted with its order stays; what was to be changed stays as it was."""
    failure, action = Failure(**event["payload"]["failure"]), event["payload"]["action"]
    if action == Action.DELETE:
        await keep_line(actor, _subscription(event), _operation(event), failure)
    elif action == Action.CHANGE:
        await fail_change(actor, _subscription(event), _operation(event), failure)
    await _go_on(actor, event)


async def _finish_change(actor: Actor, event: Record) -> None:
    await finish_change(actor, _subscription(event), _operation(event))
    await _go_on(actor, event)


def _subscription(event: Record) -> UUID:
    return decode("Subscription", event["payload"]["subscription_id"])


def _operation(event: Record) -> UUID:
    return decode("ProvisioningOperation", event["payload"]["operation_id"])


async def _look_at_operation(actor: Actor, event: Record) -> None:
    if operation_id := event["payload"]["operation_id"]:
        await look_now(actor, decode("ProvisioningOperation", operation_id))


async def _end_what_is_gone(actor: Actor, event: Record) -> None:
    """Its order was cancelled, or it was terminated itself; each does nothing for the other."""
    await abandon_change(actor, _subscription(event))
    await cancel_line(actor, _subscription(event))
    await finish_termination(actor, _subscription(event))


async def _nothing(_actor: Actor, _event: Record) -> None:
    """Do nothing: what follows is in its queue already, and is only to be looked at now."""


# Event type -> (what is done, whom to wake afterwards).
REACTIONS: Final[Mapping[EventType, tuple[Reaction, tuple[Bell, ...]]]] = {
    EventType.ORDER_APPROVED: (_provision_order, (Bell.PROVISIONING, Bell.OUTBOX)),
    EventType.ORDER_SUBMITTED: (_nothing, (Bell.MAIL,)),
    EventType.ORDER_RETRIED: (_nothing, (Bell.PROVISIONING,)),
    EventType.INSTANCE_PROVISIONED: (_complete_line, (Bell.OUTBOX, Bell.PROVISIONING)),
    EventType.INSTANCE_CHANGED: (_finish_change, (Bell.OUTBOX, Bell.PROVISIONING)),
    EventType.INSTANCE_SUSPENDED: (_go_on, (Bell.PROVISIONING,)),
    EventType.INSTANCE_RESUMED: (_go_on, (Bell.PROVISIONING,)),
    EventType.NUMBER_ASSIGNED: (_hand_over_numbers, (Bell.PROVISIONING,)),
    EventType.NUMBER_REMOVED: (_hand_over_numbers, (Bell.PROVISIONING,)),
    EventType.INSTANCE_FAILED: (_fail_line, (Bell.OUTBOX,)),
    EventType.INSTANCE_INPUT_GIVEN: (_nothing, (Bell.PROVISIONING,)),
    EventType.INSTANCE_RETRIED: (_nothing, (Bell.PROVISIONING,)),
    EventType.CREDENTIALS_READY: (_nothing, (Bell.MAIL,)),
    EventType.TICKET_OPENED: (_nothing, (Bell.MAIL,)),
    EventType.TICKET_COMPLETED: (_look_at_operation, (Bell.PROVISIONING,)),
    EventType.TICKET_FAILED: (_look_at_operation, (Bell.PROVISIONING,)),
    EventType.BULK_OPERATION_CREATED: (_nothing, (Bell.BULK,)),
    EventType.INVOICE_ISSUED: (_nothing, (Bell.MAIL,)),
    EventType.INSTANCE_INPUT_NEEDED: (_inquire_line, (Bell.OUTBOX,)),
    EventType.INSTANCE_DELETED: (_end_what_is_gone, (Bell.OUTBOX,)),
    EventType.INSTANCE_CHANGE_FAILED: (_give_up, (Bell.OUTBOX, Bell.PROVISIONING)),
    EventType.SUBSCRIPTION_CHANGE_REQUESTED: (_nothing, (Bell.PROVISIONING,)),
    EventType.ORDER_INQUIRY_ANSWERED: (_nothing, (Bell.PROVISIONING,)),
    EventType.ORDER_CANCELLING: (_nothing, (Bell.PROVISIONING,)),
    EventType.WEBHOOK_ENDPOINT_PINGED: (_nothing, (Bell.WEBHOOKS,)),
    EventType.WEBHOOK_ENDPOINT_REDELIVERED: (_nothing, (Bell.WEBHOOKS,)),
    EventType.MEMBER_INVITED: (_nothing, (Bell.MAIL,)),
    EventType.MEMBER_PASSWORD_RESET_REQUESTED: (_nothing, (Bell.MAIL,)),
}
