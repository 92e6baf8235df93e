"""Categories and order types: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.shared.filters import Direction
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import TextFilter
from schema.nodes import Node
from schema.reading import Reader, column, identity


@strawberry.type(description="A shelf of a catalog; products may stand on several.")
class Category(Node):
    """Read from `categories`."""

    key: str = strawberry.field(description="Its key, unique at its owner.")
    name: str = strawberry.field(description="Its name.")
    position: int = strawberry.field(description="Its place among the others, smallest first.")
    created_at: datetime = strawberry.field(description="When it was created.")


CATEGORY: Final = Reader(
    Category,
    {
        "id": identity("Category"),
        "key": column("key"),
        "name": column("name"),
        "position": column("position"),
        "created_at": column("created_at"),
    },
)


@strawberry.type(description="A group of packages that are ordered together; products may be of several.")
class OrderType(Node):
    """Read from `order_types`."""

    key: str = strawberry.field(description="Its key, unique at its owner.")
    name: str = strawberry.field(description="Its name.")
    position: int = strawberry.field(description="Its place among the others, smallest first.")
    created_at: datetime = strawberry.field(description="When it was created.")


ORDER_TYPE: Final = Reader(
    OrderType,
    {
        "id": identity("OrderType"),
        "key": column("key"),
        "name": column("name"),
        "position": column("position"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Which categories or order types.")
class CatalogGroupWhere:
    """All given parts must hold."""

    key: TextFilter | None = strawberry.field(description="By key.", default=None)
    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    and_: list["CatalogGroupWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["CatalogGroupWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What categories and order types can be sorted by.")
class CatalogGroupSortField(Enum):
    """Names of the sorts of domain.catalog.queries.CATEGORIES and ORDER_TYPES."""

    POSITION = strawberry.enum_value("POSITION", description="Their place.")
    NAME = strawberry.enum_value("NAME", description="Name.")


@strawberry.input(description="One sort key.")
class CatalogGroupSort:
    """Later keys break the ties of earlier ones."""

    field: CatalogGroupSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="A category to make, or to change where your organization has one of this key.")
class SetCategoryInput:
    """What `setCategory` takes."""

    key: str = strawberry.field(description="Lower-case letters and digits joined by hyphens.")
    name: str = strawberry.field(description="Its name.")
    position: int = strawberry.field(description="Its place among the others, smallest first.", default=0)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="An order type to make, or to change where your organization has one of this key.")
class SetOrderTypeInput:
    """What `setOrderType` takes."""

    key: str = strawberry.field(description="Lower-case letters and digits joined by hyphens.")
    name: str = strawberry.field(description="Its name.")
    position: int = strawberry.field(description="Its place among the others, smallest first.", default=0)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The category is as it was asked for.")
class SetCategorySuccess:
    """The good end of `setCategory`."""

    category: Category = strawberry.field(description="The category.")


@strawberry.type(description="The order type is as it was asked for.")
class SetOrderTypeSuccess:
    """The good end of `setOrderType`."""

    order_type: OrderType = strawberry.field(description="The order type.")


SetCategoryResult = Annotated[
    SetCategorySuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SetCategoryResult", description="How `setCategory` can end."),
]
SetOrderTypeResult = Annotated[
    SetOrderTypeSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SetOrderTypeResult", description="How `setOrderType` can end."),
]
