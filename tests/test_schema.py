"""The schema, walked whole: every promise that holds for all of it, and the committed SDL."""

from collections.abc import Iterator

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from cli import SDL_FILE
from domain.events.catalogue import CATALOGUE, json_schema
from domain.events.types import EventType
from domain.shared.actor import Permission
from domain.shared.errors import ErrorCode, FieldCode
from resolvers.access import ANONYMOUS, OPEN, REQUIRES, query
from resolvers.api import SCHEMA, sdl
from resolvers.hydration import READERS, RELATIONS
from resolvers.nodes import FINDABLE
from schema.context import Info
from tests.api.walk import CORE, root_fields

OURS = [kind for name, kind in sorted(CORE.type_map.items()) if not name.startswith("__")]
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}
# Mutations that make, charge or provision nothing: repeating one changes nothing more.
REPEATABLE = {
    *("archivePlan", "archiveProduct", "pauseProduct", "publishProduct", "updatePlan", "updateProduct"),
    *(
        "cancelBulkOperation",
        "cancelOrder",
        "deleteWebhookEndpoint",
        "endContract",
        "endDiscount",
        "removeMember",
        "revokeApiToken",
    ),
    *("advancePortOrder", "advanceRespOrgChange", "advanceTollFreeOrder", "cancelPortOrder"),
    *("revealPortPin", "submitPortOrder", "updatePortOrder"),
    *("closeOrganization", "resumeOrganization", "suspendOrganization", "updateOrganization"),
    *("completeTicket", "failTicket", "revealCredentials", "rejectOrder", "setApprovalRule", "withdrawOrder"),
    *("completeTicket", "failTicket", "rejectOrder", "setApprovalRule", "updateOrder", "withdrawOrder"),
    *("removeEmergencyLocation", "updateEmergencyLocation"),
    *("assignMembers", "linkContract", "scheduleBillingChange", "setAutoRenewal", "unassignMembers"),
    "withdrawPendingChange",
    *("cancelBackorder", "releaseNumbers", "revokeInvitation", "signOut"),
    *("updateContract", "updateMember", "updateWebhookEndpoint"),
}
# Mutations of those who do not act yet: a key is a principal's. Each takes a secret that works once, or makes one thing
# more each time that nobody pays for, and is limited by who tries it.
ANONYMOUSLY = {
    "acceptInvitation",
    "openCredentials",
    "refreshSession",
    "requestPasswordReset",
    "resetPassword",
    "signIn",
}


def undeclared(schema: strawberry.Schema) -> list[str]:
    """The root fields that do not declare what they require."""
    core = schema._schema  # noqa: SLF001 - graphql-core's own schema has no public name
    roots = [root for root in (core.query_type, core.mutation_type, core.subscription_type) if root]
    fields = [
        (root, name, field.extensions["strawberry-definition"]) for root in roots for name, field in root.fields.items()
    ]
    return [
        f"{root.name}.{name}"
        for root, name, field in fields
        if not (
            isinstance(field.metadata.get(REQUIRES), Permission) or field.metadata.get(REQUIRES) in {OPEN, ANONYMOUS}
        )
    ]


def test_every_root_field_declares_what_it_requires() -> None:
    """A query, mutation or live update names its permission, or says that it needs none."""
    assert undeclared(SCHEMA) == []


def test_the_walk_catches_an_undeclared_field() -> None:
    """A field made by Strawberry's own decorator, past ours, is found."""

    async def declared(info: Info) -> int:
        """Declare it."""
        return 1

    @strawberry.type
    class Query:
        good = query(declared, requires=Permission.ORDERS_READ)
        open = query(declared, requires=None)

        @strawberry.field
        async def forgotten(self) -> int:
            return 1

    assert undeclared(strawberry.Schema(query=Query)) == ["Query.forgotten"]


def undescribed() -> Iterator[str]:
    """Everything of ours in the schema that has no description."""
    for kind in OURS:
        if not kind.description:
            yield kind.name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in kind.fields.items():
                if not field.description:
                    yield f"{kind.name}.{name}"
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                yield from (f"{kind.name}.{name}({a})" for a, spec in field.args.items() if not spec.description)


def test_everything_is_described() -> None:
    """Every type, field, argument, enum value and input field says what it means."""
    assert not (found := list(undescribed())), found


def test_descriptions_are_sentences() -> None:
    """A description begins with a capital and ends with a full stop or a colon's example."""
    texts = [(kind.name, kind.description or "") for kind in OURS if kind.name not in BUILT_IN]
    assert [name for name, text in texts if not text[0].isupper() or text.rstrip()[-1] not in ".`"] == []


def test_error_codes_are_published_whole() -> None:
    """Each code of the domain is a value of the API's enum, and no other."""
    for name, codes in (("ErrorCode", ErrorCode), ("FieldCode", FieldCode)):
        published = CORE.type_map[name]
        assert isinstance(published, GraphQLEnumType)
        assert set(published.values) == {code.name for code in codes}


