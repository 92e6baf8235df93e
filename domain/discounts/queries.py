"""Reading discounts."""

from typing import Final

from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

# What a seller takes off for its buyers is not for its own sellers.
DISCOUNTS: Final = Listing(
    "discounts",
    filters={"name": "name", "code": "code", "buyer_id": "buyer_id", "product_id": "product_id"},
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
    visibility=Visibility.OWN,
)
