"""Nobody sees or touches a row outside its own subtree, by any root field: each is walked, none is listed by hand."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from json import dumps
from typing import Any, Final
from uuid import uuid4

import pytest
from graphql import GraphQLField, get_named_type, is_required_argument
from uuid_utils.compat import uuid7

from domain.access.permissions import GRANTABLE
from domain.shared.actor import OrganizationKind, Permission
from domain.shared.ids import PREFIXES, encode
from resolvers.access import OPEN, REQUIRES
from seeding import Planted
from tests.api.asked import inputs_of
from tests.api.targets import BASES, make_targets
from tests.api.walk import ASKED, BY_INPUT, FORWARDS, NEAR, Path, build, document, dotted, leaves, put, root_fields
from tests.api.worlds import TABLES, Sight, World, sight_of
from tests.house import Api

# A walk: what it covers, others have covered, and to trace it takes as long as to run it.
pytestmark = pytest.mark.no_cover

VIEWERS: Final[Mapping[str, Callable[[World], tuple[Planted, str, str]]]] = {
    # name -> (the tree it acts in, its organization, its token)
    "a partner": lambda world: (world.partner, world.partner.partner_id, world.partner.partner_token),
    "its neighbour": lambda world: (world.neighbour, world.neighbour.partner_id, world.neighbour.partner_token),
    "a sub-partner": lambda world: (world.sub, world.sub.partner_id, world.sub.partner_token),
    "a customer": lambda world: (world.partner, world.partner.customer_id, world.partner.customer_token),
    "a sub-partner's customer": lambda world: (world.sub, world.sub.customer_id, world.sub.customer_token),
    "a distributor": lambda world: (world.other, world.other.distributor_id, world.other.distributor_token),
}
# Events and orders name the credential that did it, which may be a seller's: an id that opens nothing.
UNWALKED: Final = frozenset({"principal", "submittedBy", "by", "retriedBy"})
NAMED: Final = re.compile(r"[a-z]{3}_[0-9a-z]{26}")
IDS: Final = frozenset({"ID"})
TEXTS: Final = frozenset({"ID", "String"})
# Places of inputs and arguments, and kinds whose ids are refused there whoever sends them: walked by one viewer.
REFUSED: Final[set[tuple[str, str, str]]] = set()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and what is foreign to it."""

    tree: Planted
    sight: Sight
    token: str
    foreign: Mapping[str, list[str]]
    references: list[str]
    permissions: frozenset[Permission]
    _turns: Iterator[int] = field(default_factory=count)

    def may_ask(self, root: GraphQLField) -> bool:
        """Whether a field is open to the viewer at all: where it is not, nothing is shown to it."""
        requires = root.extensions["strawberry-definition"].metadata[REQUIRES]
        return requires == OPEN or requires in self.permissions

    def assert_unseen(self, text: str, *sent: str) -> None:
        """No foreign id is in the text, but for those that were sent."""
        leaked = [i for ids in self.foreign.values() for i in ids if i in text and i not in sent]
        assert not leaked, f"{leaked[:3]} in {text[:2000]}"

    def each_kind(self, field: str, place: str) -> Iterator[tuple[str, str]]:
        """(kind, a foreign id of it), for every kind that may be taken there; the next time another one."""
        turn = next(self._turns)
        for kind, ids in self.foreign.items():
            if (field, place, kind) not in REFUSED:
                found = ids[turn % len(ids)]
                # Who signs in is a member of the tree's partner, and may: be it foreign to who looks.
                yield kind, ids[(turn + 1) % len(ids)] if (field, found) == ("signIn", self.tree.partner_id) else found

    def pairs(self, field: str, path: Path) -> list[tuple[str, str, str]]:
        """(kind, foreign, missing) values that an input may name something by at a path; none for a text of its own."""
        if path[-1] == "reference" and len(path) > 1:
            return [("", reference, uuid4().hex) for reference in self.references[:3]]
        if path[-1] == "id" or str(path[-1]).endswith("Id"):
            kinds = self.each_kind(field, dotted(path))
            return [(kind, foreign, encode(kind, uuid7())) for kind, foreign in kinds]
        return []


