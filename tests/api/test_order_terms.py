"""When billing of an order begins and ends, at the API: trials, a postponed first month, dates in the future."""

import asyncio
from datetime import timedelta
from typing import Any

import bootstrap
from domain.orders.fulfilling import start_provisioning
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.calendar import add_months
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import contract_input, fresh_key, onboarding_input
from tests.api.credit import account, set_terms
from tests.api.drafts import day
from tests.api.sellers import place, refused, seats
from tests.api.walk import document
from tests.api.worlds import run_all, succeed
from tests.house import SAAS, Api, order_input

QUERY = document("query", "order")


async def offer(tree: Planted, trial_days: int = 30, postponed_months: int = 1) -> None:
    """Let every plan of the tree be tried and billed later."""
    sql = "UPDATE plans SET trial_days = $2, postponed_billing_months = $3 WHERE id = ANY($1)"
    await database.execute(sql, [decode("Plan", plan) for plan in tree.plans.values()], trial_days, postponed_months)


async def ended(api: Api, shop: Workshop, tree: Planted, content: dict[str, Any]) -> Any:
    """An order as its customer sees it when it has come to its end."""
    order_id = (await place(api, tree.partner_token, content))["id"]
    await run_all(shop, [tree], order_id)
    return await api.ask(tree.customer_token, QUERY, {"id": order_id})


async def event_types(order_id: str) -> list[str]:
    """What was told of an order and of what came of it."""
    sql = (
        "SELECT type FROM events WHERE aggregate_id = $1 OR aggregate_id IN "
        "(SELECT id FROM subscriptions WHERE order_id = $1) ORDER BY id"
    )
    return [row["type"] for row in await database.fetch(sql, decode("Order", order_id))]


async def test_o6_a_trial_runs_before_billing_begins(api: Api, shop: Workshop, tree: Planted) -> None:
    """B3-O: TRIALING until its last day; the first term begins on the day after, and nothing is held for it yet."""
    await offer(tree)
    await set_terms(api, tree, "PREPAID")
    order = await ended(api, shop, tree, seats(tree, trialUntil=str(day(13))))
    assert (order["state"], order["trialUntil"], order["price"]["amount"]) == ("COMPLETED", str(day(13)), "956.30")
    [subscription] = [line["subscription"] for line in order["lines"]]
    assert subscription["state"] == "TRIALING"
    assert subscription["trialUntil"] == str(day(13))
    assert subscription["purchasedOn"] == str(day())
    assert subscription["billingStartsOn"] == subscription["termStart"] == str(day(14))
    assert (await account(api, tree))["held"] == 0
    told = await event_types(order["id"])
    assert "subscription.trial_started" in told
    assert "subscription.activated" not in told


async def test_o6_a_second_trial_of_a_product_fails_the_order(api: Api, shop: Workshop, tree: Planted) -> None:
    """B3-O: the order is FAILED, "user already had trial"; nothing of it is made, other products' lines included."""
    await offer(tree)
    trial = {"trialUntil": str(day(5))}
    assert (await ended(api, shop, tree, seats(tree, 10, **trial)))["state"] == "COMPLETED"
    order = await ended(api, shop, tree, order_input(tree, fresh_key(), **trial))
    failure = {"__typename": "Failure", "code": "TRIAL_ALREADY_USED", "reason": "user already had trial"}
    assert (order["state"], order["failure"]) == ("FAILED", failure)
    assert [(line["state"], line["failure"], line["subscription"]) for line in order["lines"]] == [
        ("FAILED", failure, None),
        ("CANCELLED", None, None),
    ]
    other = {"planId": tree.plans["team-insights/professional"], "quantity": 1, "parameters": SAAS}
    assert (await ended(api, shop, tree, seats(tree, lines=[other]) | trial))["state"] == "COMPLETED"
    assert (await ended(api, shop, tree, seats(tree)))["state"] == "COMPLETED"


async def test_o6_of_many_trials_at_once_one_is_had(api: Api, tree: Planted) -> None:
    """32 orders for one product on trial, provisioned at the same time: one goes on, 31 are FAILED."""
    await offer(tree)
    placed = await asyncio.gather(
        *(place(api, tree.partner_token, seats(tree, trialUntil=str(day(5)))) for _ in range(32))
    )
    ids = [decode("Order", order["id"]) for order in placed]
    await asyncio.gather(
        *(start_provisioning(system_actor(bootstrap.utc_now(), bootstrap.new_id), order_id) for order_id in ids)
    )
    sql = "SELECT state, count(*) FROM orders WHERE id = ANY($1) GROUP BY state"
    assert {row["state"]: row["count"] for row in await database.fetch(sql, ids)} == {"PROVISIONING": 1, "FAILED": 31}
    trials = "SELECT count(*) FROM subscriptions WHERE order_id = ANY($1)"
    assert await database.fetch_value(trials, ids) == 1


