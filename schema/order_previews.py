"""Previews of orders: types and input."""

from datetime import date

import strawberry

from domain.orders.previewing import WarningCode
from schema.charges import ChargeExplanation
from schema.errors import FieldProblem
from schema.money import Money
from schema.ordering import OrderInput
from schema.scalars import CurrencyCode


@strawberry.input(description="An order as `createOrder` takes it, to see what would come of it.")
class PreviewOrderInput(OrderInput):
    """What `previewOrder` takes beside the id of a draft."""


@strawberry.type(description="Something to know before an order is submitted; it does not keep it from that.")
class PreviewWarning:
    """Mirrors domain.orders.previewing.Warned."""

    code: WarningCode = strawberry.field(description="What, for programs.")
    message: str = strawberry.field(description="What, for people.")
    line: int | None = strawberry.field(description="Of which line, from 0; null: of the whole order.")


@strawberry.type(description="What a line costs on one edge of the resale chain.")
class PreviewedAmounts:
    """Mirrors domain.orders.previewing.EdgePreview."""

    unit: Money = strawberry.field(description="One unit for one period.")
    discount: Money = strawberry.field(description="What discounts take off the first charge.")
    first_charge: Money = strawberry.field(description="What is charged on the first day of billing.")
    recurring: Money = strawberry.field(description="What each later billing cycle costs; 0 for what is paid once.")
    one_time: Money = strawberry.field(description="What is paid once and not again; 0 for what recurs.")
    explanations: list[ChargeExplanation] = strawberry.field(
        description="Why the first charge is this much: the line, then its discount if it has one."
    )


@strawberry.type(description="What is in a bundle that is ordered, at no price of its own.")
class PreviewedComponent:
    """Mirrors domain.catalog.plan_rules.Component."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    name: str = strawberry.field(description="Its product and itself.")
    quantity: int = strawberry.field(description="How many are in all of the line.")


@strawberry.type(description="What a line would come to.")
class PreviewedLine:
    """Mirrors domain.orders.previewing.LinePreview."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    name: str = strawberry.field(description="Product and plan, as invoices name them.")
    quantity: int = strawberry.field(description="How many.")
    components: list[PreviewedComponent] = strawberry.field(description="What is in it, where it is a bundle.")
    billing_starts_on: date = strawberry.field(description="The first day that is charged, if it is provisioned today.")
    next_billing_on: date | None = strawberry.field(description="The day of the second charge; null: paid once.")
    price: PreviewedAmounts = strawberry.field(description="What your buyer pays you (a customer: what it pays).")
    cost: PreviewedAmounts | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="First charge: price less cost; null if you have no cost.")


@strawberry.type(description="What all lines come to on one edge of the resale chain.")
class PreviewedTotal:
    """Sums of PreviewedAmounts."""

    first_charge: Money = strawberry.field(description="All first charges.")
    due_now: Money = strawberry.field(description="What of them is charged as soon as it is provisioned.")
    discount: Money = strawberry.field(description="What discounts take off the first charges.")
    recurring: Money = strawberry.field(description="What each later billing cycle costs.")
    one_time: Money = strawberry.field(description="What is paid once and not again.")


@strawberry.type(description="The account that will be invoiced.")
class PreviewedAccount:
    """A reference: the account itself is asked for by its id."""

    id: strawberry.ID = strawberry.field(description="The account.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(description="What submitting an order today would charge, to the cent; nothing is written.")
class OrderPreview:
    """Mirrors domain.orders.previewing.Preview."""

    day: date = strawberry.field(description="Today, where the customer is.")
    currency: CurrencyCode = strawberry.field(description="The currency of all its amounts.")
    can_be_submitted: bool = strawberry.field(description="Whether submitting would not be refused.")
    problems: list[FieldProblem] = strawberry.field(description="What submitting would be refused with.")
    warnings: list[PreviewWarning] = strawberry.field(description="What should be known before.")
    lines: list[PreviewedLine] = strawberry.field(
        description="Each line, in order; none while one of them is not sold at all."
    )
    price: PreviewedTotal | None = strawberry.field(
        description="What your buyer pays you (a customer: what it pays); null without lines."
    )
    cost: PreviewedTotal | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="First charges: price less cost; null if you have no cost.")
    invoiced_account: PreviewedAccount | None = strawberry.field(
        description="Who gets the invoice; null for who may not see accounts."
    )
