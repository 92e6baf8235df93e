"""C9: contracts between a customer and its seller, and orders placed by them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import contract_input, fresh_key
from tests.api.sellers import BUSINESS, make_discount, place, refused, seats
from tests.api.walk import document
from tests.api.worlds import grow, new_token, succeed
from tests.house import Api

TODAY = datetime.now(UTC).date()


async def make(api: Api, tree: Planted, **changes: Any) -> Any:
    """A contract of the tree's partner with its customer: 80.00 a seat and year of the business plan."""
    answer = await succeed(api, tree.partner_token, "createContract", contract_input(tree, **changes))
    return answer["CreateContractSuccess_contract"]


def by(contract: Any, tree: Planted, **changes: Any) -> dict[str, Any]:
    """An order of ten seats by a contract."""
    return seats(tree, method="CONTRACT", contractId=contract["id"], **changes)


async def test_c9_a_contracts_price_beats_the_price_list(api: Api, tree: Planted) -> None:
    """On the edge of its seller, for orders that name it: 80.00 instead of 95.63; the partner's cost stays 85.00."""
    contract = await make(api, tree)
    order = await place(api, tree.customer_token, by(contract, tree))
    assert (order["method"], order["price"]["amount"]) == ("CONTRACT", "800.00")
    assert (order["contract"]["number"], order["lines"][0]["unitPrice"]["amount"]) == (contract["number"], "80.00")
    order = await api.ask(tree.partner_token, document("query", "order"), {"id": order["id"]})
    assert [order[name]["amount"] for name in ("price", "cost", "margin")] == ["800.00", "850.00", "-50.00"]
    normal = await place(api, tree.customer_token, seats(tree))
    assert (normal["method"], normal["contract"], normal["price"]["amount"]) == ("NORMAL", None, "956.30")


async def test_c9_what_a_contract_does_not_name_costs_what_the_list_says(api: Api, tree: Planted) -> None:
    """Other plans and sales models keep their prices; a contract can sell what the list does not."""
    contract = await make(api, tree)
    order = await place(api, tree.customer_token, by(contract, tree, salesModel="MONTHLY"))
    assert order["price"]["amount"] == "95.60"
    await database.execute("DELETE FROM price_lists WHERE seller_id = $1", decode("Organization", tree.partner_id))
    order = await place(api, tree.customer_token, by(contract, tree))
    assert order["price"]["amount"] == "800.00"
    monthly = by(contract, tree, salesModel="MONTHLY")
    assert await refused(api, tree.customer_token, "placeOrder", monthly) == [("lines.0.planId", "NOT_ALLOWED")]


async def test_c9_discounts_come_off_a_contracts_price(api: Api, tree: Planted) -> None:
    """What is agreed takes the list's place, nothing else changes."""
    contract, discount = await make(api, tree), await make_discount(api, tree.partner_token, tree)
    order = await place(api, tree.customer_token, by(contract, tree, discountCodes=[discount["code"]]))
    assert order["price"]["amount"] == "720.00"


async def test_c9_a_draft_keeps_its_contract_until_it_is_submitted(api: Api, tree: Planted) -> None:
    """The price is fixed at submission, by what the contract says then; later changes change no order."""
    contract = await make(api, tree)
    made = await succeed(api, tree.customer_token, "createOrder", by(contract, tree))
    draft_id = made["CreateOrderSuccess_order"]["id"]
    assert made["CreateOrderSuccess_order"]["contract"]["number"] == contract["number"]
    await reprice(api, tree, contract, "70.00")
    content = {"id": draft_id, "idempotencyKey": fresh_key()}
    submitted = (await succeed(api, tree.customer_token, "submitOrder", content))["SubmitOrderSuccess_order"]
    await reprice(api, tree, contract, "60.00")
    order = await api.ask(tree.customer_token, document("query", "order"), {"id": draft_id})
    assert order["price"]["amount"] == submitted["price"]["amount"] == "700.00"


