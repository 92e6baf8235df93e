"""Plans through the API: ranks, sales models, charging, add-ons, bundles, trials."""

from typing import Any

import pytest

from domain.catalog.queries import MAX_PLANS
from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import AN_ADD_ON, fresh_key, plan_input
from tests.api.test_products import answer, make_product, make_published, problems
from tests.api.worlds import succeed
from tests.house import PLACE_ORDER, SAAS, Api, order_input

PLAN = """
query ($id: ID!) { node(id: $id) { ... on Plan { key name rank maxQuantity status kind charging salesModels maxUsers
  includedNumbers trialDays postponedBillingMonths provisioningHours proration refund fullRefundDays product { id }
  addons { minQuantity maxQuantity per plan { id } } components { quantity plan { id } } } } }
"""


async def make_plan(api: Api, tree: Planted, product_id: str, **changes: Any) -> str:
    """A plan of a product of the tree's distributor."""
    made = await succeed(api, tree.distributor_token, "createPlan", plan_input(product_id, **changes))
    plan_id: str = made["CreatePlanSuccess_plan"]["id"]
    return plan_id


async def test_c2_a_plan_is_shown_as_it_was_made(api: Api, tree: Planted) -> None:
    """Rank, kind, charging, sales models, users, numbers, trial and postponed billing come back as they were given."""
    product_id = await make_product(api, tree)
    content = plan_input(product_id)
    made = await succeed(api, tree.distributor_token, "createPlan", content)
    shown = await api.ask(tree.distributor_token, PLAN, {"id": made["CreatePlanSuccess_plan"]["id"]})
    given = {name: value for name, value in content.items() if name not in {"productId", "idempotencyKey"}}
    rest = {"status": "ACTIVE", "product": {"id": product_id}, "addons": [], "components": []}
    assert shown == given | rest


@pytest.mark.parametrize("field", ["rank", "key"])
async def test_c2_rank_and_key_are_unique_within_a_product(api: Api, tree: Planted, field: str) -> None:
    """A second plan of the same rank or key is ALREADY_EXISTS, made or changed into; another product may have it."""
    product_id = await make_product(api, tree)
    first, second = plan_input(product_id), plan_input(product_id)
    await succeed(api, tree.distributor_token, "createPlan", first)
    refused = await answer(api, tree.distributor_token, "createPlan", second | {field: first[field]})
    assert problems(refused) == {(field, "ALREADY_EXISTS")}
    await make_plan(api, tree, await make_product(api, tree), **{field: first[field]})
    if field == "rank":
        plan_id = await make_plan(api, tree, product_id)
        refused = await answer(api, tree.distributor_token, "updatePlan", {"id": plan_id, "rank": first["rank"]})
        assert problems(refused) == {("rank", "ALREADY_EXISTS")}


@pytest.mark.parametrize("multiplier", [1, 7, 60])
async def test_c2_a_billing_cycle_is_any_whole_number_of_periods(api: Api, tree: Planted, multiplier: int) -> None:
    """Monthly times 7 is a cycle like any other: the first charge is that of seven months."""
    lines = [{"planId": tree.plans["team-insights/professional"], "quantity": 1, "parameters": SAAS}]
    content = order_input(tree, fresh_key(), lines=lines, salesModel="MONTHLY", cycleMultiplier=multiplier)
    placed = await api.ask(tree.partner_token, PLACE_ORDER, {"input": content})
    assert placed["order"]["cost"]["amount"] == f"{3650 * multiplier // 100}.{3650 * multiplier % 100:02d}"


