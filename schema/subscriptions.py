"""Subscriptions: types and inputs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

import strawberry

from domain.billing.policies import pinned
from domain.catalog.models import Charging, SalesModel
from domain.shared.actor import Actor, Permission
from domain.shared.filters import Direction
from domain.shared.ids import encode
from domain.shared.tiers import See, costs_for, no_costs, prices_for
from domain.subscriptions.changes import ChangeKind
from domain.subscriptions.states import SubscriptionState
from schema.available import AvailableAction
from schema.catalog import Plan, Product
from schema.contracts import Contract
from schema.filters import KIND, BooleanFilter, DateTimeFilter, IdFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.organizations import Organization
from schema.people import Member
from schema.policies import SubscriptionPolicies, shown
from schema.reading import Field, Reader, column, computed, cost, identity, member, price, viewed
from schema.scalars import CurrencyCode, Record
from schema.usage import UsageMonth, UsageReading

_DAY = timedelta(days=1)


@strawberry.type(description="Another way of billing that waits for the next renewal.")
class PendingChange:
    """The `pending_` columns of `subscriptions`."""

    sales_model: SalesModel = strawberry.field(description="How often the price falls due from then on.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.")
    applies_on: date = strawberry.field(description="The day of the next renewal, where the customer is.")
    scheduled_at: datetime = strawberry.field(description="When it was asked for.")


@strawberry.type(description="An add-on that a subscription has.")
class SubscriptionAddOn:
    """One of the column `add_ons` of `subscriptions`."""

    plan_id: strawberry.ID = strawberry.field(description="The add-on's plan.")
    name: str = strawberry.field(description="Product and plan, as invoices name them.")
    quantity: int = strawberry.field(description="How many.")
    unit_price: Money | None = strawberry.field(description="One unit for one period, as your buyer (or you) pays it.")
    unit_cost: Money | None = strawberry.field(description="What you pay your seller a unit; null if you have no cost.")


@strawberry.type(description="What the provisioner of a subscription is changing it into.")
class ChangeInProgress:
    """The column `change` of `subscriptions`."""

    kind: ChangeKind = strawberry.field(description="What it is.")
    plan_id: strawberry.ID = strawberry.field(description="The plan that it will be on.")
    quantity: int = strawberry.field(description="How many it will be.")
    addons: list[SubscriptionAddOn] = strawberry.field(description="The add-ons that it will have.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    price: Money | None = strawberry.field(
        description="What your buyer (or you) will pay for the rest of the term; null where it is free."
    )
    cost: Money | None = strawberry.field(description="What you will pay your seller for it.")


@strawberry.type(description="What a customer has: a plan in a quantity, for a term.")
class Subscription(Node):
    """Read from `subscriptions`; customer, product and plan are loaded when asked for."""

    state: SubscriptionState = strawberry.field(description="Where it stands.")
    quantity: int = strawberry.field(description="How many.")
    sales_model: SalesModel = strawberry.field(description="How often the price falls due.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.")
    charging: Charging = strawberry.field(description="What is charged, as its plan had it when it was bought.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")
    unit_price: Money | None = strawberry.field(description="One unit for one period, as your buyer (or you) pays it.")
    unit_cost: Money | None = strawberry.field(description="What you pay your seller a unit; null if you have no cost.")
    auto_renew: bool = strawberry.field(description="Whether it renews by itself.")
    reference: str | None = strawberry.field(description="Its reference in external billing.")
    term_start: date | None = strawberry.field(description="First day of the term; null until it is active.")
    expires_on: date | None = strawberry.field(description="Last day of the term; null until active, or without term.")
    purchased_on: date | None = strawberry.field(description="When it was ordered; null if it is protected.")
    billing_starts_on: date | None = strawberry.field(description="The first day that is charged.")
    trial_until: date | None = strawberry.field(description="The last day of its trial; null without one.")
    runs_until: date | None = strawberry.field(
        description="The last day that was asked for, perhaps many terms ahead; null: it ends with a term."
    )
    policies: SubscriptionPolicies = strawberry.field(description="By what its changes are charged and refunded.")
    order_id: strawberry.ID | None = strawberry.field(description="The order it came from; null if it is protected.")
    account_id: strawberry.ID | None = strawberry.field(description="The account it belongs to, where it has one.")
    is_protected: bool = strawberry.field(
        description="Whether it came with an account and stays: what would change, end or transfer it is PROTECTED."
    )
    created_at: datetime = strawberry.field(description="When its provisioning began.")
    customer: Organization = strawberry.field(description="Who has it.")
    product: Product = strawberry.field(description="Of which product.")
    plan: Plan = strawberry.field(description="On which plan.")
    pending_change: PendingChange | None = strawberry.field(description="What changes at the next renewal.")
    addons: list[SubscriptionAddOn] = strawberry.field(description="What it has beside its plan, charged with it.")
    change_in_progress: ChangeInProgress | None = strawberry.field(
        description="What its provisioner is changing; how it ends is an event, and null is here then."
    )
    contract: Contract | None = strawberry.field(
        description="Whose prices hold from the next renewal on; null without one, or the permission to see it."
    )
    availableActions: list[AvailableAction] = strawberry.field(  # noqa: N815 - a relation's attribute has its public name
        description="What can be done to it as it stands, or why not, and what that would cost."
    )
    usage: list[UsageMonth] = strawberry.field(
        description="Its months that are charged for their usage, the newest 24, newest first; none if it is prepaid."
    )
    usageReadings: list[UsageReading] = strawberry.field(  # noqa: N815 - a relation's attribute has its public name
        description="The counts that its provisioner reported, the newest 100, newest first; none if it is prepaid."
    )
    assignees: list[Member] = strawberry.field(
        description="Members of the customer that use it, at most 100; none without the permission to see members."
    )


_PENDING: Final = ("pending_sales_model", "pending_cycle_multiplier", "pending_since", "term_end")


def _pending_change(record: Record) -> PendingChange | None:
    if record["pending_sales_model"] is None:
        return None
    return PendingChange(
        sales_model=SalesModel(record["pending_sales_model"]),
        cycle_multiplier=record["pending_cycle_multiplier"],
        applies_on=record["term_end"],
        scheduled_at=record["pending_since"],
    )


def _money_of(viewer: Actor) -> tuple[See, See]:
    sees_costs = Permission.COSTS_READ in viewer.permissions
    return prices_for(viewer.scope), costs_for(viewer.scope) if sees_costs else no_costs


def _add_ons(viewer: Actor) -> Callable[[Record], list[SubscriptionAddOn]]:
    return lambda record: _shown_add_ons(viewer, record, record["add_ons"])


def _shown_add_ons(viewer: Actor, record: Record, add_ons: Sequence[Mapping[str, Any]]) -> list[SubscriptionAddOn]:
    price_of, cost_of = _money_of(viewer)
    scope, currency = record["scope"], record["currency"]
    return [
        SubscriptionAddOn(
            plan_id=strawberry.ID(encode("Plan", UUID(one["plan_id"]))),
            name=one["name"],
            quantity=one["quantity"],
            unit_price=money(price_of(scope, one["tier_unit_minor"]), currency),
            unit_cost=money(cost_of(scope, one["tier_unit_minor"]), currency),
        )
        for one in add_ons
    ]


def _change_in_progress(viewer: Actor) -> Callable[[Record], ChangeInProgress | None]:
    price_of, cost_of = _money_of(viewer)

    def read(record: Record) -> ChangeInProgress | None:
        change, scope, currency = record["change"], record["scope"], record["currency"]
        if change is None:
            return None
        return ChangeInProgress(
            kind=ChangeKind(change["kind"]),
            plan_id=strawberry.ID(encode("Plan", UUID(change["plan_id"]))),
            quantity=change["quantity"],
            addons=_shown_add_ons(viewer, record, change["add_ons"]),
            requested_at=datetime.fromisoformat(change["asked_at"]),
            price=money(price_of(scope, change["tier_minor"]), currency),
            cost=money(cost_of(scope, change["tier_minor"]), currency),
        )

    return read


def _optional_id(kind: str, name: str) -> Field:
    return computed((name,), lambda record: record[name] and encode(kind, record[name]))


def _day_before(name: str) -> Field:
    return computed((name,), lambda record: record[name] and record[name] - _DAY)


SUBSCRIPTION: Final = Reader(
    Subscription,
    {
        "id": identity("Subscription"),
        "state": member(SubscriptionState, "state"),
        "quantity": column("quantity"),
        "sales_model": member(SalesModel, "sales_model"),
        "cycle_multiplier": column("cycle_multiplier"),
        "charging": member(Charging, "charging"),
        "currency": column("currency"),
        "unit_price": price("tier_unit_minor"),
        "unit_cost": cost("tier_unit_minor"),
        "auto_renew": column("auto_renew"),
        "reference": column("reference"),
        "term_start": column("term_start"),
        "expires_on": _day_before("term_end"),
        "purchased_on": column("purchased_on"),
        "billing_starts_on": column("billing_starts_on"),
        "trial_until": _day_before("trial_ends_on"),
        "runs_until": column("expires_on"),
        "policies": computed(("policies",), lambda record: shown(pinned(record["policies"]))),
        "order_id": _optional_id("Order", "order_id"),
        "account_id": _optional_id("Account", "account_id"),
        "is_protected": column("is_protected"),
        "addons": viewed(("add_ons", "scope", "currency"), _add_ons),
        "change_in_progress": viewed(("change", "scope", "currency"), _change_in_progress),
        "pending_change": computed(_PENDING, _pending_change),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Compares the state.")
class SubscriptionStateFilter:
    """All given comparisons must hold."""

    eq: SubscriptionState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[SubscriptionState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which subscriptions.")
class SubscriptionWhere:
    """All given parts must hold."""

    state: SubscriptionStateFilter | None = strawberry.field(description="By state.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    order_id: IdFilter | None = strawberry.field(
        description="By the order it came from.", default=None, metadata={KIND: "Order"}
    )
    reference: TextFilter | None = strawberry.field(description="By reference.", default=None)
    is_protected: BooleanFilter | None = strawberry.field(
        description="By whether it came with an account.", default=None
    )
    account_id: IdFilter | None = strawberry.field(
        description="By the account it belongs to.", default=None, metadata={KIND: "Account"}
    )
    contract_id: IdFilter | None = strawberry.field(
        description="By the contract it is linked with.", default=None, metadata={KIND: "Contract"}
    )
    created_at: DateTimeFilter | None = strawberry.field(description="By when provisioning began.", default=None)
    and_: list["SubscriptionWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["SubscriptionWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What subscriptions can be sorted by.")
class SubscriptionSortField(Enum):
    """Names of domain.subscriptions.queries.SUBSCRIPTIONS.sorts."""

    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When provisioning began.")


@strawberry.input(description="One sort key.")
class SubscriptionSort:
    """Later keys break the ties of earlier ones."""

    field: SubscriptionSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
