"""M3: the policies of a subscription are those of its purchase."""

from dataclasses import replace

import orjson

from domain.billing.policies import CURRENT, ProrationPolicy, RefundPolicy, pin
from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.changing import preview, provided
from tests.api.worlds import succeed
from tests.house import PLACE_ORDER, Api, order_input, run_jobs

ASK = """{ subscriptions(first: 10, where: {isProtected: {eq: false}}) { nodes { id policies
  { version proration fullRefundDays refund maxTrialDays } } } }"""


async def test_m3_policies_are_pinned_at_purchase(api: Api, shop: Workshop, tree: Planted) -> None:
    """What is sold today has today's version; what was sold under another keeps that one."""
    await api.ask(tree.partner_token, PLACE_ORDER, {"input": order_input(tree, fresh_key())})
    await run_jobs(shop)
    first, second = (await api.ask(tree.customer_token, ASK))["nodes"]
    assert (
        first["policies"]
        == second["policies"]
        == {
            "version": CURRENT.version,
            "proration": "DAILY_DIFFERENCE",
            "fullRefundDays": 14,
            "refund": "WHOLE_UNUSED_MONTHS",
            "maxTrialDays": 30,
        }
    )
    older = replace(CURRENT, version=0, proration=ProrationPolicy.CALENDAR_MONTHS, refund=RefundPolicy.NONE)
    sql = "UPDATE subscriptions SET policies = $2 WHERE id = $1"
    await database.execute(sql, decode("Subscription", first["id"]), orjson.dumps(pin(older)).decode())
    shown = {node["id"]: node["policies"] for node in (await api.ask(tree.customer_token, ASK))["nodes"]}
    assert shown[second["id"]] == second["policies"]
    assert shown[first["id"]] == first["policies"] | {
        "version": 0,
        "proration": "CALENDAR_MONTHS",
        "refund": "NONE",
    }


async def test_m3_a_plan_says_by_which_policies_it_is_sold(api: Api, shop: Workshop, tree: Planted) -> None:
    """What is bought from then on has them; what was bought before keeps its own, and goes by them when it changes."""
    before = await provided(api, shop, tree)
    changes = {"proration": "CALENDAR_MONTHS", "refund": "NONE", "fullRefundDays": 3}
    content = {"id": tree.plans["cloud-workspace/business"]} | changes
    await succeed(api, tree.distributor_token, "updatePlan", content)
    bought = await provided(api, shop, tree)
    shown = {node["id"]: node["policies"] for node in (await api.ask(tree.customer_token, ASK))["nodes"]}
    assert {name: shown[bought][name] for name in changes} == changes
    assert shown[before]["proration"] == CURRENT.proration
    for subscription_id, policy in ((before, CURRENT.proration), (bought, "CALENDAR_MONTHS")):
        seen = await preview(api, tree.partner_token, subscription_id, quantity=11)
        assert seen["price"]["explanations"][0]["policy"] == policy
