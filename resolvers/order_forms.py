"""Resolvers of order forms."""

from collections.abc import Sequence
from uuid import UUID

from domain.orders.forms import attach_form
from domain.orders.queries import ORDERS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from resolvers.uploads import stored_upload
from schema.context import Info
from schema.ordering import AttachOrderFormInput, AttachOrderFormResult, AttachOrderFormSuccess


async def attach_order_form(info: Info, input: AttachOrderFormInput) -> AttachOrderFormResult:  # noqa: A002 - the argument's public name
    """Add a form to an order that was saved before; the ones that it has stay as they are."""
    order_id, upload_id = decode("Order", input.id), await stored_upload(info, input.upload_id, "uploadId")
    made = await run_once(info, input, lambda: attach_form(actor_of(info), order_id, upload_id))
    return AttachOrderFormSuccess(order=await read_written(info, "Order", ORDERS, made, "order"))


async def first_forms(info: Info, given: Sequence[str] | None) -> list[UUID]:
    """The uploads that an order is saved with."""
    return [await stored_upload(info, text, f"orderForms.{place}") for place, text in enumerate(given or ())]
