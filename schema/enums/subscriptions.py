"""What can be done to subscriptions, and why not."""

from typing import Final

from domain.subscriptions.changes import ChangeKind
from domain.subscriptions.guards import Obstacle, SubscriptionAction
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    SubscriptionAction: (
        "SubscriptionAction",
        "What can be done to a subscription.",
        {
            "ASSIGN_MEMBERS": "Assign members of the customer, or take them off.",
            "LINK_CONTRACT": "Link it with a contract of the customer.",
            "SET_AUTO_RENEWAL": "Switch auto-renewal off or on.",
            "SCHEDULE_BILLING_CHANGE": "Bill it otherwise from the next renewal on.",
            "WITHDRAW_PENDING_CHANGE": "Forget the change that waits for the next renewal.",
            "CHANGE_NUMBERS": "Add, remove or swap its numbers.",
            "CHANGE_PLAN": "Have another plan of its product.",
            "CHANGE_QUANTITY": "Have more of it, or less.",
            "CHANGE_ADDONS": "Have more of its add-ons, or less.",
            "EXTEND": "Let its running term end later.",
            "SUSPEND": "Make it unusable for now.",
            "RESUME": "Let it go on.",
            "TRANSFER": "Hand it to another customer.",
            "TERMINATE": "End it before its time, for good.",
        },
    ),
    Obstacle: (
        "SubscriptionObstacle",
        "Why something cannot be done to a subscription.",
        {
            "PROTECTED": "It belongs to an account.",
            "WRONG_STATE": "It is not in a state for this.",
            "NO_TERM": "It was bought once.",
            "NOTHING_PENDING": "Nothing waits for the next renewal.",
            "UNPAID": "Its term could not be paid for.",
            "NOT_BILLED_YET": "Its billing has not begun.",
            "NOT_KEPT": "It has expired too long ago.",
            "CHANGING": "Its provisioner is changing it.",
        },
    ),
    ChangeKind: (
        "SubscriptionChangeKind",
        "What a change of a subscription is.",
        {
            "UPGRADE": "To a plan of a higher rank: charged for the rest of the term.",
            "DOWNGRADE": "To a plan of a lower rank: at once, and not refunded.",
            "INCREASE": "More of the same plan: charged for the rest of the term.",
            "DECREASE": "Less of the same plan: at once, and not refunded.",
            "ADD_ONS": "Its add-ons alone: more is charged for the rest of the term, less is not refunded.",
        },
    ),
}
