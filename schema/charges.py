"""The ledger of charges: types and inputs."""

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final

import strawberry

from domain.billing.explaining import Explanation, explanation_from
from domain.billing.models import ChargeKind
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.filters import KIND, DateFilter, DateTimeFilter, IdFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.reading import Field, Reader, column, computed, identity, member, viewed
from schema.scalars import CurrencyCode, Record

_DAY: Final = timedelta(days=1)


@strawberry.type(description="Why a charge is what it is: its formula over these figures, rounded half up, gives it.")
class ChargeExplanation:
    """Read from what is kept with the charge."""

    sentence: str = strawberry.field(description="All of it in one English sentence.")
    formula: str = strawberry.field(description="Over the fields here, by their names.")
    policy: str | None = strawberry.field(description="The policy that decided, if one did.")
    policy_version: int | None = strawberry.field(description="Its version: the one that was bought under.")
    unit: Money | None = strawberry.field(description="The unit price, or what is taken off.")
    quantity: int | None = strawberry.field(description="How many units.")
    periods: str | None = strawberry.field(description="How many billing periods; a part of one as `15/31`.")
    old_unit: Money | None = strawberry.field(description="The unit price before the change.")
    old_quantity: int | None = strawberry.field(description="How many units before the change.")
    paid: Money | None = strawberry.field(description="What had been charged for what is refunded.")
    refunded: Money | None = strawberry.field(description="What of that had been given back before.")
    days_left: int | None = strawberry.field(description="The days of the term from the change on.")
    days_in_term: int | None = strawberry.field(description="The days of the whole term.")
    months_left: int | None = strawberry.field(description="The months of the term that count.")
    months_in_term: int | None = strawberry.field(description="The months of the whole term.")
    rounded: bool = strawberry.field(description="Whether rounding changed anything.")


@strawberry.type(description="What a buyer owes its seller for one thing, or is given back. Never changed or removed.")
class Charge(Node):
    """Read from `charges`; only the two parties see it."""

    kind: ChargeKind = strawberry.field(description="What it is for.")
    amount: Money = strawberry.field(description="What is owed; below zero what is given back.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")
    explanation: ChargeExplanation = strawberry.field(description="Why it is this much.")
    description: str = strawberry.field(description="What was charged for, as invoices name it.")
    charged_on: date = strawberry.field(description="On which day, where the customer is.")
    period_start: date | None = strawberry.field(description="The first day that it is for; null if paid once.")
    period_last_day: date | None = strawberry.field(description="The last day that it is for; null if paid once.")
    buyer_id: strawberry.ID = strawberry.field(description="Who owes it to its seller.")
    is_owed_by_you: bool = strawberry.field(description="Whether you are the buyer; else you are the seller.")
    customer_id: strawberry.ID = strawberry.field(description="For what the customer at the end of the chain has.")
    account_id: strawberry.ID | None = strawberry.field(description="The invoiced account of a customer.")
    group_id: strawberry.ID | None = strawberry.field(description="The group account that it belongs to.")
    subscription_id: strawberry.ID | None = strawberry.field(description="For which subscription.")
    order_id: strawberry.ID | None = strawberry.field(description="By which order it came to that.")
    invoice_id: strawberry.ID | None = strawberry.field(description="On which invoice; null while it is open.")
    reference: str | None = strawberry.field(description="The subscription's reference in external billing.")
    created_at: datetime = strawberry.field(description="When it was written.")


def shown(explanation: Explanation, currency: str) -> ChargeExplanation:
    """An explanation as the API tells it, its amounts in major units."""
    return ChargeExplanation(
        sentence=explanation.sentence,
        formula=explanation.formula,
        policy=explanation.policy,
        policy_version=explanation.policy_version,
        unit=money(explanation.unit_minor, currency),
        quantity=explanation.quantity,
        periods=explanation.periods,
        old_unit=money(explanation.old_unit_minor, currency),
        old_quantity=explanation.old_quantity,
        paid=money(explanation.paid_minor, currency),
        refunded=money(explanation.refunded_minor, currency),
        days_left=explanation.days_left,
        days_in_term=explanation.days_in_term,
        months_left=explanation.months_left,
        months_in_term=explanation.months_in_term,
        rounded=explanation.rounded,
    )


def _explanation(record: Record) -> Any:
    return shown(explanation_from(record["explanation"]), record["currency"])


def _optional_id(kind: str, name: str) -> Field:
    return computed((name,), lambda record: record[name] and encode(kind, record[name]))


CHARGE: Final = Reader(
    Charge,
    {
        "id": identity("Charge"),
        "kind": member(ChargeKind, "kind"),
        "amount": computed(("amount_minor", "currency"), lambda r: money(r["amount_minor"], r["currency"])),
        "currency": column("currency"),
        "explanation": computed(("explanation", "currency"), _explanation),
        "description": column("description"),
        "charged_on": column("charged_on"),
        "period_start": column("period_start"),
        "period_last_day": computed(("period_end",), lambda r: r["period_end"] and r["period_end"] - _DAY),
        "buyer_id": identity("Organization", "buyer_id"),
        "is_owed_by_you": viewed(("scope",), lambda viewer: lambda record: record["scope"] == viewer.scope.path),
        "customer_id": identity("Organization", "customer_id"),
        "account_id": _optional_id("Account", "account_id"),
        "group_id": _optional_id("Account", "group_id"),
        "subscription_id": _optional_id("Subscription", "subscription_id"),
        "order_id": _optional_id("Order", "order_id"),
        "invoice_id": _optional_id("Invoice", "invoice_id"),
        "reference": column("reference"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Compares the kind of a charge.")
class ChargeKindFilter:
    """All given comparisons must hold."""

    eq: ChargeKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[ChargeKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


def _by_id(kind: str, description: str) -> Any:
    return strawberry.field(description=description, default=None, metadata={KIND: kind})


@strawberry.input(description="Which charges.")
class ChargeWhere:
    """All given parts must hold."""

    kind: ChargeKindFilter | None = strawberry.field(description="By what they are for.", default=None)
    buyer_id: IdFilter | None = _by_id("Organization", "By who owes it: your own id for what you buy.")
    customer_id: IdFilter | None = _by_id("Organization", "By the customer at the end of the chain.")
    account_id: IdFilter | None = _by_id("Account", "By invoiced account.")
    group_id: IdFilter | None = _by_id("Account", "By group account.")
    subscription_id: IdFilter | None = _by_id("Subscription", "By subscription.")
    order_id: IdFilter | None = _by_id("Order", "By order.")
    invoice_id: IdFilter | None = _by_id("Invoice", "By invoice.")
    reference: TextFilter | None = strawberry.field(description="By the subscription's reference.", default=None)
    charged_on: DateFilter | None = strawberry.field(description="By day.", default=None)
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was written.", default=None)
    and_: list["ChargeWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["ChargeWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What charges can be sorted by.")
class ChargeSortField(Enum):
    """Names of domain.billing.queries.CHARGES.sorts."""

    CHARGED_ON = strawberry.enum_value("CHARGED_ON", description="Day.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was written.")


@strawberry.input(description="One sort key.")
class ChargeSort:
    """Later keys break the ties of earlier ones."""

    field: ChargeSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
