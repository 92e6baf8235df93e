"""Orders and their lines: types."""

from datetime import date, datetime
from typing import Final

import strawberry

from domain.catalog.models import Charging, SalesModel
from domain.orders.models import OrderMethod
from domain.orders.states import LineState, OrderState
from domain.shared.actor import Actor, Permission
from schema.catalog import Plan, Product
from schema.catalog_terms import TermsDocument
from schema.contracts import Contract
from schema.failures import Failure
from schema.money import Money
from schema.nodes import Node
from schema.order_forms import OrderForm
from schema.order_stages import OrderStage
from schema.organizations import Organization
from schema.provisioning import InquiryProblem, problems_of
from schema.reading import FAILURE, Read, Reader, column, computed, cost, identity, margin, member, price, viewed
from schema.scalars import CurrencyCode, Json, Record
from schema.subscriptions import Subscription


@strawberry.type(description="How a line failed before it was tried again; kept for ever.")
class FailedAttempt:
    """Read from `failed_attempts`."""

    number: int = strawberry.field(description="Which attempt it was, counted from 1 over the whole order.")
    failure: Failure = strawberry.field(description="Why it failed.")
    failed_at: datetime = strawberry.field(description="When its order had come to an end.")
    retried_at: datetime = strawberry.field(description="When it was tried again.")
    retried_by: str = strawberry.field(description="The credential that did: a token's or a member's id.")


FAILED_ATTEMPT: Final = Reader(
    FailedAttempt,
    {
        "number": column("attempt"),
        "failure": FAILURE,
        "failed_at": column("failed_at"),
        "retried_at": column("retried_at"),
        "retried_by": column("retried_by"),
    },
)


@strawberry.type(description="One line of an order: a plan with its quantity.")
class OrderLine(Node):
    """Read from `order_lines`; product, plan and subscription are loaded when asked for."""

    quantity: int = strawberry.field(description="How many.")
    parameters: Json = strawberry.field(description="Provisioning information, by the product's parameter schema.")
    state: LineState = strawberry.field(description="Where the line stands.")
    unit_price: Money | None = strawberry.field(description="One unit for one period; null before submission.")
    price: Money | None = strawberry.field(description="The line's first billing cycle; null before submission.")
    cost: Money | None = strawberry.field(description="What you pay your seller for it; null if you have no cost.")
    discount: Money | None = strawberry.field(
        description="What discounts have taken off to come to the price; null before submission."
    )
    cost_discount: Money | None = strawberry.field(
        description="What your seller's discounts have taken off to come to the cost; null if you have no cost."
    )
    failure: Failure | None = strawberry.field(description="Why the line failed.")
    attempts: list[FailedAttempt] = strawberry.field(
        description="How it failed before it was tried again, the first attempt first."
    )
    product: Product = strawberry.field(description="What is bought.")
    plan: Plan = strawberry.field(description="On which plan.")
    subscription: Subscription | None = strawberry.field(description="What came of it; null before provisioning.")


ORDER_LINE: Final = Reader(
    OrderLine,
    {
        "id": identity("OrderLine"),
        "quantity": column("quantity"),
        "parameters": column("parameters"),
        "state": member(LineState, "state"),
        "unit_price": price("tier_unit_minor"),
        "price": price("tier_amount_minor"),
        "cost": cost("tier_amount_minor"),
        "discount": price("tier_discount_minor"),
        "cost_discount": cost("tier_discount_minor"),
        "failure": FAILURE,
    },
)


@strawberry.type(description="What a provisioner asks for before it goes on with a line.")
class Inquiry:
    """Read from the operation that waits; `line` is loaded when asked for."""

    schema: Json = strawberry.field(description="JSON Schema (Draft 2020-12) of the object to answer with.")
    problems: list[InquiryProblem] = strawberry.field(description="What it refused of what it had been given.")
    asked_at: datetime = strawberry.field(description="Since when it waits; its deadline rests.")
    line: OrderLine = strawberry.field(description="For which line.")


INQUIRY: Final = Reader(
    Inquiry,
    {
        "schema": column("input_schema"),
        "problems": computed(("input_errors",), problems_of),
        "asked_at": column("paused_at"),
    },
)


@strawberry.type(description="That terms of service were accepted with the submission of an order.")
class TermsAcceptance:
    """Read from `terms_acceptances`; `terms` is loaded when asked for."""

    by: str = strawberry.field(description="The credential that accepted them: a token's or a member's id.")
    at: datetime = strawberry.field(description="When.")
    address: str | None = strawberry.field(description="The network address it came from.")
    terms: TermsDocument = strawberry.field(description="Which version of which product's terms.")


TERMS_ACCEPTANCE: Final = Reader(
    TermsAcceptance,
    {"by": column("accepted_by"), "at": column("accepted_at"), "address": column("address")},
)


@strawberry.type(description="What somebody decided on an order that had to be approved.")
class OrderDecision:
    """Read from `orders`."""

    is_approved: bool = strawberry.field(description="Whether it was approved, or else rejected.")
    reason: str | None = strawberry.field(description="Why it was rejected.")
    by: str = strawberry.field(description="The credential that did it: a token's or a member's id.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="The customer's person for an order.")
class OrderContact:
    """Mirrors domain.organizations.rules.Contact."""

    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="Where mails about the order go.")