async def test_c2_a_plan_is_ordered_by_its_own_sales_models(api: Api, tree: Planted) -> None:
    """A line that names a plan by a sales model it does not have is refused, whatever prices there are."""
    plan_id = tree.plans["team-insights/professional"]
    await succeed(api, tree.distributor_token, "updatePlan", {"id": plan_id, "salesModels": ["MONTHLY"]})
    lines = [{"planId": plan_id, "quantity": 1, "parameters": SAAS}]
    refused = await api.ask(
        tree.partner_token, PLACE_ORDER, {"input": order_input(tree, fresh_key(), lines=lines, salesModel="YEARLY")}
    )
    assert refused["fields"] == [
        {"path": "lines.0.planId", "code": "NOT_ALLOWED", "message": "Professional is not sold YEARLY"}
    ]
    content = order_input(tree, fresh_key(), lines=lines, salesModel="MONTHLY")
    assert (await api.ask(tree.partner_token, PLACE_ORDER, {"input": content}))["__typename"] == "PlaceOrderSuccess"


async def test_c2_postpaid_is_by_the_seat_and_month(api: Api, tree: Planted) -> None:
    """POSTPAID charges a month's highest count of users: no other kind and no other sales model has that."""
    product_id = await make_product(api, tree)
    await make_plan(api, tree, product_id, charging="POSTPAID", salesModels=["MONTHLY"])
    for changes, path in (
        ({"salesModels": ["MONTHLY", "YEARLY"]}, "salesModels"),
        ({"salesModels": ["MONTHLY"], "kind": "ITEM", "maxUsers": None, "includedNumbers": 0}, "charging"),
    ):
        content = plan_input(product_id, charging="POSTPAID", **changes)
        assert problems(await answer(api, tree.distributor_token, "createPlan", content)) == {(path, "NOT_ALLOWED")}


async def test_an_archived_plan_is_not_ordered(api: Api, tree: Planted) -> None:
    """It leaves the product's list, stays to be found by who has it, and is refused to new orders."""
    plan_id = tree.plans["team-insights/professional"]
    await succeed(api, tree.distributor_token, "archivePlan", {"id": plan_id})
    shown = await api.ask(tree.customer_token, PLAN, {"id": plan_id})
    assert shown["status"] == "ARCHIVED"
    query = "query ($id: ID!) { product(id: $id) { plans { key } } }"
    plans = (await api.ask(tree.customer_token, query, {"id": shown["product"]["id"]}))["plans"]
    assert plans == [{"key": "enterprise"}]
    lines = [{"planId": plan_id, "quantity": 1, "parameters": SAAS}]
    refused = await answer(api, tree.partner_token, "createOrder", order_input(tree, fresh_key(), lines=lines))
    assert [field["message"] for field in refused["InvalidInput_fields"]] == ["Professional is not sold any more"]
    again = await answer(api, tree.distributor_token, "archivePlan", {"id": plan_id})
    assert (again["Conflict_current"], again["Conflict_allowed"]) == ("ARCHIVED", [])


async def test_a_product_has_a_bounded_number_of_plans(api: Api, tree: Planted) -> None:
    """A list of plans shows them all: one more than it holds is a Conflict."""
    product_id = await make_product(api, tree)
    await database.execute(
        "INSERT INTO plans (id, product_id, scope, key, name, rank, max_quantity, created_at) "
        "SELECT gen_random_uuid(), id, scope, 'p' || n, 'p', 100000 + n, 1, now() FROM products, "
        "generate_series(1, $2::int) AS n WHERE id = $1",
        decode("Product", product_id),
        MAX_PLANS,
    )
    refused = await answer(api, tree.distributor_token, "createPlan", plan_input(product_id))
    assert refused["__typename"] == "Conflict"


