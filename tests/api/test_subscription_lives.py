"""S1, S9, S11 and S12: subscriptions last longer, pause, change hands and end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from domain.subscriptions.ending import finish_termination
from seeding import Planted
from tests.api.bases import customer_input, fresh_key
from tests.api.subscribed import subscribe, term_end
from tests.api.walk import document
from tests.api.worlds import scope_of, succeed
from tests.house import Api
from tests.jobs.test_renewals import charged, told
from tests.people import actor_of

UNCHANGED: dict[str, Any] = {"pending_sales_model": None, "pending_cycle_multiplier": None, "pending_since": None}


async def run(api: Api, token: str, mutation: str, subscription_id: str, **content: Any) -> Any:
    """The answer to a keyed mutation of a subscription."""
    given = {"id": subscription_id, "idempotencyKey": fresh_key()} | content
    return await api.ask(token, document("mutation", mutation), {"input": given})


def changed(answer: Any, mutation: str) -> Any:
    """The subscription in an answer that must be a success."""
    success = f"{mutation[0].upper()}{mutation[1:]}Success"
    assert answer["__typename"] == success, answer
    return answer[f"{success}_subscription"]


async def test_s9_a_term_is_extended_by_cycles_or_to_a_day(api: Api, tree: Planted) -> None:
    """Quick keeps the anchor; absolute is a month away at least. Both are charged at once for the days more."""
    it = await subscribe(tree, term_start=date(2026, 1, 31), term_end=date(2026, 2, 28), anchor_day=31)
    sub = decode("Subscription", it.subscription_id)
    quick = changed(
        await run(api, tree.customer_token, "extendSubscription", it.subscription_id, cycles=2), "extendSubscription"
    )
    assert quick["expiresOn"] == "2026-04-29"
    absolute = await run(api, tree.partner_token, "extendSubscription", it.subscription_id, until="2026-05-29")
    assert changed(absolute, "extendSubscription")["expiresOn"] == "2026-05-29"
    monthly = (
        await database.fetch_row("SELECT amount_minor FROM charges WHERE subscription_id = $1 LIMIT 1", sub)
    ) or {}
    assert monthly
    terms = [(start, end) for start, end, _ in await charged(sub)]
    assert terms == [(date(2026, 2, 28), date(2026, 4, 30)), (date(2026, 4, 30), date(2026, 5, 30))]
    assert await told(sub) == ["extended", "extended"]
    answer = await run(api, tree.partner_token, "extendSubscription", it.subscription_id, until="2026-06-20")
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("until", "OUT_OF_RANGE")]
    answer = await run(api, tree.partner_token, "extendSubscription", it.subscription_id)
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("cycles", "REQUIRED")]


async def test_s9_what_the_account_does_not_cover_is_not_extended(api: Api, tree: Planted) -> None:
    """InsufficientCredit, and the term ends when it did."""
    it = await subscribe(tree)
    before = await term_end(it.subscription_id)
    sql = "UPDATE accounts SET credit_terms = 'PREPAID' WHERE organization_id = $1"
    await database.execute(sql, decode("Organization", tree.customer_id))
    answer = await run(api, tree.customer_token, "extendSubscription", it.subscription_id, cycles=1)
    assert answer["__typename"] == "InsufficientCredit"
    actions = (await api.ask(tree.customer_token, document("query", "subscription"), {"id": it.subscription_id}))[
        "availableActions"
    ]
    cycle = next(one["priceNow"] for one in actions if one["action"] == "EXTEND")
    assert answer["InsufficientCredit_short"] == cycle  # its wallet is empty
    assert (await term_end(it.subscription_id), await charged(decode("Subscription", it.subscription_id))) == (
        before,
        [],
    )


async def test_s12_a_subscription_is_suspended_and_resumed(api: Api, tree: Planted) -> None:
    """Each once; what is suspended already is a Conflict that says from where it could go where."""
    it = await subscribe(tree)
    assert (
        changed(await run(api, tree.partner_token, "suspendSubscription", it.subscription_id), "suspendSubscription")[
            "state"
        ]
        == "SUSPENDED"
    )
    again = await run(api, tree.partner_token, "suspendSubscription", it.subscription_id)
    assert (again["__typename"], again["Conflict_current"]) == ("Conflict", "SUSPENDED")
    assert again["Conflict_allowed"] == ["ACTIVE", "EXPIRED", "TERMINATING"]
    assert (
        changed(await run(api, tree.partner_token, "resumeSubscription", it.subscription_id), "resumeSubscription")[
            "state"
        ]
        == "ACTIVE"
    )
    assert await told(decode("Subscription", it.subscription_id)) == ["suspended", "resumed"]


async def test_s12_what_has_expired_comes_back_while_it_is_kept(api: Api, tree: Planted) -> None:
    """The term that it missed is charged, and it renews from then on; later it is ordered anew."""
    end = datetime.now(UTC).date() - timedelta(days=3)
    state: dict[str, Any] = {"state": "EXPIRED", "auto_renew": False, "term_end": end, "billed_until": end}
    it = await subscribe(tree, **UNCHANGED, **state, kept_until=end + timedelta(days=30))
    sub = changed(await run(api, tree.customer_token, "resumeSubscription", it.subscription_id), "resumeSubscription")
    assert (sub["state"], sub["autoRenew"], sub["termStart"]) == ("ACTIVE", True, end.isoformat())
    assert len(await charged(decode("Subscription", it.subscription_id))) == 1
    gone = await subscribe(tree, **state)
    answer = await run(api, tree.customer_token, "resumeSubscription", gone.subscription_id)
    assert answer["Conflict_message"] == "it has expired too long ago to come back: order it anew"


async def new_customer(api: Api, tree: Planted, **changes: Any) -> str:
    """Another customer of the tree's partner."""
    answer = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree, **changes))
    made: str = answer["CreateCustomerSuccess_customer"]["id"]
    return made


