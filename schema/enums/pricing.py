"""Discounts and contracts."""

from typing import Final

from domain.contracts.models import ContractState
from domain.discounts.models import DiscountDuration
from domain.orders.models import OrderMethod
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    DiscountDuration: (
        "DiscountDuration",
        "For which billing cycles a discount is given.",
        {
            "ONCE": "For the first one.",
            "CYCLES": "For as many as the discount says, from the first on.",
            "FOREVER": "For every one.",
        },
    ),
    ContractState: (
        "ContractState",
        "Where a contract stands today, where its customer is.",
        {
            "SCHEDULED": "Its first day lies ahead.",
            "ACTIVE": "It covers today.",
            "ENDED": "Its last day is over.",
        },
    ),
    OrderMethod: (
        "OrderMethod",
        "By which prices an order is placed.",
        {
            "NORMAL": "By the seller's price lists.",
            "CONTRACT": "By a contract: its prices beat the price lists of the customer's seller.",
        },
    ),
}
