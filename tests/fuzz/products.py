"""The product's own schema, its objects built by its own readers from records made at random."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, get_named_type, get_nullable_type

from domain.events.types import EventType
from domain.shared.actor import Permission, system_actor
from resolvers.api import SCHEMA
from resolvers.hydration import READERS
from schema.reading import Chosen
from tests.fuzz.twins import rooted
from tests.fuzz.worlds import World

PRODUCT: Final = rooted(SCHEMA._schema)  # noqa: SLF001 - graphql-core's own schema has no public name
_BACKREF: Final = "strawberry-definition"
_ID: Final = UUID(int=7)
_VIEWER: Final = system_actor(datetime(2026, 11, 21, tzinfo=UTC), lambda: _ID)
# Columns that are shown otherwise than as they are.
_COLUMNS: Final[Mapping[str, Any]] = {
    "scope": _VIEWER.scope.path,
    "type": EventType.ORDER_COMPLETED.value,
    "aggregate_type": "Order",
    "aggregate_id": _ID,
    "failure_code": None,
    "tier_unit_minor": [100, 200],
    "tier_amount_minor": [300, 600],
    "tier_total_minor": None,
    "tier_amounts": {},
    "payload": {},
    "permissions": [Permission.ORDERS_READ.value],
}


class ReadWorld(World):
    """A world whose objects come from records where the product has a reader for them."""

    def attributes(self, object_type: GraphQLObjectType, depth: int) -> dict[str, Any]:
        """What the reader makes of a record, and the relations as hydration would set them."""
        values = super().attributes(object_type, depth)
        reader = READERS.get(object_type.name)
        if reader is None:
            return values
        shown = {field.extensions[_BACKREF].python_name: field for field in object_type.fields.values()}
        record = {column: _COLUMNS.get(column, "EUR") for field in reader.fields.values() for column in field.columns}
        for name, field in reader.fields.items():
            if len(field.columns) == 1 and (field.columns[0] not in _COLUMNS or object_type.name == "Product"):
                record[field.columns[0]] = self._stored(shown[name], depth)
        [built] = Chosen(reader.made, tuple(reader.fields.items())).build([record], _VIEWER)
        return {**values, **{name: self.told(value) for name, value in built.__dict__.items()}}

    def _stored(self, field: GraphQLField, depth: int) -> Any:
        """A column that can be shown as this field: ids as UUIDs, members of enums as their values."""
        if get_named_type(field.type).name == "ID":
            return _ID
        value_type: Any = get_nullable_type(field.type)
        value = self.truth(value_type, depth)
        return value.value if isinstance(get_named_type(field.type), GraphQLEnumType) else value