async def test_s1_a_subscription_changes_hands(api: Api, tree: Planted) -> None:
    """Its settings are reset, its instance moves along, both owners are told, and neither sees the other's history."""
    it = await subscribe(tree)
    heir = await new_customer(api, tree)
    sub = decode("Subscription", it.subscription_id)
    moved = changed(
        await run(api, tree.partner_token, "transferSubscription", it.subscription_id, owner={"id": heir}),
        "transferSubscription",
    )
    assert (moved["customer"]["id"], moved["assignees"], moved["pendingChange"]) == (heir, [], None)
    assert moved["contract"] is None
    assert await api.ask(tree.customer_token, document("query", "subscription"), {"id": it.subscription_id}) is None
    events = await database.fetch(
        "SELECT scope, payload, aggregate_seq FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", sub
    )
    old, new = (await scope_of(tree.customer_id)).path, (await scope_of(heir)).path
    assert [(event["scope"], event["aggregate_seq"]) for event in events] == [(old, 1), (new, 2)]
    assert heir not in str(events[0]["payload"])
    assert tree.customer_id not in str(events[1]["payload"])


@pytest.mark.parametrize(
    ("columns", "changes", "expected"),
    [
        ({"state": "TRIALING", "trial_ends_on": date(2999, 1, 1)}, {}, "Conflict"),
        ({}, {"currency": "EUR"}, "InvalidInput"),
    ],
)
async def test_s1_what_cannot_be_handed_over_stays(
    api: Api, tree: Planted, columns: dict[str, Any], changes: dict[str, Any], expected: str
) -> None:
    """Nothing on trial, and nothing to who is billed in another currency, is no customer, or has it already."""
    it = await subscribe(tree, **columns)
    owners = [await new_customer(api, tree, **changes)]
    if expected == "InvalidInput":
        owners += [tree.partner_id, tree.customer_id]
    for owner in owners:
        answer = await run(api, tree.partner_token, "transferSubscription", it.subscription_id, owner={"id": owner})
        assert answer["__typename"] == expected, answer


async def paid_year(tree: Planted, purchased_on: date) -> str:
    """A yearly subscription from May 1 that was paid for, bought on a day."""
    year: dict[str, Any] = {"sales_model": "YEARLY", "term_start": date(2026, 5, 1), "term_end": date(2027, 5, 1)}
    it = await subscribe(tree, **UNCHANGED, **year, billed_until=date(2027, 5, 1), purchased_on=purchased_on)
    for buyer, seller, amount in (
        (tree.partner_id, tree.distributor_id, 12000),
        (tree.customer_id, tree.partner_id, 24000),
    ):
        await database.execute(
            "INSERT INTO charges (id, seller_id, buyer_id, customer_id, scope, seller_scope, kind, amount_minor, "
            "currency, charged_on, period_start, period_end, description, explanation, subscription_id, source_key, "
            "created_at) SELECT gen_random_uuid(), $1, $2, $3, $4, $5, 'RECURRING', $6, 'USD', $7, $7, $8, 'a year', "
            "'{}', $9, gen_random_uuid()::text, now()",
            decode("Organization", seller),
            decode("Organization", buyer),
            decode("Organization", tree.customer_id),
            (await scope_of(buyer)).path,
            (await scope_of(seller)).path,
            amount,
            date(2026, 5, 1),
            date(2027, 5, 1),
            decode("Subscription", it.subscription_id),
        )
    return it.subscription_id


async def refunds(subscription_id: str) -> list[int]:
    """What was given back, the distributor's edge first."""
    rows = await database.fetch(
        "SELECT amount_minor FROM charges WHERE subscription_id = $1 AND kind = 'REFUND' ORDER BY scope",
        decode("Subscription", subscription_id),
    )
    return [row["amount_minor"] for row in rows]


