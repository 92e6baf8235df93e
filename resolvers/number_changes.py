"""Resolvers of changing the numbers of subscriptions."""

from typing import Any
from uuid import UUID

from domain.shared.ids import decode
from domain.subscriptions import numbers
from domain.subscriptions.buying import buy_numbers
from domain.subscriptions.queries import SUBSCRIPTIONS
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from schema.context import Info
from schema.number_changes import (
    AddNumbersInput,
    AddNumbersResult,
    AddNumbersSuccess,
    RemoveNumbersInput,
    RemoveNumbersResult,
    RemoveNumbersSuccess,
    SwapNumberInput,
    SwapNumberResult,
    SwapNumberSuccess,
)


async def add_numbers(info: Info, input: AddNumbersInput) -> AddNumbersResult:  # noqa: A002 - the argument's public name
    """Give a subscription numbers, within what its seats include and what is bought, or bought with them."""
    actor, row_id, token = actor_of(info), decode("Subscription", input.id), input.preview_token

    async def act() -> UUID:
        if input.buy_more:
            return await buy_numbers(actor, row_id, input.numbers, token)
        return await numbers.add_numbers(actor, row_id, input.numbers)

    made = await run_once(info, input, act)
    return AddNumbersSuccess(subscription=await _written(info, made))


async def remove_numbers(info: Info, input: RemoveNumbersInput) -> RemoveNumbersResult:  # noqa: A002 - the argument's public name
    """Take numbers from a subscription, without a refund: what it allows stays, for others to be chosen."""
    row_id = decode("Subscription", input.id)
    made = await run_once(info, input, lambda: numbers.remove_numbers(actor_of(info), row_id, input.numbers))
    return RemoveNumbersSuccess(subscription=await _written(info, made))


async def swap_number(info: Info, input: SwapNumberInput) -> SwapNumberResult:  # noqa: A002 - the argument's public name
    """Have another number for one of a subscription, within one SKU, for nothing."""
    row_id = decode("Subscription", input.id)
    made = await run_once(
        info, input, lambda: numbers.swap_number(actor_of(info), row_id, old=input.number, new=input.new_number)
    )
    return SwapNumberSuccess(subscription=await _written(info, made))


async def _written(info: Info, row_id: UUID) -> Any:
    return await read_written(info, "Subscription", SUBSCRIPTIONS, row_id, "subscription")
