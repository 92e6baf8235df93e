"""N1: a seller's stock of numbers, who sees which of it, and how it is searched."""

from typing import Any

import pytest

from seeding import Planted
from tests.api.phones import assign, block, hold, stock
from tests.api.worlds import grow
from tests.house import Api

SEARCH = """
query ($where: NumberSearchWhere, $first: Int, $after: String, $last: Int, $before: String) {
  searchNumbers(where: $where, first: $first, after: $after, last: $last, before: $before) {
    rateCenter totalCount nodes { id number state npa nxx rateCenter kind country plan { key } customer { id } orderId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }
"""
LIST = """
query ($where: NumberWhere) { numbers(where: $where, sort: [{field: NUMBER, direction: ASC}]) {
  nodes { number state customer { id } } } }
"""
NODE = "query ($id: ID!) { node(id: $id) { ... on Number { number state } } }"


async def search(api: Api, token: str, **variables: Any) -> Any:
    """A page of stock."""
    return await api.ask(token, SEARCH, variables)


async def found(api: Api, token: str, **where: Any) -> list[str]:
    """The numbers that a search finds."""
    return [node["number"] for node in (await search(api, token, where=where, first=100))["nodes"]]


async def test_n1_an_npa_nxx_names_its_rate_center_and_what_is_available(api: Api, tree: Planted) -> None:
    """Whoever buys from the seller finds its stock there, in its order; a place without stock is named."""
    await stock(tree, block("+14155550100", 3))
    await stock(tree, ["+14155560000"], rate_center="OKLD MAIN")
    for token in (tree.customer_token, tree.partner_token, tree.distributor_token):
        page = await search(api, token, where={"npa": "415", "nxx": "555"})
        assert (page["rateCenter"], page["totalCount"]) == ("SNFC CNTRL", 3)
        assert [node["number"] for node in page["nodes"]] == block("+14155550100", 3)
    assert page["nodes"][0] | {"id": ""} == {
        "id": "", "number": "+14155550100", "state": "AVAILABLE", "npa": "415", "nxx": "555", "kind": "LOCAL",
        "rateCenter": "SNFC CNTRL", "country": "US", "plan": {"key": "starter"}, "customer": None, "orderId": None,
    }  # fmt: skip
    await assign("+14155560000", tree.customer_id)
    page = await search(api, tree.partner_token, where={"npa": "415", "nxx": "556"})
    assert (page["rateCenter"], page["totalCount"], page["nodes"]) == ("OKLD MAIN", 0, [])
    assert (await search(api, tree.partner_token, where={"npa": "415", "nxx": "999"}))["rateCenter"] is None
    assert (await search(api, tree.partner_token, where={"npa": "415"}))["rateCenter"] is None


async def test_n1_stock_is_searched_by_place_digits_run_kind_and_sku(api: Api, tree: Planted) -> None:
    """Each condition narrows; a run is unbroken, and of what is available alone."""
    await stock(tree, [*block("+14155550100", 5), *block("+14155550110", 3)])
    await stock(tree, ["+18005550199"], kind="TOLL_FREE", plan=tree.plans["cloud-workspace/business"], rate_center="TF")
    await stock(tree, ["+4366212345678"], country="AT", rate_center="SALZBURG")
    await assign("+14155550102", tree.customer_id)
    token = tree.customer_token
    assert await found(api, token, country="AT") == ["+4366212345678"]
    assert await found(api, token, rateCenter="salzburg ") == ["+4366212345678"]
    assert await found(api, token, digits="50199", kind="TOLL_FREE") == ["+18005550199"]
    assert await found(api, token, kind="TOLL_FREE") == ["+18005550199"]
    assert await found(api, token, planId=tree.plans["cloud-workspace/business"], npa="800") == ["+18005550199"]
    assert await found(api, token, npa="415", nxx="555", run=3) == block("+14155550110", 3)
    both = [*block("+14155550100", 2), *block("+14155550103", 2), *block("+14155550110", 3)]
    assert await found(api, token, rateCenter="SNFC CNTRL", run=2) == both
    assert await found(api, token, npa="415", nxx="555", run=2, digits="104") == ["+14155550104"]
    assert await found(api, token) == [*both, "+18005550199", "+4366212345678"]


