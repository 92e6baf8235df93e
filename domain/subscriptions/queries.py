"""Reading subscriptions."""

from typing import Final

from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

SUBSCRIPTIONS: Final = Listing(
    "subscriptions",
    filters={
        "state": "state",
        "customer_id": "organization_id",
        "order_id": "order_id",
        "reference": "reference",
        "is_protected": "is_protected",
        "account_id": "account_id",
        "created_at": "created_at",
    },
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)
