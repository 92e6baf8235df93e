"""M4: what is owed on every edge is in an append-only ledger, explained, and the balances are its sums."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

import bootstrap
from domain.billing.charges import Rate
from domain.billing.models import ChargeKind
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.calendar import Term
from domain.shared.ids import decode
from domain.subscriptions.charging import charge_first_term, term_charges
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import customer_input, discount_input, wallet_input
from tests.api.credit import PRICE, account, entries_add_up, place, set_terms, top_up
from tests.api.worlds import account_of, grow, new_token, run_all, sell_by_markup, succeed
from tests.house import Api

CHARGES = """query ($where: ChargeWhere) {
  charges(first: 100, where: $where, sort: [{field: CREATED_AT, direction: ASC}]) { nodes {
    id kind amount { amount } description chargedOn periodStart periodLastDay buyerId customerId isOwedByYou
    accountId groupId subscriptionId orderId reference
    explanation { sentence formula unit { amount } quantity periods } } totalCount } }"""


WORKSPACE = "Cloud Workspace, Business"


async def ordered(api: Api, shop: Workshop, tree: Planted, **changes: Any) -> str:
    """A base order of the tree's customer that has completed."""
    placed = await place(api, tree, **changes)
    assert placed["__typename"] == "PlaceOrderSuccess", placed
    order_id: str = placed["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    return order_id


async def charges(api: Api, token: str, **where: Any) -> list[Any]:
    """The charges that a token sees, oldest first."""
    nodes: list[Any] = (await api.ask(token, CHARGES, {"where": where}))["nodes"]
    return nodes


def total(nodes: Sequence[Any]) -> Decimal:
    """What charges come to."""
    return sum((Decimal(node["amount"]["amount"]) for node in nodes), Decimal(0))


async def ledger_agrees(tree: Planted) -> None:
    """Replaying the ledger gives every balance: what was paid in, less what was charged to the account."""
    rows = await database.fetch(
        "SELECT a.balance_minor, coalesce((SELECT sum(amount_minor) FROM charges WHERE account_id = a.id), 0) AS owed, "
        "coalesce((SELECT sum(amount_minor) FROM wallet_entries WHERE account_id = a.id "
        "AND kind IN ('TOP_UP', 'CREDIT', 'PAYMENT')), 0) AS paid FROM accounts a WHERE a.organization_id = $1",
        decode("Organization", tree.customer_id),
    )
    assert rows
    for row in rows:
        assert row["balance_minor"] == row["paid"] - row["owed"]
    await entries_add_up(tree)


async def test_m4_a_completed_order_is_charged_on_every_edge(api: Api, shop: Workshop, tree: Planted) -> None:
    """Each line on each edge, with its term, its customer's accounts and references; each party sees its own edges."""
    assert await charges(api, tree.partner_token) == []
    order_id = await ordered(api, shop, tree, subscriptionReference="PO-7")
    seen = await charges(api, tree.customer_token)
    assert total(seen) == PRICE
    assert [node["kind"] for node in seen] == ["RECURRING", "RECURRING"]
    assert {node["orderId"] for node in seen} == {order_id}
    assert {node["reference"] for node in seen} == {"PO-7"}
    assert {node["accountId"] for node in seen} == {await account_of(tree.customer_id, 0)}
    assert {node["groupId"] for node in seen} == {await account_of(tree.customer_id, 1)}
    assert {(node["buyerId"], node["isOwedByYou"]) for node in seen} == {(tree.customer_id, True)}
    both = await charges(api, tree.partner_token)
    sold = await charges(api, tree.partner_token, buyerId={"eq": tree.customer_id})
    bought = await charges(api, tree.partner_token, buyerId={"eq": tree.partner_id})
    assert [node | {"isOwedByYou": True} for node in sold] == seen
    assert len(both) == len(sold) + len(bought)
    assert [node["id"] for node in await charges(api, tree.distributor_token)] == [node["id"] for node in bought]
    assert total(bought) == Decimal("3220.00")
    assert {node["accountId"] for node in bought} == {None}
    assert {node["customerId"] for node in bought} == {tree.customer_id}
    await ledger_agrees(tree)


async def test_m2_every_charge_is_explained(api: Api, shop: Workshop, tree: Planted) -> None:
    """Unit, quantity, periods and the days that it is for, as figures and as a sentence."""
    await ordered(api, shop, tree)
    first = next(node for node in await charges(api, tree.customer_token) if node["description"] == WORKSPACE)
    explanation = first["explanation"]
    assert explanation["formula"] == "unit * quantity * periods"
    assert (explanation["quantity"], explanation["periods"]) == (25, "1")
    assert Decimal(explanation["unit"]["amount"]) * 25 == Decimal(first["amount"]["amount"])
    start, last = (date.fromisoformat(first[name]) for name in ("periodStart", "periodLastDay"))
    assert (last - start).days in {364, 365}
    assert explanation["sentence"].startswith(f"25 x {explanation['unit']['amount']} USD a year, ")
    assert explanation["sentence"].endswith(f": {first['amount']['amount']} USD.")


async def test_m4_a_discount_is_a_row_of_its_own(api: Api, shop: Workshop, tree: Planted) -> None:
    """What is taken off stands beside what it is taken off of; the sum is what the order said."""
    content = discount_input(tree, code=None, percent="10", fixed=None, currency=None, redemptionLimit=None)
    await succeed(api, tree.partner_token, "createDiscount", content)
    placed = await place(api, tree)
    await run_all(shop, [tree], placed["PlaceOrderSuccess_order"]["id"])
    seen = await charges(api, tree.customer_token)
    assert {node["kind"] for node in seen} == {"DISCOUNT", "RECURRING"}
    assert "Discount of" in next(node["explanation"]["sentence"] for node in seen if node["kind"] == "DISCOUNT")
    assert total(seen) == Decimal(placed["PlaceOrderSuccess_order"]["price"]["amount"]) < PRICE
    await ledger_agrees(tree)


async def test_m4_a_failed_line_is_never_charged(api: Api, shop: Workshop, tree: Planted) -> None:
    """Nothing is billed before its line's provisioning succeeded; what was held for it is free again."""
    await set_terms(api, tree, "PREPAID")
    await top_up(api, tree, PRICE * 2)
    await database.execute(
        "UPDATE products SET provisioner = 'nobody' WHERE key = 'team-insights' AND organization_id = $1",
        decode("Organization", tree.distributor_id),
    )
    await ordered(api, shop, tree)
    (only,) = await charges(api, tree.customer_token)
    found = await account(api, tree)
    assert (found["held"], found["balance"]) == (0, PRICE * 2 - Decimal(only["amount"]["amount"]))
    await ledger_agrees(tree)


async def test_m4_what_is_charged_twice_is_charged_once(api: Api, shop: Workshop, tree: Planted) -> None:
    """A job that runs again writes nothing again, even were the amounts others by then."""
    await ordered(api, shop, tree)
    before = await charges(api, tree.partner_token)
    rows = await database.fetch(
        "SELECT id, term_start FROM subscriptions WHERE order_id IS NOT NULL AND organization_id = $1",
        decode("Organization", tree.customer_id),
    )
    await database.execute("UPDATE subscriptions SET quantity = 9 WHERE id = $1", rows[0]["id"])
    actor = system_actor(datetime.now(UTC), bootstrap.new_id)
    for row in rows:
        await charge_first_term(actor, row["id"], on=row["term_start"])
    assert await charges(api, tree.partner_token) == before
    await ledger_agrees(tree)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE charges SET amount_minor = amount_minor + 1",
        "UPDATE charges SET invoice_id = id, description = ''",
        "DELETE FROM charges",
    ],
)
async def test_m4_the_ledger_is_append_only(api: Api, shop: Workshop, tree: Planted, statement: str) -> None:
    """PostgreSQL itself refuses to change or remove a charge."""
    await ordered(api, shop, tree)
    with pytest.raises(asyncpg.PostgresError, match="never changed or removed"):
        await database.execute(statement)


