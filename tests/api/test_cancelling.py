"""O10: an order is cancelled while it is provisioned: what was made is unmade, or it was too late."""

import asyncio
from decimal import Decimal
from typing import Any

import orjson

from domain.shared import database
from domain.shared.ids import decode
from jobs.outbox import outbox_pump
from jobs.provisioning import provisioning_pump
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import discount_input, fresh_key
from tests.api.credit import PRICE, account, entries_add_up, place, set_terms
from tests.api.flow import ORDER, keep_schemas
from tests.api.test_order_retries import break_down
from tests.api.walk import document
from tests.api.worlds import forget_others, run_all, run_operations, succeed
from tests.house import Api, make_due


async def under_way(api: Api, shop: Workshop, tree: Planted, **changes: Any) -> Any:
    """An order of which one line is there, and the provisioner of the other asks for data."""
    order_id = (await place(api, tree, **changes))["PlaceOrderSuccess_order"]["id"]
    await database.execute(
        "UPDATE order_lines SET parameters = parameters || $2::jsonb WHERE order_id = $1 AND position = 1",
        decode("Order", order_id),
        orjson.dumps({"sandbox": {"fault": "ask_input", "field": "taxNumber"}}).decode(),
    )
    await run_operations(shop, tree)
    order = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    assert [line["state"] for line in order["lines"]] == ["COMPLETED", "INQUIRING"]
    return order


async def cancel(api: Api, tree: Planted, order_id: str) -> Any:
    """However cancelling ends."""
    return await api.ask(tree.customer_token, document("mutation", "cancelOrder"), {"input": {"id": order_id}})


async def told_of(order_id: str) -> list[str]:
    """The types of an order's events, in order."""
    sql = "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    return [row["type"] for row in await database.fetch(sql, decode("Order", order_id))]


async def test_o10_what_was_made_is_unmade(api: Api, shop: Workshop, tree: Planted) -> None:
    """CANCELLING until both instances are gone, then CANCELLED: nothing is charged or held, no code redeemed."""
    await set_terms(api, tree, "POSTPAID", PRICE)
    code = fresh_key()
    await succeed(api, tree.partner_token, "createDiscount", discount_input(tree, code=code))
    order = await under_way(api, shop, tree, discountCodes=[code])
    cancelling = (await cancel(api, tree, order["id"]))["CancelOrderSuccess_order"]
    assert (cancelling["state"], cancelling["inquiries"], cancelling["finishedAt"]) == ("CANCELLING", [], None)
    assert {line["state"] for line in cancelling["lines"]} == {"CANCELLING"}
    assert (await cancel(api, tree, order["id"]))["Conflict_current"] == "CANCELLING"
    await run_all(shop, [tree], order["id"])
    ended = await api.ask(tree.customer_token, ORDER, {"id": order["id"]})
    assert ended["state"] == "CANCELLED"
    assert {(line["state"], line["subscription"]["state"]) for line in ended["lines"]} == {("CANCELLED", "TERMINATED")}
    found = await account(api, tree)
    assert (found["balance"], found["held"]) == (0, 0)
    await entries_add_up(tree)
    assert await database.fetch_value("SELECT redeemed FROM discounts WHERE code_key = $1", code.casefold()) == 0
    assert (await told_of(order["id"]))[-2:] == ["order.cancelling", "order.cancelled"]
    await keep_schemas(tree)
    states = await database.fetch(
        "SELECT i.state FROM instances i JOIN order_lines l USING (subscription_id) WHERE l.order_id = $1",
        decode("Order", order["id"]),
    )
    assert [row["state"] for row in states] == ["DELETED", "DELETED"]


