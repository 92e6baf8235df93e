"""S4: plans and quantities are changed within a term, previewed first, charged once the provisioner has done it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import orjson
import pytest

import bootstrap
from app import create_app
from domain.access.queries import Clock
from domain.billing.policies import CURRENT, ProrationPolicy, pin
from domain.shared import database
from domain.shared.ids import decode
from domain.subscriptions.changing import abandon_change
from jobs.workshop import Workshop
from seeding import Planted
from settings import Settings
from tests.api.changing import ask, change, charges, preview, provided, refuse_next, run, shown, told
from tests.api.credit import account, set_terms, top_up
from tests.api.sellers import make_list, price, set_prices
from tests.api.subscribed import subscribe
from tests.api.test_ledger import ledger_agrees
from tests.house import Api
from tests.jobs.test_renewals import NO_CHANGE, running, work

STARTER, BUSINESS = "cloud-workspace/starter", "cloud-workspace/business"
PROFESSIONAL, ENTERPRISE = "team-insights/professional", "team-insights/enterprise"
CHANGED = datetime(2021, 6, 16, 12, tzinfo=UTC)
LONG_AGO = Clock(lambda: CHANGED, bootstrap.new_id)


@asynccontextmanager
async def back_then(settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Api]:
    """The API on the day of the document's example, without Redis."""
    nowhere = replace(addresses, redis_url="unix:///nowhere/no.sock")
    transport = httpx.ASGITransport(app=create_app(settings, nowhere, clock=LONG_AGO), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as client:
        yield Api(client)


async def in_2021(api: Api, tree: Planted, policy: ProrationPolicy) -> str:
    """B3-S 4: Professional at $365 and $370 from 16 Nov 2020 to 15 Nov 2021; Business is $730 and $740."""
    await database.execute(
        "UPDATE prices p SET valid_from = '2020-01-01' FROM price_lists l "
        "WHERE l.id = p.price_list_id AND l.seller_id = $1",
        decode("Organization", tree.distributor_id),
    )
    list_id = await make_list(api, tree.partner_token, tree, currency="USD", markupPercent=None)
    dearer = price(tree, "740.00", planId=tree.plans[ENTERPRISE], validFrom="2020-01-01")
    assert (await set_prices(api, tree.partner_token, list_id, dearer))["__typename"] == "SetPricesSuccess"
    plan_id = decode("Plan", tree.plans[PROFESSIONAL])
    product_id = await database.fetch_value("SELECT product_id FROM plans WHERE id = $1", plan_id)
    end = date(2021, 11, 16)
    year: dict[str, Any] = {"term_start": date(2020, 11, 16), "term_end": end, "billed_until": end, "anchor_day": 16}
    it = await subscribe(
        tree,
        **NO_CHANGE,
        **year,
        plan_id=plan_id,
        product_id=product_id,
        quantity=1,
        sales_model="YEARLY",
        tier_unit_minor=[36500, 37000],
        policies=orjson.dumps(pin(replace(CURRENT, proration=policy))).decode(),
    )
    return it.subscription_id


@pytest.mark.parametrize(
    ("policy", "cost", "paid"),
    [
        (ProrationPolicy.CALENDAR_MONTHS, "365.00", "370.00"),
        (ProrationPolicy.DAILY_DIFFERENCE, "153.00", "155.10"),
    ],
)
async def test_s4_the_documents_example_comes_out_to_the_cent(
    api: Api,
    tree: Planted,
    settings: Settings,
    addresses: bootstrap.Addresses,
    policy: ProrationPolicy,
    *,
    cost: str,
    paid: str,
) -> None:
    """Upgraded on 16 Jun 2021: previewed, committed by the preview's token, charged on both edges, told."""
    sub = await in_2021(api, tree, policy)
    async with back_then(settings, addresses) as then:
        seen = await preview(then, tree.partner_token, sub, planId=tree.plans[ENTERPRISE])
        assert (seen["kind"], seen["isAllowed"], seen["day"]) == ("UPGRADE", True, "2021-06-16")
        assert (seen["cost"]["now"]["amount"], seen["price"]["now"]["amount"]) == (cost, paid)
        assert (seen["cost"]["atRenewal"]["amount"], seen["price"]["atRenewal"]["amount"]) == ("730.00", "740.00")
        assert seen["price"]["explanations"][0]["policy"] == policy.value
        token = {"planId": tree.plans[ENTERPRISE], "previewToken": seen["token"]}
        done = await change(then, tree.partner_token, sub, **token)
    assert (done["plan"]["key"], done["unitPrice"]["amount"], done["changeInProgress"]) == (
        "enterprise",
        "740.00",
        None,
    )
    assert [Decimal(minor) / 100 for minor in await charges(sub)] == [Decimal(cost), Decimal(paid)]
    ledger = await database.fetch_value(
        "SELECT description FROM charges WHERE subscription_id = $1 LIMIT 1", decode("Subscription", sub)
    )
    assert ledger.endswith("Enterprise")
    history = await told(sub, "upgraded")
    assert (history["before"], history["after"]) == (
        {"plan": "professional", "quantity": 1, "add_ons": []},
        {"plan": "enterprise", "quantity": 1, "add_ons": []},
    )


async def test_s4_money_moves_when_the_provisioner_has_done_it(api: Api, shop: Workshop, tree: Planted) -> None:
    """More seats: held at once, charged and released when they are there; the instance has them then."""
    sub = await provided(api, shop, tree)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    before = await account(api, tree)
    seen = await preview(api, tree.customer_token, sub, quantity=14)
    asked = await change(api, tree.customer_token, sub, quantity=14, previewToken=seen["token"])
    now = Decimal(seen["price"]["now"]["amount"])
    assert (asked["quantity"], asked["changeInProgress"]["quantity"]) == (10, 14)
    assert asked["changeInProgress"]["price"]["amount"] == seen["price"]["now"]["amount"]
    assert asked["changeInProgress"]["cost"] is None
    assert (await account(api, tree))["held"] == now == Decimal("382.52")  # all of the first year is left
    assert await charges(sub) == []
    again = await ask(api, tree.customer_token, "changePlan", sub, quantity=15)
    assert (again["__typename"], again["Conflict_code"]) == ("Conflict", "OPERATION_IN_PROGRESS")
    await run(shop, tree)
    done = await shown(api, tree, sub)
    assert (done["quantity"], done["changeInProgress"]) == (14, None)
    after = await account(api, tree)
    assert (after["held"], after["balance"]) == (0, before["balance"] - now)
    assert await charges(sub) == [34000, 38252]
    assert (await told(sub, "quantity_changed"))["after"] == {"plan": "business", "quantity": 14, "add_ons": []}
    await ledger_agrees(tree)


async def test_s4_a_failed_change_leaves_all_as_it_was(api: Api, shop: Workshop, tree: Planted) -> None:
    """What its provisioner refuses is told with the reason; nothing is charged, what was held is free again."""
    sub = await provided(api, shop, tree)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    before, was = await account(api, tree), await shown(api, tree, sub)
    await change(api, tree.partner_token, sub, quantity=20)
    await refuse_next(sub)
    await run(shop, tree)
    assert await shown(api, tree, sub) == was
    assert (await account(api, tree), await charges(sub)) == (before, [])
    assert (await told(sub, "change_failed"))["failure"]["code"] == "no_seats"
    await change(api, tree.partner_token, sub, quantity=12)
    await run(shop, tree)
    assert (await shown(api, tree, sub))["quantity"] == 12


async def test_s4_less_takes_effect_at_once_and_is_not_refunded(api: Api, shop: Workshop, tree: Planted) -> None:
    """A lower plan, fewer seats: nothing is charged or given back; the next term costs less."""
    sub = await provided(api, shop, tree)
    seen = await preview(api, tree.partner_token, sub, planId=tree.plans[STARTER], quantity=4)
    assert (seen["kind"], seen["price"]["now"]["amount"], seen["price"]["unit"]["amount"]) == (
        "DOWNGRADE",
        "0.00",
        "45.00",
    )
    assert seen["price"]["atRenewal"]["amount"] == "180.00"
    await change(api, tree.partner_token, sub, planId=tree.plans[STARTER], quantity=4)
    await run(shop, tree)
    done = await shown(api, tree, sub)
    assert (done["plan"]["key"], done["quantity"], await charges(sub)) == ("starter", 4, [])
    assert (await told(sub, "downgraded"))["after"] == {"plan": "starter", "quantity": 4, "add_ons": []}


async def test_s4_amounts_that_moved_are_refused(api: Api, tree: Planted) -> None:
    """By a token of another change, or of what cost something else: Conflict, and nothing happens."""
    sub = (await subscribe(tree, **NO_CHANGE)).subscription_id
    seen = await preview(api, tree.partner_token, sub, quantity=12)
    other = await ask(api, tree.partner_token, "changePlan", sub, quantity=13, previewToken=seen["token"])
    assert other["__typename"] == "Conflict"
    row_id = decode("Subscription", sub)
    await database.execute("UPDATE subscriptions SET tier_unit_minor = '{801, 901}' WHERE id = $1", row_id)
    moved = await ask(api, tree.partner_token, "changePlan", sub, quantity=12, previewToken=seen["token"])
    assert "something else than was previewed" in moved["Conflict_message"]
    assert await charges(sub) == []
    customers = (await preview(api, tree.customer_token, sub, quantity=12))["token"]
    await database.execute("UPDATE subscriptions SET tier_unit_minor = '{700, 901}' WHERE id = $1", row_id)
    await change(api, tree.customer_token, sub, quantity=12, previewToken=customers)  # its seller's cost is not its own


async def test_s4_what_the_account_does_not_cover_is_not_changed(api: Api, tree: Planted) -> None:
    """The preview says how much is short, and so does the refusal; topped up by that, it goes through."""
    sub = (await subscribe(tree, **NO_CHANGE)).subscription_id
    await set_terms(api, tree, "PREPAID")
    seen = await preview(api, tree.partner_token, sub, quantity=20)
    assert seen["short"] == seen["price"]["now"]
    refused = await ask(api, tree.partner_token, "changePlan", sub, quantity=20)
    assert (refused["__typename"], refused["InsufficientCredit_short"]) == ("InsufficientCredit", seen["short"])
    await top_up(api, tree, Decimal(seen["short"]["amount"]))
    assert (await change(api, tree.partner_token, sub, quantity=20))["quantity"] == 20


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({}, ("planId", "NOT_ALLOWED")),
        ({"quantity": 0}, ("quantity", "OUT_OF_RANGE")),
        ({"quantity": 5001}, ("quantity", "OUT_OF_RANGE")),
        ({"planId": STARTER, "quantity": 101}, ("quantity", "OUT_OF_RANGE")),
        ({"planId": ENTERPRISE}, ("planId", "NOT_FOUND")),
    ],
)
async def test_s4_what_cannot_be_had_is_refused_as_previewed(
    api: Api, tree: Planted, wish: dict[str, Any], expected: tuple[str, str]
) -> None:
    """The preview names the same problems, and has no amounts."""
    sub = (await subscribe(tree, **NO_CHANGE)).subscription_id
    content = wish | ({"planId": tree.plans[wish["planId"]]} if "planId" in wish else {})
    seen = await preview(api, tree.partner_token, sub, **content)
    answer = await ask(api, tree.partner_token, "changePlan", sub, **content)
    assert [(field["path"], field["code"]) for field in seen["problems"]] == [expected]
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [expected]
    assert (seen["isAllowed"], seen["price"], seen["token"]) == (False, None, None)


