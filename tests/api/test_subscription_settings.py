"""S2, S3, S7, S8 and S10: who uses a subscription, its contract, its renewals, and what its history tells."""

import asyncio
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.bases import contract_input, customer_input
from tests.api.subscribed import BASES, new_member, subscribe, subscribe_all, term_end
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_SELLER, new_token, succeed
from tests.house import Api

HISTORY = """
query ($id: ID!) { events(first: 100, where: {aggregateId: {eq: $id}}) { nodes { type sequence principal data } } }
"""


async def change(api: Api, token: str, mutation: str, content: dict[str, Any]) -> Any:
    """The subscription that a mutation has changed."""
    answer = await succeed(api, token, mutation, content)
    return answer[f"{mutation[0].upper()}{mutation[1:]}Success_subscription"]


async def problems(api: Api, token: str, mutation: str, content: dict[str, Any]) -> list[tuple[str, str]]:
    """The (path, code) of every field that a mutation refuses."""
    answer = await api.ask(token, document("mutation", mutation), {"input": content})
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]]


async def history(api: Api, tree: Planted, subscription_id: str) -> list[Any]:
    """The events of a subscription, the first one first."""
    nodes = (await api.ask(tree.partner_token, HISTORY, {"id": subscription_id}))["nodes"]
    return sorted(nodes, key=lambda event: event["sequence"])


async def make_contract(api: Api, tree: Planted, **changes: Any) -> str:
    """A new contract of the tree's partner with its customer."""
    answer = await succeed(api, tree.partner_token, "createContract", contract_input(tree, **changes))
    made: str = answer["CreateContractSuccess_contract"]["id"]
    return made


def members(subscription: Any) -> set[str]:
    """Whose a subscription is."""
    return {member["id"] for member in subscription["assignees"]}


async def test_s2_members_are_assigned_and_taken_off(api: Api, tree: Planted) -> None:
    """Seller and customer assign the customer's members; once is enough, and each change is told once."""
    it = await subscribe(tree)
    wanted = {"id": it.subscription_id, "memberIds": [it.member_id, it.assigned_id, it.member_id]}
    for token in (tree.customer_token, tree.partner_token):
        assert members(await change(api, token, "assignMembers", wanted)) == {it.assigned_id, it.member_id}
    left = {"id": it.subscription_id, "memberIds": [it.assigned_id]}
    for _ in range(2):
        assert members(await change(api, tree.partner_token, "unassignMembers", left)) == {it.member_id}
    told = [event["data"] for event in await history(api, tree, it.subscription_id)]
    assert [(sorted(data["before"]["member_ids"]), sorted(data["after"]["member_ids"])) for data in told] == [
        ([it.assigned_id], sorted([it.assigned_id, it.member_id])),
        (sorted([it.assigned_id, it.member_id]), [it.member_id]),
    ]


async def test_s2_only_members_of_the_customer_are_assigned(api: Api, tree: Planted, other_tree: Planted) -> None:
    """The seller's own members, foreign ones and nobody are refused, each at its place."""
    it = await subscribe(tree)
    others = [await new_member(tree.partner_id), it.member_id, await new_member(other_tree.customer_id)]
    content = {"id": it.subscription_id, "memberIds": others}
    assert await problems(api, tree.partner_token, "assignMembers", content) == [
        ("memberIds.0", "NOT_FOUND"),
        ("memberIds.2", "NOT_FOUND"),
    ]
    content = {"id": it.subscription_id, "memberIds": []}
    assert await problems(api, tree.partner_token, "assignMembers", content) == [("memberIds", "REQUIRED")]


async def test_s2_assignees_are_for_who_may_see_members(api: Api, tree: Planted) -> None:
    """Without MEMBERS_READ none are shown, and who has been removed is not among them."""
    it = await subscribe(tree)
    query = document("query", "subscription")
    reader = [name for name in EVERYTHING_OF_A_SELLER if not name.startswith("MEMBERS_")]
    token = await new_token(api, tree.partner_token, tree, permissions=reader)
    assert (await api.ask(token, query, {"id": it.subscription_id}))["assignees"] == []
    assert members(await api.ask(tree.partner_token, query, {"id": it.subscription_id})) == {it.assigned_id}
    await succeed(api, tree.partner_token, "removeMember", {"id": it.assigned_id})
    assert members(await api.ask(tree.partner_token, query, {"id": it.subscription_id})) == set()


