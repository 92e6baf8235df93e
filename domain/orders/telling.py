"""Mails that tell who an order is about that it was submitted, under which number (CS, CB)."""

from collections.abc import Sequence

from domain.access.people import address_of
from domain.mail.actions import Letter, Template, post_with
from domain.orders.drafting import Prepared
from domain.orders.events import Row
from domain.orders.handling import mailed
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.writes import Writes


async def who_is_told(prepared: Prepared, created_by: str) -> list[str]:
    """The customer's contact for the order, and its account manager where that is a person."""
    return mailed(prepared.draft.handling.contact_email(prepared.customer), await address_of(created_by))


def tell_with(writes: Writes, actor: Actor, prepared: Prepared, order: Row, recipients: Sequence[str]) -> None:
    """Mail an order's number with the writes of its submission. No amounts: its readers pay different ones."""
    plans = prepared.plans
    items = [
        f"{line.quantity} x {plans[line.plan_id]['product_name']}, {plans[line.plan_id]['name']}"
        for line in prepared.draft.lines
    ]
    facts = {
        "order_id": encode("Order", order["id"]),
        "number": order["number"],
        "state": str(order["state"]),
        "customer": prepared.customer["name"],
        "reference": order["subscription_reference"] or "",
        "items": "\n".join(items),
    }
    for recipient in recipients:
        post_with(writes, actor, Letter(Template.ORDER_SUBMITTED, recipient, facts))
