"""Trying failed orders again: input and result."""

from typing import Annotated

import strawberry

from schema.errors import Conflict, InsufficientCredit, InvalidInput, NotFound
from schema.orders import Order


@strawberry.input(description="An order to try again.")
class RetryOrderInput:
    """What `retryOrder` takes."""

    id: strawberry.ID = strawberry.field(description="An order that failed, or of which some lines did.")
    lines: list[strawberry.ID] | None = strawberry.field(
        description="Which of its failed lines; null: all of them.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The lines are being provisioned again, at the prices they had.")
class RetryOrderSuccess:
    """The good end of `retryOrder`."""

    order: Order = strawberry.field(description="The order.")


RetryOrderResult = Annotated[
    RetryOrderSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("RetryOrderResult", description="How `retryOrder` can end."),
]
