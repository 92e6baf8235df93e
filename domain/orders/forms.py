"""Order forms: files that are kept with an order, for good (B3-O)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.orders.events import order_event, row_of
from domain.orders.loading import lock_order
from domain.orders.states import OrderState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.shared.writes import Writes
from domain.uploads.actions import claim_upload, claim_with, look_at
from domain.uploads.models import Purpose

MAX_FORMS: Final = 20
# Of a file that somebody else was quicker to take there is no id: the constraint refuses the form.
_NO_FILE: Final = "order_forms_file"
_WRITE: Final = """
INSERT INTO order_forms (id, order_id, scope, upload_id, attached_by, attached_at)
SELECT n.id, $1, $2, c.id, $3, $4
FROM unnest($5::uuid[], $6::uuid[]) AS n(id, upload_id) LEFT JOIN {claimed} AS c ON c.id = n.upload_id
"""


async def attach_form(actor: Actor, order_id: UUID, upload_id: UUID) -> UUID:
    """Add a form to an order that was saved, whatever its state: what is there stays, none is changed or removed.

    Until an order is saved for the first time, which forms it has is for its writer to change (`forms_with`).
    """
    async with database.transaction():
        order = await lock_order(actor, order_id)
        if await database.fetch_value("SELECT count(*) FROM order_forms WHERE order_id = $1", order.id) >= MAX_FORMS:
            message = f"the order has {MAX_FORMS} forms, which is as many as it can have"
            raise Invalid([FieldError("uploadId", FieldCode.NOT_ALLOWED, message)])
        owner_id = order.organization_id
        file = await claim_upload(actor, upload_id, Purpose.ORDER_FORM, owner_id=owner_id, path="uploadId")
        writes = Writes()
        row = {"id": actor.new_id(), "order_id": order.id, "scope": order.scope, "upload_id": upload_id}
        writes.insert("order_forms", row | {"attached_by": actor.principal, "attached_at": actor.at})
        await writes.send()
        await record(actor, attached(row_of(order), order.state, file))
        return order.id


async def files_for(actor: Actor, customer_id: UUID, upload_ids: Sequence[UUID]) -> list[Record]:
    """The files that shall be the forms of an order of this customer; Invalid where one cannot be."""
    if len(upload_ids) > MAX_FORMS:
        message = f"has {len(upload_ids)} forms, at most {MAX_FORMS}"
        raise Invalid([FieldError("orderForms", FieldCode.TOO_LONG, message)])
    if not upload_ids:
        return []
    return await look_at(actor, upload_ids, Purpose.ORDER_FORM, owner_id=customer_id, path="orderForms")


def forms_with(writes: Writes, actor: Actor, order: Mapping[str, Any], files: Sequence[Record]) -> list[NewEvent]:
    """Save an order (its row) with its first forms; the events that tell of them."""
    if not files:
        return []
    upload_ids = [file["id"] for file in files]
    claimed = claim_with(writes, upload_ids)
    form_ids = [actor.new_id() for _ in files]
    writes.add(
        _WRITE.format(claimed=claimed), order["id"], order["scope"], actor.principal, actor.at, form_ids, upload_ids
    )
    writes.holds(_NO_FILE)
    return [attached(order, OrderState(order["state"]), file) for file in files]


def attached(order: Mapping[str, Any], state: OrderState, file: Record) -> NewEvent:
    """What is told of a form: its order, and which file it is."""
    named = {
        "upload_id": encode("Upload", file["id"]),
        "file_name": file["file_name"],
        "content_type": file["found_type"],
        "sha256": file["sha256"],
    }
    return order_event(EventType.ORDER_FORM_ATTACHED, order, state, **named)
