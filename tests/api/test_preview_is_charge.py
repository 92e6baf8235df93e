"""O4 for orders of any kind: what each tier was shown before is what the ledger has on its edges afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared import database as store
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.drafts import day
from tests.api.sellers import make_discount, make_list, place, set_prices
from tests.api.walk import document
from tests.api.worlds import grow, run_all
from tests.house import CLOUD, SAAS, Api, order_input, plant_tree

PREVIEW: Final = document("query", "previewOrder")
PLANS: Final[Mapping[str, dict[str, Any]]] = {
    "cloud-workspace/starter": CLOUD,
    "cloud-workspace/business": CLOUD,
    "team-insights/professional": SAAS,
    "team-insights/enterprise": SAAS,
}
DURATIONS: Final[Sequence[dict[str, Any]]] = (
    {"duration": "FOREVER", "cycles": None},
    {"duration": "ONCE", "cycles": None},
    {"cycles": 3},
)
CHARGED: Final = """
SELECT seller_id, coalesce(sum(amount_minor), 0)::bigint AS minor FROM charges WHERE order_id = $1 GROUP BY seller_id
"""


@dataclass
class Chain:
    """A four-tier tree: prices and markups of each seller, a discount on each edge, codes for the customer."""

    tree: Planted
    sub: Planted
    codes: list[str] = field(default_factory=list)

    @property
    def tiers(self) -> dict[str, tuple[str, str]]:
        """(organization, token) of each tier, from the top."""
        return {
            "distributor": (self.tree.distributor_id, self.tree.distributor_token),
            "partner": (self.tree.partner_id, self.tree.partner_token),
            "sub-partner": (self.sub.partner_id, self.sub.partner_token),
            "customer": (self.sub.customer_id, self.sub.customer_token),
        }


@pytest.fixture(scope="module")
async def chain(api: Api, database: None) -> Chain:
    """Percents that do not come out even, on every edge."""
    tree = await plant_tree("previews")
    made = Chain(tree, await grow(api, tree, tree.partner_id))
    sellers = [token for _, token in list(made.tiers.values())[:-1]]
    resold = [decode("Organization", each) for each in (tree.partner_id, made.sub.partner_id)]
    await store.execute("DELETE FROM price_lists WHERE seller_id = ANY($1)", resold)
    for place_, token in enumerate(sellers):
        if token != tree.distributor_token:
            list_id = await make_list(api, token, tree, currency="USD", markupPercent="7.77", buyer=None)
            own = {"planId": tree.plans["cloud-workspace/starter"], "validFrom": "2026-01-01"}
            prices = [own | {"salesModel": model, "amount": f"{place_ + 3}.33"} for model in ("MONTHLY", "YEARLY")]
            await set_prices(api, token, list_id, *prices)
        await make_discount(api, token, tree, code=None, percent=f"{place_ + 2}.35", **DURATIONS[place_])
    for place_, terms in enumerate(DURATIONS):
        code = f"P{fresh_key()}"
        await make_discount(api, made.sub.partner_token, tree, code=code, percent=f"{place_ + 1}.77", **terms)
        made.codes.append(code)
    return made


LINES: Final = st.lists(st.tuples(st.sampled_from(sorted(PLANS)), st.integers(1, 100)), min_size=1, max_size=4)
ORDERS: Final = st.fixed_dictionaries(
    {
        "salesModel": st.sampled_from(["MONTHLY", "YEARLY"]),
        "cycleMultiplier": st.integers(1, 12),
        "ahead": st.integers(0, 30),
        "codes": st.sets(st.integers(0, 2)),
        "autoRenew": st.booleans(),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=LINES, drawn=ORDERS)
async def test_o4_what_each_tier_was_shown_is_what_it_is_charged(
    api: Api, shop: Workshop, chain: Chain, lines: list[tuple[str, int]], drawn: dict[str, Any]
) -> None:
    """By plans, quantities, cycles, discounts of any seller and days: not a cent between preview, order and ledger."""
    content = order_input(
        chain.sub,
        fresh_key(),
        lines=[{"planId": chain.tree.plans[plan], "quantity": many, "parameters": PLANS[plan]} for plan, many in lines],
        salesModel=drawn["salesModel"],
        cycleMultiplier=drawn["cycleMultiplier"],
        autoRenew=drawn["autoRenew"],
        billingStartsOn=str(day(drawn["ahead"])) if drawn["ahead"] else None,
        discountCodes=[chain.codes[place_] for place_ in sorted(drawn["codes"])],
    )
    given_ = {name: value for name, value in content.items() if name != "idempotencyKey"}
    seen = {
        tier: await api.ask(token, PREVIEW, {"input": given_, "id": None}) for tier, (_, token) in chain.tiers.items()
    }
    order_id = (await place(api, chain.sub.partner_token, content))["id"]
    await run_all(shop, [chain.tree], order_id)
    rows = await store.fetch(CHARGED, decode("Order", order_id))
    sellers = [decode("Organization", organization_id) for organization_id, _ in list(chain.tiers.values())[:-1]]
    charged = {row["seller_id"]: Decimal(row["minor"]) / 100 for row in rows}
    edges = [charged.get(seller, Decimal(0)) for seller in sellers]
    due = "dueNow" if drawn["ahead"] else "firstCharge"
    for at, tier in enumerate(chain.tiers):
        below, above = edges[min(at, 2)], edges[at - 1] if 0 < at < len(edges) else None
        assert Decimal(seen[tier]["price"][due]["amount"]) == below, tier
        cost = seen[tier]["cost"]
        assert (None if cost is None else Decimal(cost[due]["amount"])) == above, tier