async def reprice(api: Api, tree: Planted, contract: Any, amount: str) -> None:
    """Give a contract one other price."""
    price = {"planId": tree.plans[BUSINESS], "salesModel": "YEARLY", "amount": amount}
    await succeed(api, tree.partner_token, "updateContract", {"id": contract["id"], "prices": [price]})


@pytest.mark.parametrize(
    ("term", "state"),
    [
        ({"startsOn": "2999-01-01"}, "SCHEDULED"),
        ({"startsOn": "2025-01-01", "endsOn": "2025-12-31"}, "ENDED"),
    ],
)
async def test_c9_an_order_is_placed_by_a_contract_that_covers_its_day(
    api: Api, tree: Planted, term: dict[str, str], state: str
) -> None:
    """One that has not begun or has ended is refused, for drafts and orders alike."""
    contract = await make(api, tree, **term)
    assert contract["state"] == state
    for mutation in ("createOrder", "placeOrder"):
        assert await refused(api, tree.customer_token, mutation, by(contract, tree)) == [("contractId", "EXPIRED")]


async def test_c9_the_method_and_the_contract_belong_together(api: Api, tree: Planted, other_tree: Planted) -> None:
    """CONTRACT names one, NORMAL none; somebody else's contract does not exist."""
    contract, foreign = await make(api, tree), await make(api, other_tree)
    neighbour = await grow(api, tree, tree.distributor_id)
    theirs = await make(api, neighbour)
    for content, code in (
        (seats(tree, method="CONTRACT"), "REQUIRED"),
        (by(contract, tree) | {"method": "NORMAL"}, "REQUIRED"),
        (by(foreign, tree), "NOT_FOUND"),
        (by(theirs, tree), "NOT_FOUND"),
    ):
        assert await refused(api, tree.customer_token, "placeOrder", content) == [("contractId", code)]
        assert await refused(api, tree.distributor_token, "createOrder", content) == [("contractId", code)]


async def test_c9_parties_see_the_price_and_sellers_above_only_that_there_is_one(api: Api, tree: Planted) -> None:
    """The customer sees its contract and its price, nothing of costs; the distributor sees no amount."""
    contract = await make(api, tree, externalReference="SAP-1")
    query = document("query", "contracts")
    for token, amount in (
        (tree.customer_token, "80.00"),
        (tree.partner_token, "80.00"),
        (tree.distributor_token, None),
    ):
        page = await api.ask(token, query, {"where": {"externalReference": {"eq": "SAP-1"}}})
        (found,) = page["nodes"]
        assert (found["id"], found["state"], found["noticeDays"]) == (contract["id"], "ACTIVE", 30)
        assert found["document"]["location"] == "dms:4711"
        (price,) = found["prices"]
        assert (price["price"] and price["price"]["amount"], price["plan"]["key"]) == (amount, "business")
    neighbour = await grow(api, tree, tree.distributor_id)
    assert (await api.ask(neighbour.partner_token, query))["nodes"] == []


async def test_c9_an_order_shows_its_contract_to_who_may_read_contracts(api: Api, tree: Planted) -> None:
    """Without CONTRACTS_READ the order says that it was placed by one, and no more."""
    contract = await make(api, tree)
    order = await place(api, tree.customer_token, by(contract, tree))
    token = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    seen = await api.ask(token, document("query", "order"), {"id": order["id"]})
    assert (seen["method"], seen["contract"]) == ("CONTRACT", None)
    error = await api.refuse(token, document("query", "contracts"))
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_c9_what_is_left_out_of_a_change_stays(api: Api, tree: Planted) -> None:
    """Null empties a field, absence leaves it; the prices are given whole."""
    contract = await make(api, tree, endsOn="2999-01-01")

    async def change(**changes: Any) -> Any:
        content = {"id": contract["id"], **changes}
        return (await succeed(api, tree.partner_token, "updateContract", content))["UpdateContractSuccess_contract"]

    changed = await change(externalReference=None, noticeDays=5)
    assert changed == contract | {"externalReference": None, "noticeDays": 5}
    changed = await change(endsOn=None, document=None, prices=[])
    assert (changed["endsOn"], changed["document"], changed["prices"]) == (None, None, [])
    assert (changed["noticeDays"], changed["number"]) == (5, contract["number"])
    content = {"id": contract["id"], "endsOn": "2020-01-01", "noticeDays": -1}
    assert await refused(api, tree.partner_token, "updateContract", content) == [
        ("endsOn", "OUT_OF_RANGE"),
        ("noticeDays", "OUT_OF_RANGE"),
    ]


