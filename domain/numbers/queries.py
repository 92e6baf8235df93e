"""Reading numbers: those of one's subtree, and the stock of one's sellers."""

from typing import Final

from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

_FILTERS: Final = {
    "state": "state",
    "e164": "e164",
    "country": "country",
    "npa": "npa",
    "nxx": "nxx",
    "rate_center": "rate_center",
    "kind": "kind",
    "plan_id": "plan_id",
    "customer_id": "customer_id",
    "order_id": "order_id",
    "subscription_id": "subscription_id",
}

NUMBERS: Final = Listing("numbers", filters=_FILTERS, sorts={"NUMBER": ("e164", ColumnType.TEXT)})

BACKORDERS: Final = Listing(
    "backorders",
    filters={"state": "state", "npa": "npa", "nxx": "nxx", "customer_id": "organization_id", "order_id": "order_id"},
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)

# By id also what stands in the stock of one's sellers.
NUMBERS_OFFERED: Final = Listing("numbers", visibility=Visibility.SELLERS_TOO, offered="state = 'AVAILABLE'")