@strawberry.type(description="An order of one customer.")
class Order(Node):
    """Read from `orders`; customer and lines are loaded when asked for."""

    number: str = strawberry.field(description="The human number, like ORD-000123.")
    state: OrderState = strawberry.field(description="Where the order stands.")
    sales_model: SalesModel = strawberry.field(description="How often the prices fall due.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.")
    currency: CurrencyCode = strawberry.field(description="The currency of all its amounts.")
    auto_renew: bool = strawberry.field(description="Whether its subscriptions renew by themselves.")
    subscription_reference: str | None = strawberry.field(description="Maps its subscriptions to external billing.")
    method: OrderMethod = strawberry.field(description="By which prices it is placed.")
    discount_codes: list[str] = strawberry.field(description="The codes that were named.")
    billing_starts_on: date | None = strawberry.field(
        description="The first day to be charged; null: the day after a trial, or when it is provisioned."
    )
    trial_until: date | None = strawberry.field(description="The last day of its trial; null without one.")
    postponed_billing: bool = strawberry.field(description="Whether the first months are free, as the plans say.")
    expires_on: date | None = strawberry.field(description="The last day that is wanted; null: by the billing cycle.")
    contact: OrderContact | None = strawberry.field(
        description="The customer's person for this order; null: its billing contact."
    )
    send_credentials_to_customer: bool = strawberry.field(
        description="Whether the contact is mailed links to what opens the instances, as who created the order is."
    )
    payment_method: Charging | None = strawberry.field(
        description="How all of it is to be paid; null: as the plans are charged."
    )
    price: Money | None = strawberry.field(
        description="What your buyer pays you (a customer: what it pays) for the first cycle; null before submission."
    )
    cost: Money | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="Price less cost; null if you have no cost.")
    failure: Failure | None = strawberry.field(description="Why the order failed.")
    created_at: datetime = strawberry.field(description="When it was first saved.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted.")
    submitted_by: str | None = strawberry.field(
        description="The credential that submitted it: a token's or a member's id."
    )
    decision: OrderDecision | None = strawberry.field(
        description="Who approved or rejected it; null while it waits, and where nobody had to."
    )
    can_approve: bool = strawberry.field(description="Whether it waits for approval, and you may give it.")
    finished_at: datetime | None = strawberry.field(description="When it came to an end.")
    version: int = strawberry.field(description="How often it was written, from 1: to change what was looked at only.")
    customer: Organization = strawberry.field(description="Who buys.")
    lines: list[OrderLine] = strawberry.field(description="What is bought, in order.")
    inquiries: list[Inquiry] = strawberry.field(description="What provisioners ask for; `answerInquiry` answers one.")
    acceptances: list[TermsAcceptance] = strawberry.field(description="What was agreed to, each time it was submitted.")
    forms: list[OrderForm] = strawberry.field(description="What is kept with it, the first one first.")
    stages: list[OrderStage] = strawberry.field(
        description="What a draft still lacks, stage by stage; what is submitted lacks nothing."
    )
    contract: Contract | None = strawberry.field(
        description="By which contract; null for the method NORMAL, and for who may not read contracts."
    )


def _method(record: Record) -> OrderMethod:
    return OrderMethod.NORMAL if record["contract_id"] is None else OrderMethod.CONTRACT


def _contact(record: Record) -> OrderContact | None:
    if record["contact_email"] is None:
        return None
    return OrderContact(
        first_name=record["contact_first_name"], last_name=record["contact_last_name"], email=record["contact_email"]
    )


def _payment_method(record: Record) -> Charging | None:
    return Charging(record["payment_method"]) if record["payment_method"] else None


def _decision(record: Record) -> OrderDecision | None:
    if record["decided_at"] is None:
        return None
    reason = record["rejection_reason"]
    return OrderDecision(is_approved=reason is None, reason=reason, by=record["decided_by"], at=record["decided_at"])


def _approvable(viewer: Actor) -> Read:
    may = Permission.ORDERS_APPROVE in viewer.permissions
    return lambda record: (
        may and record["state"] == OrderState.PENDING_APPROVAL and record["submitted_by"] != viewer.principal
    )


ORDER: Final = Reader(
    Order,
    {
        "id": identity("Order"),
        "number": column("number"),
        "state": member(OrderState, "state"),
        "sales_model": member(SalesModel, "sales_model"),
        "cycle_multiplier": column("cycle_multiplier"),
        "currency": column("currency"),
        "auto_renew": column("auto_renew"),
        "subscription_reference": column("subscription_reference"),
        "method": computed(("contract_id",), _method),
        "discount_codes": computed(("discount_codes",), lambda record: list(record["discount_codes"] or ())),
        "billing_starts_on": column("billing_starts_on"),
        "trial_until": column("trial_until"),
        "postponed_billing": column("is_billing_postponed"),
        "expires_on": column("expires_on"),
        "contact": computed(("contact_first_name", "contact_last_name", "contact_email"), _contact),
        "send_credentials_to_customer": column("sends_credentials"),
        "payment_method": computed(("payment_method",), _payment_method),
        "price": price("tier_total_minor"),
        "cost": cost("tier_total_minor"),
        "margin": margin("tier_total_minor"),
        "failure": FAILURE,
        "created_at": column("created_at"),
        "submitted_at": column("submitted_at"),
        "submitted_by": column("submitted_by"),
        "decision": computed(("decided_at", "decided_by", "rejection_reason"), _decision),
        "can_approve": viewed(("state", "submitted_by"), _approvable),
        "finished_at": column("finished_at"),
        "version": column("version"),
    },
)
