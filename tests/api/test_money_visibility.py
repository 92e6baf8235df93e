"""Who sees which amount: each tier its own edges, cost only with the permission to read it, nobody anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson
import pytest

from domain.events.queries import body_for
from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.walk import document
from tests.api.worlds import (
    EVERYTHING_OF_A_SELLER,
    grow,
    new_token,
    run_all,
    scope_of,
    sell_by_markup,
    succeed,
)
from tests.house import CLOUD, Api, order_input

# 25 seats, yearly. Distributor 85.00; partner + 12.5 % = 95.625 -> 95.63; sub-partner + 10 % = 105.193 -> 105.19.
UNITS: Final = ("85.00", "95.63", "105.19")
TOTALS: Final = ("2125.00", "2390.75", "2629.75")
MARGINS: Final = ("265.75", "239.00")


@dataclass(frozen=True, slots=True)
class Chain:
    """An order at the end of a chain of four: distributor, partner, sub-partner, customer."""

    top: Planted
    bottom: Planted
    order_id: str

    def who(self, name: str) -> tuple[str, str]:
        """(organization, token) of a member."""
        return {
            "distributor": (self.top.distributor_id, self.top.distributor_token),
            "partner": (self.top.partner_id, self.top.partner_token),
            "sub-partner": (self.bottom.partner_id, self.bottom.partner_token),
            "customer": (self.bottom.customer_id, self.bottom.customer_token),
        }[name]


@pytest.fixture
async def chain(api: Api, shop: Workshop, tree: Planted) -> Chain:
    """An order of 25 seats that has completed."""
    bottom = await grow(api, tree, tree.partner_id)
    await sell_by_markup(bottom.partner_id, 10)
    line = {"planId": tree.plans["cloud-workspace/business"], "quantity": 25, "parameters": CLOUD}
    content = order_input(bottom, fresh_key(), lines=[line])
    placed = await succeed(api, bottom.partner_token, "placeOrder", content)
    order_id = placed["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    return Chain(tree, bottom, order_id)


# Member -> places in the tuples above: (its price, its cost); None where it has none.
SEEN: Final[Mapping[str, tuple[int, int | None]]] = {
    "distributor": (0, None),
    "partner": (1, 0),
    "sub-partner": (2, 1),
    "customer": (2, None),
}


def amount(money: Mapping[str, str] | None) -> str | None:
    """The amount of money, None of none."""
    return money["amount"] if money else None


def at(amounts: tuple[str, ...], place: int | None) -> str | None:
    """The amount at a place, None at none."""
    return None if place is None else amounts[place]


def assert_silent(text: str, *allowed: str | None) -> None:
    """None of the chain's amounts stands in the text, but for the allowed ones."""
    told = [figure for figure in (*UNITS, *TOTALS, *MARGINS) if figure in text and figure not in allowed]
    assert told == []


@pytest.mark.parametrize("name", SEEN)
async def test_each_tier_sees_its_own_edges(api: Api, chain: Chain, name: str) -> None:
    """Price is what one's buyer pays, cost what one pays oneself, margin the difference; a customer has a price."""
    price, cost = SEEN[name]
    _, token = chain.who(name)
    order = await api.ask(token, document("query", "order"), {"id": chain.order_id})
    assert amount(order["price"]) == TOTALS[price]
    assert amount(order["cost"]) == at(TOTALS, cost)
    margin = None if cost is None else str(Decimal(TOTALS[price]) - Decimal(TOTALS[cost]))
    assert amount(order["margin"]) == margin
    line = order["lines"][0]
    assert amount(line["unitPrice"]) == UNITS[price]
    assert amount(line["price"]) == TOTALS[price]
    assert amount(line["cost"]) == at(TOTALS, cost)
    assert amount(line["subscription"]["unitPrice"]) == UNITS[price]
    assert amount(line["subscription"]["unitCost"]) == at(UNITS, cost)


@pytest.mark.parametrize("name", SEEN)
async def test_no_other_tiers_amounts_are_told_anywhere(api: Api, chain: Chain, name: str) -> None:
    """Orders, subscriptions, events and nodes, selected whole, hold the viewer's own amounts and no others."""
    price, cost = SEEN[name]
    _, token = chain.who(name)
    allowed = [at(figures, place) for figures in (UNITS, TOTALS) for place in (price, cost)]
    if cost is not None:
        allowed.append(str(Decimal(TOTALS[price]) - Decimal(TOTALS[cost])))
    for field in ("orders", "subscriptions", "events", "provisioningOperations", "products"):
        answer = await api.post(token, document("query", field), {"first": 100})
        assert "errors" not in answer.json()
        assert_silent(answer.text, *allowed)
    node = await api.post(token, document("query", "node"), {"id": chain.order_id})
    assert TOTALS[price] in node.text
    assert_silent(node.text, *allowed)


