"""A11: what an order holds of its account's wallet or credit limit, and what becomes of it."""

import asyncio
from decimal import Decimal

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from settings import Settings
from tests.api.bases import customer_input, fresh_key, wallet_input
from tests.api.credit import (
    EITHER_WAY,
    PLACE,
    PRICE,
    Ordering,
    account,
    entries_add_up,
    place,
    set_terms,
    submit,
    top_up,
)
from tests.api.test_page_costs import counted
from tests.api.worlds import account_of, run_all, succeed
from tests.house import SAAS, Api, order_input


@EITHER_WAY
async def test_a11_without_terms_nothing_is_held(api: Api, tree: Planted, order: Ordering) -> None:
    """An account is unlimited until its seller sets terms: orders hold nothing."""
    assert (await order(api, tree))["__typename"] == "PlaceOrderSuccess"
    assert await account(api, tree) == dict.fromkeys(("creditLimit", "balance", "held", "available"), Decimal(0))


@EITHER_WAY
async def test_a11_a_credit_limit_is_kept(api: Api, tree: Planted, order: Ordering) -> None:
    """Orders hold their price against the limit; one that goes beyond it is refused, and says by how much."""
    await set_terms(api, tree, "POSTPAID", PRICE + 1)
    assert (await order(api, tree))["__typename"] == "PlaceOrderSuccess"
    before = await account(api, tree)
    assert before == {"creditLimit": PRICE + 1, "balance": 0, "held": PRICE, "available": 1}
    answer = await order(api, tree)
    assert (answer["__typename"], answer["InsufficientCredit_code"]) == ("InsufficientCredit", "INSUFFICIENT_CREDIT")
    assert Decimal(answer["InsufficientCredit_short"]["amount"]) == PRICE - 1
    assert f"{PRICE - 1} USD too little" in answer["InsufficientCredit_message"]
    assert await account(api, tree) == before
    await entries_add_up(tree)


@EITHER_WAY
async def test_a11_a_wallet_is_spent_to_the_last_cent(api: Api, tree: Planted, order: Ordering) -> None:
    """PREPAID, an order needs its whole price in the wallet: a cent less is refused, the exact amount is taken."""
    await set_terms(api, tree, "PREPAID")
    await top_up(api, tree, PRICE - Decimal("0.01"))
    answer = await order(api, tree)
    assert Decimal(answer["InsufficientCredit_short"]["amount"]) == Decimal("0.01")
    content = wallet_input(await account_of(tree.customer_id, 0), amount="0.01")
    await succeed(api, tree.partner_token, "grantCredit", content)
    assert (await order(api, tree))["__typename"] == "PlaceOrderSuccess"
    assert (await account(api, tree))["available"] == 0
    await entries_add_up(tree)


async def test_a11_a_refused_order_leaves_nothing(api: Api, tree: Planted) -> None:
    """No order, line, event or key of it is there; under the same key it can be placed once there is credit."""
    await set_terms(api, tree, "PREPAID")
    content = {"input": order_input(tree, fresh_key())}
    orders = "{ orders { totalCount } events(where: {type: {in: [ORDER_CREATED]}}) { totalCount } }"
    assert (await api.ask(tree.partner_token, PLACE, content))["__typename"] == "InsufficientCredit"
    answer = (await api.post(tree.partner_token, orders)).json()["data"]
    assert answer == {"orders": {"totalCount": 0}, "events": {"totalCount": 0}}
    await top_up(api, tree, PRICE)
    assert (await api.ask(tree.partner_token, PLACE, content))["__typename"] == "PlaceOrderSuccess"


async def test_a11_thirty_two_orders_at_once_keep_one_limit(api: Api, tree: Planted) -> None:
    """Of 32 orders at once against a limit of ten and a half, ten are placed: never one more, never one less."""
    await set_terms(api, tree, "POSTPAID", PRICE * 10 + PRICE / 2)
    answers = await asyncio.gather(*(place(api, tree) for _ in range(32)))
    kinds = [answer["__typename"] for answer in answers]
    assert (kinds.count("PlaceOrderSuccess"), kinds.count("InsufficientCredit")) == (10, 22)
    found = await account(api, tree)
    assert (found["held"], found["available"]) == (PRICE * 10, PRICE / 2)
    await entries_add_up(tree)


async def test_a11_orders_by_both_ways_at_once_keep_one_limit(api: Api, tree: Planted) -> None:
    """Placed and submitted together, 16 of each, they share the limit exactly."""
    await set_terms(api, tree, "POSTPAID", PRICE * 7)
    ways = [place, submit] * 16
    answers = await asyncio.gather(*(order(api, tree) for order in ways))
    kinds = [answer["__typename"] for answer in answers]
    assert (kinds.count("PlaceOrderSuccess"), kinds.count("InsufficientCredit")) == (7, 25)
    assert (await account(api, tree))["available"] == 0
    await entries_add_up(tree)


async def test_a11_a_repeated_request_holds_once(api: Api, tree: Planted) -> None:
    """Twelve equal requests at once under one key hold one price, though the limit has room for all."""
    await set_terms(api, tree, "POSTPAID", PRICE * 20)
    content = {"input": order_input(tree, fresh_key())}
    await asyncio.gather(*(api.ask(tree.partner_token, PLACE, content) for _ in range(12)))
    assert (await account(api, tree))["held"] == PRICE