async def test_m4_an_edge_is_seen_by_its_two_parties(api: Api, shop: Workshop, tree: Planted) -> None:
    """A seller further up sees nothing of what its partner's partner charges; a cost takes COSTS_READ."""
    sub = await grow(api, tree, tree.partner_id)
    await sell_by_markup(sub.partner_id, 10)
    await ordered(api, shop, sub)
    buyers = {
        tree.distributor_token: {tree.partner_id},
        tree.partner_token: {tree.partner_id, sub.partner_id},
        sub.partner_token: {sub.partner_id, sub.customer_id},
        sub.customer_token: {sub.customer_id},
    }
    for token, expected in buyers.items():
        assert {node["buyerId"] for node in await charges(api, token)} == expected
    blind = await new_token(
        api, tree.distributor_token, sub, organization={"id": sub.partner_id}, permissions=["BILLING_READ"]
    )
    seen = await charges(api, blind)
    assert {node["buyerId"] for node in seen} == {sub.customer_id}
    hidden = [node["id"] for node in await charges(api, sub.partner_token) if node["isOwedByYou"]]
    assert hidden
    assert await api.ask(blind, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": hidden}) == [None] * len(
        hidden
    )


async def test_m4_a_group_is_charged_where_groups_are_invoiced(api: Api, shop: Workshop, tree: Planted) -> None:
    """Under the billing mode GROUP what is paid in and what is charged meet on the group account."""
    content = customer_input(tree, billingMode="GROUP")
    made = (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]
    group = made["accounts"][1]["id"]
    await succeed(api, tree.partner_token, "topUpWallet", wallet_input(group, amount="5.00"))
    await ordered(api, shop, tree, customer={"id": made["id"]})
    seen = await charges(api, tree.partner_token, buyerId={"eq": made["id"]})
    assert {(node["accountId"], node["groupId"]) for node in seen} == {(group, group)}
    grouped = replace(tree, customer_id=made["id"])
    assert (await account(api, grouped, position=1))["balance"] == 5 - PRICE
    assert (await account(api, grouped))["balance"] == 0
    await ledger_agrees(grouped)


def test_m4_terms_are_charged_edge_by_edge() -> None:
    """Every edge its own unit price and discount; an edge without a discount has one row."""
    term = Term(date(2026, 1, 1), date(2027, 1, 1))
    rates = [Rate(unit, 2, "USD", 12) for unit in (100, 150)]
    edges = term_charges(rates, term, [0, 30])
    assert [[(charge.kind, charge.amount_minor) for charge in edge] for edge in edges] == [
        [(ChargeKind.RECURRING, 200)],
        [(ChargeKind.RECURRING, 300), (ChargeKind.DISCOUNT, -30)],
    ]
