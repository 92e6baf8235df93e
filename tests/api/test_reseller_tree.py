"""A1: a reseller tree of any depth; who sees whom, and what a suspended or closed organization may still do."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.shared.actor import Permission
from jobs.workshop import Workshop
from resolvers.access import REQUIRES
from seeding import Planted
from tests.api.bases import customer_input, fresh_key, update_input
from tests.api.targets import BASES, make_targets
from tests.api.walk import document, root_fields
from tests.api.worlds import EVERYTHING_OF_A_SELLER, grow, new_token, run_all, sell_by_markup, succeed
from tests.house import Api, order_input

# What a person does for itself, whatever its organization may.
ABOUT_ONESELF = {
    *("acceptInvitation", "refreshSession", "requestPasswordReset", "resetPassword", "signIn", "signOut"),
    "openCredentials",
}
# What each of these requires is decided by the thing it is about.
BY_THE_THING = {"cancelBulkOperation"}
NAMES = "{ organizations(first: 100) { nodes { id } } }"


async def seen(api: Api, token: str) -> set[str]:
    """The ids of all organizations that a token sees."""
    return {node["id"] for node in (await api.ask(token, NAMES))["nodes"]}


@dataclass(frozen=True, slots=True)
class Tiers:
    """Distributor > partner > sub-partner > customer, each with a token of its own, and what stands beside them."""

    top: Planted
    bottom: Planted
    beside: Planted


@pytest.fixture
async def tiers(api: Api, tree: Planted) -> Tiers:
    """Four tiers, and a neighbour of the sub-partner with a customer of its own."""
    bottom = await grow(api, tree, tree.partner_id)
    beside = await grow(api, tree, tree.partner_id)
    await sell_by_markup(bottom.partner_id, 10)
    return Tiers(tree, bottom, beside)


async def test_a1_each_tier_of_four_sees_its_own_subtree_only(api: Api, tiers: Tiers) -> None:
    """Distributor, partner, sub-partner and customer each see themselves and all below, nothing above or beside."""
    top, bottom, beside = tiers.top, tiers.bottom, tiers.beside
    customer, sub = {bottom.customer_id}, {bottom.partner_id, bottom.customer_id}
    partner = sub | {beside.partner_id, beside.customer_id, top.partner_id, top.customer_id}
    assert await seen(api, bottom.customer_token) == customer
    assert await seen(api, bottom.partner_token) == sub
    assert await seen(api, top.partner_token) == partner
    assert await seen(api, top.distributor_token) == partner | {top.distributor_id}


async def test_a1_who_is_above_or_beside_does_not_exist(api: Api, tiers: Tiers) -> None:
    """By id, too, a seller above and a neighbour are nothing: null for a query, NotFound for a mutation."""
    top, bottom, beside = tiers.top, tiers.bottom, tiers.beside
    for foreign in (top.distributor_id, top.partner_id, beside.partner_id, beside.customer_id):
        assert await api.ask(bottom.partner_token, document("query", "organization"), {"id": foreign}) is None
        content = {"input": {"organization": {"id": foreign}}}
        answer = await api.ask(bottom.partner_token, document("mutation", "suspendOrganization"), content)
        assert answer["__typename"] == "NotFound"


async def test_a1_partners_stand_below_partners_to_any_depth(api: Api, tree: Planted) -> None:
    """Six partners one below the other, and a customer at the last: each seller sees it, by the same query."""
    member, tokens = tree, [tree.distributor_token, tree.partner_token]
    for _ in range(6):
        member = await grow(api, tree, member.partner_id)
        tokens.append(member.partner_token)
    for token in tokens:
        assert member.customer_id in await seen(api, token)


async def test_a1_a_customer_creates_nobody(api: Api, tree: Planted) -> None:
    """A customer has no permission for it and cannot be granted it, and nobody is created right below a customer."""
    error = await api.refuse(
        tree.customer_token, document("mutation", "createCustomer"), {"input": customer_input(tree)}
    )
    assert error["extensions"]["code"] == "FORBIDDEN"
    below = customer_input(tree, partner={"id": tree.customer_id})
    error = await api.refuse(tree.partner_token, document("mutation", "createCustomer"), {"input": below})
    assert error["message"] == "a customer cannot have a customer right below it"


def content_of(organization_id: str) -> dict[str, Any]:
    """What names an organization to suspend, resume or close."""
    return {"organization": {"id": organization_id}}


async def test_a1_a_suspended_organization_reads_and_changes_nothing(api: Api, tree: Planted) -> None:
    """Its tokens, old and new, are FORBIDDEN to order, and told why; queries answer as ever; resumed, it acts."""
    await succeed(api, tree.partner_token, "suspendOrganization", content_of(tree.customer_id))
    fresh = await new_token(
        api, tree.partner_token, tree, organization={"id": tree.customer_id}, permissions=["ORDERS_MANAGE"]
    )
    for token in (tree.customer_token, fresh):
        content = {"input": order_input(tree, fresh_key())}
        error = await api.refuse(token, document("mutation", "placeOrder"), content)
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["message"] == "your organization is suspended: it can read, but not order or change anything"
    assert await seen(api, tree.customer_token) == {tree.customer_id}
    await succeed(api, tree.partner_token, "resumeOrganization", content_of(tree.customer_id))
    await succeed(api, tree.customer_token, "placeOrder", order_input(tree, fresh_key()))


async def test_a1_suspended_means_everybody_below_and_every_mutation(api: Api, tree: Planted) -> None:
    """Below a suspended partner a sub-partner's token is refused by every mutation that needs a permission.

    The others are about a person's own way in, which it may go to read.
    """
    sub = await grow(api, tree, tree.partner_id)
    await sell_by_markup(sub.partner_id, 10)
    targets = await make_targets(api, sub)
    await succeed(api, tree.distributor_token, "suspendOrganization", content_of(tree.partner_id))
    requires = {
        name: field.extensions["strawberry-definition"].metadata[REQUIRES]
        for name, field in root_fields("mutation").items()
    }
    refused = {name for name, permission in requires.items() if isinstance(permission, Permission)} | BY_THE_THING
    assert set(BASES) - refused == ABOUT_ONESELF
    for name in sorted(refused):
        error = await api.refuse(sub.partner_token, document("mutation", name), {"input": BASES[name](sub, targets)})
        assert "is suspended" in error["message"], name


async def test_a1_nobody_orders_for_a_suspended_customer(api: Api, tree: Planted) -> None:
    """Its seller is told by a Conflict with the state, for orders and groups; the profile it may change."""
    await succeed(api, tree.partner_token, "suspendOrganization", content_of(tree.customer_id))
    targets_of = {
        "placeOrder": order_input(tree, fresh_key()),
        "createOrder": order_input(tree, fresh_key()),
        "addGroupAccount": {"customer": {"id": tree.customer_id}, "name": "G", "idempotencyKey": fresh_key()},
    }
    for name, content in targets_of.items():
        answer = await api.ask(tree.partner_token, document("mutation", name), {"input": content})
        assert (answer["__typename"], answer["Conflict_current"]) == ("Conflict", "SUSPENDED"), name
        assert answer["Conflict_allowed"] == ["ACTIVE", "CLOSED"]
    await succeed(api, tree.partner_token, "updateOrganization", update_input(tree.customer_id))


async def test_a1_below_a_suspended_partner_nobody_is_created(api: Api, tree: Planted) -> None:
    """The distributor, too, is refused a customer or partner there."""
    await succeed(api, tree.distributor_token, "suspendOrganization", content_of(tree.partner_id))
    query = document("mutation", "createCustomer")
    answer = await api.ask(tree.distributor_token, query, {"input": customer_input(tree)})
    assert (answer["__typename"], answer["Conflict_current"]) == ("Conflict", "SUSPENDED")


@pytest.mark.parametrize("mutation", ["suspendOrganization", "resumeOrganization", "closeOrganization"])
async def test_a1_nobody_suspends_resumes_or_closes_itself(api: Api, tree: Planted, mutation: str) -> None:
    """It is for a seller above; for one's own organization it is FORBIDDEN."""
    error = await api.refuse(tree.partner_token, document("mutation", mutation), {"input": content_of(tree.partner_id)})
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a1_states_follow_their_table(api: Api, tree: Planted) -> None:
    """Suspending twice, resuming what is active, anything after closing: ILLEGAL_TRANSITION with what is allowed."""
    customer_id = (await make_targets(api, tree)).spare_id

    async def move(mutation: str) -> Any:
        return await api.ask(tree.partner_token, document("mutation", mutation), {"input": content_of(customer_id)})

    assert (await move("resumeOrganization"))["Conflict_code"] == "ILLEGAL_TRANSITION"
    assert (await move("suspendOrganization"))["__typename"] == "SuspendOrganizationSuccess"
    assert (await move("suspendOrganization"))["Conflict_current"] == "SUSPENDED"
    assert (await move("closeOrganization"))["CloseOrganizationSuccess_organization"]["state"] == "CLOSED"
    for mutation in ("closeOrganization", "resumeOrganization", "suspendOrganization"):
        answer = await move(mutation)
        assert (answer["Conflict_code"], answer["Conflict_allowed"]) == ("ILLEGAL_TRANSITION", []), mutation


