"""Documents and variables made from the schema itself, so that a walk over every root field needs no list of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from resolvers.api import SCHEMA

CORE: Final[GraphQLSchema] = SCHEMA._schema  # noqa: SLF001 - graphql-core's own schema has no public name
FAR: Final = 3  # things with an id, one below the other
NEAR: Final = 2  # the same, for walks: they begin at every field, so that what is far from one is near another
# Queries whose documents of what is far would be past the limits: they lead to most types, by nodes and by edges.
CROWDED: Final[Mapping[str, int]] = {"orders": NEAR, "search": 1}
MONEY: Final = "Money"
OFTEN: Final = 15  # one name without an alias in a document
Path = tuple[str | int, ...]
# What a query is asked with, where it takes more than ids: something that stands in every tree.
ASKED: Final[Mapping[str, Mapping[str, Any]]] = {"search": {"term": "bergblick"}}
# Take an input as mutations do (tests/api/asked.py): their walk is theirs.
BY_INPUT: Final = frozenset({"previewOrder", "previewRenewalAlignment", "previewSubscriptionChange"})
# Read forwards only, and never counted.
FORWARDS: Final = frozenset({"search"})


def root_fields(operation: str) -> Mapping[str, GraphQLField]:
    """The fields of `query`, `mutation` or `subscription`."""
    roots = {"query": CORE.query_type, "mutation": CORE.mutation_type, "subscription": CORE.subscription_type}
    found = roots[operation]
    assert found is not None
    fields: Mapping[str, GraphQLField] = found.fields
    return fields


@cache
def document(operation: str, name: str, *, without: frozenset[str] = frozenset(), far: int | None = None) -> str:
    """An operation of one root field: each argument is a variable of its name, every field below is selected.

    What stands below `far` things with an id is left out (FAR, or less where a query is CROWDED): a document of
    everything would grow with the product of all types, past what a document may select.
    """
    field = root_fields(operation)[name]
    declared = ", ".join(f"${argument}: {spec.type}" for argument, spec in field.args.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    head = f"{operation}({declared}) {{ {name}({passed})" if declared else f"{operation} {{ {name}"
    cut = _Cut(without, min(far or FAR, CROWDED.get(name, FAR)))
    return f"{head} {{ {_everything(get_named_type(field.type), (), cut)} }} }}"


@cache
def making(mutation: str, thing: str) -> str:
    """A mutation of which only the id of the thing that it makes is asked for."""
    taken = root_fields("mutation")[mutation].args["input"].type
    success = f"{mutation[0].upper()}{mutation[1:]}Success"
    shown = f"... on {success} {{ {thing} {{ id }} }} ... on Error {{ message }}"
    return f"mutation($input: {taken}) {{ {mutation}(input: $input) {{ {shown} }} }}"


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is not selected: fields of these names, and what stands below so many things with an id."""

    without: frozenset[str]
    far: int


def _everything(kind: GraphQLNamedType, above: tuple[str, ...], cut: _Cut, prefix: str = "") -> str:
    if isinstance(kind, GraphQLUnionType):
        members = [(member.name, member) for member in kind.types]
    elif isinstance(kind, GraphQLInterfaceType):
        return _each_alone(kind)
    else:
        assert isinstance(kind, GraphQLObjectType)
        return _fields(kind, (*above, kind.name), cut, prefix)
    # Members may give one name different types: each gets names of its own.
    parts = [f"... on {name} {{ {_everything(member, above, cut, f'{name}_')} }}" for name, member in members]
    return " ".join(["__typename", *parts])


def _each_alone(kind: GraphQLInterfaceType) -> str:
    """The own values of each type that implements an interface, amounts of money among them, but not what hangs on it.

    No document holds everything of everything.
    """
    members = CORE.get_implementations(kind).objects
    kinds = Counter(name for name, _ in {(name, str(field.type)) for m in members for name, field in m.fields.items()})
    said = Counter[str]()
    parts = [f"... on {member.name} {{ {' '.join(_values(member, kinds, said))} }}" for member in members]
    return " ".join(["__typename", *parts])


def _values(kind: GraphQLObjectType, kinds: Mapping[str, int], said: Counter[str]) -> Iterator[str]:
    """A name has an alias where types differ in what it is, and where it has been said often: both are limited."""
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        said[name] += 1
        own = f"{kind.name}_{name}: {name}" if kinds[name] > 1 or said[name] > OFTEN else name
        if is_leaf_type(below):
            yield own
        elif below.name == MONEY:
            yield f"{own} {{ {_fields(below, (), _Cut(frozenset(), FAR), '')} }}"


def _fields(kind: GraphQLObjectType, above: tuple[str, ...], cut: _Cut, prefix: str) -> str:
    parts = ["__typename"]
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if _has_id(below) and sum(_has_id(CORE.type_map[each]) for each in above) >= cut.far:
            continue
        if (
            name in cut.without
            or below.name in above
            or any(is_required_argument(spec) for spec in field.args.values())
        ):
            continue
        inner = "" if is_leaf_type(below) else f" {{ {_everything(below, above, cut)} }}"
        parts.append(f"{prefix}{name}: {name}{inner}" if prefix else f"{name}{inner}")
    return " ".join(parts)


def _has_id(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType) and "Node" in {interface.name for interface in kind.interfaces}


def leaves(kind: GraphQLInputType, named: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """(path, type's name) of every leaf of these types inside an input type; a list is entered at its first place."""
    yield from _leaves(kind, named, (), ())


def _leaves(
    kind: GraphQLInputType, named: frozenset[str], path: Path, above: tuple[str, ...]
) -> Iterator[tuple[Path, str]]:
    if isinstance(kind, GraphQLNonNull):
        yield from _leaves(kind.of_type, named, path, above)
    elif isinstance(kind, GraphQLList):
        yield from _leaves(kind.of_type, named, (*path, 0), above)
    elif isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            if get_named_type(field.type).name not in above:
                yield from _leaves(field.type, named, (*path, name), (*above, kind.name))
    elif kind.name in named:
        yield path, kind.name


def build(path: Path, value: Any) -> Any:
    """The smallest value that has `value` at `path`."""
    if not path:
        return value
    inner = build(path[1:], value)
    return [inner] if isinstance(path[0], int) else {path[0]: inner}


def put(content: Any, path: Path, value: Any) -> Any:
    """A copy of `content` with `value` at `path`; a one-of reference (`{id}` or `{reference}`) is replaced whole.

    Lists and objects on the way that `content` leaves out are made.
    """
    copied = deepcopy(content)
    place = copied
    for step, following in pairwise(path):
        if (place.get(step) if isinstance(place, dict) else place[step]) is None:
            place[step] = [None] if isinstance(following, int) else {}
        place = place[step]
    if set(place) <= {"id", "reference"} and path[-1] in {"id", "reference"}:
        place.clear()
    place[path[-1]] = value
    return copied


def dotted(path: Path) -> str:
    """The path as errors name it."""
    return ".".join(str(step) for step in path)
