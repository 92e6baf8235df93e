"""A schema with everything that an executor can meet, whose values are a World's."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Generic, NewType, TypeVar

import strawberry
from graphql import Undefined
from strawberry.extensions import FieldExtension
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

T = TypeVar("T")
Celsius = NewType("Celsius", int)


def _heat(value: Any) -> Any:
    """Fail, or come to nothing, for some values."""
    if value in {0, 1}:
        return (None, Undefined)[value]
    return f"{value:d} °C"


@strawberry.enum
class Colour(Enum):
    """A pure enum, with a name that is not its member's."""

    RED = 1
    GREEN = strawberry.enum_value(2, name="VERT")
    BLUE = "blue"


@strawberry.enum
class Size(StrEnum):
    """An enum whose members are texts."""

    SMALL = "small"
    LARGE = "LARGE"


@strawberry.enum
class Level(IntEnum):
    """An enum whose members are numbers."""

    LOW = 0
    HIGH = 1


class Shouting(FieldExtension):
    """Changes what a plain attribute shows."""

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Answer in capitals."""
        return str(next_(source, info, **kwargs)).upper()


@strawberry.type
class Leaf:
    """Nothing but leaves."""

    id: strawberry.ID
    name: str
    size: Size
    title: str | None
    count: int
    maybe_count: int | None
    share: float
    flag: bool
    maybe_flag: bool | None
    colour: Colour
    maybe_colour: Colour | None
    level: Level
    at: datetime
    price: Decimal | None
    data: JSON
    maybe_data: JSON | None
    heat: Celsius
    maybe_heat: Celsius | None
    names: list[str]
    maybe_names: list[str | None] | None
    matrix: list[list[int]]
    maybe_matrix: list[list[Colour | None] | None] | None


@strawberry.interface
class Animal:
    """Resolved by class."""

    name: str
    friend: Leaf | None


@strawberry.type
class Cat(Animal):
    """A plain one."""

    lives: int


@strawberry.type
class Dog(Animal):
    """One that holds others."""

    home: Leaf
    pack: list[Animal]


@strawberry.type
class Puppy(Dog):
    """A type whose class is another type's subclass."""

    age: int | None


@strawberry.interface
class Shape:
    """Resolved by its own rule."""

    corners: int

    @classmethod
    def resolve_type(cls, value: Any, _info: Any, _type: Any) -> str:
        """Whatever it is, it is a square."""
        return "Square" if value else "Circle"


@strawberry.type
class Square(Shape):
    """What is found."""

    side: int


@strawberry.type
class Circle(Shape):
    """What is not found."""

    radius: int | None


@strawberry.type
class Picky:
    """Has its own word in whether a value is one."""

    name: str

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Only some names will do."""
        return getattr(value, "name", "") != "text"


@strawberry.type
class Mishap(Exception):
    """As a value it is an error, whatever its attributes say."""

    reason: str


@strawberry.type
class Moody:
    """Its mood is a property that leaves a trace, and fails at times."""

    mood: str
    plain: int


def _mood(moody: Moody) -> Any:
    mood = moody.__dict__["mood"]
    moody.__dict__["log"].append(f"mood {type(mood).__name__}")
    if mood == "null":
        raise LookupError("not in the mood")
    return mood


Moody.mood = property(_mood)  # type: ignore[assignment]  # Strawberry makes fields of annotations only


@strawberry.type
class Grumpy:
    """Answers for attributes that it does not have."""

    name: str
    missing: str | None

    def __getattr__(self, name: str) -> Any:
        """Leave a trace."""
        self.__dict__["log"].append(name)
        raise AttributeError(name)


@strawberry.type
class Busy:
    """Fields that are more than attributes."""

    name: str
    leaf: Leaf | None
    cats: list[Cat]
    loud: str = strawberry.field(extensions=[Shouting()])

    @strawberry.field
    def times(self, n: int | None = 3) -> str:
        """With an argument."""
        if n == 0:
            raise ValueError("nothing times nothing")
        return str(self.name) * (n or 1)

    @strawberry.field
    async def later(self) -> Leaf | None:
        """In its own time."""
        return self.leaf

    @strawberry.field
    def now(self) -> list[Cat]:
        """By a function."""
        return self.cats


@strawberry.type
class Tree:
    """Contains itself."""

    name: str
    parent: "Tree | None"
    children: list["Tree"]
    leaves: list[Leaf | None] | None


Thing = Annotated[Leaf | Cat | Puppy | Busy, strawberry.union("Thing")]
Plain = Annotated[Leaf | Cat | Tree, strawberry.union("Plain")]


@strawberry.type
class Edge(Generic[T]):
    """One of a page."""

    cursor: str
    node: T


@strawberry.type
class Page(Generic[T]):
    """One page, counted when asked for."""

    edges: list[Edge[T]]
    nodes: list[T]
    more: bool
    counting: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field
    async def total(self) -> int:
        """Counted."""
        return await self.counting()


@strawberry.type
class Query:
    """Where each of them is found."""

    leaf: Leaf
    leaves: list[Leaf]
    maybe_leaves: list[Leaf | None] | None
    animal: Animal | None
    animals: list[Animal]
    shape: Shape | None
    things: list[Thing]
    plain: list[Plain | None]
    pages: list[Page[Leaf]]
    page: Page[Tree] | None
    tree: Tree
    forest: list[list[Tree]]
    busy: Busy | None
    moody: list[Moody | None]
    grumpy: list[Grumpy]
    picky: list[Picky | None]
    mishap: Mishap | None
    matrix: list[list[list[int | None]]]
    colours: list[Colour | None]


RICH = strawberry.Schema(
    Query,
    types=[Cat, Dog, Puppy, Square, Circle],
    config=StrawberryConfig(scalar_map={Celsius: strawberry.scalar(name="Celsius", serialize=_heat)}),
)
