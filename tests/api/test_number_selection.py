"""N2 and N3: numbers are reserved within what the seats allow, for a time, and each for one alone."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import bootstrap
from domain.shared import database
from domain.shared.ids import decode
from jobs.numbers import put_back_what_is_over
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.phones import assign, block, hold, make_seats, make_sku, reservation, stock
from tests.api.sellers import BUSINESS, seats
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import CLOUD, Api, order_input

NUMBERS = block("+14155550100", 100)
ALLOWANCE = """
query ($orderId: ID, $subscriptionId: ID) { numberAllowance(orderId: $orderId, subscriptionId: $subscriptionId) {
  free selected chargeable available } }
"""
RESERVE = document("mutation", "reserveNumbers")


async def draft(api: Api, tree: Planted, content: dict[str, Any]) -> str:
    """A new draft's id."""
    answer = await succeed(api, tree.partner_token, "createOrder", content)
    order_id: str = answer["CreateOrderSuccess_order"]["id"]
    return order_id


async def reserve(api: Api, tree: Planted, order_id: str, numbers: list[str], **changes: Any) -> Any:
    """What reserving answers."""
    content = reservation(order_id, numbers, **changes)
    return await api.ask(tree.customer_token, RESERVE, {"input": content})


async def allowed(api: Api, tree: Planted, order_id: str) -> list[int]:
    """Free, selected, chargeable, available."""
    answer = await api.ask(tree.customer_token, ALLOWANCE, {"orderId": order_id})
    return [answer[name] for name in ("free", "selected", "chargeable", "available")]


async def test_n2_numbers_come_with_seats(api: Api, tree: Planted) -> None:
    """Without seats none can be chosen; with them as many as they include, and those that are bought by SKU."""
    await stock(tree, NUMBERS[:10])
    await make_sku(tree)
    sku = {"planId": tree.plans["cloud-workspace/starter"], "quantity": 2, "parameters": CLOUD}
    bare = await draft(api, tree, order_input(tree, fresh_key(), lines=[sku]))
    answer = await reserve(api, tree, bare, NUMBERS[:1])
    assert [field["message"] for field in answer["InvalidInput_fields"]] == [
        "numbers come with seats: order seats first"
    ]
    await make_seats(tree, 1)
    seat = {"planId": tree.plans[BUSINESS], "quantity": 3, "parameters": CLOUD}
    order_id = await draft(api, tree, order_input(tree, fresh_key(), lines=[seat, sku]))
    assert await allowed(api, tree, order_id) == [3, 0, 0, 5]
    answer = await reserve(api, tree, order_id, NUMBERS[:4])
    assert answer["ReserveNumbersSuccess_allowance"] == {
        "__typename": "NumberAllowance", "free": 3, "selected": 4, "chargeable": 1, "available": 1, "awaited": 0,
    }  # fmt: skip
    answer = await reserve(api, tree, order_id, NUMBERS[4:6])
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("numbers", "EXHAUSTED")]
    assert await allowed(api, tree, order_id) == [3, 4, 1, 1]


async def test_n2_what_is_beyond_the_free_ones_is_bought_by_its_own_sku(api: Api, tree: Planted) -> None:
    """A number of another SKU than the lines' counts against the free ones alone."""
    await make_seats(tree, 1)
    await make_sku(tree)
    await stock(tree, NUMBERS[:2], plan=tree.plans["team-insights/enterprise"])
    lines = [
        {"planId": tree.plans[BUSINESS], "quantity": 1, "parameters": CLOUD},
        {"planId": tree.plans["cloud-workspace/starter"], "quantity": 5, "parameters": CLOUD},
    ]
    order_id = await draft(api, tree, order_input(tree, fresh_key(), lines=lines))
    assert (await reserve(api, tree, order_id, NUMBERS[:1]))["__typename"] == "ReserveNumbersSuccess"
    assert (await reserve(api, tree, order_id, NUMBERS[1:2]))["__typename"] == "InvalidInput"


async def test_n3_a_reservation_is_renewed_released_and_expires(api: Api, shop: Workshop, tree: Planted) -> None:
    """It lasts 15 minutes from its last renewal; let go, or over, the number is in stock again and that is told."""
    await make_seats(tree, 1)
    ids = await stock(tree, NUMBERS[:3])
    order_id = await draft(api, tree, seats(tree, 3))
    first = await reserve(api, tree, order_id, NUMBERS[:2])
    again = await reserve(api, tree, order_id, NUMBERS[:2])
    assert [node["number"] for node in again["ReserveNumbersSuccess_numbers"]] == NUMBERS[:2]
    assert again["ReserveNumbersSuccess_reservedUntil"] > first["ReserveNumbersSuccess_reservedUntil"]
    let_go = await succeed(
        api, tree.customer_token, "releaseNumbers", {"orderId": order_id, "numbers": [NUMBERS[0], NUMBERS[2]]}
    )
    assert let_go["ReleaseNumbersSuccess_released"] == NUMBERS[:1]
    assert await allowed(api, tree, order_id) == [3, 1, 0, 2]
    later = replace(shop, now=lambda: bootstrap.utc_now() + timedelta(minutes=16))
    assert await put_back_what_is_over(later) >= 1
    assert await allowed(api, tree, order_id) == [3, 0, 0, 3]
    told = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", decode("Number", ids[NUMBERS[1]])
    )
    assert [row["type"] for row in told] == ["number.reserved", "number.reserved", "number.released"]