async def test_c4_addons_have_limits(api: Api, tree: Planted) -> None:
    """A plan says which add-ons it may be sold with, how many per seat or subscription; they are replaced whole."""
    product_id, plan_id = await make_published(api, tree)
    extra = await make_plan(api, tree, product_id, **AN_ADD_ON)
    number = await make_plan(api, tree, product_id, kind="NUMBER", maxUsers=None, includedNumbers=0)
    addons = [
        {"planId": extra, "minQuantity": 1, "maxQuantity": 5, "per": "SUBSCRIPTION"},
        {"planId": number, "minQuantity": 0, "maxQuantity": 3, "per": "SEAT"},
    ]
    await succeed(api, tree.distributor_token, "updatePlan", {"id": plan_id, "addons": addons})
    shown = (await api.ask(tree.customer_token, PLAN, {"id": plan_id}))["addons"]
    assert shown == [
        {"minQuantity": 1, "maxQuantity": 5, "per": "SUBSCRIPTION", "plan": {"id": extra}},
        {"minQuantity": 0, "maxQuantity": 3, "per": "SEAT", "plan": {"id": number}},
    ]
    await succeed(api, tree.distributor_token, "updatePlan", {"id": plan_id, "addons": addons[1:]})
    left = (await api.ask(tree.customer_token, PLAN, {"id": plan_id}))["addons"]
    assert [addon["plan"]["id"] for addon in left] == [number]


