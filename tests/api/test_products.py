"""Products and their terms, managed through the API by the organization that owns them."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import catalog_group_input, plan_input, product_input, terms_input
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api, order_input

SHOWN = "query ($id: ID!) { product(id: $id) { key name status orderOtherwise description provisioner } }"


async def answer(api: Api, token: str, mutation: str, content: dict[str, Any]) -> Any:
    """What a mutation answers, whatever it is."""
    return await api.ask(token, document("mutation", mutation), {"input": content})


async def make_product(api: Api, tree: Planted, **changes: Any) -> str:
    """A drafted product of the tree's distributor."""
    made = await succeed(api, tree.distributor_token, "createProduct", product_input(tree, **changes))
    product_id: str = made["CreateProductSuccess_product"]["id"]
    return product_id


async def make_published(api: Api, tree: Planted, **changes: Any) -> tuple[str, str]:
    """A product of the tree's distributor that is on sale, and its plan."""
    product_id = await make_product(api, tree, **changes)
    made = await succeed(api, tree.distributor_token, "createPlan", plan_input(product_id))
    await succeed(api, tree.distributor_token, "publishProduct", {"id": product_id})
    return product_id, made["CreatePlanSuccess_plan"]["id"]


async def told(product_id: str) -> list[tuple[str, Any]]:
    """The events of a product, in order: type, and the fields that changed."""
    rows = await database.fetch(
        "SELECT type, payload FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq",
        decode("Product", product_id),
    )
    return [(row["type"], row["payload"].get("changed")) for row in rows]


def problems(refused: dict[str, Any]) -> set[tuple[str, str]]:
    """(path, code) of every refused field."""
    return {(field["path"], field["code"]) for field in refused["InvalidInput_fields"]}


async def test_a_product_goes_from_draft_to_archive(api: Api, tree: Planted) -> None:
    """DRAFT -> ACTIVE <-> PAUSED -> ARCHIVED, each step told of; from the archive nothing leads back."""
    product_id, _ = await make_published(api, tree)
    for mutation, status in (
        ("pauseProduct", "PAUSED"),
        ("publishProduct", "ACTIVE"),
        ("pauseProduct", "PAUSED"),
        ("archiveProduct", "ARCHIVED"),
    ):
        title = mutation[0].upper() + mutation[1:]
        moved = await succeed(api, tree.distributor_token, mutation, {"id": product_id})
        assert moved[f"{title}Success_product"]["status"] == status
    types = [event_type for event_type, _ in await told(product_id)]
    assert types == [
        *("product.created", "product.published", "product.paused"),
        *("product.published", "product.paused", "product.archived"),
    ]
    refused = await answer(api, tree.distributor_token, "publishProduct", {"id": product_id})
    assert (refused["Conflict_current"], refused["Conflict_allowed"]) == ("ARCHIVED", [])


async def test_a_product_without_a_plan_does_not_go_on_sale(api: Api, tree: Planted) -> None:
    """Nobody could order it: publishing is a Conflict, and so it is once its plans are archived."""
    product_id = await make_product(api, tree)
    refused = await answer(api, tree.distributor_token, "publishProduct", {"id": product_id})
    assert refused["Conflict_current"] == "DRAFT"
    made = await succeed(api, tree.distributor_token, "createPlan", plan_input(product_id))
    await succeed(api, tree.distributor_token, "archivePlan", {"id": made["CreatePlanSuccess_plan"]["id"]})
    refused = await answer(api, tree.distributor_token, "publishProduct", {"id": product_id})
    assert refused["__typename"] == "Conflict"


async def test_a_draft_is_seen_by_its_owner_alone(api: Api, tree: Planted) -> None:
    """Buyers find neither the drafted product nor its plans and terms, by no list and no id, and cannot order it."""
    product_id = await make_product(api, tree, orderability="ORDERABLE", orderOtherwise=None)
    plan = (await succeed(api, tree.distributor_token, "createPlan", plan_input(product_id)))["CreatePlanSuccess_plan"]
    terms = await succeed(api, tree.distributor_token, "publishTerms", terms_input(product_id))
    ids = [product_id, plan["id"], terms["PublishTermsSuccess_terms"]["id"]]
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    query = "query ($id: ID!) { products(where: {status: {eq: DRAFT}}) { nodes { id } } product(id: $id) { id } }"
    for token in (tree.partner_token, tree.customer_token):
        assert await api.ask(token, nodes, {"ids": ids}) == [None, None, None]
        shown = (await api.post(token, query, {"id": product_id})).json()["data"]
        assert shown == {"products": {"nodes": []}, "product": None}
    assert [node["id"] for node in await api.ask(tree.distributor_token, nodes, {"ids": ids})] == ids
    lines = [{"planId": plan["id"], "quantity": 1, "parameters": {}}]
    refused = await answer(api, tree.partner_token, "createOrder", order_input(tree, "k-draft", lines=lines))
    assert problems(refused) == {("lines.0.planId", "NOT_FOUND")}