async def test_n3_what_is_taken_is_named(api: Api, tree: Planted) -> None:
    """By default nothing is reserved then; else what is to be had; a number that is nobody's is as taken as another."""
    await make_seats(tree, 1)
    await stock(tree, NUMBERS[:3])
    await assign(NUMBERS[0], tree.customer_id)
    order_id = await draft(api, tree, seats(tree, 10))
    wanted = [NUMBERS[0], NUMBERS[1], "+19995550000"]
    answer = await reserve(api, tree, order_id, wanted)
    assert (answer["__typename"], answer["NumbersTaken_numbers"]) == ("NumbersTaken", [NUMBERS[0], "+19995550000"])
    assert await allowed(api, tree, order_id) == [10, 0, 0, 10]
    some = [{"npa": "415", "nxx": "555", "quantity": 2}]
    answer = await reserve(api, tree, order_id, wanted, wanted=some, ifTaken="TAKE_REST")
    assert answer["ReserveNumbersSuccess_taken"] == [NUMBERS[0], "+19995550000", "415-555"]
    assert [node["number"] for node in answer["ReserveNumbersSuccess_numbers"]] == NUMBERS[1:3]


async def test_n3_a_reservation_that_is_over_is_had_by_the_next_without_a_job(api: Api, tree: Planted) -> None:
    """And whom it was for hears of it before."""
    await make_seats(tree, 1)
    ids = await stock(tree, NUMBERS[:1])
    await hold(NUMBERS[0], tree.customer_id, -1)
    order_id = await draft(api, tree, seats(tree, 1))
    answer = await reserve(api, tree, order_id, NUMBERS[:1])
    assert answer["ReserveNumbersSuccess_numbers"][0]["orderId"] == order_id
    told = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", decode("Number", ids[NUMBERS[0]])
    )
    assert [row["type"] for row in told] == ["number.released", "number.reserved"]


async def test_n3_numbers_are_selected_for_drafts_and_subscriptions_in_use(api: Api, tree: Planted) -> None:
    """A submitted order is a Conflict; naming both or neither is refused; another key with one input answers alike."""
    await make_seats(tree, 1)
    await stock(tree, NUMBERS[:2])
    order_id = await draft(api, tree, seats(tree, 2))
    content = reservation(order_id, NUMBERS[:1])
    first, again = [await api.ask(tree.customer_token, RESERVE, {"input": content}) for _ in range(2)]
    assert first == again
    await succeed(api, tree.customer_token, "submitOrder", {"id": order_id, "idempotencyKey": fresh_key()})
    assert (await reserve(api, tree, order_id, NUMBERS[1:]))["Conflict_current"] == "APPROVED"
    answer = await reserve(api, tree, order_id, ["415"], subscriptionId=order_id.replace("ord", "sub"))
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["orderId", "numbers.0"]


async def test_n3_32_clients_want_the_same_100_numbers_and_each_goes_to_one(api: Api, tree: Planted) -> None:
    """Who takes what is left gets disjoint numbers; who wants all or nothing: one gets all, the others are told."""
    await make_seats(tree, 10)
    await stock(tree, NUMBERS)
    drafts = [await draft(api, tree, seats(tree, 10)) for _ in range(32)]
    answers = await asyncio.gather(*(reserve(api, tree, order_id, NUMBERS) for order_id in drafts))
    assert Counter(answer["__typename"] for answer in answers) == {"ReserveNumbersSuccess": 1, "NumbersTaken": 31}
    winner = next(answer for answer in answers if answer["__typename"] == "ReserveNumbersSuccess")
    holder = winner["ReserveNumbersSuccess_numbers"][0]["orderId"]
    await succeed(api, tree.customer_token, "releaseNumbers", {"orderId": holder, "numbers": None})
    shares = [NUMBERS[place::2] + NUMBERS[:40] for place in range(32)]
    wanted = [{"npa": "415", "nxx": "555", "quantity": 3}]
    answers = await asyncio.gather(
        *(
            reserve(api, tree, order_id, list(dict.fromkeys(share)), wanted=wanted, ifTaken="TAKE_REST")
            for order_id, share in zip(drafts, shares, strict=True)
        )
    )
    got = Counter(node["number"] for answer in answers for node in answer["ReserveNumbersSuccess_numbers"])
    assert got == dict.fromkeys(NUMBERS, 1)
    assert sum([(await allowed(api, tree, order_id))[1] for order_id in drafts]) == 100
