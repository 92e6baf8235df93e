"""Saving a draft: what it names must be there; the rest may come later."""

from collections.abc import Sequence
from uuid import UUID

from domain.events.actions import record_with
from domain.events.types import EventType
from domain.orders.drafting import prepare_new, write_order
from domain.orders.events import Row, order_event
from domain.orders.forms import files_for, forms_with
from domain.orders.pricing import discounts_for
from domain.orders.rules import OrderDraft
from domain.orders.states import OrderState
from domain.shared.actor import Actor
from domain.shared.errors import Invalid
from domain.shared.writes import Writes


async def create_order(actor: Actor, draft: OrderDraft, writes: Writes, forms: Sequence[UUID] = ()) -> Row:
    """Save a draft with its first forms (uploads): nothing is priced, redeemed, held or provisioned yet.

    Answers the row that is there once `writes` are sent.
    """
    prepared, number = await prepare_new(actor, draft)
    if draft.discount_codes:
        _, refused = await discounts_for(actor, prepared)
        if refused:
            raise Invalid(refused)
    files = await files_for(actor, draft.customer_id, forms)
    row = write_order(writes, actor, prepared, number, state=OrderState.DRAFT, priced=None)
    told = forms_with(writes, actor, row, files)
    record_with(writes, actor, order_event(EventType.ORDER_CREATED, row, OrderState.DRAFT), *told)
    return row
