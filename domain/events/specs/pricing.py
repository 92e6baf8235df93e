"""What is told of price lists, discounts and contracts: never an amount, for every seller above reads it."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_LIST: Final[Mapping[str, JsonSchema]] = {
    "price_list_id": id_of("PriceList"),
    "name": text("its name"),
    "currency": text("ISO 4217"),
}
_DISCOUNT: Final[Mapping[str, JsonSchema]] = {"discount_id": id_of("Discount"), "name": text("its name")}
_CONTRACT: Final[Mapping[str, JsonSchema]] = {
    "contract_id": id_of("Contract"),
    "customer_id": id_of("Organization"),
    "number": text("its number, unique at its seller"),
    "external_reference": optional(text("what it is called elsewhere")),
    "starts_on": text("its first day, a local date of the customer"),
    "ends_on": optional(text("its last day; null while it is open-ended")),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.PRICE_LIST_CREATED: EventSpec("PriceList", "A seller published a price list.", _LIST),
    EventType.PRICE_LIST_PRICES_SET: EventSpec(
        "PriceList",
        "Prices of a list were set, all of one call at once.",
        {**_LIST, "count": {"type": "integer", "description": "how many"}},
    ),
    EventType.DISCOUNT_CREATED: EventSpec("Discount", "A seller offers a discount.", _DISCOUNT),
    EventType.DISCOUNT_ENDED: EventSpec("Discount", "A discount is given no more.", _DISCOUNT),
    EventType.CONTRACT_CREATED: EventSpec("Contract", "A contract with a customer was entered.", _CONTRACT),
    EventType.CONTRACT_UPDATED: EventSpec("Contract", "A contract was changed.", _CONTRACT),
    EventType.CONTRACT_ENDED: EventSpec(
        "Contract", "A contract was given notice; `ends_on` is its last day.", _CONTRACT
    ),
}