async def test_o10_too_late_it_is_completed_and_charged(api: Api, shop: Workshop, tree: Planted) -> None:
    """What cannot be deleted stays, active and paid for; the rest is cancelled: PARTIALLY_COMPLETED."""
    await set_terms(api, tree, "POSTPAID", PRICE)
    order = await under_way(api, shop, tree)
    kept = order["lines"][0]
    await cancel(api, tree, order["id"])
    await database.execute(
        "UPDATE instances SET provisioner = 'nobody' WHERE subscription_id = $1",
        decode("Subscription", kept["subscription"]["id"]),
    )
    await run_all(shop, [tree], order["id"])
    ended = await api.ask(tree.customer_token, ORDER, {"id": order["id"]})
    assert ended["state"] == "PARTIALLY_COMPLETED"
    assert [(line["state"], line["subscription"]["state"]) for line in ended["lines"]] == [
        ("COMPLETED", "ACTIVE"),
        ("CANCELLED", "TERMINATED"),
    ]
    found = await account(api, tree)
    assert (found["balance"], found["held"]) == (-Decimal(kept["price"]["amount"]), 0)
    await entries_add_up(tree)
    refused = await api.ask(
        tree.partner_token,
        document("mutation", "retryOrder"),
        {"input": {"id": order["id"], "idempotencyKey": fresh_key()}},
    )
    assert refused["Conflict_message"] == "no line of the order can be tried again"


async def test_o10_what_came_while_it_was_cancelled_is_unmade_too(api: Api, shop: Workshop, tree: Planted) -> None:
    """Cancelled between the provisioner's word and our reading of it, an instance is deleted, its term never begun."""
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await forget_others(tree)
    outbox, provisioning = outbox_pump(shop, 1.0), provisioning_pump(shop, 1.0)
    await outbox.act(shop, await outbox.claim(200))
    while not await database.fetch_value(
        "SELECT count(*) = 2 FROM instances i JOIN order_lines l USING (subscription_id) "
        "WHERE l.order_id = $1 AND i.state = 'ACTIVE'",
        decode("Order", order_id),
    ):
        await make_due("provisioning_operations")
        for row in await provisioning.claim(200):
            await provisioning.act(shop, [row])
    assert (await cancel(api, tree, order_id))["CancelOrderSuccess_order"]["state"] == "CANCELLING"
    await run_all(shop, [tree], order_id)
    ended = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    assert ended["state"] == "CANCELLED"
    assert {line["subscription"]["termStart"] for line in ended["lines"]} == {None}
    assert "order.completed" not in await told_of(order_id)


async def test_o10_a_failed_line_needs_no_unmaking(api: Api, shop: Workshop, tree: Planted) -> None:
    """What failed keeps its reason; the order is CANCELLED when the rest is gone."""
    await break_down(tree, "team-insights")
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await database.execute(
        "UPDATE order_lines SET parameters = parameters || $2::jsonb WHERE order_id = $1 AND position = 0",
        decode("Order", order_id),
        orjson.dumps({"sandbox": {"fault": "ask_input"}}).decode(),
    )
    await run_operations(shop, tree)
    await cancel(api, tree, order_id)
    await run_all(shop, [tree], order_id)
    ended = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    assert (ended["state"], [line["state"] for line in ended["lines"]]) == ("CANCELLED", ["CANCELLED", "FAILED"])
    assert ended["lines"][1]["failure"]["code"] == "PROVISIONER_UNKNOWN"


async def test_o10_cancelled_and_answered_at_once_it_ends_in_one_way(api: Api, shop: Workshop, tree: Planted) -> None:
    """Whoever is first, the order is cancelled in the end, its events without a gap."""
    order = await under_way(api, shop, tree)
    answers = {"orderId": order["id"], "lineId": order["lines"][1]["id"], "answers": {"taxNumber": "ATU1"}}
    await asyncio.gather(
        *(cancel(api, tree, order["id"]) for _ in range(4)),
        *(
            api.ask(
                tree.customer_token,
                document("mutation", "answerInquiry"),
                {"input": answers | {"idempotencyKey": fresh_key()}},
            )
            for _ in range(4)
        ),
    )
    await run_all(shop, [tree], order["id"])
    assert (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["state"] == "CANCELLED"
    rows = await database.fetch(
        "SELECT aggregate_seq FROM events WHERE aggregate_id = $1 ORDER BY 1", decode("Order", order["id"])
    )
    assert [row["aggregate_seq"] for row in rows] == list(range(1, len(rows) + 1))