async def test_s11_termination_is_confirmed_and_refunds_by_policy(api: Api, tree: Planted) -> None:
    """With the id typed; within 14 days all of it comes back on every edge, if the seller allows it."""
    bought = datetime.now(UTC).date() - timedelta(days=3)
    sub = await paid_year(tree, bought)
    answer = await run(api, tree.partner_token, "terminateSubscription", sub, confirmation="yes")
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["confirmation"]
    content = {"confirmation": sub, "allowRefund": True}
    error = await api.refuse(
        tree.customer_token,
        document("mutation", "terminateSubscription"),
        {"input": {"id": sub, "idempotencyKey": fresh_key(), **content}},
    )
    assert error["extensions"]["code"] == "FORBIDDEN"
    ended = changed(
        await run(api, tree.partner_token, "terminateSubscription", sub, **content), "terminateSubscription"
    )
    assert (ended["state"], await refunds(sub)) == ("TERMINATED", [-12000, -24000])
    assert await told(decode("Subscription", sub)) == ["termination_started", "terminated"]
    again = await run(api, tree.partner_token, "terminateSubscription", sub, **content)
    assert (again["__typename"], again["Conflict_current"]) == ("Conflict", "TERMINATED")


async def test_s11_without_leave_nothing_is_refunded(api: Api, tree: Planted) -> None:
    """The customer ends its own subscription, and gets nothing back."""
    sub = await paid_year(tree, datetime.now(UTC).date())
    ended = await run(api, tree.customer_token, "terminateSubscription", sub, confirmation=sub)
    assert (changed(ended, "terminateSubscription")["state"], await refunds(sub)) == ("TERMINATED", [])


async def test_s11_it_has_ended_when_its_instance_is_gone(api: Api, tree: Planted) -> None:
    """Until then it is TERMINATING; told twice that it is gone, it ends once."""
    sub = (await subscribe(tree)).subscription_id
    await database.execute(
        "WITH made AS (INSERT INTO instances (id, organization_id, scope, subscription_id, provisioner, state, "
        "generation, outputs, deadline_hours, created_at) SELECT gen_random_uuid(), organization_id, scope, id, "
        "'cloud', 'ACTIVE', 1, '{}', 1, created_at FROM subscriptions WHERE id = $1 RETURNING *) "
        "INSERT INTO provisioning_operations (id, instance_id, organization_id, scope, action, generation, state, "
        "request, polls, deadline, created_at, finished_at, attempts) SELECT gen_random_uuid(), id, organization_id, "
        "scope, 'CREATE', 1, 'SUCCEEDED', '{\"parameters\": {}}', 0, now(), now(), now(), 1 FROM made",
        decode("Subscription", sub),
    )
    ended = await run(api, tree.partner_token, "terminateSubscription", sub, confirmation=sub)
    assert changed(ended, "terminateSubscription")["state"] == "TERMINATING"
    asked = await database.fetch_value(
        "SELECT o.action FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
        "WHERE i.subscription_id = $1 AND o.finished_at IS NULL",
        decode("Subscription", sub),
    )
    assert asked == "DELETE"
    actor = await actor_of(tree.partner_token)
    for _ in range(2):
        await finish_termination(actor, decode("Subscription", sub))
    assert await told(decode("Subscription", sub)) == ["termination_started", "terminated"]


async def test_s14_a_subscription_says_what_can_be_done_and_at_what_price(api: Api, tree: Planted) -> None:
    """Allowed or not and why, as the mutation would answer; what it costs now and at renewal, to each tier its own."""
    it = await subscribe(tree, **UNCHANGED)
    query = document("query", "subscription")
    for token, has_cost in ((tree.partner_token, True), (tree.customer_token, False)):
        found = (await api.ask(token, query, {"id": it.subscription_id}))["availableActions"]
        actions = {one["action"]: one for one in found}
        extend, off, withdraw = actions["EXTEND"], actions["SET_AUTO_RENEWAL"], actions["WITHDRAW_PENDING_CHANGE"]
        assert (extend["isAllowed"], extend["priceNow"], extend["reason"]) == (True, extend["priceAtRenewal"], None)
        assert (extend["costNow"] is not None, extend["costAtRenewal"] is not None) == (has_cost, has_cost)
        assert (off["priceNow"]["amount"], off["priceAtRenewal"]) == ("0.00", None)
        assert (withdraw["isAllowed"], withdraw["obstacle"], withdraw["priceNow"]) == (False, "NOTHING_PENDING", None)
    content = {"id": it.subscription_id}
    refused = await api.ask(tree.partner_token, document("mutation", "withdrawPendingChange"), {"input": content})
    assert refused["Conflict_message"] == withdraw["reason"]
    await run(api, tree.customer_token, "extendSubscription", it.subscription_id, cycles=1)
    ((_, _, minor),) = await charged(decode("Subscription", it.subscription_id))
    assert extend["priceNow"]["amount"] == f"{minor / 100:.2f}"