@pytest.mark.parametrize("name", sorted(root_fields("mutation")))
def test_a_mutation_takes_one_input_and_answers_a_union(name: str) -> None:
    """One required `input`; the result union holds one success of the mutation's name, and errors."""
    field = root_fields("mutation")[name]
    assert list(field.args) == ["input"]
    spec = field.args["input"].type
    assert isinstance(spec, GraphQLNonNull)
    title = name[0].upper() + name[1:]
    assert get_named_type(spec).name == f"{title}Input"
    result = get_named_type(field.type)
    assert isinstance(result, GraphQLUnionType)
    assert result.name == f"{title}Result"
    successes = [member.name for member in result.types if not is_error(member)]
    assert successes == [f"{title}Success"]
    assert {"InvalidInput", "NotFound"} <= {member.name for member in result.types}


def is_error(kind: GraphQLObjectType) -> bool:
    """Whether a type implements Error."""
    return "Error" in {interface.name for interface in kind.interfaces}


def test_what_makes_something_is_keyed() -> None:
    """A mutation takes `idempotencyKey: String!`, unless repeating it changes nothing more."""
    unkeyed = set()
    for name, field in root_fields("mutation").items():
        content = get_named_type(field.args["input"].type)
        assert isinstance(content, GraphQLInputObjectType)
        if "idempotencyKey" in content.fields:
            assert str(content.fields["idempotencyKey"].type) == "String!"
        else:
            unkeyed.add(name)
    assert unkeyed == REPEATABLE | ANONYMOUSLY


def test_only_these_are_open_to_who_has_no_credential() -> None:
    """The mutations that need no credential are those by which one comes to have one, and no query is."""
    found = {
        name
        for operation in ("query", "mutation", "subscription")
        for name, field in root_fields(operation).items()
        if field.extensions["strawberry-definition"].metadata[REQUIRES] == ANONYMOUS
    }
    assert found == ANONYMOUSLY


def implementers(interface: str) -> set[str]:
    """The names of the types that implement an interface."""
    found = CORE.type_map[interface]
    assert isinstance(found, GraphQLInterfaceType)
    return {member.name for member in CORE.get_implementations(found).objects}


def test_every_node_can_be_found() -> None:
    """`node` finds every type that implements Node."""
    assert implementers("Node") == set(FINDABLE)
    assert set(FINDABLE) <= set(READERS)


def test_every_relation_is_a_field() -> None:
    """What hydration can load is a field of that name and kind; and every field of a Node's kind can be loaded."""
    for kind, relations in RELATIONS.items():
        owner = CORE.type_map[kind]
        assert isinstance(owner, GraphQLObjectType)
        for name, relation in relations.items():
            assert get_named_type(owner.fields[name].type).name == relation.kind
    for kind in implementers("Node"):
        owner = CORE.type_map[kind]
        assert isinstance(owner, GraphQLObjectType)
        below = {
            name for name, field in owner.fields.items() if get_named_type(field.type).name in implementers("Node")
        }
        assert below <= set(RELATIONS.get(kind, {}))


def test_a_rows_own_fields_are_not_null() -> None:
    """Ids, states and dates of creation are always there."""
    for kind in (CORE.type_map[name] for name in implementers("Node")):
        assert isinstance(kind, GraphQLObjectType)
        for name in {"id", "state", "createdAt"} & set(kind.fields):
            assert isinstance(kind.fields[name].type, GraphQLNonNull), f"{kind.name}.{name}"


def is_pageable(kind: GraphQLNamedType) -> bool:
    """Whether a type is a connection; the search box's is read forwards only, and never whole, so it has no count."""
    return kind.name.endswith("Connection") and kind.name != "SearchConnection"


@pytest.mark.parametrize("kind", [kind for kind in OURS if is_pageable(kind)], ids=str)
def test_connections_are_relays(kind: GraphQLObjectType) -> None:
    """A connection has edges of cursor and node, nodes, pageInfo, totalCount, or more, and its field four arguments."""
    assert set(kind.fields) >= {"edges", "nodes", "pageInfo", "totalCount"}
    edge = get_named_type(kind.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    assert set(edge.fields) == {"cursor", "node"}
    for field in (field for field in root_fields("query").values() if get_named_type(field.type) is kind):
        assert {"first", "after", "last", "before"} <= set(field.args)


def test_the_committed_schema_is_current() -> None:
    """schema/schema.graphql is what the code says, sorted: `provender export-schema` writes it."""
    assert SDL_FILE.read_text(encoding="utf-8") == sdl()


@pytest.mark.parametrize("event_type", EventType)
def test_every_event_has_a_valid_schema(event_type: EventType) -> None:
    """Each event's JSON Schema is one of Draft 2020-12, and describes its fields."""
    schema = json_schema(event_type)
    assert validator_for(schema) is Draft202012Validator
    Draft202012Validator.check_schema(schema)
    assert CATALOGUE[event_type].description.endswith(".")
