"""Subscriptions that run, without an order and a provisioner behind them, and valid inputs for what changes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.phones import assign, fresh_number, make_seats, stock
from tests.people import fresh_email

_INSERT: Final = """
INSERT INTO subscriptions (id, organization_id, scope, product_id, plan_id, quantity, state, sales_model,
                           cycle_multiplier, currency, tier_unit_minor, auto_renew, term_start, term_end, billed_until,
                           anchor_day,
                           pending_sales_model, pending_cycle_multiplier, pending_since, created_at)
SELECT $1, o.id, o.scope, p.product_id, p.id, 10, 'ACTIVE', 'MONTHLY', 1, 'USD', '{800, 900}', true, $4, $5, $5,
       extract(day FROM $4::date),
       'MONTHLY', 3, $6, $6
FROM organizations o, plans p WHERE o.id = $2 AND p.id = $3
"""
_PERSON: Final = """
WITH person AS (
  INSERT INTO users (id, email, email_key, name, password_hash, created_at) VALUES ($1, $2, $2, 'Uma User', '', $4)
)
INSERT INTO members (id, organization_id, user_id, scope, role, created_at)
SELECT $1, id, $1, scope, 'VIEWER', $4 FROM organizations WHERE id = $3
"""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with a pending change and an assignee, another member of its customer, and a contract of it."""

    subscription_id: str
    assigned_id: str
    member_id: str
    contract_id: str
    number: str
    free_number: str
    heir_id: str = ""
    suspended_id: str = ""
    plan_id: str = ""
    add_on_id: str = ""
    customer_id: str = ""


async def subscribe_all(tree: Planted, contract_id: str, heir_id: str) -> Subscribed:
    """As `subscribe`, with a suspended one beside it, and another customer that may have it."""
    suspended = await subscribe(tree, state="SUSPENDED")
    it = await subscribe(tree, contract_id)
    add_on_id = await take_add_on(tree)
    return replace(
        it, heir_id=heir_id, suspended_id=suspended.subscription_id, add_on_id=add_on_id, customer_id=tree.customer_id
    )


async def subscribe(tree: Planted, contract_id: str = "", **columns: Any) -> Subscribed:
    """Ten cloud workspaces of the tree's customer, by the month, in their first term; columns are set as given."""
    subscription_id, now = uuid7(), datetime.now(UTC)
    start = now.date() - timedelta(days=10)
    place = (decode("Organization", tree.customer_id), decode("Plan", tree.plans["cloud-workspace/business"]))
    await database.execute(_INSERT, subscription_id, *place, start, start + timedelta(days=30), now)
    if columns:
        sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=2))
        sql = f"UPDATE subscriptions SET {sets} WHERE id = $1"  # noqa: S608 - constants of the tests
        await database.execute(sql, subscription_id, *columns.values())
    assigned, member = [await new_member(tree.customer_id) for _ in range(2)]
    await database.execute(
        "INSERT INTO subscription_assignees (id, subscription_id, member_id, scope, created_at) "
        "SELECT $3, id, $2, scope, created_at FROM subscriptions WHERE id = $1",
        subscription_id,
        decode("Member", assigned),
        uuid4(),
    )
    await make_seats(tree, 2)
    number, free_number = await stock(tree, [fresh_number(), fresh_number()])
    await assign(number, tree.customer_id, subscription_id)
    ids = encode("Subscription", subscription_id), assigned, member, contract_id
    return Subscribed(*ids, number, free_number, plan_id=tree.plans["cloud-workspace/business"])


async def take_add_on(tree: Planted, most: int = 10, **columns: Any) -> str:
    """Let the business plan take so many seats of the application as an add-on; the id of that plan."""
    add_on_id = tree.plans["team-insights/professional"]
    limits = {"min_quantity": 0, "max_quantity": most, "per": "SUBSCRIPTION"} | columns
    await database.execute(
        "INSERT INTO plan_add_ons (id, plan_id, add_on_id, min_quantity, max_quantity, per) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5) ON CONFLICT (plan_id, add_on_id) DO UPDATE SET "
        "min_quantity = $3, max_quantity = $4, per = $5",
        decode("Plan", tree.plans["cloud-workspace/business"]),
        decode("Plan", add_on_id),
        *(limits[name] for name in ("min_quantity", "max_quantity", "per")),
    )
    return add_on_id


async def new_member(organization_id: str) -> str:
    """Somebody of an organization, who cannot sign in."""
    member_id: UUID = uuid7()
    owner = decode("Organization", organization_id)
    await database.execute(_PERSON, member_id, fresh_email(), owner, datetime.now(UTC))
    return encode("Member", member_id)


async def term_end(subscription_id: str) -> date:
    """The first day after the term."""
    found: date = await database.fetch_value(
        "SELECT term_end FROM subscriptions WHERE id = $1", decode("Subscription", subscription_id)
    )
    return found


# Mutation -> an input that changes the subscription.
BASES: Final[Mapping[str, Callable[[Subscribed], dict[str, Any]]]] = {
    "addNumbers": lambda it: {
        "id": it.subscription_id,
        "numbers": [it.free_number],
        "buyMore": True,
        "previewToken": None,
        "idempotencyKey": uuid4().hex,
    },
    "removeNumbers": lambda it: {"id": it.subscription_id, "numbers": [it.number], "idempotencyKey": uuid4().hex},
    "swapNumber": lambda it: {
        "id": it.subscription_id,
        "number": it.number,
        "newNumber": it.free_number,
        "idempotencyKey": uuid4().hex,
    },
    "changePlan": lambda it: {
        "id": it.subscription_id,
        "planId": it.plan_id,
        "quantity": 12,
        "previewToken": None,
        "idempotencyKey": uuid4().hex,
    },
    "alignRenewals": lambda it: {
        "customer": {"id": it.customer_id},
        "subscriptionIds": [it.subscription_id, it.suspended_id],
        "on": (datetime.now(UTC).date() + timedelta(days=90)).isoformat(),
        "previewToken": None,
        "idempotencyKey": uuid4().hex,
    },
    "changeAddons": lambda it: {
        "id": it.subscription_id,
        "addons": [{"planId": it.add_on_id, "quantity": 3}],
        "previewToken": None,
        "idempotencyKey": uuid4().hex,
    },
    "assignMembers": lambda it: {"id": it.subscription_id, "memberIds": [it.member_id]},
    "unassignMembers": lambda it: {"id": it.subscription_id, "memberIds": [it.assigned_id]},
    "linkContract": lambda it: {"id": it.subscription_id, "contractId": it.contract_id},
    "setAutoRenewal": lambda it: {"id": it.subscription_id, "autoRenew": False},
    "scheduleBillingChange": lambda it: {"id": it.subscription_id, "salesModel": "YEARLY", "cycleMultiplier": 2},
    "withdrawPendingChange": lambda it: {"id": it.subscription_id},
    "extendSubscription": lambda it: {"id": it.subscription_id, "cycles": 2, "idempotencyKey": uuid4().hex},
    "suspendSubscription": lambda it: {"id": it.subscription_id, "idempotencyKey": uuid4().hex},
    "resumeSubscription": lambda it: {"id": it.suspended_id, "idempotencyKey": uuid4().hex},
    "transferSubscription": lambda it: {
        "id": it.subscription_id,
        "owner": {"id": it.heir_id},
        "idempotencyKey": uuid4().hex,
    },
    "terminateSubscription": lambda it: {
        "id": it.subscription_id,
        "confirmation": it.subscription_id,
        "allowRefund": True,
        "idempotencyKey": uuid4().hex,
    },
}
