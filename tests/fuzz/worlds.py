"""Values made at random for any Strawberry schema, with lies among them, the same ones each time for the same seed."""

from collections.abc import Callable, Coroutine, Generator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)

_BACKREF: Final = "strawberry-definition"
_LEAVES: Final[Mapping[str, tuple[Any, ...]]] = {
    "ID": ("ord_1", "x", "é"),
    "String": ("", "text", "naïve ☃", "null"),
    "Int": (0, 1, -(2**31), 2**31 - 1),
    "Float": (0.0, 1.5, -2.5e10),
    "Boolean": (True, False),
    "DateTime": (datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
    "Date": (date(2026, 2, 28),),
    "Decimal": (Decimal("12.50"), "12.50", Decimal("1E+3")),
    "CurrencyCode": ("EUR", "JPY"),
    "JSON": ({"a": [1, None, {"b": "c"}]}, [], "text", 0, False),
    "Celsius": (2, 99),
}


class Later:
    """An awaitable that is no coroutine."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __await__(self) -> Generator[None, None, object]:
        """Come back at the next turn of the loop."""
        yield
        return self._value


class World:
    """What a schema's root fields answer; `lies` is the share of values that break the schema's promises.

    `log` is what those attributes wrote that do something when read. `close` it when its execution is over.
    """

    def __init__(self, schema: GraphQLSchema, seed: int, lies: float) -> None:
        self.log: list[str] = []
        self._schema = schema
        self._seed = seed
        self._lies = lies
        self._coroutines: list[Coroutine[Any, Any, Any]] = []
        self._random = Random(seed)  # noqa: S311 - data of a test

    def root(self, name: str, value_type: GraphQLOutputType) -> Any:
        """The value of a root field, whatever else is asked."""
        self._random = Random(f"{self._seed} {name}")  # noqa: S311 - data of a test
        return self._any(value_type, 4)

    def close(self) -> None:
        """Forget the coroutines that nobody awaited."""
        for coroutine in self._coroutines:
            coroutine.close()

    def _any(self, value_type: GraphQLOutputType, depth: int) -> Any:
        is_needed = isinstance(value_type, GraphQLNonNull)
        if not is_needed and (self._random.random() < 0.15 or depth < 0):
            truth = None
        else:
            truth = self.truth(value_type.of_type if isinstance(value_type, GraphQLNonNull) else value_type, depth)
        return self.told(truth)

    def told(self, truth: Any) -> Any:
        """The truth, or a lie: another value, the same one twisted, or one that only comes when awaited."""
        if self._random.random() >= self._lies:
            return truth
        kind = self._random.random()
        if kind < 0.5:
            return self._random.choice(_CONSTANT_LIES)
        return self._random.choice(_TWISTS)(truth) if kind < 0.9 else self._coroutine(truth)

    def truth(self, value_type: GraphQLOutputType, depth: int) -> Any:
        """A value that is one of this nullable type, but for what it holds."""
        if isinstance(value_type, GraphQLList):
            count = self._random.randint(0, 2) if depth > 0 else 0
            return [self._any(value_type.of_type, depth - 1) for _ in range(count)]
        if isinstance(value_type, GraphQLEnumType):
            return self._random.choice(list(value_type.extensions[_BACKREF].wrapped_cls))
        if is_leaf_type(value_type):
            assert isinstance(value_type, GraphQLScalarType)
            return self._random.choice(_LEAVES[value_type.name])
        if is_abstract_type(value_type):
            value_type = self._random.choice(self._schema.get_possible_types(value_type))
        assert isinstance(value_type, GraphQLObjectType)
        return self.made(value_type, depth)

    def made(self, object_type: GraphQLObjectType, depth: int) -> Any:
        """An object of this type; its attributes are set past its constructor, as the product's readers do."""
        definition = object_type.extensions[_BACKREF]
        python_class = (definition.concrete_of or definition).origin
        item = python_class.__new__(python_class)
        item.__dict__.update(self.attributes(object_type, depth), log=self.log)
        if self._random.random() < self._lies / 4:
            item.__dict__.pop(self._random.choice(list(item.__dict__)))
        return item

    def attributes(self, object_type: GraphQLObjectType, depth: int) -> dict[str, Any]:
        """Values for those of its fields that are attributes, by the attributes' names."""
        origins = [(field.extensions[_BACKREF], field.type) for field in object_type.fields.values()]
        values = {
            origin.python_name: self._any(kind, depth - 1) for origin, kind in origins if not origin.base_resolver
        }
        return {**values, "counting": self._count}

    async def _count(self) -> int:
        return 3

    def _coroutine(self, value: object) -> Any:
        async def come() -> object:
            return value

        coroutine = come()
        self._coroutines.append(coroutine)
        return coroutine


def _subclassed(value: object) -> object:
    made: Any = type(value)
    try:
        below: Any = type(f"Sub{made.__name__}", (made,), {})
        item = below.__new__(below)
        item.__dict__.update(value.__dict__)
    except (TypeError, AttributeError):
        return value
    return item


class _Text(str):
    __slots__ = ()


_CONSTANT_LIES: Final = (
    *(None, Undefined, "text", _Text("text"), "RED", True, 2**31, 2**80, 7.0, float("nan"), 0, 1, Decimal(3), object),
    {"name": "a mapping"},
)
_TWISTS: Final[tuple[Callable[[Any], Any], ...]] = (
    Later,
    lambda truth: [truth],
    lambda truth: tuple(truth) if isinstance(truth, list) else (truth,),
    lambda truth: (item for item in (truth if isinstance(truth, list) else [truth])),
    lambda truth: getattr(truth, "value", truth),
    _subclassed,
    lambda _: ValueError("a value that is an error"),  # a new one each time: those raised hold on to where they were
)