async def test_a1_what_has_active_subscriptions_is_not_closed(api: Api, shop: Workshop, tree: Planted) -> None:
    """With an order under way or an active subscription it stays, as do its sellers; protected ones do not count."""
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    query = document("mutation", "closeOrganization")
    messages = []
    for _ in range(2):
        for token, target in (
            (tree.partner_token, tree.customer_id),
            (tree.distributor_token, tree.partner_id),
        ):
            answer = await api.ask(token, query, {"input": content_of(target)})
            assert (answer["__typename"], answer["Conflict_current"]) == ("Conflict", "ACTIVE")
            messages.append(answer["Conflict_message"])
        await run_all(shop, [tree], placed["PlaceOrderSuccess_order"]["id"])
    assert ["1 orders" in message for message in messages] == [True, True, False, False]
    assert ["2 subscriptions" in message for message in messages] == [False, False, True, True]
    spare = (await make_targets(api, tree)).spare_id
    await succeed(api, tree.partner_token, "closeOrganization", content_of(spare))


async def test_a1_states_are_told(api: Api, tree: Planted) -> None:
    """Each change of state is an event of the organization, seen by it and its sellers."""
    spare = (await make_targets(api, tree)).spare_id
    await succeed(api, tree.partner_token, "updateOrganization", update_input(spare))
    for mutation in ("suspendOrganization", "resumeOrganization", "closeOrganization"):
        await succeed(api, tree.partner_token, mutation, content_of(spare))
    query = "{ events(where: {type: {in: [%s]}}) { nodes { type data } } }"
    words = ["CREATED", "UPDATED", "SUSPENDED", "RESUMED", "CLOSED"]
    types = [f"ORGANIZATION_{word}" for word in words]
    for token in (tree.distributor_token, tree.partner_token):
        page = await api.ask(token, query % ", ".join(types))
        told = [node["type"] for node in page["nodes"] if node["data"]["organization_id"] == spare]
        assert told[::-1] == types


async def test_a1_no_permission_no_suspending(api: Api, tree: Planted) -> None:
    """A token without ORGANIZATIONS_MANAGE changes no state."""
    reader = [name for name in EVERYTHING_OF_A_SELLER if name != "ORGANIZATIONS_MANAGE"]
    token = await new_token(api, tree.partner_token, tree, permissions=reader)
    query = document("mutation", "suspendOrganization")
    error = await api.refuse(token, query, {"input": content_of(tree.customer_id)})
    assert error["extensions"]["code"] == "FORBIDDEN"
