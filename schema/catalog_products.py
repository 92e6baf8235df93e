"""Managing products: inputs and results."""

from typing import Annotated

import strawberry

from domain.catalog.models import Orderability, ProductType
from schema.catalog import Product
from schema.errors import Conflict, InvalidInput, NotFound
from schema.scalars import Json


@strawberry.input(description="Where an instance can keep its data.")
class DataLocationInput:
    """Mirrors DataLocation."""

    key: str = strawberry.field(description="Lower-case letters and digits joined by hyphens; unique within the list.")
    name: str = strawberry.field(description="Its name.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")


@strawberry.input(description="A product to draft; nobody else sees it before it is published.")
class CreateProductInput:
    """What `createProduct` takes."""

    key: str = strawberry.field(
        description="Lower-case letters and digits joined by hyphens; unique at your organization."
    )
    name: str = strawberry.field(description="Its name.")
    type: ProductType = strawberry.field(description="What kind of thing it is.")
    provisioner: str = strawberry.field(description="The key of what provides it.")
    parameter_schema: Json = strawberry.field(
        description="What an order line must provide: JSON Schema, Draft 2020-12, of an object; at most 16 KiB, "
        "12 deep, references to its own `#/$defs/` only."
    )
    description: str = strawberry.field(description="What it is.", default="")
    orderability: Orderability = strawberry.field(
        description="Whether a new order may name it.", default=Orderability.ORDERABLE
    )
    order_otherwise: str | None = strawberry.field(
        description="How it is had where it cannot be ordered here; a closed product says so.", default=None
    )
    data_locations: list[DataLocationInput] = strawberry.field(
        description="Where an instance of it can keep its data.", default_factory=list
    )
    category_ids: list[strawberry.ID] = strawberry.field(
        description="The categories it is in: your own or your sellers', at most 20.", default_factory=list
    )
    order_type_ids: list[strawberry.ID] = strawberry.field(
        description="The order types it is of: your own or your sellers', at most 20.", default_factory=list
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="What to change of a product; what is left out stays as it is.")
class UpdateProductInput:
    """What `updateProduct` takes."""

    id: strawberry.ID = strawberry.field(description="A product of your organization.")
    name: strawberry.Maybe[str] = strawberry.field(description="Its name.")
    description: strawberry.Maybe[str] = strawberry.field(description="What it is.")
    provisioner: strawberry.Maybe[str] = strawberry.field(description="The key of what provides it.")
    parameter_schema: strawberry.Maybe[Json] = strawberry.field(
        description="What an order line must provide, by the rules of `createProduct`."
    )
    orderability: strawberry.Maybe[Orderability] = strawberry.field(description="Whether a new order may name it.")
    order_otherwise: strawberry.Maybe[str | None] = strawberry.field(
        description="How it is had where it cannot be ordered here; null takes it away."
    )
    data_locations: strawberry.Maybe[list[DataLocationInput]] = strawberry.field(
        description="All the places where an instance of it can keep its data."
    )
    category_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(description="All the categories it is in.")
    order_type_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="All the order types it is of."
    )


@strawberry.input(description="A product to put on sale.")
class PublishProductInput:
    """What `publishProduct` takes."""

    id: strawberry.ID = strawberry.field(description="A product of your organization, drafted or paused.")


@strawberry.input(description="A product to take off sale for now.")
class PauseProductInput:
    """What `pauseProduct` takes."""

    id: strawberry.ID = strawberry.field(description="A product of your organization that is on sale.")


@strawberry.input(description="A product to take off sale for good.")
class ArchiveProductInput:
    """What `archiveProduct` takes."""

    id: strawberry.ID = strawberry.field(description="A product of your organization.")


@strawberry.type(description="The product is drafted.")
class CreateProductSuccess:
    """The good end of `createProduct`."""

    product: Product = strawberry.field(description="The new product.")


@strawberry.type(description="The product is as it was asked for.")
class UpdateProductSuccess:
    """The good end of `updateProduct`."""

    product: Product = strawberry.field(description="The product.")


@strawberry.type(description="The product is on sale.")
class PublishProductSuccess:
    """The good end of `publishProduct`."""

    product: Product = strawberry.field(description="The product.")


@strawberry.type(description="The product is off sale for now; subscriptions to it go on.")
class PauseProductSuccess:
    """The good end of `pauseProduct`."""

    product: Product = strawberry.field(description="The product.")


@strawberry.type(description="The product is off sale for good; subscriptions to it go on.")
class ArchiveProductSuccess:
    """The good end of `archiveProduct`."""

    product: Product = strawberry.field(description="The product.")


CreateProductResult = Annotated[
    CreateProductSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateProductResult", description="How `createProduct` can end."),
]
UpdateProductResult = Annotated[
    UpdateProductSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdateProductResult", description="How `updateProduct` can end."),
]
PublishProductResult = Annotated[
    PublishProductSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("PublishProductResult", description="How `publishProduct` can end."),
]
PauseProductResult = Annotated[
    PauseProductSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("PauseProductResult", description="How `pauseProduct` can end."),
]
ArchiveProductResult = Annotated[
    ArchiveProductSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ArchiveProductResult", description="How `archiveProduct` can end."),
]