async def recorded(chain: Chain) -> list[Any]:
    """The events of the chain's order and of its subscription."""
    scope = await scope_of(chain.bottom.customer_id)
    return await database.fetch("SELECT * FROM events WHERE scope = $1 AND tier_amounts IS NOT NULL", scope.path)


@pytest.mark.parametrize("name", SEEN)
async def test_webhooks_carry_the_receivers_edges_only(chain: Chain, name: str) -> None:
    """A body delivered to an organization holds its own price and cost, whoever made the endpoint."""
    organization_id, _ = chain.who(name)
    viewer = await scope_of(organization_id)
    price, cost = SEEN[name]
    events = await recorded(chain)
    assert {event["type"] for event in events} >= {"order.submitted", "order.completed", "subscription.activated"}
    for event in events:
        body = body_for(event, viewer)
        assert amount(body["data"]["price"]) == TOTALS[price]
        assert amount(body["data"]["cost"]) == at(TOTALS, cost)
        assert_silent(orjson.dumps(body).decode(), TOTALS[price], at(TOTALS, cost))


async def test_a_stranger_gets_no_amounts(chain: Chain, other_tree: Planted) -> None:
    """For an organization off the event's path a body holds no amounts at all."""
    for stranger in (other_tree.distributor_id, other_tree.customer_id, chain.top.customer_id):
        viewer = await scope_of(stranger)
        for event in await recorded(chain):
            assert_silent(orjson.dumps(body_for(event, viewer)).decode())


async def test_cost_needs_its_permission(api: Api, chain: Chain) -> None:
    """Without COSTS_READ a token sees neither cost nor margin: not on orders, subscriptions, lines or events."""
    permissions = [name for name in EVERYTHING_OF_A_SELLER if name != "COSTS_READ"]
    token = await new_token(api, chain.top.partner_token, chain.top, permissions=permissions)
    price, _ = SEEN["partner"]
    order = await api.ask(token, document("query", "order"), {"id": chain.order_id})
    assert (amount(order["price"]), order["cost"], order["margin"]) == (TOTALS[price], None, None)
    for field in ("orders", "subscriptions", "events"):
        answer = await api.post(token, document("query", field), {"first": 100})
        assert_silent(answer.text, UNITS[price], TOTALS[price])


async def test_cost_cannot_be_granted_by_whom_it_is_hidden_from(api: Api, chain: Chain) -> None:
    """A token without COSTS_READ cannot make one with it, and a customer's token never has it."""
    without = [name for name in EVERYTHING_OF_A_SELLER if name != "COSTS_READ"]
    token = await new_token(api, chain.top.partner_token, chain.top, permissions=without)
    query = document("mutation", "createApiToken")
    for owner, caller in ((chain.top.partner_id, token), (chain.bottom.customer_id, chain.bottom.partner_token)):
        content = {
            "organization": {"id": owner},
            "name": "more",
            "permissions": ["COSTS_READ"],
            "idempotencyKey": fresh_key(),
        }
        answer = await api.ask(caller, query, {"input": content})
        assert [field["path"] for field in answer["InvalidInput_fields"]] == ["permissions"]


async def test_a_draft_has_no_amounts(api: Api, tree: Planted) -> None:
    """Nothing is priced before submission: price, cost and margin of a draft are null for every tier."""
    made = await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    draft_id = made["CreateOrderSuccess_order"]["id"]
    for token in (tree.distributor_token, tree.partner_token, tree.customer_token):
        order = await api.ask(token, document("query", "order"), {"id": draft_id})
        assert [order[name] for name in ("price", "cost", "margin")] == [None, None, None]
        assert {line["unitPrice"] for line in order["lines"]} == {None}


async def test_prices_are_fixed_at_submission(api: Api, chain: Chain) -> None:
    """A price that changes later changes no order that was submitted before."""
    plan = decode("Plan", chain.top.plans["cloud-workspace/business"])
    await database.execute("UPDATE prices SET unit_minor = 1 WHERE plan_id = $1", plan)
    order = await api.ask(chain.top.partner_token, document("query", "order"), {"id": chain.order_id})
    assert amount(order["price"]) == TOTALS[1]
