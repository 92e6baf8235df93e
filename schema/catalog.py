"""Products and plans: types and inputs."""

from datetime import datetime
from enum import Enum

import strawberry

from domain.catalog.models import Orderability, ProductStatus, ProductType
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.filters import TextFilter
from schema.nodes import Node
from schema.scalars import Json, Record


@strawberry.type(description="A plan of a product.")
class Plan(Node):
    """Built from a record of `plans`."""

    key: str = strawberry.field(description="Its key, unique within the product.")
    name: str = strawberry.field(description="Its name.")
    rank: int = strawberry.field(description="Upgrades go to a higher rank, downgrades to a lower one.")
    max_quantity: int = strawberry.field(description="How many one line may order at the most.")

    @classmethod
    def from_record(cls, record: Record) -> "Plan":
        """Built from a record."""
        return cls(
            id=strawberry.ID(encode("Plan", record["id"])),
            key=record["key"],
            name=record["name"],
            rank=record["rank"],
            max_quantity=record["max_quantity"],
        )


@strawberry.type(description="A product, offered down the resale chain of the organization that owns it.")
class Product(Node):
    """Built from a record of `products`; `plans` is loaded when asked for."""

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
    created_at: datetime = strawberry.field(description="When it was first published.")
    plans: list[Plan] = strawberry.field(description="Its plans, lowest rank first.")

    @classmethod
    def from_record(cls, record: Record) -> "Product":
        """Built from a record."""
        return cls(
            id=strawberry.ID(encode("Product", record["id"])),
            key=record["key"],
            name=record["name"],
            description=record["description"],
            type=ProductType(record["type"]),
            status=ProductStatus(record["status"]),
            orderability=Orderability(record["orderability"]),
            order_otherwise=record["order_otherwise"],
            parameter_schema=Json(record["parameter_schema"]),
            created_at=record["created_at"],
            plans=[],
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
