"""O8: which orders wait for approval, who decides on them, and what they hold meanwhile."""

import asyncio
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import discount_input, fresh_key
from tests.api.credit import PRICE, account, entries_add_up, place, set_terms, submit
from tests.api.flow import ORDER
from tests.api.walk import document
from tests.api.worlds import new_token, run_all, succeed
from tests.house import Api, order_input


async def set_rule(api: Api, tree: Planted, rule: str, limit: str | None = None) -> None:
    """A rule for the tree's customer, by its own approver."""
    content = {"customer": {"id": tree.customer_id}, "rule": rule, "limit": limit}
    await succeed(api, tree.customer_token, "setApprovalRule", content)


async def clerk_of(api: Api, tree: Planted) -> str:
    """A credential of the customer that may order but not approve."""
    permissions = ["ORDERS_READ", "ORDERS_MANAGE", "CATALOG_READ", "ORGANIZATIONS_READ"]
    content = {"organization": {"id": tree.customer_id}, "permissions": permissions}
    return await new_token(api, tree.customer_token, tree, **content)


async def waiting(api: Api, tree: Planted, by: str, **changes: Any) -> str:
    """An order that waits for approval."""
    order = (await place(api, tree, by, **changes))["PlaceOrderSuccess_order"]
    assert order["state"] == "PENDING_APPROVAL"
    order_id: str = order["id"]
    return order_id


async def decide(api: Api, token: str, mutation: str, order_id: str, **content: Any) -> Any:
    """However a decision ends; its order on success."""
    keyed = {"idempotencyKey": fresh_key()} if mutation == "approveOrder" else {}
    answer = await api.ask(token, document("mutation", mutation), {"input": {"id": order_id, **keyed, **content}})
    name = f"{mutation[0].upper()}{mutation[1:]}Success_order"
    return answer.get(name) or answer


@pytest.mark.parametrize("order", [place, submit], ids=["placeOrder", "submitOrder"])
@pytest.mark.parametrize(
    ("rule", "limit", "by", "state"),
    [
        ("NEVER", None, "clerk", "APPROVED"),
        ("WITHOUT_PERMISSION", None, "clerk", "PENDING_APPROVAL"),
        ("WITHOUT_PERMISSION", None, "approver", "APPROVED"),
        ("ABOVE_AMOUNT", str(PRICE), "clerk", "APPROVED"),
        ("ABOVE_AMOUNT", "3622.63", "approver", "PENDING_APPROVAL"),
    ],
)
async def test_o8_the_buyers_rule_says_which_orders_wait(
    api: Api, tree: Planted, order: Any, rule: str, limit: str | None, by: str, state: str
) -> None:
    """None; those of credentials that may not approve; or those over an amount, by whomever: both ways of ordering."""
    await set_rule(api, tree, rule, limit)
    token = await clerk_of(api, tree) if by == "clerk" else tree.customer_token
    assert (await order(api, tree, token))["PlaceOrderSuccess_order"]["state"] == state


async def test_o8_an_approved_order_is_provisioned_at_its_first_prices(api: Api, shop: Workshop, tree: Planted) -> None:
    """While it waits nothing is provisioned; approved by somebody else, it costs what it cost at submission."""
    await set_rule(api, tree, "WITHOUT_PERMISSION")
    await set_terms(api, tree, "POSTPAID", PRICE)
    order_id = await waiting(api, tree, await clerk_of(api, tree))
    plan_id = decode("Plan", tree.plans["cloud-workspace/business"])
    await database.execute("UPDATE prices SET unit_minor = unit_minor * 2 WHERE plan_id = $1", plan_id)
    assert (await account(api, tree))["held"] == PRICE
    approved = await decide(api, tree.customer_token, "approveOrder", order_id)
    assert (approved["state"], approved["canApprove"]) == ("APPROVED", False)
    assert approved["decision"]["isApproved"] is True
    assert approved["decision"]["by"].startswith("tok_")
    await run_all(shop, [tree], order_id)
    order = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    assert (order["state"], order["price"]["amount"]) == ("COMPLETED", str(PRICE))
    assert (await account(api, tree))["balance"] == -PRICE
    told = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", decode("Order", order_id)
    )
    assert [row["type"] for row in told][:4] == [
        "order.created",
        "order.submitted",
        "order.approved",
        "order.provisioning",
    ]


async def test_o8_who_submits_does_not_decide(api: Api, tree: Planted) -> None:
    """The submitter is refused, typed, with what it may do instead; the hint on the order says so before."""
    await set_rule(api, tree, "ABOVE_AMOUNT", "0")
    order_id = await waiting(api, tree, tree.customer_token)
    for mutation, content in (("approveOrder", {}), ("rejectOrder", {"reason": "changed my mind"})):
        refused = await decide(api, tree.customer_token, mutation, order_id, **content)
        assert (refused["__typename"], refused["Conflict_code"]) == ("Conflict", "OWN_SUBMISSION")
        assert refused["Conflict_allowed"] == ["DRAFT"]
    can = "query ($id: ID!) { order(id: $id) { canApprove } }"
    assert (await api.ask(tree.customer_token, can, {"id": order_id}))["canApprove"] is False
    assert (await api.ask(tree.partner_token, can, {"id": order_id}))["canApprove"] is True
    assert (await decide(api, tree.partner_token, "approveOrder", order_id))["state"] == "APPROVED"