async def test_c4_an_addon_is_one(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Refused, each at its place: a seat as add-on, the plan itself, a foreign one, one twice, limits upside down."""
    product_id = await make_product(api, tree)
    plan_id, seat = await make_plan(api, tree, product_id), await make_plan(api, tree, product_id)
    extra = await make_plan(api, tree, product_id, **AN_ADD_ON)
    foreign = other_tree.plans["cloud-workspace/business"]
    limits = {"minQuantity": 0, "maxQuantity": 1}
    content = {
        "id": plan_id,
        "addons": [
            {"planId": seat, **limits},
            {"planId": plan_id, **limits},
            {"planId": foreign, **limits},
            {"planId": extra, "minQuantity": 3, "maxQuantity": 2},
            {"planId": extra, **limits},
        ],
    }
    assert problems(await answer(api, tree.distributor_token, "updatePlan", content)) == {
        ("addons.0.planId", "NOT_ALLOWED"),
        ("addons.1.planId", "NOT_ALLOWED"),
        ("addons.2.planId", "NOT_FOUND"),
        ("addons.3.maxQuantity", "OUT_OF_RANGE"),
        ("addons.4.planId", "ALREADY_EXISTS"),
    }


@pytest.mark.parametrize(
    ("ordered", "is_taken"), [(0, False), (1, True), (6, True), (7, False)], ids=["none", "least", "most", "too many"]
)
async def test_c4_an_order_keeps_the_limits_of_its_addons(
    api: Api, tree: Planted, ordered: int, is_taken: bool
) -> None:
    """3 seats that take 1 for the subscription at least and 2 for each seat at the most: 1 to 6 are taken."""
    seat, extra = tree.plans["team-insights/professional"], tree.plans["team-insights/enterprise"]
    await database.execute("UPDATE plans SET kind = 'SEAT' WHERE id = $1", decode("Plan", seat))
    await database.execute("UPDATE plans SET kind = 'ADD_ON' WHERE id = $1", decode("Plan", extra))
    for per, low, high in (("SEAT", 0, 2), ("SUBSCRIPTION", 1, 6)):
        addons = [{"planId": extra, "minQuantity": low, "maxQuantity": high, "per": per}]
        await succeed(api, tree.distributor_token, "updatePlan", {"id": seat, "addons": addons})
        lines = [{"planId": seat, "quantity": 3, "parameters": SAAS}]
        lines += [{"planId": extra, "quantity": ordered, "parameters": SAAS}] if ordered else []
        content = order_input(tree, fresh_key(), lines=lines)
        answered = await api.ask(tree.partner_token, PLACE_ORDER, {"input": content})
        if is_taken or (per == "SEAT" and ordered == 0):
            assert answered["__typename"] == "PlaceOrderSuccess"
        else:
            assert [(field["path"], field["code"]) for field in answered["fields"]] == [
                ("lines.0.planId", "OUT_OF_RANGE")
            ]


async def test_c4_a_bundle_has_components_each_once(api: Api, tree: Planted) -> None:
    """A bundle's plan names what is in it, once, and no other bundle; a plan of another type has no components."""
    part = tree.plans["team-insights/professional"]
    bundle_id = await make_product(api, tree, type="BUNDLE")
    an_item = {"kind": "ITEM", "maxUsers": None, "includedNumbers": 0}
    empty = plan_input(bundle_id, **an_item)
    assert problems(await answer(api, tree.distributor_token, "createPlan", empty)) == {("components", "REQUIRED")}
    twice = plan_input(bundle_id, **an_item, components=[{"planId": part, "quantity": 2}, {"planId": part}])
    refused = await answer(api, tree.distributor_token, "createPlan", twice)
    assert problems(refused) == {("components.1.planId", "ALREADY_EXISTS")}
    made = await make_plan(api, tree, bundle_id, **an_item, components=[{"planId": part, "quantity": 2}])
    shown = await api.ask(tree.distributor_token, PLAN, {"id": made})
    assert shown["components"] == [{"quantity": 2, "plan": {"id": part}}]
    nested = plan_input(bundle_id, **an_item, components=[{"planId": made}])
    refused = await answer(api, tree.distributor_token, "createPlan", nested)
    assert problems(refused) == {("components.0.planId", "NOT_ALLOWED")}
    plain = plan_input(await make_product(api, tree), components=[{"planId": part}])
    assert problems(await answer(api, tree.distributor_token, "createPlan", plain)) == {("components", "NOT_ALLOWED")}


async def test_c4_numbers_come_with_seats(api: Api, tree: Planted) -> None:
    """Only a plan by the seat includes numbers; a number is a plan of its own kind."""
    product_id = await make_product(api, tree)
    for kind in ("ITEM", "ADD_ON", "NUMBER"):
        content = plan_input(product_id, kind=kind, maxUsers=None, includedNumbers=2)
        refused = await answer(api, tree.distributor_token, "createPlan", content)
        assert problems(refused) == {("includedNumbers", "NOT_ALLOWED")}
    await make_plan(api, tree, product_id, kind="SEAT", includedNumbers=2)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"trialDays": 0, "postponedBillingMonths": 0}, set()),
        ({"trialDays": 30, "postponedBillingMonths": 12}, set()),
        ({"trialDays": 31}, {("trialDays", "OUT_OF_RANGE")}),
        (
            {"trialDays": -1, "postponedBillingMonths": 13},
            {("trialDays", "OUT_OF_RANGE"), ("postponedBillingMonths", "OUT_OF_RANGE")},
        ),
        ({"provisioningHours": 2160}, set()),
        ({"provisioningHours": 0}, {("provisioningHours", "OUT_OF_RANGE")}),
        ({"fullRefundDays": 366}, {("fullRefundDays", "OUT_OF_RANGE")}),
        ({"salesModels": ["ONE_TIME"]}, {("trialDays", "NOT_ALLOWED"), ("postponedBillingMonths", "NOT_ALLOWED")}),
        ({"salesModels": ["ONE_TIME"], "trialDays": 0, "postponedBillingMonths": 0}, set()),
        ({"salesModels": [], "trialDays": 0, "postponedBillingMonths": 0}, {("salesModels", "REQUIRED")}),
    ],
)
async def test_c10_trial_postponed_billing_and_deadline_are_terms_of_a_plan(
    api: Api, tree: Planted, changes: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    """A trial of 0 to 30 days, 0 to 12 months for free; what is paid once has neither; 1 to 2160 h to provision."""
    product_id = await make_product(api, tree)
    made = await answer(api, tree.distributor_token, "createPlan", plan_input(product_id, **changes))
    assert (problems(made) if faults else made["__typename"]) == (faults or "CreatePlanSuccess")
    plan_id = await make_plan(api, tree, product_id)
    changed = await answer(api, tree.distributor_token, "updatePlan", {"id": plan_id, **changes})
    assert (problems(changed) if faults else changed["__typename"]) == (faults or "UpdatePlanSuccess")
