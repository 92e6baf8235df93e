"""Bulk operations, replays and what disables an endpoint."""

from typing import Final

from domain.bulk.rules import BulkKind
from domain.bulk.states import BulkState
from domain.webhooks.models import DisabledReason
from domain.webhooks.replaying import ReplayScope
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    BulkKind: (
        "BulkOperationKind",
        "What a bulk operation does.",
        {
            "WEBHOOK_REPLAY": "Delivers past events to a webhook endpoint once more.",
            "INVOICES": "Issues the invoices of a seller.",
            "NUMBER_IMPORT": "Puts the numbers of a file into a seller's stock.",
        },
    ),
    BulkState: (
        "BulkOperationState",
        "Where a bulk operation stands.",
        {
            "QUEUED": "Not begun yet.",
            "RUNNING": "Some steps are done.",
            "COMPLETED": "Done; things that failed one by one are counted and listed.",
            "FAILED": "It could not go on; the failure says why.",
            "CANCELLED": "Stopped by somebody; what was done stays done.",
        },
    ),
    DisabledReason: (
        "WebhookDisabledReason",
        "Why a webhook endpoint is disabled.",
        {
            "OWNER": "Somebody disabled it.",
            "GONE": "It answered 410.",
            "FAILING": "It took nothing for five days.",
        },
    ),
    ReplayScope: (
        "WebhookReplayScope",
        "Which of an endpoint's past events are delivered once more.",
        {
            "ALL": "All, delivered or not.",
            "UNDELIVERED": "Those that it did not accept, or that were never sent to it: it was disabled or not there.",
            "FAILED": "Those of which every attempt failed.",
        },
    ),
}
