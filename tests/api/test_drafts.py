"""Drafts at the API: what each stage lacks, and how they are changed."""

from typing import Any

import pytest

from domain.orders.states import OrderState
from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key, location_input
from tests.api.drafts import day
from tests.api.sellers import BUSINESS, refused, seats
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import CLOUD, SAAS, Api, order_input

QUERY = document("query", "order")
PLANS = "query ($id: ID!) { order(id: $id) { lines { id plan { key } } } }"
INSIGHTS = "team-insights/professional"


async def draft(api: Api, tree: Planted, content: dict[str, Any]) -> Any:
    """A saved draft, as its customer sees it."""
    made = await succeed(api, tree.partner_token, "createOrder", content)
    return await api.ask(tree.customer_token, QUERY, {"id": made["CreateOrderSuccess_order"]["id"]})


async def update(api: Api, tree: Planted, order_id: str, **changes: Any) -> Any:
    """The draft after these changes."""
    made = await succeed(api, tree.customer_token, "updateOrder", {"id": order_id} | changes)
    return made["UpdateOrderSuccess_order"]


def missing(order: Any) -> dict[str, list[tuple[str, str]]]:
    """(path, code) of what each stage lacks."""
    return {
        stage["stage"]: [(one["path"], one["code"]) for one in stage["missing"]]
        for stage in order["stages"]
        if not stage["isComplete"]
    }


async def submit(api: Api, tree: Planted, order_id: str) -> list[tuple[str, str]]:
    """What submitting is refused for."""
    content = {"id": order_id, "idempotencyKey": fresh_key()}
    return list(await refused(api, tree.customer_token, "submitOrder", content))


async def test_o1_each_stage_tells_what_it_lacks(api: Api, tree: Planted) -> None:
    """CB: items, contacts, provisioning, summary; submitting is refused with the same list."""
    order = await draft(api, tree, order_input(tree, fresh_key(), lines=[]))
    assert [stage["stage"] for stage in order["stages"]] == ["ITEMS", "CONTACTS", "PROVISIONING", "SUMMARY"]
    assert missing(order) == {"ITEMS": [("lines", "REQUIRED")]}
    line = {"planId": tree.plans[BUSINESS], "quantity": 1, "parameters": {"domain": "b.example"}}
    order = await update(api, tree, order["id"], lines=[line])
    lacks = [(f"lines.0.parameters.{name}", "REQUIRED") for name in ("dataLocation", "adminUsername")]
    assert missing(order) == {"PROVISIONING": lacks}
    assert await submit(api, tree, order["id"]) == lacks
    order = await update(api, tree, order["id"], lines=[{"id": order["lines"][0]["id"], "parameters": CLOUD}])
    assert missing(order) == {}
    content = {"id": order["id"], "idempotencyKey": fresh_key()}
    done = (await succeed(api, tree.customer_token, "submitOrder", content))["SubmitOrderSuccess_order"]
    assert missing(done) == {}


async def test_o1_the_summary_tells_what_time_has_overtaken(api: Api, tree: Planted) -> None:
    """A product that was paused is at its item, a date that has passed at the summary: all of it at once."""
    await database.execute("UPDATE plans SET trial_days = 30 WHERE id = $1", decode("Plan", tree.plans[BUSINESS]))
    order = await draft(api, tree, seats(tree))
    await database.execute("UPDATE orders SET trial_until = '2026-01-01' WHERE id = $1", decode("Order", order["id"]))
    await database.execute(
        "UPDATE products SET status = 'PAUSED' WHERE organization_id = $1", decode("Organization", tree.distributor_id)
    )
    order = await api.ask(tree.customer_token, QUERY, {"id": order["id"]})
    assert missing(order) == {
        "ITEMS": [("lines.0.planId", "NOT_ALLOWED")],
        "SUMMARY": [("trialUntil", "OUT_OF_RANGE")],
    }
    assert await submit(api, tree, order["id"]) == [
        ("lines.0.planId", "NOT_ALLOWED"),
        ("trialUntil", "OUT_OF_RANGE"),
    ]


async def test_a9_voice_is_ordered_with_an_emergency_location(api: Api, tree: Planted) -> None:
    """ORION: each site needs one; without any, the draft lacks it at its contacts, and placing is refused."""
    await database.execute(
        "UPDATE products SET provisioner = 'voice' WHERE organization_id = $1",
        decode("Organization", tree.distributor_id),
    )
    order = await draft(api, tree, seats(tree))
    assert missing(order) == {"CONTACTS": [("emergencyLocation", "REQUIRED")]}
    assert await refused(api, tree.partner_token, "placeOrder", seats(tree)) == [("emergencyLocation", "REQUIRED")]
    await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    assert missing(await api.ask(tree.customer_token, QUERY, {"id": order["id"]})) == {}


