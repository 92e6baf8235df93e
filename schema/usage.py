"""The usage of a postpaid subscription: its months, and the counts of users that its provisioner reported."""

from datetime import date, datetime, timedelta
from typing import Final

import strawberry

from schema.money import Money
from schema.reading import Reader, column, computed, cost, price

_DAY: Final = timedelta(days=1)


@strawberry.type(description="One month of a postpaid subscription, charged once it is over.")
class UsageMonth:
    """Read from `usage_months`."""

    starts_on: date = strawberry.field(description="Its first day, where the customer is.")
    last_day: date = strawberry.field(description="Its last day.")
    users: int | None = strawberry.field(description="The highest count of users, so far; null while there is none.")
    unit_price: Money | None = strawberry.field(description="A user for the month, as your buyer (or you) pays it.")
    unit_cost: Money | None = strawberry.field(description="What you pay your seller a user; null if you have no cost.")
    charged_at: datetime | None = strawberry.field(description="When it was charged; null until it is over.")
    price: Money | None = strawberry.field(
        description="What your buyer (or you) was charged, discounts taken off; null until it is charged."
    )
    cost: Money | None = strawberry.field(description="What you were charged by your seller.")


@strawberry.type(description="How many users there were at a time; it stands until the next one.")
class UsageReading:
    """Read from `usage_readings`."""

    at: datetime = strawberry.field(description="When.")
    users: int = strawberry.field(description="How many.")


USAGE_MONTH: Final = Reader(
    UsageMonth,
    {
        "starts_on": column("starts_on"),
        "last_day": computed(("ends_on",), lambda record: record["ends_on"] - _DAY),
        "users": column("users"),
        "unit_price": price("tier_unit_minor"),
        "unit_cost": cost("tier_unit_minor"),
        "charged_at": column("charged_at"),
        "price": price("tier_minor"),
        "cost": cost("tier_minor"),
    },
)
USAGE_READING: Final = Reader(UsageReading, {"at": column("at"), "users": column("users")})
