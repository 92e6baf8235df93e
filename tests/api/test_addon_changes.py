"""S5: add-ons of a subscription are changed within its term, and charged, renewed and told with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.changing import ask, change, charges, preview, provided, refuse_next, run, shown, told
from tests.api.credit import account, set_terms
from tests.api.subscribed import subscribe, take_add_on
from tests.house import Api
from tests.jobs.test_renewals import NO_CHANGE, charged, running, work

STARTER = "cloud-workspace/starter"


def of(add_on_id: str, quantity: int) -> list[dict[str, Any]]:
    """So many of an add-on."""
    return [{"planId": add_on_id, "quantity": quantity}]


async def request_of(subscription_id: str) -> Any:
    """What its provisioner was asked for last."""
    return await database.fetch_value(
        "SELECT o.request FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
        "WHERE i.subscription_id = $1 ORDER BY o.generation DESC LIMIT 1",
        decode("Subscription", subscription_id),
    )


async def test_s5_more_of_an_add_on_is_charged_when_it_is_there(api: Api, shop: Workshop, tree: Planted) -> None:
    """Previewed, held, asked of the provisioner with all that it is to have, charged as the add-on, told."""
    add_on = await take_add_on(tree)
    sub = await provided(api, shop, tree)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    seen = await preview(api, tree.partner_token, sub, addons=of(add_on, 3))
    assert (seen["kind"], seen["cost"]["now"]["amount"]) == ("ADD_ONS", "1095.00")  # the whole first year of three
    asked = await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 3), previewToken=seen["token"])
    assert (asked["addons"], asked["changeInProgress"]["addons"][0]["quantity"]) == ([], 3)
    assert (await account(api, tree))["held"] == Decimal(seen["price"]["now"]["amount"])
    await run(shop, tree)
    (has,) = (await shown(api, tree, sub))["addons"]
    assert (has["name"], has["quantity"], has["unitCost"]["amount"]) == ("Team Insights, Professional", 3, "365.00")
    wanted = {"product": "team-insights", "plan": "professional", "quantity": 3}
    assert (await request_of(sub))["add_ons"] == [wanted]
    assert await charges(sub) == [109500, int(Decimal(seen["price"]["now"]["amount"]) * 100)]
    row = await database.fetch_row(
        "SELECT plan_id, description FROM charges WHERE subscription_id = $1 AND kind = 'PRORATION' LIMIT 1",
        decode("Subscription", sub),
    )
    assert tuple(row or ()) == (decode("Plan", add_on), "Team Insights, Professional")
    assert (await told(sub, "addons_changed"))["after"]["add_ons"] == [wanted]


async def test_s5_less_is_not_refunded_and_a_failure_changes_nothing(api: Api, shop: Workshop, tree: Planted) -> None:
    """What the provisioner refuses stays as it was; what is given up is gone at once, for nothing."""
    add_on = await take_add_on(tree)
    sub = await provided(api, shop, tree)
    await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 3))
    await run(shop, tree)
    had, paid = await shown(api, tree, sub), await charges(sub)
    await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 9))
    await refuse_next(sub)
    await run(shop, tree)
    assert (await shown(api, tree, sub), await charges(sub)) == (had, paid)
    seen = await preview(api, tree.partner_token, sub, addons=of(add_on, 0))
    assert seen["price"]["now"]["amount"] == "0.00"
    await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 0))
    await run(shop, tree)
    assert ((await shown(api, tree, sub))["addons"], await charges(sub)) == ([], paid)
    assert (await request_of(sub))["add_ons"] == []


async def test_s5_add_ons_renew_with_their_subscription(tree: Planted) -> None:
    """At that day's price, as charges of their own, in the same term; what is not priced any more keeps its price."""
    add_on = {
        "plan_id": str(decode("Plan", tree.plans["team-insights/professional"])), "product": "team-insights",
        "plan": "professional", "name": "Team Insights, Professional", "quantity": 2, "tier_unit_minor": [1, 2],
    }  # fmt: skip
    unsold = add_on | {"plan_id": str(decode("Plan", tree.plans["sip-trunk/channel"])), "name": "Gone", "quantity": 1}
    await database.execute("DELETE FROM prices WHERE plan_id = $1", decode("Plan", tree.plans["sip-trunk/channel"]))
    it = await running(tree)
    await database.execute("UPDATE subscriptions SET add_ons = $2 WHERE id = $1", it, _json([add_on, unsold]))
    await work((await _row(it))["term_end"])
    row, rows = (
        await _row(it),
        await database.fetch(
            "SELECT description, amount_minor FROM charges WHERE subscription_id = $1 AND buyer_id = customer_id "
            "ORDER BY source_key",
            it,
        ),
    )
    assert [(one["description"], one["amount_minor"]) for one in rows][1:] == [
        ("Team Insights, Professional", 2 * row["add_ons"][0]["tier_unit_minor"][1]),
        ("Gone", 2),
    ]
    assert row["add_ons"][0]["tier_unit_minor"][0] == 3650
    assert len(await charged(it)) == 1


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _row(subscription_id: Any) -> Any:
    return await database.fetch_row("SELECT * FROM subscriptions WHERE id = $1", subscription_id)


