"""Changing the numbers of subscriptions: types and inputs."""

from typing import Annotated

import strawberry

from schema.errors import Conflict, InsufficientCredit, InvalidInput, NotFound, NumbersTaken
from schema.subscriptions import Subscription

_KEY = "Makes a repeated request count once, for 24 hours."


@strawberry.input(description="Numbers for a subscription.")
class AddNumbersInput:
    """What `addNumbers` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    numbers: list[str] = strawberry.field(description="In E.164, of stock or reserved for it; at most 100.")
    buy_more: bool = strawberry.field(
        description="Whether those beyond what it allows are bought by their SKU, charged for the rest of its term; "
        "without it they are refused. `previewSubscriptionChange` says what they cost.",
        default=False,
    )
    preview_token: str | None = strawberry.field(
        description="`token` of the preview, with `buyMore`: a Conflict if it would cost something else by now.",
        default=None,
    )
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.type(description="It has the numbers, or will have once what `changeInProgress` says is done.")
class AddNumbersSuccess:
    """The good end of `addNumbers`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Numbers of a subscription to give back.")
class RemoveNumbersInput:
    """What `removeNumbers` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    numbers: list[str] = strawberry.field(description="In E.164, at most 100.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.type(description="The subscription has the numbers no more; they rest before they are sold again.")
class RemoveNumbersSuccess:
    """The good end of `removeNumbers`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Another number for one that a subscription has.")
class SwapNumberInput:
    """What `swapNumber` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    number: str = strawberry.field(description="The number that it has, in E.164.")
    new_number: str = strawberry.field(description="The one that it gets, in E.164, of the same SKU.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.type(description="The subscription has the new number; the old one rests before it is sold again.")
class SwapNumberSuccess:
    """The good end of `swapNumber`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


AddNumbersResult = Annotated[
    AddNumbersSuccess | NumbersTaken | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("AddNumbersResult", description="How `addNumbers` can end."),
]
RemoveNumbersResult = Annotated[
    RemoveNumbersSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RemoveNumbersResult", description="How `removeNumbers` can end."),
]
SwapNumberResult = Annotated[
    SwapNumberSuccess | NumbersTaken | InvalidInput | NotFound | Conflict,
    strawberry.union("SwapNumberResult", description="How `swapNumber` can end."),
]
