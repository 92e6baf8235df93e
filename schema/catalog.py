"""Products and plans: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Final

import strawberry

from domain.catalog.models import Orderability, ProductStatus, ProductType
from domain.shared.filters import Direction
from schema.filters import BooleanFilter, TextFilter
from schema.nodes import Node
from schema.offers import Offer
from schema.reading import Reader, column, identity, member
from schema.scalars import Json


@strawberry.type(description="A plan of a product.")
class Plan(Node):
    """Read from `plans`; `offers` are resolved when asked for."""

    key: str = strawberry.field(description="Its key, unique within the product.")
    name: str = strawberry.field(description="Its name.")
    rank: int = strawberry.field(description="Upgrades go to a higher rank, downgrades to a lower one.")
    max_quantity: int = strawberry.field(description="How many one line may order at the most.")
    offers: list[Offer] = strawberry.field(
        description="By which sales models you can buy it today, or sell it on; one without a price is not offered."
    )


PLAN: Final = Reader(
    Plan,
    {
        "id": identity("Plan"),
        "key": column("key"),
        "name": column("name"),
        "rank": column("rank"),
        "max_quantity": column("max_quantity"),
    },
)


@strawberry.type(description="A product, offered down the resale chain of the organization that owns it.")
class Product(Node):
    """Read from `products`; `plans` is loaded when asked for."""

    key: str = strawberry.field(description="Its key, unique at its owner.")
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What it is.")
    type: ProductType = strawberry.field(description="What kind of thing it is.")
    status: ProductStatus = strawberry.field(description="Whether it is on sale.")
    orderability: Orderability = strawberry.field(description="Whether a new order may name it.")
    order_otherwise: str | None = strawberry.field(description="How it is ordered where it cannot be ordered here.")
    parameter_schema: Json = strawberry.field(
        description="What an order line must provide: JSON Schema, Draft 2020-12, of `parameters`."
    )
    is_system: bool = strawberry.field(description="Whether accounts get it by themselves; it is never ordered.")
    created_at: datetime = strawberry.field(description="When it was first published.")
    plans: list[Plan] = strawberry.field(description="Its plans, lowest rank first.")


PRODUCT: Final = Reader(
    Product,
    {
        "id": identity("Product"),
        "key": column("key"),
        "name": column("name"),
        "description": column("description"),
        "type": member(ProductType, "type"),
        "status": member(ProductStatus, "status"),
        "orderability": member(Orderability, "orderability"),
        "order_otherwise": column("order_otherwise"),
        "parameter_schema": column("parameter_schema"),
        "is_system": column("is_system"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Compares the status.")
class ProductStatusFilter:
    """All given comparisons must hold."""

    eq: ProductStatus | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[ProductStatus] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which products.")
class ProductWhere:
    """All given parts must hold."""

    key: TextFilter | None = strawberry.field(description="By key.", default=None)
    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    status: ProductStatusFilter | None = strawberry.field(description="By status.", default=None)
    is_system: BooleanFilter | None = strawberry.field(
        description="By whether accounts get it by themselves; left out is what they do, unless asked for.",
        default=None,
    )
    and_: list["ProductWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["ProductWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What products can be sorted by.")
class ProductSortField(Enum):
    """Names of domain.catalog.queries.PRODUCTS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was first published.")


@strawberry.input(description="One sort key.")
class ProductSort:
    """Later keys break the ties of earlier ones."""

    field: ProductSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
