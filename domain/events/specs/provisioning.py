"""What is told of instances."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_INSTANCE: Final[Mapping[str, JsonSchema]] = {
    "instance_id": id_of("Instance"),
    "operation_id": id_of("ProvisioningOperation"),
    "subscription_id": id_of("Subscription"),
    "action": text("CREATE, CHANGE, SUSPEND, RESUME or DELETE"),
    "failure": optional(FAILURE),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.INSTANCE_PROVISIONED: EventSpec("Instance", "The provisioner has done what it was asked.", _INSTANCE),
    EventType.INSTANCE_FAILED: EventSpec("Instance", "The provisioner could not; `failure` says why.", _INSTANCE),
}
