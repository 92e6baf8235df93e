"""Provisioning and deliveries."""

from typing import Final

from domain.desk.states import TicketKind, TicketState
from domain.provisioning.states import Action, OperationState
from domain.webhooks.models import DeliveryState
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    Action: (
        "ProvisioningAction",
        "What a provisioner is asked to do with an instance.",
        {
            "CREATE": "Make it.",
            "CHANGE": "Change its plan, quantity or parameters.",
            "SUSPEND": "Make it unusable, keep what it holds.",
            "RESUME": "Make it usable again.",
            "DELETE": "Remove it.",
        },
    ),
    OperationState: (
        "ProvisioningOperationState",
        "Where an operation at a provisioner stands.",
        {
            "QUEUED": "Not asked yet.",
            "RUNNING": "The provisioner works on it.",
            "NEEDS_INPUT": "The provisioner asks for more data.",
            "RETRY_WAIT": "It did not work for now and is tried again.",
            "UNKNOWN": "It may have reached the provisioner; its own word is awaited.",
            "ORPHAN_CLEANUP": "Something half made is being removed.",
            "SUCCEEDED": "Done.",
            "FAILED": "Given up; the failure says why.",
        },
    ),
    TicketKind: (
        "TicketKind",
        "Why a person is needed.",
        {
            "MANUAL_FULFILMENT": "The product is provided by hand.",
            "BACKORDER": "Fewer were in stock than were ordered.",
            "OUTCOME_UNKNOWN": "Nobody but a person can tell whether the provider has done it.",
            "ORPHAN": "Something that failed to be made is left at the provider, and cannot be removed from here.",
        },
    ),
    TicketState: (
        "TicketState",
        "Where a ticket stands.",
        {"OPEN": "To be done.", "COMPLETED": "Done.", "FAILED": "It could not be done, or nobody needs it any more."},
    ),
    DeliveryState: (
        "WebhookDeliveryState",
        "Where the delivery of an event to an endpoint stands.",
        {
            "PENDING": "Not delivered yet; more attempts follow.",
            "DELIVERED": "The endpoint has accepted it.",
            "FAILED": "Every attempt is used up, or the endpoint is gone.",
        },
    ),
}
