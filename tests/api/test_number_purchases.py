"""N6: numbers beyond what a subscription allows are bought by their SKU, charged for the rest of its term."""

from decimal import Decimal
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.changing import ask, change, charges, preview, provided, refuse_next, run, shown, told
from tests.api.credit import account, set_terms
from tests.api.phones import block, make_seats, make_sku, stock
from tests.house import Api

NUMBERS = block("+14155560100", 6)


async def own(subscription_id: str) -> list[tuple[str, str]]:
    """The numbers that a subscription has or holds."""
    rows = await database.fetch(
        "SELECT e164, state FROM numbers WHERE subscription_id = $1 ORDER BY e164",
        decode("Subscription", subscription_id),
    )
    return [(row["e164"], row["state"]) for row in rows]


async def with_stock(api: Api, shop: Workshop, tree: Planted, included: int) -> str:
    """A seat that includes so many numbers, provisioned; numbers of the starter SKU are in stock."""
    await make_seats(tree, included)
    await make_sku(tree)
    await stock(tree, NUMBERS, plan=tree.plans["cloud-workspace/starter"])
    return await provided(api, shop, tree, 1)


async def test_n6_a_number_more_is_charged_when_it_is_there(api: Api, shop: Workshop, tree: Planted) -> None:
    """The free one first; the others previewed, held, charged by their SKU, and the subscription's own with that."""
    sub = await with_stock(api, shop, tree, 1)
    await set_terms(api, tree, "POSTPAID", Decimal(10**6))
    free = await preview(api, tree.partner_token, sub, numbers=NUMBERS[:1])
    assert (free["kind"], free["isAllowed"], free["price"]["now"]["amount"]) == (None, True, "0.00")
    stale: dict[str, Any] = {"numbers": NUMBERS[:1], "buyMore": True, "previewToken": "another"}
    assert (await ask(api, tree.partner_token, "addNumbers", sub, **stale))["__typename"] == "Conflict"
    refused = await ask(api, tree.partner_token, "addNumbers", sub, numbers=NUMBERS[:3])
    assert refused["InvalidInput_fields"][0]["code"] == "EXHAUSTED"
    seen = await preview(api, tree.partner_token, sub, numbers=NUMBERS[:3])
    assert (seen["kind"], seen["cost"]["now"]["amount"], seen["price"]["now"]["amount"]) == (
        "ADD_ONS",
        "80.00",
        "90.00",
    )
    bought: dict[str, Any] = {"numbers": NUMBERS[:3], "buyMore": True, "previewToken": seen["token"]}
    asked = await change(api, tree.partner_token, sub, "addNumbers", **bought)
    assert asked["changeInProgress"]["addons"][0]["quantity"] == 2
    assert await own(sub) == [(number, "RESERVED") for number in NUMBERS[:3]]
    assert ((await account(api, tree))["held"], await charges(sub)) == (Decimal(90), [])
    await run(shop, tree)
    assert await own(sub) == [(number, "ASSIGNED") for number in NUMBERS[:3]]
    assert await charges(sub) == [8000, 9000]
    (has,) = (await shown(api, tree, sub))["addons"]
    assert (has["name"], has["quantity"]) == ("Cloud Workspace, Starter", 2)
    assert (await told(sub, "numbers_changed"))["after"] == {"numbers": NUMBERS[:3]}
    allowance = await api.ask(
        tree.partner_token, "query ($id: ID) { numberAllowance(subscriptionId: $id) { available } }", {"id": sub}
    )
    assert allowance == {"available": 0}


async def test_n6_what_the_provisioner_refuses_is_let_go(api: Api, shop: Workshop, tree: Planted) -> None:
    """Nothing is charged, the numbers are in stock again, the subscription is as it was."""
    sub = await with_stock(api, shop, tree, 0)
    was = await shown(api, tree, sub)
    await change(api, tree.partner_token, sub, "addNumbers", numbers=NUMBERS[:2], buyMore=True)
    await refuse_next(sub)
    await run(shop, tree)
    assert (await own(sub), await charges(sub)) == ([], [])
    assert await shown(api, tree, sub) == was
    await change(api, tree.partner_token, sub, "addNumbers", numbers=NUMBERS[:2], buyMore=True)


async def test_n6_fewer_are_allowed_once_the_numbers_are_given_back(api: Api, shop: Workshop, tree: Planted) -> None:
    """What was bought stays bought while numbers need it; given up, it is not refunded and not renewed."""
    sub = await with_stock(api, shop, tree, 0)
    await change(api, tree.partner_token, sub, "addNumbers", numbers=NUMBERS[:2], buyMore=True)
    await run(shop, tree)
    fewer = {"addons": [{"planId": tree.plans["cloud-workspace/starter"], "quantity": 1}]}
    refused = await ask(api, tree.partner_token, "changeAddons", sub, **fewer)
    assert [(field["path"], field["code"]) for field in refused["InvalidInput_fields"]] == [("addons", "EXHAUSTED")]
    await change(api, tree.partner_token, sub, "removeNumbers", numbers=NUMBERS[1:2])
    await run(shop, tree)
    await change(api, tree.partner_token, sub, "changeAddons", **fewer)
    await run(shop, tree)
    assert [one["quantity"] for one in (await shown(api, tree, sub))["addons"]] == [1]
    assert await charges(sub) == [8000, 9000]


@pytest.mark.parametrize("numbers", [["+14155569999"], ["no number"]])
async def test_n6_what_is_not_to_be_had_is_named(api: Api, shop: Workshop, tree: Planted, numbers: list[str]) -> None:
    """By the preview at its place, and by the mutation."""
    sub = await with_stock(api, shop, tree, 0)
    seen = await preview(api, tree.partner_token, sub, numbers=numbers)
    assert [field["path"] for field in seen["problems"]] == ["numbers.0"]
    answer = await ask(api, tree.partner_token, "addNumbers", sub, numbers=numbers, buyMore=True)
    assert answer["__typename"] in {"NumbersTaken", "InvalidInput"}
