"""Answering a provisioner that asks for data to go on with what is there already."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.events.actions import record
from domain.events.types import EventType
from domain.provisioning.actions import resume
from domain.provisioning.retrying import lock_operation
from domain.provisioning.rules import check_parameters_size
from domain.provisioning.settling import event_of
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, Invalid


async def answer_operation(actor: Actor, operation_id: UUID, answers: Mapping[str, Any]) -> UUID:
    """NEEDS_INPUT -> RUNNING for a CHANGE, SUSPEND, RESUME or DELETE; the answers stay among the parameters.

    Invalid where they do not keep the schema; Conflict where nothing is asked, or for a line that is being made.
    """
    async with database.transaction():
        row, instance = await lock_operation(actor, operation_id)
        if row.action is Action.CREATE:
            message = "what is asked to make the line of an order is answered there: answerInquiry"
            raise Conflict(message, current=row.state)
        if problems := check_parameters_size("answers", {**row.request["parameters"], **answers}):
            raise Invalid(problems)
        await resume(actor, instance.id, answers)
        await record(actor, event_of(EventType.INSTANCE_INPUT_GIVEN, row, instance))
        return row.id