async def test_c9_notice_ends_a_contract_on_a_day_that_it_allows(api: Api, tree: Planted) -> None:
    """Thirty days ahead at the earliest, which is what happens unless a later day is named; again: nothing changes."""
    contract = await make(api, tree)
    content = {"id": contract["id"], "endsOn": (TODAY + timedelta(days=20)).isoformat()}
    assert await refused(api, tree.partner_token, "endContract", content) == [("endsOn", "OUT_OF_RANGE")]
    ended = await succeed(api, tree.partner_token, "endContract", {"id": contract["id"]})
    last_day = date.fromisoformat(ended["EndContractSuccess_contract"]["endsOn"])
    assert timedelta(days=29) <= last_day - TODAY <= timedelta(days=31)  # the customer's day, which may be another
    assert ended["EndContractSuccess_contract"]["state"] == "ACTIVE"
    assert await succeed(api, tree.partner_token, "endContract", {"id": contract["id"]}) == ended
    later = {"id": contract["id"], "endsOn": (last_day + timedelta(days=1)).isoformat()}
    assert await refused(api, tree.partner_token, "endContract", later) == [("endsOn", "OUT_OF_RANGE")]
    sql = "SELECT payload FROM events WHERE aggregate_id = $1 AND type = 'contract.ended'"
    told = await database.fetch(sql, decode("Contract", contract["id"]))
    assert [row["payload"]["ends_on"] for row in told] == [last_day.isoformat()]


async def test_c9_a_contract_is_its_sellers_to_make_and_change(api: Api, tree: Planted) -> None:
    """A customer buys from one seller directly: nobody else enters or changes its contracts."""
    content = contract_input(tree)
    assert await refused(api, tree.distributor_token, "createContract", content) == [("customer", "NOT_ALLOWED")]
    partner = contract_input(tree, customer={"id": tree.partner_id})
    assert await refused(api, tree.distributor_token, "createContract", partner) == [("customer", "NOT_ALLOWED")]
    contract = await make(api, tree)
    for mutation in ("updateContract", "endContract"):
        for token in (tree.distributor_token, tree.customer_token):
            error = await api.refuse(token, document("mutation", mutation), {"input": {"id": contract["id"]}})
            assert error["extensions"]["code"] == "FORBIDDEN"


async def test_c9_a_number_is_unique_at_its_seller(api: Api, tree: Planted) -> None:
    """Two contracts of one seller have two numbers; all that is wrong with one is said at once."""
    contract = await make(api, tree)
    content = contract_input(tree, number=contract["number"])
    assert await refused(api, tree.partner_token, "createContract", content) == [("number", "ALREADY_EXISTS")]
    neighbour = await grow(api, tree, tree.distributor_id)
    await make(api, neighbour, number=contract["number"])
    price = {"planId": tree.plans[BUSINESS], "salesModel": "YEARLY", "amount": "1.001"}
    wrong = contract_input(tree, number="", noticeDays=-1, prices=[price, price | {"amount": "1"}])
    assert await refused(api, tree.partner_token, "createContract", wrong) == [
        ("number", "REQUIRED"),
        ("noticeDays", "OUT_OF_RANGE"),
        ("prices.0.amount", "INVALID"),
        ("prices.1", "ALREADY_EXISTS"),
    ]
