"""A6: one search box over organizations, numbers and contracts."""

from typing import Any
from uuid import uuid4

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import contract_input, customer_input, update_input
from tests.api.phones import assign, fresh_number, stock
from tests.api.walk import document
from tests.api.worlds import grow, new_token, succeed
from tests.house import Api

SEARCH = """
query ($term: String!, $first: Int, $after: String) { search(term: $term, first: $first, after: $after) {
  nodes { match text organization { id } number { number } contract { number } } edges { cursor }
  pageInfo { hasNextPage endCursor } } }
"""


async def find(api: Api, token: str, term: str, **page: Any) -> list[tuple[str, str]]:
    """What is found: (by what, the text)."""
    found = await api.ask(token, SEARCH, {"term": term, **page})
    return [(hit["match"], hit["text"]) for hit in found["nodes"]]


async def customer(api: Api, tree: Planted, **changes: Any) -> Any:
    """A new customer of the tree's partner."""
    made = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree, **changes))
    return made["CreateCustomerSuccess_customer"]


async def test_a6_organizations_are_found_by_id_name_and_reference(api: Api, tree: Planted) -> None:
    """Any word's beginning, without case or accents; all words must be there; either form of the id."""
    name, reference = f"Müller-Lüdenscheidt {uuid4().hex} GmbH", f"SAP-{uuid4().hex}"
    made = await customer(api, tree, name=name, reference=reference)
    bare = str(decode("Organization", made["id"]))
    word = name.split()[1]
    for term, match in (
        (made["id"], "ID"),
        (bare, "ID"),
        (f"muller {word[:20]}", "NAME"),
        (f"{word} LÜDEN gmb", "NAME"),
        (word, "NAME"),
        (reference.lower()[:20], "REFERENCE"),
        (reference[4:], "REFERENCE"),
    ):
        assert await find(api, tree.partner_token, term) == [(match, reference if match == "REFERENCE" else name)], term
    assert await find(api, tree.partner_token, f"{word} meier") == []
    changed = update_input(made["id"], name=f"Renamed {word}", reference=None)
    await succeed(api, tree.partner_token, "updateOrganization", changed)
    assert await find(api, tree.partner_token, word) == [("NAME", f"Renamed {word}")]
    assert await find(api, tree.partner_token, reference) == []


async def test_a6_contracts_are_found_by_either_reference(api: Api, tree: Planted) -> None:
    """By their number and by what they are called elsewhere, as that changes."""
    content = contract_input(tree, externalReference=f"PO {uuid4().hex}")
    made = (await succeed(api, tree.partner_token, "createContract", content))["CreateContractSuccess_contract"]
    for text, match in ((content["number"], "CONTRACT_NUMBER"), (content["externalReference"], "CONTRACT_REFERENCE")):
        found = await api.ask(tree.customer_token, SEARCH, {"term": text})
        (hit,) = found["nodes"]
        assert (hit["match"], hit["text"], hit["contract"]["number"]) == (match, text, content["number"])
        assert hit["organization"]["id"] == tree.customer_id
    await succeed(api, tree.partner_token, "updateContract", {"id": made["id"], "externalReference": None})
    assert await find(api, tree.partner_token, content["externalReference"]) == []


async def test_a6_purchased_numbers_are_found_as_people_type_them(api: Api, tree: Planted) -> None:
    """With signs, nationally, or by their end; one in stock is not purchased."""
    e164, other = fresh_number(), fresh_number()
    numbers = await stock(tree, [e164, other])
    await assign(next(iter(numbers)), tree.customer_id)
    national = e164[2:]
    written = f"({national[:3]}) {national[3:6]}-{national[6:]}"
    for term in (e164, written, f"1 {written}", national, national[2:]):
        assert await find(api, tree.customer_token, term) == [("NUMBER", e164)], term
    assert await find(api, tree.partner_token, other) == []


