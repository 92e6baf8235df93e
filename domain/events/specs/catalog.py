"""What is told of the catalog."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, id_of, text
from domain.events.types import EventType

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.PRODUCT_PUBLISHED: EventSpec(
        "Product",
        "A product was published, or brought up to date.",
        {"product_id": id_of("Product"), "key": text("its key"), "name": text("its name")},
    ),
    EventType.PRICE_LIST_PUBLISHED: EventSpec(
        "PriceList",
        "A price list was published, or brought up to date.",
        {"price_list_id": id_of("PriceList"), "name": text("its name"), "currency": text("ISO 4217")},
    ),
}