@pytest.fixture(params=VIEWERS.values(), ids=list(VIEWERS))
async def viewer(request: pytest.FixtureRequest, world: World) -> Viewer:
    """Each viewer in turn."""
    tree, organization_id, token = request.param(world)
    sight = await sight_of(world, organization_id)
    foreign = await sight.ids()
    assert all(foreign.values()), "a kind of which nothing is foreign would not be walked"
    kind = OrganizationKind.CUSTOMER if organization_id == tree.customer_id else OrganizationKind.PARTNER
    return Viewer(tree, sight, token, foreign, await sight.references(), GRANTABLE[kind])


def id_paths(root: GraphQLField) -> list[tuple[str, Path]]:
    """(argument, path inside it) of every id that a field takes."""
    return [(name, path) for name, spec in root.args.items() for path, _ in leaves(spec.type, IDS)]


def is_connection(root: GraphQLField) -> bool:
    """Whether a field answers pages."""
    return get_named_type(root.type).name.endswith("Connection")


def test_every_kind_of_id_has_rows_to_hide() -> None:
    """The walks know each kind of row that has ids: those of attempts and of links are never shown."""
    assert set(TABLES) == set(PREFIXES) - {"CredentialLink", "WebhookAttempt"}


def test_every_mutation_has_a_case() -> None:
    """A mutation without a valid base input fails here: without one its walk would prove nothing."""
    assert set(BASES) == set(root_fields("mutation"))


def test_every_query_can_be_walked() -> None:
    """A query whose required arguments are not ids needs a case of its own in ASKED."""
    for name, root in root_fields("query").items():
        required = {argument for argument, spec in root.args.items() if is_required_argument(spec)}
        assert required <= {argument for argument, path in id_paths(root)} | ASKED.get(name, {}).keys(), name


async def test_no_query_shows_foreign_rows(api: Api, viewer: Viewer) -> None:
    """Lists never contain them, single fields answer null for their ids, filters by their ids find nothing."""
    for name, root in root_fields("query").items():
        if not viewer.may_ask(root) or name in BY_INPUT:
            continue
        query = document("query", name, without=UNWALKED, far=NEAR)
        if name in ASKED or not any(is_required_argument(spec) for spec in root.args.values()):
            paged = dict(ASKED.get(name, {})) | ({"first": 100} if is_connection(root) else {})
            for _ in range(3):  # the third time, by generated code
                answer = await api.post(viewer.token, query, paged)
                assert "errors" not in answer.json(), answer.text
                viewer.assert_unseen(answer.text)
        for argument, path in id_paths(root):
            place = dotted((argument, *path))
            for kind, foreign in viewer.each_kind(name, place):
                answer = await api.post(viewer.token, query, {argument: build(path, foreign)})
                note_refusal(answer.text, name, place, kind)
                assert_nothing(answer.json(), name, foreign)
                viewer.assert_unseen(answer.text, foreign)


def note_refusal(answer: str, field: str, place: str, kind: str) -> bool:
    """Remember what is no id for a place: whose it is does not matter there. Whether this was."""
    is_refused = "expected an id like" in answer
    if is_refused:
        REFUSED.add((field, place, kind))
    return is_refused


def assert_nothing(answer: Mapping[str, Any], name: str, foreign: str) -> None:
    """Null, nulls, an empty page, or a refusal because it is an id of another kind."""
    if "errors" in answer:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_INPUT"], answer
        assert answer["data"] in (None, {name: None})
        return
    found = answer["data"][name]
    is_empty = found in (None, [None]) or (found["nodes"] == [] and found["edges"] == [] and found["totalCount"] == 0)
    assert is_empty, f"{name} finds {foreign}: {found}"


