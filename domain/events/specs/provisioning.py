"""What is told of instances."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_OF: Final[Mapping[str, JsonSchema]] = {
    "instance_id": id_of("Instance"),
    "subscription_id": id_of("Subscription"),
}
_INSTANCE: Final[Mapping[str, JsonSchema]] = {
    "instance_id": id_of("Instance"),
    "operation_id": id_of("ProvisioningOperation"),
    "subscription_id": id_of("Subscription"),
    "action": text("CREATE, CHANGE, SUSPEND, RESUME or DELETE"),
    "failure": optional(FAILURE),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.INSTANCE_PROVISIONED: EventSpec("Instance", "The provisioner has made the instance.", _INSTANCE),
    EventType.INSTANCE_FAILED: EventSpec("Instance", "The instance could not be made; `failure` says why.", _INSTANCE),
    EventType.INSTANCE_INPUT_NEEDED: EventSpec(
        "Instance",
        "The provisioner needs more data: to make the instance, its order shows what; for the rest, the operation.",
        _INSTANCE,
    ),
    EventType.INSTANCE_INPUT_GIVEN: EventSpec(
        "Instance", "What the provisioner asked for to go on with an operation was answered.", _INSTANCE
    ),
    EventType.INSTANCE_CHANGED: EventSpec(
        "Instance", "Plan, quantity or parameters are as they were wished.", _INSTANCE
    ),
    EventType.INSTANCE_SUSPENDED: EventSpec("Instance", "The instance cannot be used for now.", _INSTANCE),
    EventType.INSTANCE_RESUMED: EventSpec("Instance", "The instance can be used again.", _INSTANCE),
    EventType.INSTANCE_DELETED: EventSpec("Instance", "The instance is gone, with everything in it.", _INSTANCE),
    EventType.INSTANCE_CHANGE_FAILED: EventSpec(
        "Instance",
        "CHANGE, SUSPEND, RESUME or DELETE could not be done; the instance is as it was, `failure` says why.",
        _INSTANCE,
    ),
    EventType.INSTANCE_RETRIED: EventSpec(
        "Instance", "Somebody had an operation tried at once, or again after it had failed.", _INSTANCE
    ),
    EventType.CREDENTIALS_READY: EventSpec(
        "Instance", "What opens the instance is there to be revealed; links were mailed to whom the order says.", _OF
    ),
    EventType.CREDENTIALS_REVEALED: EventSpec(
        "Instance", "Somebody saw what opens the instance: the event's actor, or who has the mailed link.", _OF
    ),
}
