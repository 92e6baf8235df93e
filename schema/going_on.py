"""Going on with an order: failed lines tried again, inquiries answered."""

from typing import Annotated

import strawberry

from schema.errors import Conflict, InsufficientCredit, InvalidInput, NotFound
from schema.orders import Order
from schema.scalars import Json


@strawberry.input(description="An order to try again.")
class RetryOrderInput:
    """What `retryOrder` takes."""

    id: strawberry.ID = strawberry.field(description="An order that failed, or of which some lines did.")
    lines: list[strawberry.ID] | None = strawberry.field(
        description="Which of its failed lines; null: all of them.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The lines are being provisioned again, at the prices they had.")
class RetryOrderSuccess:
    """The good end of `retryOrder`."""

    order: Order = strawberry.field(description="The order.")


@strawberry.input(description="An answer to what a provisioner asks for.")
class AnswerInquiryInput:
    """What `answerInquiry` takes."""

    order_id: strawberry.ID = strawberry.field(description="An order that is INQUIRING.")
    line_id: strawberry.ID = strawberry.field(description="The line of the inquiry.")
    answers: Json = strawberry.field(description="An object that keeps the inquiry's schema.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The provisioner goes on with the answers.")
class AnswerInquirySuccess:
    """The good end of `answerInquiry`."""

    order: Order = strawberry.field(description="The order.")


RetryOrderResult = Annotated[
    RetryOrderSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("RetryOrderResult", description="How `retryOrder` can end."),
]
AnswerInquiryResult = Annotated[
    AnswerInquirySuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("AnswerInquiryResult", description="How `answerInquiry` can end."),
]