async def test_s4_on_trial_changes_are_free(api: Api, tree: Planted) -> None:
    """Nothing is charged before billing begins; the first term is charged for what it is by then."""
    today = datetime.now(UTC).date()
    trial: dict[str, Any] = {"state": "TRIALING", "trial_ends_on": today + timedelta(days=5), "billed_until": None}
    sub = (await subscribe(tree, **NO_CHANGE, **trial)).subscription_id
    seen = await preview(api, tree.customer_token, sub, quantity=30)
    assert (seen["price"]["now"]["amount"], seen["price"]["explanations"]) == ("0.00", [])
    assert (await change(api, tree.customer_token, sub, quantity=30))["quantity"] == 30
    assert await charges(sub) == []


async def test_s4_what_has_no_term_or_belongs_to_an_account_stays(api: Api, tree: Planted) -> None:
    """PROTECTED, and bought once: the preview says why."""
    for columns, obstacle, code in (
        ({"is_protected": True}, "PROTECTED", "PROTECTED"),
        ({"sales_model": "ONE_TIME", "term_end": None}, "NO_TERM", "CONFLICT"),
        ({"state": "SUSPENDED"}, "WRONG_STATE", "CONFLICT"),
        ({"unpaid_since": date(2026, 1, 1)}, "UNPAID", "CONFLICT"),
    ):
        sub = (await subscribe(tree, **NO_CHANGE, **columns)).subscription_id
        seen = await preview(api, tree.partner_token, sub, quantity=11)
        answer = await ask(api, tree.partner_token, "changePlan", sub, quantity=11)
        assert (seen["obstacle"], answer["Conflict_code"]) == (obstacle, code)
        assert seen["reason"] == answer["Conflict_message"]


