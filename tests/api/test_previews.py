"""previewOrder at the API: what submitting charges, to the cent, for whom, and that it writes nothing."""

from decimal import Decimal
from typing import Any

import pytest

from domain.shared import database
from domain.shared.calendar import add_months
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.credit import set_terms
from tests.api.drafts import day
from tests.api.sellers import BUSINESS, make_discount, place, seats
from tests.api.walk import document
from tests.api.worlds import new_token, run_all, succeed
from tests.house import Api, order_input

PREVIEW = document("query", "previewOrder")
CHARGED = """
SELECT o.kind, coalesce(sum(c.amount_minor), 0)::bigint AS minor FROM organizations o
LEFT JOIN charges c ON c.seller_id = o.id AND c.order_id = $1 WHERE o.id = ANY($2) GROUP BY o.kind
"""


async def preview(api: Api, token: str, content: dict[str, Any]) -> Any:
    """What an order would come to."""
    given = {name: value for name, value in content.items() if name != "idempotencyKey"}
    return await api.ask(token, PREVIEW, {"input": given, "id": None})


def minor(money: Any) -> int:
    """An amount in cents."""
    return int(Decimal(money["amount"]) * 100)


def warned(made: Any) -> list[tuple[str, int | None]]:
    """(code, line) of each warning."""
    return [(one["code"], one["line"]) for one in made["warnings"]]


async def counts() -> list[int]:
    """How many rows every table has that an order could write to, and how far its numbers are drawn."""
    tables = ("orders", "order_lines", "subscriptions", "events", "wallet_entries", "charges", "discount_redemptions")
    return [await database.fetch_value(f"SELECT count(*) FROM {table}") for table in (*tables, "trial_uses")] + [  # noqa: S608 - constants
        await database.fetch_value("SELECT last_value FROM order_numbers")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"salesModel": "MONTHLY", "cycleMultiplier": 7},
        {"cycleMultiplier": 3, "discountCodes": ["PREVIEW"]},
        {"salesModel": "MONTHLY", "discountCodes": ["PREVIEW"], "expiresOn": "2040-01-01"},
    ],
)
async def test_o4_the_preview_is_what_completion_charges(
    api: Api, shop: Workshop, tree: Planted, changes: dict[str, Any]
) -> None:
    """On both edges, before and after discounts of both sellers: the ledger says what the preview said."""
    await make_discount(api, tree.partner_token, tree, code="PREVIEW", percent="7.77")
    await make_discount(api, tree.distributor_token, tree, code=None, percent="3.33", duration="ONCE", cycles=None)
    content = order_input(tree, fresh_key(), **changes)
    before = await counts()
    seen = {who: await preview(api, getattr(tree, f"{who}_token"), content) for who in ("partner", "customer")}
    assert await counts() == before
    order_id = (await place(api, tree.customer_token, content))["id"]
    await run_all(shop, [tree], order_id)
    sellers = [decode("Organization", tree.distributor_id), decode("Organization", tree.partner_id)]
    charged = {row["kind"]: row["minor"] for row in await database.fetch(CHARGED, decode("Order", order_id), sellers)}
    partner, customer = seen["partner"], seen["customer"]
    assert minor(partner["cost"]["firstCharge"]) == charged["DISTRIBUTOR"]
    assert minor(partner["price"]["firstCharge"]) == charged["PARTNER"]
    assert minor(partner["margin"]) == charged["PARTNER"] - charged["DISTRIBUTOR"]
    assert customer["price"] == partner["price"]
    assert (customer["cost"], customer["margin"]) == (None, None)
    assert partner["canBeSubmitted"]


