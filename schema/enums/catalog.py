"""The catalog."""

from typing import Final

from domain.catalog.models import Orderability, ProductStatus, ProductType, SalesModel
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
}
