"""Members and invitations."""

from typing import Final

from domain.access.invitations import InvitationState
from domain.access.permissions import Role
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    Role: (
        "MemberRole",
        "What a member is in its organization; its kind may take from what a role gives.",
        {
            "OWNER": "May do everything, and makes owners.",
            "ADMIN": "May do everything but make, change or remove owners.",
            "SALES": "Creates customers and orders; sees prices, costs and provisioning.",
            "BILLING": "Sees orders, subscriptions, prices and costs.",
            "SUPPORT": "Sees orders, subscriptions and provisioning, without costs.",
            "VIEWER": "Sees organizations, products, orders and subscriptions.",
        },
    ),
    InvitationState: (
        "InvitationState",
        "Where an invitation stands.",
        {
            "OPEN": "It waits to be accepted.",
            "EXPIRED": "It was not accepted in time; it can be sent again.",
            "ACCEPTED": "The person is a member.",
            "REVOKED": "It was taken back.",
        },
    ),
}
