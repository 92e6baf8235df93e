"""Importing numbers: types and inputs."""

from typing import Annotated

import strawberry

from schema.bulk import BulkOperation
from schema.errors import Conflict, InvalidInput, NotFound
from schema.organizations import OrganizationRef


@strawberry.input(
    description="A file of numbers for a seller's stock: CSV whose first line names the columns `number` and, if there "
    "are, `rate_center` and `sku` (`product/plan`)."
)
class ImportNumbersInput:
    """What `importNumbers` takes."""

    organization: OrganizationRef | None = strawberry.field(
        description="Whose stock; null: your own organization's.", default=None
    )
    upload_id: strawberry.ID = strawberry.field(description="The file, uploaded as NUMBER_IMPORT.")
    plan_id: strawberry.ID = strawberry.field(description="The SKU of lines that name none.")
    country: str = strawberry.field(description="ISO 3166 code of numbers that are not in E.164.", default="US")
    rate_center: str = strawberry.field(description="The rate center of lines that name none.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The import is queued. What the stock has already stays as it is.")
class ImportNumbersSuccess:
    """The good end of `importNumbers`."""

    bulk_operation: BulkOperation = strawberry.field(description="Its progress; its errors name lines of the file.")


ImportNumbersResult = Annotated[
    ImportNumbersSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ImportNumbersResult", description="How `importNumbers` can end."),
]
