"""The catalog."""

from typing import Final

from domain.catalog.models import (
    Charging,
    Orderability,
    PlanKind,
    PlanStatus,
    ProductStatus,
    ProductType,
    SalesModel,
)
from domain.catalog.parts import LimitPer
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    ProductType: (
        "ProductType",
        "What kind of thing is sold.",
        {
            "HARDWARE": "A device that is shipped.",
            "SERVICE": "A service that is provisioned.",
            "BUNDLE": "Several products sold as one.",
            "CONNECTOR": "A connection to another system.",
            "APP": "Software by the seat.",
        },
    ),
    ProductStatus: (
        "ProductStatus",
        "Whether a product is offered at all.",
        {
            "DRAFT": "Not published yet.",
            "ACTIVE": "On sale.",
            "PAUSED": "Not on sale for now.",
            "ARCHIVED": "Not on sale any more.",
        },
    ),
    Orderability: (
        "Orderability",
        "Whether a new order may name the product.",
        {
            "ORDERABLE": "It can be ordered here.",
            "RENEW_AND_UPGRADE_ONLY": "Existing subscriptions can be renewed and upgraded, new ones are not sold.",
            "CLOSED": "It is ordered another way, which the product states.",
        },
    ),
    SalesModel: (
        "SalesModel",
        "How often the price falls due.",
        {"MONTHLY": "Every month.", "YEARLY": "Every year.", "ONE_TIME": "Once."},
    ),
    PlanStatus: (
        "PlanStatus",
        "Whether a plan may be chosen.",
        {"ACTIVE": "It may, where its product is on sale.", "ARCHIVED": "Not any more; who has it keeps it."},
    ),
    PlanKind: (
        "PlanKind",
        "What one of a plan's quantity is.",
        {
            "ITEM": "A piece: an instance, a device, a service.",
            "SEAT": "A seat of one user.",
            "ADD_ON": "Something that is had with another plan.",
            "NUMBER": "A telephone number.",
        },
    ),
    Charging: (
        "Charging",
        "What is charged.",
        {
            "PREPAID": "A fixed amount in advance, whatever is used within the plan.",
            "POSTPAID": "Each month's highest count of users, afterwards.",
        },
    ),
    LimitPer: (
        "LimitPer",
        "What the limits of an add-on count for.",
        {"SEAT": "Each seat of the plan.", "SUBSCRIPTION": "The whole subscription, however many seats it has."},
    ),
}