async def test_o1_a_draft_is_changed_field_by_field(api: Api, tree: Planted) -> None:
    """What is left out stays; null takes away what may be absent; the event names what was changed."""
    order = await draft(api, tree, seats(tree, subscriptionReference="ERP-1"))
    changed = await update(api, tree, order["id"], cycleMultiplier=3, autoRenew=False)
    assert (changed["cycleMultiplier"], changed["autoRenew"], changed["subscriptionReference"]) == (3, False, "ERP-1")
    changed = await update(api, tree, order["id"], subscriptionReference=None)
    assert (changed["cycleMultiplier"], changed["subscriptionReference"]) == (3, None)
    sql = "SELECT payload FROM events WHERE aggregate_id = $1 AND type = 'order.updated' ORDER BY aggregate_seq"
    told = [row["payload"]["changed"] for row in await database.fetch(sql, decode("Order", order["id"]))]
    assert told == [["auto_renew", "cycle_multiplier"], ["subscription_reference"]]


async def test_o1_lines_are_kept_changed_added_and_taken_away(api: Api, tree: Planted) -> None:
    """CB: items are editable; a line that stays keeps its id, in whatever place it comes to stand."""
    order = await draft(api, tree, order_input(tree, fresh_key()))
    cloud, saas = (line["id"] for line in order["lines"])
    new = {"planId": tree.plans[INSIGHTS], "quantity": 1, "parameters": SAAS}
    changed = await update(api, tree, order["id"], lines=[new, {"id": saas, "quantity": 7}, {"id": cloud}])
    assert [line["id"] for line in changed["lines"]][1:] == [saas, cloud]
    assert [line["quantity"] for line in changed["lines"]] == [1, 7, 25]
    assert [line["parameters"] for line in changed["lines"]] == [SAAS, SAAS, CLOUD]
    await update(api, tree, order["id"], lines=[{"id": cloud, "planId": tree.plans[INSIGHTS]}])
    changed = await api.ask(tree.customer_token, PLANS, {"id": order["id"]})
    assert [(line["id"], line["plan"]["key"]) for line in changed["lines"]] == [(cloud, "professional")]
    for lines, path in (
        ([{"id": saas}], "lines.0.id"),
        ([{"id": cloud}, {"id": cloud}], "lines.1.id"),
        ([{"quantity": 1}], "lines.0.planId"),
        ([{"planId": tree.plans[INSIGHTS]}], "lines.0.quantity"),
        ([{"id": cloud, "quantity": 0}], "lines.0.quantity"),
    ):
        content = {"id": order["id"], "lines": lines}
        assert [where for where, _ in await refused(api, tree.customer_token, "updateOrder", content)] == [path]


@pytest.mark.parametrize("state", sorted(set(OrderState) - {OrderState.DRAFT}))
async def test_o10_only_drafts_are_changed(api: Api, tree: Planted, state: OrderState) -> None:
    """What is submitted stays as it was; the refusal names the state."""
    order = await draft(api, tree, seats(tree))
    await database.execute("UPDATE orders SET state = $2 WHERE id = $1", decode("Order", order["id"]), state.value)
    content = {"input": {"id": order["id"], "autoRenew": False}}
    answer = await api.ask(tree.customer_token, document("mutation", "updateOrder"), content)
    assert (answer["Conflict_code"], answer["Conflict_current"]) == ("ILLEGAL_TRANSITION", state.value)


async def test_o11_a_granted_start_stays_granted(api: Api, tree: Planted) -> None:
    """Days that a seller wrote into a draft are the customer's to submit, but not to make more of."""
    order = await draft(api, tree, seats(tree, billingStartsOn=str(day(10))))
    assert missing(order) == {}
    content = {"id": order["id"], "billingStartsOn": str(day(20))}
    assert await refused(api, tree.customer_token, "updateOrder", content) == [("billingStartsOn", "NOT_ALLOWED")]
    await update(api, tree, order["id"], autoRenew=False)
    await succeed(api, tree.customer_token, "submitOrder", {"id": order["id"], "idempotencyKey": fresh_key()})


async def test_o10_a_draft_that_was_changed_meanwhile_is_not_overwritten(api: Api, tree: Planted) -> None:
    """Who says which version was looked at is told of a newer one, changing and submitting; who says none goes on."""
    order = await draft(api, tree, seats(tree))
    assert order["version"] == 1
    assert (await update(api, tree, order["id"], expectedVersion=1, autoRenew=False))["version"] == 2
    stale = {"id": order["id"], "expectedVersion": 1}
    for mutation, more in (("updateOrder", {"autoRenew": True}), ("submitOrder", {"idempotencyKey": fresh_key()})):
        answer = await api.ask(tree.customer_token, document("mutation", mutation), {"input": stale | more})
        assert (answer["__typename"], answer["Conflict_current"]) == ("Conflict", "2")
    assert (await update(api, tree, order["id"], cycleMultiplier=2))["version"] == 3
    content = {"id": order["id"], "expectedVersion": 3, "idempotencyKey": fresh_key()}
    await succeed(api, tree.customer_token, "submitOrder", content)