async def test_o8_a_rejected_order_keeps_the_reason_and_holds_nothing(api: Api, tree: Planted) -> None:
    """REJECTED for good: credit is free, the code can be redeemed again, event and order give the reason."""
    await set_rule(api, tree, "WITHOUT_PERMISSION")
    await set_terms(api, tree, "POSTPAID", PRICE)
    code = fresh_key()
    await succeed(api, tree.partner_token, "createDiscount", discount_input(tree, code=code, redemptionLimit=1))
    order_id = await waiting(api, tree, await clerk_of(api, tree), discountCodes=[code])
    rejected = await decide(api, tree.customer_token, "rejectOrder", order_id, reason="Too dear.")
    assert (rejected["state"], rejected["decision"]["reason"]) == ("REJECTED", "Too dear.")
    assert {line["state"] for line in rejected["lines"]} == {"CANCELLED"}
    assert (await account(api, tree))["held"] == 0
    await entries_add_up(tree)
    query = "{ events(where: {type: {eq: ORDER_REJECTED}}) { nodes { data } } }"
    [event] = (await api.ask(tree.customer_token, query))["nodes"]
    assert event["data"]["reason"] == "Too dear."
    for mutation in ("approveOrder", "withdrawOrder"):
        again = await decide(api, tree.partner_token, mutation, order_id)
        assert again["Conflict_code"] == "ILLEGAL_TRANSITION"
    await waiting(api, tree, await clerk_of(api, tree), discountCodes=[code])


async def test_o8_a_withdrawn_order_is_a_draft_that_can_be_submitted_again(api: Api, tree: Planted) -> None:
    """Its prices are open, nothing is held or redeemed; submitted again it holds and redeems once."""
    await set_rule(api, tree, "WITHOUT_PERMISSION")
    await set_terms(api, tree, "POSTPAID", PRICE)
    code, clerk = fresh_key(), await clerk_of(api, tree)
    await succeed(api, tree.partner_token, "createDiscount", discount_input(tree, code=code, redemptionLimit=1))
    order_id = await waiting(api, tree, clerk, discountCodes=[code])
    held = (await account(api, tree))["held"]
    draft = await decide(api, clerk, "withdrawOrder", order_id)
    assert (draft["state"], draft["price"], draft["submittedAt"], draft["submittedBy"]) == ("DRAFT", None, None, None)
    assert {(line["price"], line["unitPrice"]) for line in draft["lines"]} == {(None, None)}
    assert (await account(api, tree))["held"] == 0
    content = {"id": order_id, "idempotencyKey": fresh_key()}
    again = (await succeed(api, clerk, "submitOrder", content))["SubmitOrderSuccess_order"]
    assert again["state"] == "PENDING_APPROVAL"
    assert (await account(api, tree))["held"] == held
    await succeed(api, clerk, "cancelOrder", {"id": order_id})
    assert (await account(api, tree))["held"] == 0
    await entries_add_up(tree)


async def test_o8_decided_at_once_by_many_it_ends_in_one_way(api: Api, tree: Planted) -> None:
    """Approved, rejected and withdrawn by twelve at once, one of them has its way, and events have no gap."""
    await set_rule(api, tree, "WITHOUT_PERMISSION")
    order_id = await waiting(api, tree, await clerk_of(api, tree))
    calls = [("approveOrder", {}), ("rejectOrder", {"reason": "no"}), ("withdrawOrder", {})] * 4
    ended = await asyncio.gather(
        *(decide(api, tree.partner_token, mutation, order_id, **content) for mutation, content in calls)
    )
    assert len([one for one in ended if "state" in one]) == 1
    rows = await database.fetch(
        "SELECT aggregate_seq FROM events WHERE aggregate_id = $1 ORDER BY 1", decode("Order", order_id)
    )
    assert [row["aggregate_seq"] for row in rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"rule": "ABOVE_AMOUNT"}, "limit", "REQUIRED"),
        ({"rule": "NEVER", "limit": "1"}, "limit", "NOT_ALLOWED"),
        ({"rule": "ABOVE_AMOUNT", "limit": "0.001"}, "limit", "INVALID"),
        ({"rule": "ABOVE_AMOUNT", "limit": "-1"}, "limit", "OUT_OF_RANGE"),
        ({"rule": "NEVER", "customer": "partner"}, "customer", "NOT_ALLOWED"),
    ],
)
async def test_o8_a_rule_is_checked(api: Api, standing: Planted, changes: dict[str, Any], path: str, code: str) -> None:
    """An amount goes with ABOVE_AMOUNT and only that; rules are customers'."""
    whose = standing.partner_id if changes.pop("customer", "") else standing.customer_id
    content = {"customer": {"id": whose}, **changes}
    answer = await api.ask(standing.partner_token, document("mutation", "setApprovalRule"), {"input": content})
    [field] = answer["InvalidInput_fields"]
    assert (field["path"], field["code"]) == (path, code)


async def test_o8_deciding_needs_its_permission(api: Api, tree: Planted) -> None:
    """Who may only order neither approves nor rejects, nor says which orders wait."""
    clerk = await clerk_of(api, tree)
    draft = (await succeed(api, clerk, "createOrder", order_input(tree, fresh_key())))["CreateOrderSuccess_order"]
    for mutation, content in (
        ("approveOrder", {"id": draft["id"], "idempotencyKey": fresh_key()}),
        ("rejectOrder", {"id": draft["id"], "reason": "no"}),
        ("setApprovalRule", {"customer": {"id": tree.customer_id}, "rule": "NEVER"}),
    ):
        error = await api.refuse(clerk, document("mutation", mutation), {"input": content})
        assert error["message"] == "this needs the permission orders:approve"
