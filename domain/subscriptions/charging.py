"""Charging the terms of subscriptions: one calculation for every edge, written to the ledger once."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from domain.billing.charges import Charge, Rate, afterwards, cancelled, discount, first_charge
from domain.billing.charging import Subject, write_charges
from domain.catalog.models import Charging
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term
from domain.shared.tenancy import Scope
from domain.subscriptions.models import Subscription
from domain.subscriptions.rules import period_months
from domain.usage.months import Metered, end_months, open_months


def term_charges(
    rates: Sequence[Rate], term: Term | None, tier_discount_minor: Sequence[int] = ()
) -> list[list[Charge]]:
    """What a term costs on every edge, its discounts as rows of their own; a purchase paid once has no term."""
    edges = []
    for edge, rate in enumerate(rates):
        whole = first_charge(rate, term)
        off = tier_discount_minor[edge] if tier_discount_minor else 0
        edges.append([whole, discount(off, whole)] if off else [whole])
    return edges


def charges_in_advance(
    charging: Charging, rates: Sequence[Rate], term: Term | None, tier_discount_minor: Sequence[int] = ()
) -> list[list[Charge]]:
    """What is charged on every edge as a term begins: nothing of it where its months are charged afterwards (CS)."""
    if charging is Charging.POSTPAID:
        return [[afterwards(rate, term)] for rate in rates]
    return term_charges(rates, term, tier_discount_minor)


def rates_of(row: Subscription) -> list[Rate]:
    """What a subscription costs by its own prices, on every edge."""
    months = period_months(row.sales_model)
    return [Rate(unit, row.quantity, row.currency, months) for unit in row.tier_unit_minor]


_DISCOUNTS: Final = "SELECT tier_discount_minor FROM order_lines WHERE id = $1"


async def charge_first_term(actor: Actor, subscription_id: UUID, *, on: date) -> None:
    """Charge the term that a subscription begins to be billed with, as its order had it; repeated, nothing happens.

    `on` is the local date of its customer: not before `billing_starts_on`.
    """
    row = await Subscription.get(id=subscription_id).prefetch_related("product", "plan", "organization")
    off = await database.fetch_value(_DISCOUNTS, row.order_line_id) if row.order_line_id else None
    term = Term(row.term_start, row.term_end) if row.term_start and row.term_end else None
    charges = charges_in_advance(row.charging, rates_of(row), term, off or ())
    await write_charges(actor, subject_of(row, on), charges, source=f"term:{row.id}:{row.term_start}")
    row.billed_until = row.term_end or row.term_start
    await row.save(update_fields=["billed_until"])
    if term is not None and row.charging is Charging.POSTPAID:
        anchor_day = row.anchor_day or term.start.day
        await open_months(actor, [Metered(row.id, term, anchor_day, row.organization.time_zone)])


_CHARGED: Final = """
SELECT seller_scope, currency, period_start, period_end, sum(amount_minor)::bigint AS minor FROM charges
WHERE subscription_id = $1 GROUP BY 1, 2, 3, 4 HAVING sum(amount_minor) > 0 ORDER BY length(seller_scope), 3
"""


async def take_charges_back(actor: Actor, subscription_id: UUID, *, on: date) -> None:
    """Give back all that a subscription was charged, on every edge: its order was cancelled; repeated, nothing happens.

    Months that are charged afterwards are not charged any more. `on` is the local date of its customer.
    """
    row = await Subscription.get(id=subscription_id).prefetch_related("product", "plan")
    if row.term_start is not None:
        await end_months(actor, row.id, on=row.term_start)
    edges: list[list[Charge]] = [[] for _ in row.tier_unit_minor]
    for charged in await database.fetch(_CHARGED, subscription_id):
        period = Term(charged["period_start"], charged["period_end"]) if charged["period_start"] else None
        edge = Scope(charged["seller_scope"]).depth - 1
        edges[edge].append(cancelled(charged["minor"], charged["currency"], period))
    await write_charges(actor, subject_of(row, on), edges, source=f"cancelled:{row.id}")


def subject_of(row: Subscription, on: date) -> Subject:
    """What the charges of a subscription, loaded with product and plan, are for."""
    return Subject(
        customer_id=row.organization_id,
        scope=row.scope,
        on=on,
        description=f"{row.product.name}, {row.plan.name}",
        subscription_id=row.id,
        plan_id=row.plan_id,
        order_id=row.order_id,
        order_line_id=row.order_line_id,
        reference=row.reference,
        group_id=row.account_id,
    )
