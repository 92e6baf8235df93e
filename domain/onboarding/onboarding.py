"""Onboarding in one call: a customer with its accounts, a first member and a first order, all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from domain.access.inviting import InvitationDraft, Secret, invite_member
from domain.access.permissions import Role
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


@dataclass(frozen=True, slots=True)
class FirstMember:
    """Who is invited to the new customer, as what; `secret` is that of the invitation's link."""

    email: str
    role: Role
    secret: Secret


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The ids of what was made; None of what was not asked for."""

    customer_id: UUID
    invitation_id: UUID | None
    order_id: UUID | None


async def onboard_customer(
    actor: Actor,
    *,
    partner_id: UUID,
    draft: CustomerDraft,
    member: FirstMember | None,
    order: FirstOrder | None,
    acceptance: Acceptance = NOTHING_ACCEPTED,
) -> Onboarded:
    """Create a customer, invite its first member and place its first order.

    What is wrong with them is told at `admin.…` and `order.…`. Each needs its own permission, too.
    """
    if member is not None:
        actor.require_to_change(Permission.MEMBERS_MANAGE)
    if order is not None:
        actor.require_to_change(Permission.ORDERS_MANAGE)
    async with database.transaction():
        customer_id = await create_customer(actor, partner_id=partner_id, draft=draft)
        invitation_id = None if member is None else await _invite(actor, customer_id, member)
        return Onboarded(
            customer_id, invitation_id, None if order is None else await _place(actor, order(customer_id), acceptance)
        )


async def _invite(actor: Actor, customer_id: UUID, member: FirstMember) -> UUID:
    with _told_below("admin"):
        return await invite_member(actor, InvitationDraft(customer_id, member.email, member.role), member.secret)


async def _place(actor: Actor, draft: OrderDraft, acceptance: Acceptance) -> UUID:
    writes = Writes()
    with _told_below("order"):
        row = await place_order(actor, draft, writes, acceptance)
    await writes.send()
    order_id: UUID = row["id"]
    return order_id


@contextmanager
def _told_below(path: str) -> Iterator[None]:
    """Name the place in the input of a part that is refused."""
    try:
        yield
    except Invalid as error:
        problems = [replace(problem, path=f"{path}.{problem.path}") for problem in error.fields]
        raise Invalid(problems, error.code) from error