async def test_n1_pages_of_stock_go_on_from_their_cursors(api: Api, tree: Planted) -> None:
    """Forwards and backwards every number comes once, of whichever seller."""
    await stock(tree, block("+14155550100", 5))
    await stock(tree, block("+14155550105", 2), seller=tree.partner_id)
    seen, after = [], None
    while True:
        page = await search(api, tree.customer_token, first=3, after=after)
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == block("+14155550100", 7)
    page = await search(api, tree.customer_token, last=2, before=page["pageInfo"]["startCursor"])
    assert [node["number"] for node in page["nodes"]] == seen[4:6]
    assert page["pageInfo"]["hasPreviousPage"]
    error = await api.refuse(tree.customer_token, SEARCH, {"after": "x"})
    assert error["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize(
    ("where", "paths"),
    [
        ({"npa": "41", "nxx": "155"}, ["where.npa", "where.nxx"]),
        ({"nxx": "555"}, ["where.npa"]),
        ({"country": "us"}, ["where.country"]),
        ({"digits": "4x", "npa": "415"}, ["where.digits"]),
        ({"digits": "42"}, ["where.digits"]),
        ({"rateCenter": "\x00"}, ["where.rateCenter"]),
        ({"npa": "415", "run": 5}, ["where.run"]),
        ({"npa": "415", "nxx": "555", "run": 1}, ["where.run"]),
    ],
)
async def test_n1_a_search_that_makes_no_sense_says_why(
    api: Api, standing: Planted, where: dict[str, Any], paths: list[str]
) -> None:
    """Every problem at its path."""
    error = await api.refuse(standing.partner_token, SEARCH, {"where": where})
    assert [field["path"] for field in error["extensions"]["fields"]] == paths


async def test_n1_a_reservation_and_a_quarantine_end_by_themselves(api: Api, tree: Planted) -> None:
    """While it lasts the number is in no search; once it has passed, no job is needed to have it again."""
    ids = await stock(tree, block("+14155550100", 2))
    await hold("+14155550100", tree.customer_id, 60)
    await hold("+14155550101", tree.customer_id, -60)
    page = await search(api, tree.partner_token)
    assert [(node["number"], node["state"], node["customer"]) for node in page["nodes"]] == [
        ("+14155550101", "AVAILABLE", {"id": tree.customer_id})
    ]
    assert (await api.ask(tree.customer_token, NODE, {"id": ids["+14155550100"]}))["state"] == "RESERVED"
    assert (await api.ask(tree.customer_token, NODE, {"id": ids["+14155550101"]}))["state"] == "AVAILABLE"


async def test_n1_who_has_a_number_is_seen_from_every_seller_above_and_from_nowhere_else(
    api: Api, tree: Planted, other_tree: Planted
) -> None:
    """A customer sees its own and what it can buy; a seller what is below it; a neighbour and another tree nothing."""
    neighbour = await grow(api, tree, tree.distributor_id)
    ids = await stock(tree, block("+14155550100", 2))
    await assign("+14155550100", tree.customer_id)
    own = {"number": "+14155550100", "state": "ASSIGNED", "customer": {"id": tree.customer_id}}
    for token in (tree.customer_token, tree.partner_token):
        assert (await api.ask(token, LIST))["nodes"] == [own]
    assert (await api.ask(tree.distributor_token, LIST))["nodes"][0] == own
    assert len((await api.ask(tree.distributor_token, LIST))["nodes"]) == 2
    assert (await api.ask(neighbour.partner_token, LIST))["nodes"] == []
    assert await api.ask(neighbour.partner_token, NODE, {"id": ids["+14155550100"]}) is None
    assert await api.ask(neighbour.customer_token, NODE, {"id": ids["+14155550101"]}) is not None
    for token in (other_tree.distributor_token, other_tree.customer_token):
        assert await found(api, token) == []
        assert await api.ask(token, NODE, {"id": ids["+14155550101"]}) is None


async def test_n1_a_partner_s_stock_is_for_those_below_it(api: Api, tree: Planted) -> None:
    """A seller searches for one of its customers what that customer can buy; a foreign one finds nothing."""
    neighbour = await grow(api, tree, tree.distributor_id)
    await stock(tree, ["+14155550100"], seller=tree.partner_id)
    assert await found(api, tree.customer_token) == ["+14155550100"]
    assert await found(api, tree.distributor_token) == []
    assert await found(api, tree.distributor_token, customerId=tree.customer_id) == ["+14155550100"]
    assert await found(api, neighbour.customer_token) == []
    assert await found(api, neighbour.partner_token, customerId=tree.customer_id) == []


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({"state": {"eq": "ASSIGNED"}}, 1),
        ({"number": {"in": ["+14155550100", "+14155550101"]}}, 2),
        ({"npa": {"eq": "415"}, "nxx": {"eq": "556"}}, 0),
        ({"OR": [{"kind": {"eq": "MOBILE"}}, {"rateCenter": {"eq": "SNFC CNTRL"}}]}, 3),
    ],
)
async def test_n1_one_s_numbers_are_filtered(api: Api, tree: Planted, where: dict[str, Any], count: int) -> None:
    """By number, state, kind and place."""
    await stock(tree, block("+14155550100", 3))
    await assign("+14155550102", tree.customer_id)
    assert len((await api.ask(tree.distributor_token, LIST, {"where": where}))["nodes"]) == count
