"""Linking a subscription with a contract that was made before."""

from typing import Any
from uuid import UUID

from domain.contracts.models import ContractState
from domain.contracts.queries import contract_for_order
from domain.contracts.rules import state_on
from domain.events.actions import record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for


async def link_contract(actor: Actor, subscription_id: UUID, contract_id: UUID | None) -> UUID:
    """Link with a contract of the customer, or (None) with none: its prices hold from the next renewal on (B3-S)."""
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.LINK_CONTRACT)
        if contract_id is not None:
            await _check(actor, contract_id, dict(row))
        if contract_id != row["contract_id"]:
            sql = "UPDATE subscriptions SET contract_id = $2 WHERE id = $1"
            await database.execute(sql, subscription_id, contract_id)
            before, after = ({"contract_id": _named(linked)} for linked in (row["contract_id"], contract_id))
            await record(actor, change_event(EventType.SUBSCRIPTION_CONTRACT_LINKED, row, before=before, after=after))
        return subscription_id


async def _check(actor: Actor, contract_id: UUID, row: dict[str, Any]) -> None:
    """The contract is the customer's, in the subscription's currency, and has not ended where the customer is."""
    found = await contract_for_order(actor, contract_id, row["organization_id"])
    if found is None:
        message = "there is no such contract with this customer"
        raise Invalid([FieldError("contractId", FieldCode.NOT_FOUND, message)])
    if found["currency"] != row["currency"]:
        message = f"contract {found['number']} is in {found['currency']}, the subscription in {row['currency']}"
        raise Invalid([FieldError("contractId", FieldCode.NOT_APPLICABLE, message)])
    today = local_date(actor.at, row["time_zone"])
    if state_on(today, found["starts_on"], found["ends_on"]) is ContractState.ENDED:
        message = f"contract {found['number']} ended on {found['ends_on']}"
        raise Invalid([FieldError("contractId", FieldCode.EXPIRED, message)])


def _named(contract_id: UUID | None) -> str | None:
    return None if contract_id is None else encode("Contract", contract_id)