MANAGING: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "updateProduct": lambda product_id, _: {"id": product_id, "name": "Mine"},
    "publishProduct": lambda product_id, _: {"id": product_id},
    "pauseProduct": lambda product_id, _: {"id": product_id},
    "archiveProduct": lambda product_id, _: {"id": product_id},
    "createPlan": lambda product_id, _: plan_input(product_id),
    "publishTerms": lambda product_id, _: terms_input(product_id),
    "updatePlan": lambda _, plan_id: {"id": plan_id, "name": "Mine"},
    "archivePlan": lambda _, plan_id: {"id": plan_id},
}


@pytest.mark.parametrize("mutation", sorted(MANAGING))
async def test_only_its_owner_manages_a_product(api: Api, tree: Planted, mutation: str) -> None:
    """A partner sees its seller's products and may not touch them; a customer manages none at all."""
    product_id, plan_id = await make_published(api, tree)
    variables = {"input": MANAGING[mutation](product_id, plan_id)}
    for token in (tree.partner_token, tree.customer_token):
        error = await api.refuse(token, document("mutation", mutation), variables)
        assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a_partner_has_products_of_its_own(api: Api, tree: Planted) -> None:
    """It manages them itself; its customers see them, its distributor does too and manages them not."""
    made = await succeed(api, tree.partner_token, "createProduct", product_input(tree))
    product_id = made["CreateProductSuccess_product"]["id"]
    await succeed(api, tree.partner_token, "createPlan", plan_input(product_id))
    await succeed(api, tree.partner_token, "publishProduct", {"id": product_id})
    for token in (tree.customer_token, tree.distributor_token):
        assert (await api.ask(token, SHOWN, {"id": product_id}))["status"] == "ACTIVE"
    variables = {"input": {"id": product_id}}
    error = await api.refuse(tree.distributor_token, document("mutation", "pauseProduct"), variables)
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_absent_is_not_null(api: Api, tree: Planted) -> None:
    """A partial update changes what it names, and tells of exactly that; the same again changes and tells nothing."""
    product_id = await make_product(api, tree, orderability="RENEW_AND_UPGRADE_ONLY")
    content = {"id": product_id, "name": "New name", "orderOtherwise": None}
    before = await api.ask(tree.distributor_token, SHOWN, {"id": product_id})
    for _ in range(2):
        await succeed(api, tree.distributor_token, "updateProduct", content)
    after = await api.ask(tree.distributor_token, SHOWN, {"id": product_id})
    assert after == before | {"name": "New name", "orderOtherwise": None}
    assert await told(product_id) == [("product.created", None), ("product.updated", ["name", "order_otherwise"])]
    null = {"input": {"id": product_id, "name": None}}
    error = await api.refuse(tree.distributor_token, document("mutation", "updateProduct"), null)
    assert error["extensions"]["code"] == "BAD_REQUEST"


async def test_an_archived_product_is_not_changed(api: Api, tree: Planted) -> None:
    """Neither it nor its plans and terms: each is a Conflict that says so."""
    product_id, plan_id = await make_published(api, tree)
    await succeed(api, tree.distributor_token, "archiveProduct", {"id": product_id})
    for mutation in ("updateProduct", "createPlan", "publishTerms", "updatePlan", "archivePlan"):
        refused = await answer(api, tree.distributor_token, mutation, MANAGING[mutation](product_id, plan_id))
        assert (refused["__typename"], refused["Conflict_current"]) == ("Conflict", "ARCHIVED")


async def test_a_key_is_used_once(api: Api, tree: Planted) -> None:
    """A second product of the same key at the same owner is ALREADY_EXISTS; another owner may use it."""
    content = product_input(tree)
    await succeed(api, tree.distributor_token, "createProduct", content)
    again = product_input(tree, key=content["key"])
    refused = await answer(api, tree.distributor_token, "createProduct", again)
    assert refused["InvalidInput_code"] == "ALREADY_EXISTS"
    assert problems(refused) == {("key", "ALREADY_EXISTS")}
    await succeed(api, tree.partner_token, "createProduct", again)


