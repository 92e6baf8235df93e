"""Changing a draft: inputs and result."""

from datetime import date
from typing import Annotated

import strawberry

from domain.catalog.models import Charging, SalesModel
from schema.errors import Conflict, InvalidInput, NotFound
from schema.ordering import OrderContactInput
from schema.orders import Order
from schema.scalars import Json


@strawberry.input(description="A line of a draft as it shall be: one that is there, or a new one.")
class UpdateOrderLineInput:
    """Mirrors domain.orders.updating.LineChange."""

    id: strawberry.ID | None = strawberry.field(
        description="The line to keep; what is left out of it stays. Null: a new line.", default=None
    )
    plan_id: strawberry.ID | None = strawberry.field(description="The plan to buy.", default=None)
    quantity: int | None = strawberry.field(description="How many.", default=None)
    parameters: Json | None = strawberry.field(
        description="Provisioning information, by the product's parameter schema.", default=None
    )


@strawberry.input(description="A draft to change: what is left out stays as it is.")
class UpdateOrderInput:
    """What `updateOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The draft.")
    expected_version: int | None = strawberry.field(
        description="The version that was looked at: refused if the draft was changed meanwhile.", default=None
    )
    lines: strawberry.Maybe[list[UpdateOrderLineInput]] = strawberry.field(
        description="All lines, in order: those that are not named are taken away."
    )
    sales_model: strawberry.Maybe[SalesModel] = strawberry.field(description="How often the prices fall due.")
    cycle_multiplier: strawberry.Maybe[int] = strawberry.field(description="Billing cycle = sales model x this.")
    auto_renew: strawberry.Maybe[bool] = strawberry.field(description="Whether its subscriptions renew by themselves.")
    subscription_reference: strawberry.Maybe[str | None] = strawberry.field(
        description="Maps its subscriptions to external billing."
    )
    contract_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The contract to order by; null orders by the price lists."
    )
    discount_codes: strawberry.Maybe[list[str]] = strawberry.field(description="All codes of discounts, at most 10.")
    billing_starts_on: strawberry.Maybe[date | None] = strawberry.field(description="The first day that is charged.")
    trial_until: strawberry.Maybe[date | None] = strawberry.field(description="The last day of a trial.")
    postponed_billing: strawberry.Maybe[bool] = strawberry.field(description="Whether the first months are free.")
    expires_on: strawberry.Maybe[date | None] = strawberry.field(description="The last day that is wanted.")

    contact: strawberry.Maybe[OrderContactInput | None] = strawberry.field(
        description="The customer's person for this order; null: its billing contact."
    )
    send_credentials_to_customer: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the contact is mailed links to what opens the instances."
    )
    payment_method: strawberry.Maybe[Charging | None] = strawberry.field(
        description="How all of it is to be paid; null: as the plans are charged."
    )


@strawberry.type(description="The draft was changed.")
class UpdateOrderSuccess:
    """The good end of `updateOrder`."""

    order: Order = strawberry.field(description="The draft as it is now.")


UpdateOrderResult = Annotated[
    UpdateOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdateOrderResult", description="How `updateOrder` can end."),
]
