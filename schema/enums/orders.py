"""Orders and subscriptions."""

from typing import Final

from domain.orders.previewing import WarningCode
from domain.orders.stages import Stage
from domain.orders.states import LineState, OrderState
from domain.subscriptions.states import SubscriptionState
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    OrderState: (
        "OrderState",
        "Where an order stands.",
        {
            "DRAFT": "Saved, not submitted; nothing is priced or held.",
            "PENDING_APPROVAL": "Submitted, waits for somebody else's approval.",
            "APPROVED": "Prices are fixed; provisioning is about to begin.",
            "REJECTED": "Approval was refused, with a reason.",
            "PROVISIONING": "Its lines are being provisioned.",
            "INQUIRING": "A provisioner asks for more data.",
            "COMPLETED": "Every line is provisioned.",
            "PARTIALLY_COMPLETED": "Some lines are provisioned, the others failed or were cancelled.",
            "FAILED": "No line could be provisioned; the failure says why.",
            "CANCELLING": "What was made is being unmade.",
            "CANCELLED": "Cancelled; nothing of it is left.",
        },
    ),
    Stage: (
        "OrderStageName",
        "What a buyer fills in, one after the other.",
        {
            "ITEMS": "The lines: plans and quantities.",
            "CONTACTS": "The customer's billing contact and, for voice, its emergency locations.",
            "PROVISIONING": "Provisioning information of each line, by its product's parameter schema.",
            "SUMMARY": "The order as a whole: contract, codes, dates.",
        },
    ),
    WarningCode: (
        "PreviewWarningCode",
        "What should be known before an order is submitted.",
        {
            "TRIAL_ALREADY_USED": "The customer has had the product on trial: the order will fail.",
            "CREDIT_SHORT": "The account has less at its disposal than falls due now.",
            "NEEDS_APPROVAL": "It will wait for somebody else's approval.",
            "DISCOUNT_ENDS": "Later billing cycles cost more than the first.",
            "CONTRACT_ENDS": "The contract ends before the next billing cycle begins.",
            "USAGE_CHARGED_AFTERWARDS": "Nothing is charged in advance: each month for its highest count of users.",
        },
    ),
    LineState: (
        "OrderLineState",
        "Where one line of an order stands.",
        {
            "DRAFT": "Not begun.",
            "PROVISIONING": "Being provisioned.",
            "INQUIRING": "Its provisioner asks for more data.",
            "COMPLETED": "Provisioned; its subscription is active.",
            "FAILED": "Could not be provisioned; the failure says why.",
            "CANCELLING": "Its order was cancelled; its instance is being unmade.",
            "CANCELLED": "Cancelled with its order.",
        },
    ),
    SubscriptionState: (
        "SubscriptionState",
        "Where a subscription stands.",
        {
            "PENDING": "Its instance is being made.",
            "TRIALING": "In use, not billed yet.",
            "ACTIVE": "In use and billed.",
            "SUSPENDED": "Not usable for now; what it holds is kept.",
            "EXPIRED": "Its term is over.",
            "TERMINATING": "Its instance is being removed.",
            "TERMINATED": "Ended for good.",
            "FAILED": "Its instance could not be made.",
        },
    ),
}
