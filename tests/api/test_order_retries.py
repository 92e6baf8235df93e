"""O9: failed lines are tried again: the same instance, the price held anew, the reasons kept."""

import asyncio
from decimal import Decimal
from typing import Any

import bootstrap
from domain.orders.fulfilling import fail_line
from domain.provisioning.actions import Failure
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import discount_input, fresh_key
from tests.api.credit import PRICE, account, entries_add_up, place, set_terms
from tests.api.flow import ORDER
from tests.api.walk import document
from tests.api.worlds import run_all, succeed
from tests.house import Api


async def break_down(tree: Planted, key: str, provisioner: str = "nobody") -> None:
    """Let a product of the tree be provisioned nowhere, or somewhere again."""
    await database.execute(
        "UPDATE products SET provisioner = $3 WHERE key = $2 AND organization_id = $1",
        decode("Organization", tree.distributor_id),
        key,
        provisioner,
    )


async def repair(tree: Planted, order_id: str, provisioner: str = "saas") -> None:
    """Let what failed be provisioned: products and the instances that are there already."""
    await break_down(tree, "team-insights", provisioner)
    await database.execute(
        "UPDATE instances SET provisioner = $2 FROM order_lines l WHERE l.subscription_id = instances.subscription_id "
        "AND l.order_id = $1 AND instances.provisioner = 'nobody'",
        decode("Order", order_id),
        provisioner,
    )


async def retry(api: Api, tree: Planted, order_id: str, lines: list[str] | None = None) -> Any:
    """However trying again ends."""
    content = {"id": order_id, "lines": lines, "idempotencyKey": fresh_key()}
    return await api.ask(tree.partner_token, document("mutation", "retryOrder"), {"input": content})


async def half_failed(api: Api, shop: Workshop, tree: Planted) -> Any:
    """An order of which one line is there and the other failed."""
    await break_down(tree, "team-insights")
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    order = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    assert order["state"] == "PARTIALLY_COMPLETED"
    return order


async def made_for(order_id: str) -> list[Any]:
    """(instances, subscriptions) of an order's lines, and how often each was asked to be made."""
    return await database.fetch(
        "SELECT i.id, i.subscription_id, i.state, count(o.id) AS asked FROM order_lines l "
        "JOIN instances i USING (subscription_id) JOIN provisioning_operations o ON o.instance_id = i.id "
        "WHERE l.order_id = $1 GROUP BY i.id, l.position ORDER BY l.position",
        decode("Order", order_id),
    )


async def test_o9_what_failed_is_tried_again_and_charged_once(api: Api, shop: Workshop, tree: Planted) -> None:
    """The failed line gets the instance it had, the other none; each price is charged once, the reason is kept."""
    await set_terms(api, tree, "POSTPAID", PRICE)
    order = await half_failed(api, shop, tree)
    done, failed = order["lines"]
    charged = Decimal(done["price"]["amount"])
    assert (await account(api, tree))["balance"] == -charged
    before = await made_for(order["id"])
    await repair(tree, order["id"])
    again = (await retry(api, tree, order["id"]))["RetryOrderSuccess_order"]
    assert (again["state"], again["failure"], again["finishedAt"]) == ("PROVISIONING", None, None)
    assert [line["state"] for line in again["lines"]] == ["COMPLETED", "PROVISIONING"]
    assert (await account(api, tree))["held"] == PRICE - charged
    await run_all(shop, [tree], order["id"])
    ended = await api.ask(tree.customer_token, ORDER, {"id": order["id"]})
    assert (ended["state"], ended["price"]) == ("COMPLETED", order["price"])
    assert [line["subscription"]["id"] for line in ended["lines"]] == [
        line["subscription"]["id"] for line in order["lines"]
    ]
    assert [line["subscription"]["state"] for line in ended["lines"]] == ["ACTIVE", "ACTIVE"]
    found = await account(api, tree)
    assert (found["balance"], found["held"]) == (-PRICE, 0)
    await entries_add_up(tree)
    after = await made_for(order["id"])
    assert [(row["id"], row["asked"]) for row in after] == [(before[0]["id"], 1), (before[1]["id"], 2)]
    [attempt] = ended["lines"][1]["attempts"]
    assert (attempt["number"], attempt["failure"], attempt["failedAt"]) == (1, failed["failure"], order["finishedAt"])
    assert ended["lines"][0]["attempts"] == []


async def test_o9_a_second_failure_is_kept_beside_the_first(api: Api, shop: Workshop, tree: Planted) -> None:
    """Every attempt keeps its reason, one after the other; a late word of the first does not end the third."""
    order = await half_failed(api, shop, tree)
    await retry(api, tree, order["id"])
    await run_all(shop, [tree], order["id"])
    await repair(tree, order["id"])
    await retry(api, tree, order["id"])
    line = (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["lines"][1]
    assert [attempt["number"] for attempt in line["attempts"]] == [1, 2]
    assert {attempt["failure"]["code"] for attempt in line["attempts"]} == {"PROVISIONER_UNKNOWN"}
    subscription_id = decode("Subscription", line["subscription"]["id"])
    for row in await database.fetch(
        "SELECT o.id FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
        "WHERE i.subscription_id = $1 AND o.state = 'FAILED'",
        subscription_id,
    ):
        await fail_line(
            system_actor(bootstrap.utc_now(), bootstrap.new_id), subscription_id, row["id"], Failure("X", "y")
        )
    await run_all(shop, [tree], order["id"])
    assert (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["state"] == "COMPLETED"


async def test_o9_a_failed_order_redeems_its_code_again_or_is_refused(api: Api, shop: Workshop, tree: Planted) -> None:
    """FAILED, it gave back its code: trying again takes it; used up meanwhile, that is refused and nothing changes."""
    code = fresh_key()
    await succeed(api, tree.partner_token, "createDiscount", discount_input(tree, code=code, redemptionLimit=1))
    for key in ("team-insights", "cloud-workspace"):
        await break_down(tree, key)
    order_id = (await place(api, tree, discountCodes=[code]))["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    other = (await place(api, tree, discountCodes=[code]))["PlaceOrderSuccess_order"]["id"]
    refused = await retry(api, tree, order_id)
    assert refused["__typename"] == "Conflict"
    assert "used up" in refused["Conflict_message"]
    await run_all(shop, [tree], other)
    again = (await retry(api, tree, order_id))["RetryOrderSuccess_order"]
    assert again["state"] == "PROVISIONING"
    sql = "SELECT redeemed FROM discounts WHERE code_key = $1"
    assert await database.fetch_value(sql, code.casefold()) == 1


async def test_o9_trying_again_is_held_to_credit_state_and_lines(api: Api, shop: Workshop, tree: Planted) -> None:
    """Too little credit, an order under way, and lines that did not fail are refused; twelve at once try once."""
    order = await half_failed(api, shop, tree)
    done, failed = (line["id"] for line in order["lines"])
    answer = await retry(api, tree, order["id"], [done])
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["lines.0"]
    assert (await retry(api, tree, order["id"], []))["InvalidInput_fields"][0]["path"] == "lines"
    await set_terms(api, tree, "POSTPAID", Decimal(1))
    assert (await retry(api, tree, order["id"]))["__typename"] == "InsufficientCredit"
    await set_terms(api, tree, "UNLIMITED")
    ended = await asyncio.gather(*(retry(api, tree, order["id"], [failed]) for _ in range(12)))
    assert sorted(one["__typename"] for one in ended) == ["Conflict"] * 11 + ["RetryOrderSuccess"]
    assert [row["asked"] for row in await made_for(order["id"])] == [1, 2]