async def test_a6_foreign_rows_are_not_found(api: Api, tree: Planted) -> None:
    """A neighbour, and a customer, find nothing of what the partner finds."""
    neighbour = await grow(api, tree, tree.distributor_id)
    made = await customer(api, tree, name=f"Hidden {uuid4().hex}")
    contract = await succeed(api, tree.partner_token, "createContract", contract_input(tree))
    number = contract["CreateContractSuccess_contract"]["number"]
    for term in (made["name"], made["id"], made["reference"], number):
        assert len(await find(api, tree.distributor_token, term)) == 1
        assert await find(api, neighbour.partner_token, term) == []
    assert await find(api, tree.customer_token, made["name"]) == []


async def test_a6_a_permission_hides_what_it_is_for(api: Api, tree: Planted) -> None:
    """Without CONTRACTS_READ no contract, without NUMBERS_READ no number is found."""
    number = contract_input(tree)["number"]
    await succeed(api, tree.partner_token, "createContract", contract_input(tree, number=number))
    e164 = fresh_number()
    await assign(next(iter(await stock(tree, [e164]))), tree.customer_id)
    token = await new_token(api, tree.partner_token, tree, permissions=["ORGANIZATIONS_READ"])
    for term in (number, e164):
        assert len(await find(api, tree.partner_token, term)) == 1
        assert await find(api, token, term) == []
    blind = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    assert (await api.refuse(blind, SEARCH, {"term": "x"}))["extensions"]["code"] == "FORBIDDEN"


async def test_a6_pages_follow_each_other_without_gap_or_repetition(api: Api, tree: Planted) -> None:
    """Through ids, numbers and words; a page that ends before it is full says where to go on."""
    word = f"q{uuid4().hex[:10]}"
    names = [f"{word}{place} {word} Alpha{place}" for place in range(7)]
    for name in names:
        await customer(api, tree, name=name)
    seen: list[str] = []
    after = None
    for _ in range(20):
        page = await api.ask(tree.partner_token, SEARCH, {"term": word, "first": 2, "after": after})
        seen += [hit["text"] for hit in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == names
    assert [text for _, text in await find(api, tree.partner_token, f"alpha3 {word}")] == [names[3]]


@pytest.mark.parametrize("term", ["", " ", "-", "x" * 101, "a b c d e f g"])
async def test_a6_a_term_that_says_nothing_or_too_much_is_refused(api: Api, standing: Planted, term: str) -> None:
    """With the argument named."""
    error = await api.refuse(standing.partner_token, SEARCH, {"term": term})
    assert "term" in error["message"]


async def test_a6_whatever_is_typed_gets_an_answer(api: Api, standing: Planted) -> None:
    """Signs of queries, patterns and encodings mean nothing."""
    for term in (
        "%",
        "a%",
        "_a",
        "a:*",
        "'; DROP TABLE x",
        "\\",
        "a & b | c",
        "٤١٥٥٥٥",
        "\U0010ffff",
        "00000",
        "\U0001d504\U0001d529\U0001d52d",
    ):
        answer = (await api.post(standing.partner_token, SEARCH, {"term": term})).json()
        assert "errors" not in answer or answer["errors"][0]["extensions"]["code"] == "BAD_INPUT", (term, answer)
    error = await api.refuse(standing.partner_token, SEARCH, {"term": "a", "after": "x"})
    assert error["extensions"]["code"] == "BAD_INPUT"


async def test_a6_the_words_of_rows_that_were_there_before_are_found(api: Api, tree: Planted) -> None:
    """Each word stands once for every organization above, and once for its own."""
    scope = await database.fetch_value(
        "SELECT scope FROM organizations WHERE id = $1", decode("Organization", tree.customer_id)
    )
    sql = "SELECT DISTINCT node FROM search_words WHERE target_id = $1 ORDER BY node"
    rows = await database.fetch(sql, decode("Organization", tree.customer_id))
    assert [str(row["node"]) for row in rows] == sorted(scope.strip(".").split("."), key=int)
    assert document("query", "search")