@pytest.mark.parametrize(
    ("quantity", "wish", "expected"),
    [
        (3, {}, [("addons", "OUT_OF_RANGE")]),
        (-1, {}, [("addons.0.quantity", "OUT_OF_RANGE")]),
        (1001, {}, [("addons.0.quantity", "OUT_OF_RANGE")]),
        (0, {}, [("planId", "NOT_ALLOWED")]),
        (1, {"planId": STARTER}, [("addons.0.planId", "NOT_FOUND")]),
        (21, {"quantity": 11}, [("quantity", "OUT_OF_RANGE")]),
    ],
)
async def test_s5_limits_are_those_of_the_plan(
    api: Api, tree: Planted, quantity: int, wish: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """For each seat or in all, as many as its plan takes; what no plan takes is none."""
    add_on = await take_add_on(tree, 2)
    sub = (await subscribe(tree, **NO_CHANGE)).subscription_id
    content = {name: tree.plans[value] if name == "planId" else value for name, value in wish.items()}
    seen = await preview(api, tree.partner_token, sub, addons=of(add_on, quantity), **content)
    assert [(field["path"], field["code"]) for field in seen["problems"]] == expected
    if not wish:
        answer = await ask(api, tree.partner_token, "changeAddons", sub, addons=of(add_on, quantity))
        assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == expected


async def test_s5_what_was_ordered_with_it_counts(api: Api, tree: Planted) -> None:
    """An add-on that came by the same order is one of those that the plan takes."""
    add_on = await take_add_on(tree, 5)
    both: dict[str, Any] = {"order_id": decode("Order", "ord_01h455vb4pex5vsknk084sn02q")}
    await subscribe(tree, **NO_CHANGE, **both, plan_id=decode("Plan", add_on), quantity=4)
    sub = (await subscribe(tree, **NO_CHANGE, **both)).subscription_id
    answer = await ask(api, tree.partner_token, "changeAddons", sub, addons=of(add_on, 2))
    assert answer["__typename"] == "InvalidInput"
    assert (await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 1)))["addons"]


async def test_s5_another_plan_has_to_take_its_add_ons(api: Api, tree: Planted) -> None:
    """Or they are removed before; and on trial they are free."""
    add_on = await take_add_on(tree)
    today = datetime.now(UTC).date()
    trial: dict[str, Any] = {"state": "TRIALING", "trial_ends_on": today + timedelta(days=5), "billed_until": None}
    sub = (await subscribe(tree, **NO_CHANGE, **trial)).subscription_id
    await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, 2))
    assert await charges(sub) == []
    seen = await preview(api, tree.partner_token, sub, planId=tree.plans[STARTER])
    assert [(field["path"], field["code"]) for field in seen["problems"]] == [("planId", "NOT_APPLICABLE")]


async def test_s14_one_more_of_the_first_add_on_has_its_price(api: Api, tree: Planted) -> None:
    """As its preview says, with what it has already."""
    add_on = await take_add_on(tree)
    sub = (await subscribe(tree, **NO_CHANGE)).subscription_id
    for quantity in (1, 2):
        hint = {one["action"]: one for one in (await shown(api, tree, sub))["availableActions"]}["CHANGE_ADDONS"]
        seen = await preview(api, tree.partner_token, sub, addons=of(add_on, quantity))
        assert (hint["priceNow"], hint["costNow"]) == (seen["price"]["now"], seen["cost"]["now"])
        assert hint["priceAtRenewal"] == seen["price"]["atRenewal"]
        await change(api, tree.partner_token, sub, "changeAddons", addons=of(add_on, quantity))