async def test_o4_each_line_is_explained(api: Api, standing: Planted) -> None:
    """B3-O's summary: unit, first charge and why, what recurs, when it is charged next, to which account."""
    made = await preview(api, standing.partner_token, order_input(standing, fresh_key()))
    cloud, _ = made["lines"]
    assert (cloud["name"], cloud["quantity"]) == ("Cloud Workspace, Business", 25)
    assert cloud["billingStartsOn"] == made["day"] == str(day())
    assert cloud["nextBillingOn"] == str(add_months(day(), 12))
    price = cloud["price"]
    amounts = {name: price[name]["amount"] for name in ("unit", "discount", "firstCharge", "recurring", "oneTime")}
    assert amounts == {
        "unit": "95.63",
        "discount": "0.00",
        "firstCharge": "2390.75",
        "recurring": "2390.75",
        "oneTime": "0.00",
    }
    assert [one["formula"] for one in price["explanations"]] == ["unit * quantity * periods"]
    assert cloud["cost"]["firstCharge"]["amount"] == "2125.00"
    assert cloud["margin"]["amount"] == "265.75"
    assert made["invoicedAccount"]["name"].endswith("Enterprise")


async def test_o4_what_is_missing_is_told_beside_the_amounts(api: Api, tree: Planted) -> None:
    """A draft is previewed while it is being filled in; by its id, it tells the same."""
    content = order_input(tree, fresh_key())
    content["lines"][0]["parameters"] = {}
    made = await preview(api, tree.partner_token, content)
    assert not made["canBeSubmitted"]
    assert {one["path"] for one in made["problems"]} == {
        f"lines.0.parameters.{name}" for name in ("dataLocation", "domain", "adminUsername")
    }
    assert made["price"]["firstCharge"]["amount"] == "3622.64"
    saved = (await succeed(api, tree.partner_token, "createOrder", content))["CreateOrderSuccess_order"]
    assert await api.ask(tree.partner_token, PREVIEW, {"id": saved["id"], "input": None}) == made
    unsold = await preview(api, tree.partner_token, order_input(tree, fresh_key(), salesModel="ONE_TIME"))
    assert (unsold["lines"], unsold["price"], unsold["canBeSubmitted"]) == ([], None, False)


async def test_o4_what_should_be_known_before_is_warned_of(api: Api, shop: Workshop, tree: Planted) -> None:
    """A trial that was had, credit that falls short, a discount for the first cycle alone."""
    await database.execute("UPDATE plans SET trial_days = 30 WHERE id = $1", decode("Plan", tree.plans[BUSINESS]))
    trial = seats(tree, trialUntil=str(day(5)))
    made = await preview(api, tree.partner_token, trial)
    assert warned(made) == []
    assert (made["price"]["dueNow"]["amount"], made["lines"][0]["billingStartsOn"]) == ("0.00", str(day(6)))
    await run_all(shop, [tree], (await place(api, tree.partner_token, trial))["id"])
    assert warned(await preview(api, tree.partner_token, trial)) == [("TRIAL_ALREADY_USED", 0)]
    await set_terms(api, tree, "PREPAID")
    await make_discount(api, tree.partner_token, tree, code=None, percent="50", duration="ONCE", cycles=None)
    made = await preview(api, tree.partner_token, seats(tree))
    assert warned(made) == [("CREDIT_SHORT", None), ("DISCOUNT_ENDS", None)]
    assert made["price"]["firstCharge"]["amount"] == made["price"]["discount"]["amount"] == "478.15"
    assert made["price"]["recurring"]["amount"] == "956.30"
    # What the account is short of is between the customer and its partner.
    assert [code for code, _ in warned(await preview(api, tree.distributor_token, seats(tree)))] == []


async def test_o4_costs_need_their_permission(api: Api, tree: Planted) -> None:
    """Who may read orders but no costs or accounts previews the price alone."""
    token = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    made = await preview(api, token, seats(tree))
    assert (made["cost"], made["margin"], made["lines"][0]["cost"], made["invoicedAccount"]) == (None,) * 4
    assert made["price"]["firstCharge"]["amount"] == "956.30"


async def test_o4_either_an_order_or_a_draft_is_previewed(api: Api, tree: Planted) -> None:
    """Both or neither is refused, as is an order that was submitted and one of somebody else."""
    order_id = (await place(api, tree.partner_token, seats(tree)))["id"]
    for variables, code in (
        ({"id": None, "input": None}, "BAD_INPUT"),
        ({"id": order_id, "input": None}, "ILLEGAL_TRANSITION"),
    ):
        assert (await api.refuse(tree.partner_token, PREVIEW, variables))["extensions"]["code"] == code
