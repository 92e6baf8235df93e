"""S13 and P6 at the API: what a postpaid order says before it is placed, and the usage of its subscription."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

import bootstrap
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.calendar import Term
from domain.shared.ids import decode
from domain.usage.months import Metered, open_months
from domain.usage.rules import Reading
from domain.usage.settling import USAGE_QUEUE, take_in
from seeding import Planted
from tests.api.bases import customer_input, fresh_key
from tests.api.subscribed import subscribe
from tests.api.test_previews import minor, preview
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api, order_input

USAGE = """query ($id: ID!) { subscription(id: $id) { charging usageReadings { at users }
  usage { startsOn lastDay users unitPrice { amount } unitCost { amount } chargedAt price { amount } cost { amount } }
  availableActions { action priceNow { amount } priceAtRenewal { amount } } } }"""
START, MIDDLE, END = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


async def metered(tree: Planted) -> tuple[str, UUID]:
    """A postpaid subscription with two months to charge, of which the first is charged for 12 users."""
    it = await subscribe(tree, charging="POSTPAID", term_start=START, term_end=END, billed_until=END, anchor_day=1)
    sub, actor = decode("Subscription", it.subscription_id), system_actor(datetime(2026, 4, 2, tzinfo=UTC), uuid7)
    await database.execute("UPDATE usage_months SET due_at = NULL")
    await open_months(actor, [Metered(sub, Term(START, END), 1, "Europe/Vienna")])
    months = await USAGE_QUEUE.claim(at=actor.at, token=bootstrap.new_id(), limit=9)
    readings = [Reading(datetime(2026, 3, day, tzinfo=UTC), users) for day, users in ((2, 9), (8, 12), (9, 11))]
    for month in sorted(months, key=lambda month: month["starts_on"]):
        assert await take_in(actor, month, uuid7(), readings if month["starts_on"] == START else [])
    return it.subscription_id, sub


async def test_s13_a_postpaid_order_says_that_nothing_is_charged_now(api: Api, tree: Planted) -> None:
    """Its first charge is nothing, explained, with a warning; `recurring` is for the quantity that is ordered."""
    content = order_input(tree, fresh_key(), salesModel="MONTHLY")
    prepaid = await preview(api, tree.partner_token, content)
    plan = decode("Plan", content["lines"][0]["planId"])
    await database.execute("UPDATE plans SET charging = 'POSTPAID', sales_models = '{MONTHLY}' WHERE id = $1", plan)
    made = await preview(api, tree.partner_token, content)
    line, before = made["lines"][0], prepaid["lines"][0]
    for side in ("price", "cost"):
        assert minor(line[side]["firstCharge"]) == 0
        assert line[side]["recurring"] == before[side]["recurring"] == before[side]["firstCharge"]
        assert minor(made[side]["dueNow"]) == minor(prepaid[side]["dueNow"]) - minor(before[side]["firstCharge"])
    assert line["price"]["explanations"][0]["sentence"].startswith("Nothing in advance: each month is charged after")
    assert [(one["code"], one["line"]) for one in made["warnings"]] == [("USAGE_CHARGED_AFTERWARDS", 0)]
    assert made["canBeSubmitted"]


async def test_p6_and_s13_usage_is_seen_with_the_amounts_of_the_own_edges(api: Api, tree: Planted) -> None:
    """Months and counts, newest first; a customer sees what it pays, its partner that and its own cost."""
    subscription_id, _ = await metered(tree)
    seen: dict[str, Any] = {}
    for who in ("distributor", "partner", "customer"):
        found = await api.ask(getattr(tree, f"{who}_token"), USAGE, {"id": subscription_id})
        assert (found["charging"], [one["users"] for one in found["usageReadings"]]) == ("POSTPAID", [11, 12, 9])
        running, charged = found["usage"]
        assert (running["startsOn"], running["users"], running["price"]) == (str(MIDDLE), 11, None)
        assert (charged["startsOn"], charged["lastDay"], charged["users"]) == (str(START), "2026-03-31", 12)
        seen[who] = [charged[side] and Decimal(charged[side]["amount"]) for side in ("price", "cost")]
        extend = next(one for one in found["availableActions"] if one["action"] == "EXTEND")
        assert [Decimal(extend[at]["amount"]) for at in ("priceNow", "priceAtRenewal")] == [0, 0]
    assert seen == {
        "distributor": [Decimal(96), None],
        "partner": [Decimal(108), Decimal(96)],
        "customer": [Decimal(108), None],
    }


async def test_s13_a_month_that_has_begun_is_its_old_owners(api: Api, tree: Planted) -> None:
    """Handed over, the months that have begun stay with who had it, and are not the new one's to see."""
    subscription_id, sub = await metered(tree)
    await database.execute("UPDATE usage_months SET starts_on = $2, ends_on = $3 WHERE subscription_id = $1 AND "
        "charged_at IS NULL", sub, date.today() + timedelta(days=2), date.today() + timedelta(days=9))  # fmt: skip # noqa: DTZ011 - any day ahead
    answer = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    heir = answer["CreateCustomerSuccess_customer"]["id"]
    given = {"id": subscription_id, "owner": {"id": heir}, "idempotencyKey": fresh_key()}
    moved = await api.ask(tree.partner_token, document("mutation", "transferSubscription"), {"input": given})
    assert moved["__typename"] == "TransferSubscriptionSuccess", moved
    rows = await database.fetch(
        "SELECT organization_id FROM usage_months WHERE subscription_id = $1 ORDER BY starts_on", sub
    )
    assert [row["organization_id"] for row in rows] == [decode("Organization", one) for one in (tree.customer_id, heir)]
