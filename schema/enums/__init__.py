"""The domain's enums as GraphQL enums: every value described, here and nowhere else."""

from collections.abc import Mapping
from enum import Enum

import strawberry
from strawberry.types.enum import has_enum_definition

from schema.enums import (
    access,
    billing,
    bulk,
    catalog,
    events,
    numbers,
    orders,
    people,
    porting,
    pricing,
    provisioning,
    search,
    shared,
    subscriptions,
    uploads,
)


def _publish(enum: type[Enum], name: str, description: str, values: Mapping[str, str]) -> None:
    published = strawberry.enum(enum, name=name, description=description)
    if not has_enum_definition(published):
        raise TypeError(f"{enum} did not become a GraphQL enum")
    for value in published.__strawberry_definition__.values:
        value.description = values[value.name]


for _part in (
    access,
    billing,
    bulk,
    catalog,
    events,
    numbers,
    orders,
    people,
    porting,
    pricing,
    provisioning,
    search,
    shared,
    subscriptions,
    uploads,
):
    for _enum, (_name, _description, _values) in _part.TEXTS.items():
        _publish(_enum, _name, _description, _values)