async def test_o6_a_trial_of_which_nothing_came_may_be_had_again(api: Api, shop: Workshop, tree: Planted) -> None:
    """An order that fails at the provisioner has used no trial up."""
    await offer(tree)
    owner = decode("Organization", tree.distributor_id)
    provisioner = "UPDATE products SET provisioner = $2 WHERE organization_id = $1 AND key = 'cloud-workspace'"
    await database.execute(provisioner, owner, "nobody")
    content = seats(tree, trialUntil=str(day(5)))
    assert (await ended(api, shop, tree, content))["failure"]["code"] == "PROVISIONER_UNKNOWN"
    await database.execute(provisioner, owner, "cloud")
    again = await ended(api, shop, tree, content | {"idempotencyKey": fresh_key()})
    assert again["lines"][0]["subscription"]["state"] == "TRIALING"


async def test_o7_postponed_billing_gives_a_month(api: Api, shop: Workshop, tree: Planted) -> None:
    """CS: it is ACTIVE at once; billing and the first term begin a month after it was provisioned."""
    await offer(tree)
    order = await ended(api, shop, tree, seats(tree, postponedBilling=True))
    assert order["postponedBilling"] is True
    [subscription] = [line["subscription"] for line in order["lines"]]
    start = str(add_months(day(), 1))
    assert (subscription["state"], subscription["trialUntil"]) == ("ACTIVE", None)
    assert (subscription["billingStartsOn"], subscription["termStart"]) == (start, start)


async def test_o11_billing_begins_on_the_day_that_is_asked_for(api: Api, shop: Workshop, tree: Planted) -> None:
    """ORION: the service is there before; its term, and the end that was asked for, count from the billing start."""
    dates = {"billingStartsOn": str(day(20)), "expiresOn": str(add_months(day(20), 18))}
    order = await ended(api, shop, tree, seats(tree, 10, **dates))
    assert {name: order[name] for name in dates} == dates
    [subscription] = [line["subscription"] for line in order["lines"]]
    assert (subscription["state"], subscription["termStart"]) == ("ACTIVE", dates["billingStartsOn"])
    assert subscription["expiresOn"] == str(add_months(day(20), 12) - timedelta(days=1))
    assert subscription["runsUntil"] == dates["expiresOn"]
    mine = seats(tree, billingStartsOn=dates["billingStartsOn"])
    assert await refused(api, tree.customer_token, "placeOrder", mine) == [("billingStartsOn", "NOT_ALLOWED")]


async def test_o2_a_draft_keeps_its_dates_and_is_held_to_them_again(api: Api, shop: Workshop, tree: Planted) -> None:
    """What a draft may not ask for is refused as it is saved; what time has overtaken, as it is submitted."""
    await offer(tree)
    asked = {"trialUntil": str(day(10)), "expiresOn": str(add_months(day(11), 12))}
    made = (await succeed(api, tree.customer_token, "createOrder", seats(tree, 10, **asked)))[
        "CreateOrderSuccess_order"
    ]
    assert {name: made[name] for name in asked} == asked
    for dates, path in (({"trialUntil": str(day(-1))}, "trialUntil"), ({"expiresOn": str(day())}, "expiresOn")):
        assert [
            where for where, _ in await refused(api, tree.customer_token, "createOrder", seats(tree, 10, **dates))
        ] == [path]
    await database.execute("UPDATE orders SET trial_until = $2 WHERE id = $1", decode("Order", made["id"]), day(-1))
    content = {"id": made["id"], "idempotencyKey": fresh_key()}
    assert await refused(api, tree.customer_token, "submitOrder", content) == [("trialUntil", "OUT_OF_RANGE")]


async def test_o2_a_contract_covers_all_dates_of_its_order(api: Api, tree: Planted) -> None:
    """By a contract that ends before the last day that is asked for, nothing is ordered."""
    contract = contract_input(tree, endsOn=str(add_months(day(), 18)))
    made = (await succeed(api, tree.partner_token, "createContract", contract))["CreateContractSuccess_contract"]
    by = {"method": "CONTRACT", "contractId": made["id"]}
    late = seats(tree, 10, **by, expiresOn=str(add_months(day(), 19)))
    assert await refused(api, tree.partner_token, "placeOrder", late) == [("contractId", "EXPIRED")]
    await place(api, tree.partner_token, seats(tree, 10, **by, expiresOn=str(add_months(day(), 17))))


async def test_o6_a_customer_may_begin_with_a_trial(api: Api, tree: Planted) -> None:
    """The first order of `onboardCustomer` takes the same dates; what is wrong with them is told at `order.…`."""
    await offer(tree)
    content = onboarding_input(tree)
    content["order"]["trialUntil"] = str(day(40))
    assert {path for path, _ in await refused(api, tree.partner_token, "onboardCustomer", content)} == {
        "order.trialUntil"
    }
    content["order"]["trialUntil"] = str(day(7))
    made = await succeed(api, tree.partner_token, "onboardCustomer", content | {"idempotencyKey": fresh_key()})
    assert made["OnboardCustomerSuccess_order"]["trialUntil"] == str(day(7))
