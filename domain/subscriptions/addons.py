"""Add-ons of a subscription: what it is sold with beside its plan, charged, renewed and told with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.billing.charges import Charge, Named, Rate, recurring
from domain.pricing.bulk import Wanted
from domain.shared.calendar import Term
from domain.subscriptions.rules import Billing, period_months


@dataclass(frozen=True, slots=True)
class AddOn:
    """So many of an add-on's plan, at its unit price (minor units) on every edge; `name` is what invoices say."""

    plan_id: UUID
    product: str
    plan: str
    name: str
    quantity: int
    tier_unit_minor: Sequence[int]

    @property
    def named(self) -> Named:
        """What its charges are for."""
        return Named(self.plan_id, self.name)


def add_ons_of(row: Mapping[str, Any]) -> list[AddOn]:
    """Those that a row of `subscriptions` has."""
    return [AddOn(**one | {"plan_id": UUID(one["plan_id"])}) for one in row["add_ons"]]


def kept(add_ons: Sequence[AddOn]) -> list[dict[str, Any]]:
    """Add-ons as they are kept with their subscription (JSON)."""
    return [
        asdict(one) | {"plan_id": str(one.plan_id), "tier_unit_minor": list(one.tier_unit_minor)} for one in add_ons
    ]


def wanted_of_add_ons(row: Mapping[str, Any], billing: Billing, on: date) -> list[Wanted]:
    """What is to be priced for the add-ons that a subscription has, in their order."""
    return [wanted_of_add_on(row, UUID(one["plan_id"]), billing, on) for one in row["add_ons"]]


def wanted_of_add_on(row: Mapping[str, Any], plan_id: UUID, billing: Billing, on: date) -> Wanted:
    """What is to be priced for one add-on of a subscription, from a day on."""
    return Wanted(row["scope"], plan_id, billing.sales_model, row["currency"], on, row["contract_id"])


def priced(row: Mapping[str, Any], wanted: Sequence[Wanted], prices: Mapping[Wanted, Sequence[int]]) -> list[AddOn]:
    """The add-ons of a subscription at these prices; what is not priced any more keeps its own."""
    return [
        replace(one, tier_unit_minor=prices.get(asked, one.tier_unit_minor))
        for one, asked in zip(add_ons_of(row), wanted, strict=True)
    ]


def add_on_charges(add_ons: Sequence[AddOn], billing: Billing, currency: str, term: Term | None) -> list[list[Charge]]:
    """What a term of each costs, in advance: a list for each add-on, by edge."""
    if term is None:
        return []
    months = period_months(billing.sales_model)
    return [
        [
            replace(recurring(Rate(unit, one.quantity, currency, months), term), of=one.named)
            for unit in one.tier_unit_minor
        ]
        for one in add_ons
    ]