async def test_foreign_cursors_show_nothing_foreign(api: Api, world: World, viewer: Viewer) -> None:
    """A cursor of somebody else's list is only a place in the order: pages from it hold the viewer's own rows."""
    others = [member for member in (world.partner, world.neighbour, world.other) if member != viewer.tree]
    for name, root in root_fields("query").items():
        if not is_connection(root) or not viewer.may_ask(root) or name in FORWARDS:
            continue
        query = document("query", name, without=UNWALKED, far=NEAR)
        for owner in others:
            info = (await api.ask(owner.distributor_token, query, {"first": 100}))["pageInfo"]
            for paged in (
                {"after": info["endCursor"]},
                {"before": info["startCursor"]},
                {"after": info["startCursor"]},
            ):
                answer = await api.post(viewer.token, query, {"last": 100} | paged)
                assert "errors" not in answer.json(), answer.text
                viewer.assert_unseen(answer.text)


async def test_node_finds_no_foreign_row(api: Api, viewer: Viewer) -> None:
    """`nodes` answers null for every foreign id of every kind."""
    query = document("query", "nodes", without=UNWALKED, far=NEAR)
    for ids in viewer.foreign.values():
        for start in range(0, len(ids), 100):
            chunk = ids[start : start + 100]
            assert await api.ask(viewer.token, query, {"ids": chunk}) == [None] * len(chunk)


@pytest.mark.parametrize("name", sorted(BY_INPUT))
async def test_a_preview_of_what_is_foreign_is_one_of_what_is_not_there(api: Api, viewer: Viewer, name: str) -> None:
    """A foreign id or reference in any place of a preview's input answers as a missing one does."""
    query, root = document("query", name, without=UNWALKED, far=NEAR), root_fields("query")[name]
    base = (await inputs_of(viewer.tree))[name]
    for path, _ in leaves(root.args["input"].type, IDS):
        for kind, foreign, missing in viewer.pairs("previewOrder", path):
            answers = [
                (await api.post(viewer.token, query, {"input": put(base, path, value)})).text.replace(value, "…")
                for value in (foreign, missing)
            ]
            assert answers[0] == answers[1], dotted(path)
            viewer.assert_unseen(answers[0])
            note_refusal(answers[0], "previewOrder", dotted(path), kind)


def without_ids_of(content: Mapping[str, Any], text: str) -> str:
    """A text without the ids that its reader has named itself."""
    for named in set(NAMED.findall(dumps(content))):
        text = text.replace(named, "…")
    return text


async def test_no_mutation_touches_foreign_rows(api: Api, viewer: Viewer) -> None:
    """A foreign id or reference in any place of any input answers as a missing one does, and no foreign row changes."""
    targets = await make_targets(api, viewer.tree)
    before = await viewer.sight.digest()
    for name, root in root_fields("mutation").items():
        query = document("mutation", name)
        for path, _ in leaves(root.args["input"].type, TEXTS):
            for kind, foreign, missing in viewer.pairs(name, path):
                base = BASES[name](viewer.tree, targets)
                if put(base, path, foreign) == base:
                    continue  # who signs in is a member there, whoever looks
                answers = []
                for value in (foreign, missing):
                    content = put(BASES[name](viewer.tree, targets), path, value)
                    answer = await api.post(viewer.token, query, {"input": content})
                    answers.append(without_ids_of(content, answer.text.replace(value, "…")))
                    if note_refusal(answer.text, name, dotted(path), kind):
                        break  # as any id of this kind would be
                assert answers[0] == answers[-1], (name, dotted(path))
                refused = [f'"{name}":{{"__typename":"{kind}"' for kind in ("NotFound", "InvalidCredentials")]
                assert any(text in answers[0] for text in [*refused, '"code":"'])
                assert "Success" not in answers[0]
                viewer.assert_unseen(answers[0])
    assert await viewer.sight.digest() == before