async def test_s3_a_subscription_is_linked_with_a_contract(api: Api, tree: Planted) -> None:
    """With one of its customer that has not ended; null takes it off; the filter finds what is linked."""
    contract_id = await make_contract(api, tree)
    it = await subscribe(tree)
    content: dict[str, Any] = {"id": it.subscription_id, "contractId": contract_id}
    assert (await change(api, tree.partner_token, "linkContract", content))["contract"]["id"] == contract_id
    where = {"contractId": {"eq": contract_id}}
    page = await api.ask(tree.partner_token, document("query", "subscriptions"), {"where": where})
    assert [node["id"] for node in page["nodes"]] == [it.subscription_id]
    content["contractId"] = None
    assert (await change(api, tree.partner_token, "linkContract", content))["contract"] is None
    told = [event["data"] for event in await history(api, tree, it.subscription_id)]
    assert [(data["before"]["contract_id"], data["after"]["contract_id"]) for data in told] == [
        (None, contract_id),
        (contract_id, None),
    ]


async def test_s3_a_contract_that_is_not_for_it_is_refused(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Another customer's is not found; one that has ended is EXPIRED, one in another currency NOT_APPLICABLE."""
    it = await subscribe(tree)
    foreign = await make_contract(api, other_tree)
    ended = await make_contract(api, tree, startsOn="2020-01-01", endsOn="2020-12-31")
    other = await make_contract(api, tree)
    await database.execute("UPDATE contracts SET currency = 'EUR' WHERE id = $1", decode("Contract", other))
    for contract_id, code in ((foreign, "NOT_FOUND"), (ended, "EXPIRED"), (other, "NOT_APPLICABLE")):
        content = {"id": it.subscription_id, "contractId": contract_id}
        assert await problems(api, tree.partner_token, "linkContract", content) == [("contractId", code)]


async def test_s7_one_change_of_billing_waits_for_the_renewal(api: Api, tree: Planted) -> None:
    """A new one replaces it, it can be withdrawn, and nothing of the running term changes."""
    it = await subscribe(tree, pending_sales_model=None, pending_cycle_multiplier=None, pending_since=None)
    renews_on = (await term_end(it.subscription_id)).isoformat()
    for model, multiplier in (("YEARLY", 2), ("MONTHLY", 6)):
        content = {"id": it.subscription_id, "salesModel": model, "cycleMultiplier": multiplier}
        changed = await change(api, tree.customer_token, "scheduleBillingChange", content)
        pending = changed["pendingChange"]
        assert (pending["salesModel"], pending["cycleMultiplier"], pending["appliesOn"]) == (
            model,
            multiplier,
            renews_on,
        )
        assert (changed["salesModel"], changed["cycleMultiplier"]) == ("MONTHLY", 1)
    content = {"id": it.subscription_id}
    assert (await change(api, tree.customer_token, "withdrawPendingChange", content))["pendingChange"] is None
    answer = await api.ask(tree.customer_token, document("mutation", "withdrawPendingChange"), {"input": content})
    assert answer["Conflict_message"] == "no change waits for the next renewal"
    told = await history(api, tree, it.subscription_id)
    first, second = {"sales_model": "YEARLY", "cycle_multiplier": 2}, {"sales_model": "MONTHLY", "cycle_multiplier": 6}
    assert [(event["type"], *(event["data"][when]["pending"] for when in ("before", "after"))) for event in told] == [
        ("SUBSCRIPTION_CHANGE_SCHEDULED", None, first),
        ("SUBSCRIPTION_CHANGE_SCHEDULED", first, second),
        ("SUBSCRIPTION_CHANGE_WITHDRAWN", second, None),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"salesModel": "ONE_TIME"}, [("salesModel", "NOT_ALLOWED")]),
        ({"salesModel": "MONTHLY"}, [("salesModel", "NOT_ALLOWED")]),
        ({"salesModel": "YEARLY", "cycleMultiplier": 61}, [("cycleMultiplier", "OUT_OF_RANGE")]),
    ],
)
async def test_s7_what_cannot_be_billed_is_refused(
    api: Api, tree: Planted, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """One-time purchases have no renewals, what is billed so already does not change, cycles have 1 to 60 periods."""
    it = await subscribe(tree)
    content = {"id": it.subscription_id} | changes
    assert await problems(api, tree.partner_token, "scheduleBillingChange", content) == expected


async def test_s7_a_sales_model_without_a_price_is_refused(api: Api, tree: Planted) -> None:
    """What is not sold by the year to this customer is not billed so."""
    it = await subscribe(tree, currency="CHF")
    content = {"id": it.subscription_id, "salesModel": "YEARLY"}
    assert await problems(api, tree.partner_token, "scheduleBillingChange", content) == [("salesModel", "NOT_ALLOWED")]


async def test_s8_auto_renewal_is_switched_off_and_on(api: Api, tree: Planted) -> None:
    """Each switch is told with what was before; to switch to what it is changes nothing."""
    it = await subscribe(tree)
    for renews in (True, False, False, True):
        content = {"id": it.subscription_id, "autoRenew": renews}
        assert (await change(api, tree.customer_token, "setAutoRenewal", content))["autoRenew"] is renews
    told = await history(api, tree, it.subscription_id)
    assert [(event["data"]["before"], event["data"]["after"]) for event in told] == [
        ({"auto_renew": True}, {"auto_renew": False}),
        ({"auto_renew": False}, {"auto_renew": True}),
    ]


async def test_s10_the_history_says_who_did_what_when(api: Api, tree: Planted) -> None:
    """Changes at once take turns: the history has no gap, and both tiers read the same of it."""
    it = await subscribe(tree)
    calls = []
    for place in range(6):
        token = (tree.partner_token, tree.customer_token)[place % 2]
        content = {"id": it.subscription_id, "salesModel": "YEARLY", "cycleMultiplier": place + 1}
        calls.append(change(api, token, "scheduleBillingChange", content))
    await asyncio.gather(*calls)
    told = await history(api, tree, it.subscription_id)
    assert [event["sequence"] for event in told] == [1, 2, 3, 4, 5, 6]
    assert [event["data"]["before"]["pending"] for event in told[1:]] == [
        event["data"]["after"]["pending"] for event in told[:-1]
    ]
    assert len({event["principal"] for event in told}) == 2


@pytest.mark.parametrize("mutation", sorted(BASES))
async def test_a5_a_protected_subscription_is_changed_by_nothing(api: Api, tree: Planted, mutation: str) -> None:
    """Every mutation of subscriptions refuses what came with an account: PROTECTED, or at its place among several."""
    heir = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    it = await subscribe_all(tree, await make_contract(api, tree), heir["CreateCustomerSuccess_customer"]["id"])
    protected = "SELECT s.id, s::text AS whole FROM subscriptions s JOIN organizations o ON o.id = s.organization_id "
    row = await database.fetch_row(
        f"{protected} WHERE s.is_protected AND o.id = $1 LIMIT 1", decode("Organization", tree.customer_id)
    )
    assert row is not None
    base, named = BASES[mutation](it), encode("Subscription", row["id"])
    content = base | ({"id": named} if "id" in base else {"subscriptionIds": [named]})
    for token in (tree.distributor_token, tree.partner_token, tree.customer_token):
        answer = await api.ask(token, document("mutation", mutation), {"input": content})
        if "id" in base:
            assert (answer["__typename"], answer["Conflict_code"]) == ("Conflict", "PROTECTED")
        else:
            assert [field["code"] for field in answer["InvalidInput_fields"]] == ["NOT_APPLICABLE"]
    after = await database.fetch_value("SELECT s::text FROM subscriptions s WHERE id = $1", row["id"])
    assert after == row["whole"]
