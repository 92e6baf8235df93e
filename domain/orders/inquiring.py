"""Inquiries: a provisioner asks for data for a line, and goes on with the answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.events.actions import record
from domain.events.types import EventType
from domain.orders.events import order_event, row_of
from domain.orders.fulfilling import locked_line, settle_order
from domain.orders.loading import lock_order
from domain.orders.models import OrderLine
from domain.orders.states import LINE, LineState
from domain.provisioning.actions import resume
from domain.provisioning.models import Instance
from domain.provisioning.queries import is_asking
from domain.provisioning.rules import check_parameters_size
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Invalid, NotFound
from domain.shared.ids import encode


async def inquire_line(actor: Actor, subscription_id: UUID, operation_id: UUID) -> None:
    """The provisioner of a line needs data: line and order are INQUIRING; answered by now, or cancelled: nothing."""
    async with database.transaction():
        order, line = await locked_line(actor, subscription_id)
        if line.state is not LineState.PROVISIONING or not await is_asking(operation_id):
            return
        line.state = LineState.INQUIRING
        await line.save(update_fields=["state"])
        await settle_order(actor, order)


async def answer_inquiry(actor: Actor, order_id: UUID, line_id: UUID, answers: Mapping[str, Any]) -> UUID:
    """INQUIRING -> PROVISIONING for a line: the same operation goes on; Invalid where they do not fit."""
    async with database.transaction():
        order = await lock_order(actor, order_id)
        line = await OrderLine.get_or_none(id=line_id, order_id=order.id)
        if line is None:
            raise NotFound("order line", encode("OrderLine", line_id))
        LINE.check_from({LineState.INQUIRING}, line.state, LineState.PROVISIONING)
        line.parameters = {**line.parameters, **answers}
        if problems := check_parameters_size("answers", line.parameters):
            raise Invalid(problems)
        instance = await Instance.get(subscription_id=line.subscription_id)
        await resume(actor, instance.id, answers)
        line.state = LineState.PROVISIONING
        await line.save(update_fields=["state", "parameters"])
        await settle_order(actor, order)
        await record(actor, order_event(EventType.ORDER_INQUIRY_ANSWERED, row_of(order), order.state))
        return order.id
