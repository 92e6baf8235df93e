"""Orders and their lines: types."""

from datetime import datetime

import strawberry

from domain.catalog.models import SalesModel
from domain.orders.states import LineState, OrderState
from domain.shared.actor import Actor, Permission
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.shared.tiers import seen_by
from schema.catalog import Plan, Product
from schema.failures import Failure, failure
from schema.money import Money, money
from schema.nodes import Node, unloaded
from schema.organizations import Organization
from schema.scalars import CurrencyCode, Json, Record
from schema.subscriptions import Subscription


@strawberry.type(description="One line of an order: a plan with its quantity.")
class OrderLine(Node):
    """Built from a record of `order_lines`; product, plan and subscription are loaded when asked for."""

    quantity: int = strawberry.field(description="How many.")
    parameters: Json = strawberry.field(description="Provisioning information, by the product's parameter schema.")
    state: LineState = strawberry.field(description="Where the line stands.")
    unit_price: Money | None = strawberry.field(description="One unit for one period; null before submission.")
    price: Money | None = strawberry.field(description="The line's first billing cycle; null before submission.")
    cost: Money | None = strawberry.field(description="What you pay your seller for it; null if you have no cost.")
    failure: Failure | None = strawberry.field(description="Why the line failed.")
    product: Product = strawberry.field(description="What is bought.")
    plan: Plan = strawberry.field(description="On which plan.")
    subscription: Subscription | None = strawberry.field(description="What came of it; null before provisioning.")

    @classmethod
    def from_record(cls, record: Record, viewer: Actor) -> "OrderLine":
        """Built from a record that also has the order's currency."""
        scope, currency = Scope(record["scope"]), record["currency"]
        unit = seen_by(viewer.scope, scope, record["tier_unit_minor"])
        amount = seen_by(viewer.scope, scope, record["tier_amount_minor"])
        return cls(
            id=strawberry.ID(encode("OrderLine", record["id"])),
            quantity=record["quantity"],
            parameters=Json(record["parameters"]),
            state=LineState(record["state"]),
            unit_price=money(unit.price, currency),
            price=money(amount.price, currency),
            cost=money(amount.cost, currency) if Permission.COSTS_READ in viewer.permissions else None,
            failure=failure(record),
            product=unloaded(),
            plan=unloaded(),
            subscription=None,
        )


@strawberry.type(description="An order of one customer.")
class Order(Node):
    """Built from a record of `orders`; customer and lines are loaded when asked for."""

    number: str = strawberry.field(description="The human number, like ORD-000123.")
    state: OrderState = strawberry.field(description="Where the order stands.")
    sales_model: SalesModel = strawberry.field(description="How often the prices fall due.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.")
    currency: CurrencyCode = strawberry.field(description="The currency of all its amounts.")
    auto_renew: bool = strawberry.field(description="Whether its subscriptions renew by themselves.")
    subscription_reference: str | None = strawberry.field(description="Maps its subscriptions to external billing.")
    price: Money | None = strawberry.field(
        description="What your buyer pays you (a customer: what it pays) for the first cycle; null before submission."
    )
    cost: Money | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="Price less cost; null if you have no cost.")
    failure: Failure | None = strawberry.field(description="Why the order failed.")
    created_at: datetime = strawberry.field(description="When it was first saved.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted.")
    finished_at: datetime | None = strawberry.field(description="When it came to an end.")
    customer: Organization = strawberry.field(description="Who buys.")
    lines: list[OrderLine] = strawberry.field(description="What is bought, in order.")

    @classmethod
    def from_record(cls, record: Record, viewer: Actor) -> "Order":
        """Built from a record."""
        currency = record["currency"]
        amounts = seen_by(viewer.scope, Scope(record["scope"]), record["tier_total_minor"])
        cost = amounts.cost if Permission.COSTS_READ in viewer.permissions else None
        margin = None if cost is None or amounts.price is None else amounts.price - cost
        return cls(
            id=strawberry.ID(encode("Order", record["id"])),
            number=record["number"],
            state=OrderState(record["state"]),
            sales_model=SalesModel(record["sales_model"]),
            cycle_multiplier=record["cycle_multiplier"],
            currency=currency,
            auto_renew=record["auto_renew"],
            subscription_reference=record["subscription_reference"],
            price=money(amounts.price, currency),
            cost=money(cost, currency),
            margin=money(margin, currency),
            failure=failure(record),
            created_at=record["created_at"],
            submitted_at=record["submitted_at"],
            finished_at=record["finished_at"],
            customer=unloaded(),
            lines=[],
        )