async def test_s4_a_term_begins_when_the_change_is_known(api: Api, tree: Planted) -> None:
    """A renewal waits for what the provisioner is doing, and is then charged for what came of it."""
    it = await running(tree)
    await database.execute("UPDATE subscriptions SET change = '{\"a\": 1}' WHERE id = $1", it)
    await work(date(2026, 3, 1))
    assert await database.fetch_value("SELECT count(*) FROM charges WHERE subscription_id = $1", it) == 0
    await database.execute("UPDATE subscriptions SET change = NULL, due_at = '2026-01-01' WHERE id = $1", it)
    await work(date(2026, 3, 1))
    assert await database.fetch_value("SELECT count(*) FROM charges WHERE subscription_id = $1", it) == 2


async def test_s11_a_termination_does_not_wait_for_a_change(api: Api, shop: Workshop, tree: Planted) -> None:
    """What was asked for is given up, and what was held for it is free."""
    sub = await provided(api, shop, tree)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    await change(api, tree.partner_token, sub, quantity=20)
    await change(api, tree.partner_token, sub, "terminateSubscription", confirmation=sub)
    assert (await account(api, tree))["held"] == 0
    assert (await told(sub, "change_failed"))["failure"]["code"] == "SUPERSEDED"


async def test_s4_what_is_gone_is_changed_no_more(api: Api, shop: Workshop, tree: Planted) -> None:
    """An instance that was removed with its order takes the change along, once; what was held for it is free."""
    sub = await provided(api, shop, tree)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    await change(api, tree.partner_token, sub, quantity=20)
    for _ in range(2):
        await abandon_change(shop.actor(), decode("Subscription", sub))
    done = await shown(api, tree, sub)
    assert ((await account(api, tree))["held"], done["changeInProgress"], done["quantity"]) == (0, None, 10)
    assert (await told(sub, "change_failed"))["failure"]["code"] == "SUPERSEDED"
    await ledger_agrees(tree)


async def test_s14_the_next_plan_and_one_more_have_their_prices(api: Api, tree: Planted) -> None:
    """As their previews say; without a higher plan there is no price of one."""
    lower: dict[str, Any] = {"plan_id": decode("Plan", tree.plans[STARTER]), "tier_unit_minor": [400, 450]}
    for columns, wish in ((lower, {"planId": tree.plans[BUSINESS]}), ({}, None)):
        sub = (await subscribe(tree, **NO_CHANGE, **columns)).subscription_id
        actions = {one["action"]: one for one in (await shown(api, tree, sub))["availableActions"]}
        for action, change_to in (("CHANGE_PLAN", wish), ("CHANGE_QUANTITY", {"quantity": 11})):
            seen = await preview(api, tree.partner_token, sub, **change_to) if change_to else None
            hint = actions[action]
            assert hint["priceNow"] == (seen and seen["price"]["now"])
            assert hint["costNow"] == (seen and seen["cost"]["now"])
            assert hint["priceAtRenewal"] == (seen and seen["price"]["atRenewal"])
