"""The catalogs that ship, imported: once whole, and a second time without a trace."""

from uuid import uuid4

from domain.catalog.seeds import read_story
from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted, plant, stock, stock_size
from tests.api.bases import fresh_key, location_input
from tests.api.worlds import succeed
from tests.house import PLACE_ORDER, Api

TABLES = (
    "categories",
    "events",
    "order_types",
    "plan_add_ons",
    "plan_components",
    "plans",
    "price_lists",
    "prices",
    "product_categories",
    "product_order_types",
    "products",
    "terms_documents",
)
QUERY = """
query ($where: ProductWhere, $after: String) { products(first: 100, after: $after, where: $where) {
  totalCount pageInfo { hasNextPage endCursor } nodes { key orderability orderTypes { key }
    plans { key kind includedNumbers addons { plan { key product { key } } maxQuantity }
            components { quantity plan { key product { key } } } } } } }
"""


async def stocked() -> tuple[Planted, dict[str, object], list[str]]:
    """A fresh tree with the catalogs that ship; its story, and the products that were heard of."""
    story, heard = read_story(), list[str]()
    for who in ("distributor", "partner", "customer"):
        story[who]["name"] += f" {uuid4().hex}"
    tree = await plant(story)
    await stock(story, on_product=heard.append)
    return tree, story, heard


async def digests() -> dict[str, str]:
    """Table -> digest of all its rows."""
    return {
        table: await database.fetch_value(f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t")  # noqa: S608 - constants
        for table in TABLES
    }


async def test_importing_twice_changes_nothing(database: None) -> None:
    """A second import writes no row and records no event, and still tells how far it is."""
    _, story, heard = await stocked()
    assert len(heard) == stock_size() == len(set(heard))
    before = await digests()
    again = list[str]()
    await stock(story, on_product=again.append)
    assert await digests() == before
    assert again == heard


async def test_what_was_imported_is_on_sale_to_the_customer(api: Api) -> None:
    """A customer sees all of it, at prices of every edge, and orders a package of the hosted telephone system."""
    tree, _, _ = await stocked()
    shown = await api.ask(tree.customer_token, QUERY)
    assert shown["totalCount"] == stock_size() + 3
    seats = [p for p in shown["nodes"] if p["key"] == "enterprise-premium"]
    if not seats:
        more = await api.ask(tree.customer_token, QUERY, {"after": shown["pageInfo"]["endCursor"]})
        seats = [p for p in more["nodes"] if p["key"] == "enterprise-premium"]
    [plan] = seats[0]["plans"]
    assert plan["includedNumbers"] == 1
    assert {addon["plan"]["product"]["key"] for addon in plan["addons"]} == {"smart-record", "voice-mail-add-on"}
    plan_id = await database.fetch_value(
        "SELECT p.id FROM plans p JOIN products d ON d.id = p.product_id WHERE d.organization_id = $1 AND d.key = $2",
        decode("Organization", tree.distributor_id),
        "enterprise-premium",
    )
    await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    content = {
        "customer": {"id": tree.customer_id},
        "salesModel": "MONTHLY",
        "lines": [{"planId": encode("Plan", plan_id), "quantity": 4, "parameters": {}}],
        "idempotencyKey": fresh_key(),
    }
    answer = await api.ask(tree.partner_token, PLACE_ORDER, {"input": content})
    # 26.00 a seat, and the partner's markup of 12.5 %.
    assert (answer["order"]["cost"]["amount"], answer["order"]["price"]["amount"]) == ("104.00", "117.00")
