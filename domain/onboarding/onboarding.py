"""Onboarding in one call: a customer with its accounts and a first order, all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from domain.onboarding.creating import create_customer
from domain.orders.accepting import NOTHING_ACCEPTED, Acceptance
from domain.orders.rules import OrderDraft
from domain.orders.submitting import place_order
from domain.organizations.rules import CustomerDraft
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.errors import Invalid
from domain.shared.writes import Writes

FirstOrder = Callable[[UUID], OrderDraft]  # the order of the customer that is about to be made


async def onboard_customer(
    actor: Actor,
    *,
    partner_id: UUID,
    draft: CustomerDraft,
    order: FirstOrder | None,
    acceptance: Acceptance = NOTHING_ACCEPTED,
) -> tuple[UUID, UUID | None]:
    """Create a customer and place its first order; the ids of both. What is wrong with the order is told at `order.…`.

    An order needs the permission for orders, too.
    """
    if order is not None:
        actor.require_to_change(Permission.ORDERS_MANAGE)
    async with database.transaction():
        customer_id = await create_customer(actor, partner_id=partner_id, draft=draft)
        return customer_id, None if order is None else await _place(actor, order(customer_id), acceptance)


async def _place(actor: Actor, draft: OrderDraft, acceptance: Acceptance) -> UUID:
    writes = Writes()
    try:
        row = await place_order(actor, draft, writes, acceptance)
    except Invalid as error:
        problems = [replace(problem, path=f"order.{problem.path}") for problem in error.fields]
        raise Invalid(problems, error.code) from error
    await writes.send()
    order_id: UUID = row["id"]
    return order_id
