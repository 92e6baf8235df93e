"""Telephone numbers."""

from typing import Final

from domain.numbers.models import NumberKind
from domain.numbers.states import BackorderState, NumberState
from domain.orders.numbers import IfTaken
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    NumberKind: (
        "NumberKind",
        "What calling a number means.",
        {
            "LOCAL": "A number of a place.",
            "TOLL_FREE": "Who calls it does not pay.",
            "MOBILE": "A number of a mobile network.",
        },
    ),
    BackorderState: (
        "BackorderState",
        "Where a backorder stands.",
        {
            "PENDING": "Its order is not provisioned yet.",
            "OPEN": "The desk is to get the numbers.",
            "FULFILLED": "All of them are there.",
            "CANCELLED": "Nobody waits for them any more.",
        },
    ),
    IfTaken: (
        "IfTaken",
        "What becomes of a reservation that cannot be had whole.",
        {
            "REFUSE": "Nothing is reserved; what is not to be had is named.",
            "TAKE_REST": "What is to be had is reserved; the rest is named.",
            "BACKORDER": "What is to be had is reserved; the rest is ordered back with the draft, by NPA-NXX.",
        },
    ),
    NumberState: (
        "NumberState",
        "Where a telephone number stands.",
        {
            "AVAILABLE": "In stock: it can be reserved.",
            "RESERVED": "Held for an order or a subscription, for a time.",
            "ASSIGNED": "A customer has it.",
            "QUARANTINED": "Given back; it rests before it is sold again.",
            "PORTING_IN": "On its way here from another carrier.",
            "PORTING_OUT": "On its way to another carrier.",
            "PORTED_OUT": "With another carrier.",
        },
    ),
}
