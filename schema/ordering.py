"""Ordering: what the order mutations and lists take and answer."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from domain.catalog.models import Charging, SalesModel
from domain.orders.models import OrderMethod
from domain.orders.states import OrderState
from domain.shared.filters import Direction
from schema.errors import Conflict, InsufficientCredit, InvalidInput, NotFound
from schema.filters import KIND, DateTimeFilter, IdFilter, TextFilter
from schema.orders import Order
from schema.organizations import OrganizationRef
from schema.scalars import Json


@strawberry.input(description="Compares the state.")
class OrderStateFilter:
    """All given comparisons must hold."""

    eq: OrderState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[OrderState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which orders.")
class OrderWhere:
    """All given parts must hold."""

    state: OrderStateFilter | None = strawberry.field(description="By state.", default=None)
    number: TextFilter | None = strawberry.field(description="By human number.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    subscription_reference: TextFilter | None = strawberry.field(description="By reference.", default=None)
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was first saved.", default=None)
    and_: list["OrderWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["OrderWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What orders can be sorted by.")
class OrderSortField(Enum):
    """Names of domain.orders.queries.ORDERS.sorts."""

    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was first saved.")
    NUMBER = strawberry.enum_value("NUMBER", description="Human number.")


@strawberry.input(description="One sort key.")
class OrderSort:
    """Later keys break the ties of earlier ones."""

    field: OrderSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="One line to order.")
class OrderLineInput:
    """Mirrors domain.orders.rules.LineDraft."""

    plan_id: strawberry.ID = strawberry.field(description="The plan to buy.")
    quantity: int = strawberry.field(description="How many.")
    parameters: Json | None = strawberry.field(
        description="Provisioning information, by the product's parameter schema.", default=None
    )


@strawberry.input(description="When billing begins and ends; all dates are the customer's own.")
class OrderTermsInput:
    """Mirrors domain.orders.terms.OrderTerms; the inputs that have these fields inherit them."""

    billing_starts_on: date | None = strawberry.field(
        description="The first day that is charged: at most 30 days ahead, 365 with hardware or voice. Days before "
        "it are given by a seller, not taken by the customer itself. Default: the day it is provisioned.",
        default=None,
    )
    trial_until: date | None = strawberry.field(
        description="The last day of a trial, after which billing begins; as long as the plans allow. A customer tries "
        "a product once: the next such order fails.",
        default=None,
    )
    postponed_billing: bool = strawberry.field(
        description="Whether the first months are free, as many as each plan says; by then it is paid or cancelled.",
        default=False,
    )
    expires_on: date | None = strawberry.field(
        description="The last day that is wanted, not before the end of the first billing cycle. Default: that end.",
        default=None,
    )


@strawberry.input(description="The customer's person for an order.")
class OrderContactInput:
    """Mirrors domain.organizations.rules.Contact."""

    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="Where mails about the order go.")


@strawberry.input(description="Whom mails go to, and how it is paid.")
class OrderHandlingInput(OrderTermsInput):
    """Mirrors domain.orders.handling.Handling; the inputs that have these fields inherit them."""

    contact: OrderContactInput | None = strawberry.field(
        description="The customer's person for this order, who is mailed its number. Default: its billing contact.",
        default=None,
    )
    send_credentials_to_customer: bool = strawberry.field(
        description="Whether the contact is mailed links to what opens the instances, as who created the order is.",
        default=False,
    )
    payment_method: Charging | None = strawberry.field(
        description="How all of it is to be paid; plans that are charged otherwise are refused. Default: as they are.",
        default=None,
    )


@strawberry.input(description="An order as it is written.")
class OrderInput(OrderHandlingInput):
    """What the inputs that hold an order have in common; they inherit it."""

    customer: OrganizationRef = strawberry.field(description="Who buys.")
    lines: list[OrderLineInput] = strawberry.field(description="What is bought; a draft may have none yet.")
    sales_model: SalesModel = strawberry.field(description="How often the prices fall due.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.", default=1)
    auto_renew: bool = strawberry.field(description="Whether its subscriptions renew by themselves.", default=True)
    subscription_reference: str | None = strawberry.field(
        description="Maps its subscriptions to external billing.", default=None
    )
    method: OrderMethod = strawberry.field(description="By which prices.", default=OrderMethod.NORMAL)
    contract_id: strawberry.ID | None = strawberry.field(
        description="The contract of the method CONTRACT: it must cover today, where the customer is.", default=None
    )
    discount_codes: list[str] | None = strawberry.field(
        description="At most 10 codes of discounts; one that is not given to this order is refused.", default=None
    )


@strawberry.input(description="An order to save as a draft.")
class CreateOrderInput(OrderInput):
    """What `createOrder` takes."""

    order_forms: list[strawberry.ID] | None = strawberry.field(
        description="At most 20 uploads of the customer, for ORDER_FORM. Until it is saved, other ones can be named; "
        "from then on they stay, and `attachOrderForm` adds to them.",
        default=None,
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="An order to create and submit in one.")
class PlaceOrderInput(CreateOrderInput):
    """What `placeOrder` takes: as `createOrder`, but complete."""

    accepted_terms: list[strawberry.ID] | None = strawberry.field(
        description="The terms in force of the products that have any, by their ids: submitting agrees to them.",
        default=None,
    )


@strawberry.input(description="A draft to submit.")
class SubmitOrderInput:
    """What `submitOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The draft.")
    expected_version: int | None = strawberry.field(
        description="The version that was looked at: refused if the draft was changed meanwhile.", default=None
    )
    accepted_terms: list[strawberry.ID] | None = strawberry.field(
        description="The terms in force of the products that have any, by their ids: submitting agrees to them.",
        default=None,
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="A form to add to an order.")
class AttachOrderFormInput:
    """What `attachOrderForm` takes."""

    id: strawberry.ID = strawberry.field(description="The order, whatever its state.")
    upload_id: strawberry.ID = strawberry.field(description="An upload of its customer, for ORDER_FORM.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="An order to cancel.")
class CancelOrderInput:
    """What `cancelOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The order.")


@strawberry.type(description="The draft was saved.")
class CreateOrderSuccess:
    """The good end of `createOrder`."""

    order: Order = strawberry.field(description="The draft.")


@strawberry.type(description="The order was submitted; its prices are fixed.")
class SubmitOrderSuccess:
    """The good end of `submitOrder`."""

    order: Order = strawberry.field(description="The submitted order.")


@strawberry.type(description="The order was created and submitted; its prices are fixed.")
class PlaceOrderSuccess:
    """The good end of `placeOrder`."""

    order: Order = strawberry.field(description="The submitted order.")


@strawberry.type(description="The form is kept with the order.")
class AttachOrderFormSuccess:
    """The good end of `attachOrderForm`."""

    order: Order = strawberry.field(description="The order with all its forms.")


@strawberry.type(description="The order was cancelled.")
class CancelOrderSuccess:
    """The good end of `cancelOrder`."""

    order: Order = strawberry.field(description="The cancelled order.")


CreateOrderResult = Annotated[
    CreateOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateOrderResult", description="How `createOrder` can end."),
]
SubmitOrderResult = Annotated[
    SubmitOrderSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("SubmitOrderResult", description="How `submitOrder` can end."),
]
PlaceOrderResult = Annotated[
    PlaceOrderSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("PlaceOrderResult", description="How `placeOrder` can end."),
]
AttachOrderFormResult = Annotated[
    AttachOrderFormSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("AttachOrderFormResult", description="How `attachOrderForm` can end."),
]
CancelOrderResult = Annotated[
    CancelOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CancelOrderResult", description="How `cancelOrder` can end."),
]