async def test_a11_holding_takes_no_statement_more(api: Api, settings: Settings, tree: Planted) -> None:
    """An order that holds credit is written by the same one statement as one that does not (decision 0009)."""
    counts = []
    for terms in ("UNLIMITED", "PREPAID"):
        await set_terms(api, tree, terms)
        await top_up(api, tree, PRICE * 4)
        await place(api, tree)
        async with counted(settings) as statements:
            assert (await place(api, tree))["__typename"] == "PlaceOrderSuccess"
        counts.append(len(statements))
        assert sum("INSERT INTO orders" in statement for statement in statements) == 1
        assert not any(statement.startswith(("BEGIN", "COMMIT")) for statement in statements)
    assert counts[0] == counts[1]
    assert (await account(api, tree))["held"] == PRICE * 2


async def test_a11_cancelling_frees_what_was_held(api: Api, tree: Planted) -> None:
    """A cancelled order holds nothing any more, and its wallet tells of both."""
    await set_terms(api, tree, "PREPAID")
    await top_up(api, tree, PRICE)
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await succeed(api, tree.partner_token, "cancelOrder", {"id": order_id})
    found = await account(api, tree)
    assert (found["balance"], found["held"], found["available"]) == (PRICE, 0, PRICE)
    query = (
        "query ($id: ID!) { walletEntries(where: {orderId: {eq: $id}}) { nodes { kind orderId amount { amount } } } }"
    )
    nodes = (await api.ask(tree.customer_token, query, {"id": order_id}))["nodes"]
    assert [(node["kind"], node["amount"]["amount"]) for node in nodes] == [
        ("RELEASE", str(PRICE)),
        ("HOLD", f"-{PRICE}"),
    ]
    await entries_add_up(tree)


async def test_a11_completing_charges_what_was_held(api: Api, shop: Workshop, tree: Planted) -> None:
    """A completed order's hold becomes its charge."""
    await set_terms(api, tree, "POSTPAID", PRICE)
    placed = await place(api, tree)
    await run_all(shop, [tree], placed["PlaceOrderSuccess_order"]["id"])
    assert await account(api, tree) == {"creditLimit": PRICE, "balance": -PRICE, "held": 0, "available": 0}
    await entries_add_up(tree)


async def test_a11_failing_frees_and_half_charges_half(api: Api, shop: Workshop, tree: Planted) -> None:
    """A failed order is charged nothing, a partially completed one for the lines that were provisioned."""
    await set_terms(api, tree, "POSTPAID", PRICE * 3)
    await database.execute(
        "UPDATE products SET provisioner = 'nobody' WHERE key = 'team-insights' AND organization_id = $1",
        decode("Organization", tree.distributor_id),
    )
    line = {"planId": tree.plans["team-insights/professional"], "quantity": 1, "parameters": SAAS}
    failing, half = await place(api, tree, lines=[line]), await place(api, tree)
    await run_all(shop, [tree], *(answer["PlaceOrderSuccess_order"]["id"] for answer in (failing, half)))
    cloud = Decimal(half["PlaceOrderSuccess_order"]["lines"][0]["price"]["amount"])
    found = await account(api, tree)
    assert (found["balance"], found["held"]) == (-cloud, 0)
    await entries_add_up(tree)


async def test_a11_the_group_is_held_where_groups_are_invoiced(api: Api, tree: Planted) -> None:
    """Under the billing mode GROUP an order is held against the first group, not against the enterprise account."""
    content = customer_input(tree, billingMode="GROUP")
    made = (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]
    enterprise, group = made["accounts"]
    for account_id, limit in ((enterprise["id"], "0"), (group["id"], str(PRICE))):
        terms = {"accountId": account_id, "terms": "POSTPAID", "creditLimit": limit, "idempotencyKey": fresh_key()}
        await succeed(api, tree.partner_token, "setCreditTerms", terms)
    assert (await place(api, tree, customer={"id": made["id"]}))["__typename"] == "PlaceOrderSuccess"
    assert (await place(api, tree, customer={"id": made["id"]}))["InsufficientCredit_short"]["amount"] == str(PRICE)


@EITHER_WAY
async def test_a11_an_order_of_any_size_is_refused_in_order(api: Api, tree: Planted, order: Ordering) -> None:
    """A price near what 64 bits hold is more than the limit, and no fault of ours; the same with something held."""
    await set_terms(api, tree, "POSTPAID", PRICE * 2)
    await order(api, tree)
    plan_id = decode("Plan", tree.plans["cloud-workspace/business"])
    await database.execute("UPDATE prices SET unit_minor = $2 WHERE plan_id = $1", plan_id, (1 << 62) // 25)
    answer = await order(api, tree)
    assert answer["__typename"] == "InsufficientCredit"
    assert Decimal(answer["InsufficientCredit_short"]["amount"]) > 10**15


async def test_a11_a_limit_below_what_is_used_stops_orders_only(api: Api, tree: Planted) -> None:
    """Lowered below what is held, nothing more can be ordered; what is under way goes on and can be cancelled."""
    await set_terms(api, tree, "POSTPAID", PRICE * 2)
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await set_terms(api, tree, "POSTPAID", Decimal(1))
    assert (await account(api, tree))["available"] == 1 - PRICE
    assert (await place(api, tree))["__typename"] == "InsufficientCredit"
    await succeed(api, tree.partner_token, "cancelOrder", {"id": order_id})
    assert (await account(api, tree))["available"] == 1