async def test_every_problem_of_a_product_is_told_at_once(api: Api, tree: Planted) -> None:
    """Key, name, provisioner, locations, groups and schema: each fault at its path."""
    content = product_input(
        tree,
        key="Not A Key",
        name=" ",
        provisioner="no spaces please",
        parameterSchema={"type": "array"},
        dataLocations=[{"key": "eu", "name": "", "country": "XX"}, {"key": "eu", "name": "b", "country": "DE"}],
        orderOtherwise=None,
    )
    assert problems(await answer(api, tree.distributor_token, "createProduct", content)) == {
        ("key", "INVALID"),
        ("name", "REQUIRED"),
        ("provisioner", "INVALID"),
        ("parameterSchema", "INVALID"),
        ("dataLocations.0.name", "REQUIRED"),
        ("dataLocations.0.country", "INVALID"),
        ("dataLocations.1.key", "ALREADY_EXISTS"),
        ("orderOtherwise", "REQUIRED"),
    }
    foreign = (await succeed(api, tree.partner_token, "setCategory", catalog_group_input()))[
        "SetCategorySuccess_category"
    ]
    content = product_input(tree, categoryIds=[foreign["id"]])
    refused = await answer(api, tree.distributor_token, "createProduct", content)
    assert problems(refused) == {("categoryIds", "NOT_FOUND")}  # a buyer's: others would not see it
    other = (await succeed(api, tree.distributor_token, "setCategory", catalog_group_input()))[
        "SetCategorySuccess_category"
    ]
    await succeed(api, tree.partner_token, "createProduct", product_input(tree, categoryIds=[other["id"]]))


async def test_the_key_of_what_provides_it_is_for_who_manages(api: Api, tree: Planted) -> None:
    """Customers are not shown which connector stands behind a product."""
    product_id, _ = await make_published(api, tree)
    assert (await api.ask(tree.distributor_token, SHOWN, {"id": product_id}))["provisioner"] == "cloud"
    assert (await api.ask(tree.customer_token, SHOWN, {"id": product_id}))["provisioner"] is None


@pytest.mark.parametrize(
    ("orderability", "otherwise", "fault"),
    [
        ("CLOSED", None, "REQUIRED"),
        ("CLOSED", "  ", "REQUIRED"),
        ("ORDERABLE", "Write to the desk.", "NOT_ALLOWED"),
        ("CLOSED", "Write to the desk.", None),
        ("RENEW_AND_UPGRADE_ONLY", None, None),
        ("RENEW_AND_UPGRADE_ONLY", "Ask for a cloud instance.", None),
        ("ORDERABLE", None, None),
    ],
)
async def test_c6_a_closed_product_states_the_other_way(
    api: Api, tree: Planted, orderability: str, otherwise: str | None, fault: str | None
) -> None:
    """Whether it can be ordered, and how it is had instead, go together: when it is made and when it is changed."""
    given = {"orderability": orderability, "orderOtherwise": otherwise}
    expected = {("orderOtherwise", fault)} if fault else None
    created = await answer(api, tree.distributor_token, "createProduct", product_input(tree, **given))
    product_id = await make_product(api, tree, orderability="RENEW_AND_UPGRADE_ONLY", orderOtherwise=None)
    changed = await answer(api, tree.distributor_token, "updateProduct", {"id": product_id, **given})
    for refused in (created, changed):
        assert (problems(refused) if expected else refused["__typename"].endswith("Success")) == (expected or True)


async def test_c6_what_is_closed_later_is_refused_with_the_other_way(api: Api, tree: Planted) -> None:
    """An order for a product that was closed after its publication is refused, saying how it is had now."""
    product_id, plan_id = await make_published(api, tree, orderability="ORDERABLE", orderOtherwise=None)
    content = {"id": product_id, "orderability": "CLOSED", "orderOtherwise": "Call the desk at ext. 7."}
    await succeed(api, tree.distributor_token, "updateProduct", content)
    lines = [{"planId": plan_id, "quantity": 1, "parameters": {}}]
    refused = await answer(api, tree.partner_token, "createOrder", order_input(tree, "k-closed", lines=lines))
    [field] = refused["InvalidInput_fields"]
    assert field["message"].endswith("Call the desk at ext. 7.")
