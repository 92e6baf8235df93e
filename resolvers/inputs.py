"""How inputs become the dataclasses that resolvers take: by functions made once for each input type.

Strawberry works out the types of all fields anew for every value; its hook `from_input` lets a type build itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import partial
from typing import Any

from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

Convert = Callable[[Any], Any]


class Inputs:
    """The builders of input types, made when a type is first met."""

    def __init__(self, config: StrawberryConfig) -> None:
        self._config = config
        self._builders: dict[type, Convert] = {}

    def from_input(self, made: type, value: Mapping[str, Any], _context: InputContext) -> Any:
        """Strawberry's hook: an instance of `made` from coerced values by their GraphQL names."""
        return self._build(made, value)

    def _build(self, made: Any, value: Mapping[str, Any]) -> Any:
        build = self._builders.get(made)
        if build is None:
            build = self._builders[made] = self._builder(made, made.__strawberry_definition__)
        return build(value)

    def _builder(self, made: type, definition: StrawberryObjectDefinition) -> Convert:
        absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        fields = [
            (
                self._config.name_converter.from_field(field),
                field.python_name,
                self._converter(field.resolve_type(type_definition=definition)),
            )
            for field in definition.fields
        ]

        def build(value: Mapping[str, Any]) -> Any:
            kwargs: dict[str, Any] = absent.copy()
            for public_name, name, convert in fields:
                if public_name in value:
                    given = value[public_name]
                    kwargs[name] = given if convert is None else convert(given)
            return made(**kwargs)

        return build

    def _converter(self, declared: Any) -> Convert | None:
        """How a coerced value of a type is converted; None when it is what it should be."""
        if isinstance(declared, StrawberryMaybe):
            return _some(self._converter(declared.of_type), declared)
        if isinstance(declared, StrawberryOptional):
            return self._converter(declared.of_type)
        if isinstance(declared, LazyType):
            return self._converter(declared.resolve_type())
        if isinstance(declared, StrawberryList):
            return _given(_each(self._converter(declared.of_type)))
        if has_object_definition(declared):
            return _given(partial(self._build, declared))
        return None  # scalars and enums come out of graphql-core as they are


def _some(convert: Convert | None, declared: StrawberryMaybe) -> Convert:
    """What is there is told from what is absent; null is there only where the type says so."""

    def some(value: Any) -> Some[Any]:
        if value is None and not isinstance(declared.of_type, StrawberryOptional):
            raise StrawberryInputCoercionError("this field may be left out, but not be null")
        return Some(value if convert is None else convert(value))

    return some


def _given(convert: Convert) -> Convert:
    return lambda value: value if value is None or value is UNSET else convert(value)


def _each(convert: Convert | None) -> Convert:
    # A list is copied: graphql-core gives the same default to every request.
    return list if convert is None else lambda values: [convert(value) for value in values]
