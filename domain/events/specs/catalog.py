"""What is told of the catalog."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_CHANGED: Final[JsonSchema] = {"type": "array", "items": {"type": "string"}, "description": "the fields that changed"}
_PRODUCT: Final[Mapping[str, JsonSchema]] = {
    "product_id": id_of("Product"),
    "key": text("its key"),
    "name": text("its name"),
}
_PLAN: Final[Mapping[str, JsonSchema]] = {
    "plan_id": id_of("Plan"),
    "product_id": id_of("Product"),
    "key": text("its key"),
    "name": text("its name"),
}
_GROUP: Final[Mapping[str, JsonSchema]] = {"key": text("its key"), "name": text("its name")}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.PRODUCT_PUBLISHED: EventSpec(
        "Product",
        "A product went on sale, for the first time or again.",
        {"product_id": id_of("Product"), "key": text("its key"), "name": text("its name")},
    ),
    EventType.PRICE_LIST_PUBLISHED: EventSpec(
        "PriceList",
        "A price list was published, or brought up to date.",
        {"price_list_id": id_of("PriceList"), "name": text("its name"), "currency": text("ISO 4217")},
    ),
    EventType.PRODUCT_CREATED: EventSpec("Product", "A product was drafted.", _PRODUCT),
    EventType.PRODUCT_UPDATED: EventSpec("Product", "A product was changed.", {**_PRODUCT, "changed": _CHANGED}),
    EventType.PRODUCT_PAUSED: EventSpec("Product", "A product is not on sale for now.", _PRODUCT),
    EventType.PRODUCT_ARCHIVED: EventSpec("Product", "A product is not on sale any more.", _PRODUCT),
    EventType.PLAN_CREATED: EventSpec("Plan", "A plan was added to a product.", _PLAN),
    EventType.PLAN_UPDATED: EventSpec("Plan", "A plan was changed.", {**_PLAN, "changed": _CHANGED}),
    EventType.PLAN_ARCHIVED: EventSpec("Plan", "A plan is not sold any more.", _PLAN),
    EventType.TERMS_PUBLISHED: EventSpec(
        "Product",
        "A product has a new version of its terms of service.",
        {
            "product_id": id_of("Product"),
            "terms_id": id_of("TermsDocument"),
            "version": {"type": "integer", "minimum": 1, "description": "counts from 1"},
            "valid_from": {"type": "string", "format": "date", "description": "the first day it applies"},
            "sha256": text("of its text in UTF-8, as hexadecimal digits"),
        },
    ),
    EventType.CATEGORY_CHANGED: EventSpec(
        "Category", "A category was made or changed.", {"category_id": id_of("Category"), **_GROUP}
    ),
    EventType.ORDER_TYPE_CHANGED: EventSpec(
        "OrderType", "An order type was made or changed.", {"order_type_id": id_of("OrderType"), **_GROUP}
    ),
}
