"""No amount of one edge is ever shown to who is not a party to it: every field, four tiers, any permissions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_required_argument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access.permissions import GRANTABLE
from domain.events.queries import body_for
from domain.shared import database
from domain.shared.actor import OrganizationKind, Permission
from domain.shared.ids import decode, encode
from domain.shared.money import format_minor
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import contract_input, wallet_input
from tests.api.drafts import PREVIEWED
from tests.api.sellers import BUSINESS, make_discount, make_list, place, price, seats, set_prices
from tests.api.walk import CORE, document, root_fields
from tests.api.worlds import account_of, grow, new_token, run_all, scope_of, succeed
from tests.house import Api, plant_tree

# By edge: distributor to partner, partner to sub-partner, sub-partner to customer. No two amounts are alike.
YEARLY: Final = (10103, 21107, 30713)
MONTHLY: Final = (1117, 2243, 3371)
DISCOUNTS: Final = (503, 709, 911)
AGREED: Final = (10103, 21107, 29327)
CREDIT: Final = 40507  # paid into the customer's wallet, between it and the sub-partner
FREE: Final = format_minor(0, "USD")  # what system subscriptions cost on every edge, and wallets hold that nobody fills
MAY_BE_FREE: Final = frozenset({"Account", "AvailableAction", "Subscription", "WalletEntry"})
SEATS, AGREED_SEATS = 7, 3
THINGS: Final[Sequence[Sequence[int]]] = (
    YEARLY,
    MONTHLY,
    DISCOUNTS,
    AGREED,
    *([unit * count for unit in units] for units, count in ((YEARLY, SEATS), (AGREED, AGREED_SEATS))),
    *([unit * (count + 1) for unit in units] for units, count in ((YEARLY, SEATS), (AGREED, AGREED_SEATS))),
    *(
        [unit * count - off for unit, off in zip(units, DISCOUNTS, strict=True)]
        for units, count in ((YEARLY, SEATS), (AGREED, AGREED_SEATS))
    ),
)
CHARGED: Final = (*THINGS[:1], *THINGS[2:6], [-off for off in DISCOUNTS])  # and why: unit prices, and what is taken off
OWED: Final = (YEARLY[2] * SEATS - DISCOUNTS[2], AGREED[2] * AGREED_SEATS - DISCOUNTS[2])  # taken from that wallet
WALLET: Final = (CREDIT, *(-owed for owed in OWED), -sum(OWED), CREDIT - sum(OWED))
TIERS: Final = ("distributor", "partner", "sub-partner", "customer")
KINDS: Final = dict(zip(TIERS, ("DISTRIBUTOR", "PARTNER", "PARTNER", "CUSTOMER"), strict=True))
# What each field of money shows: what one's buyer pays, what one pays oneself, the difference, an account's credit, or
# what is charged on an edge of one's own.
SHOWS: Final[Mapping[tuple[str, str], str]] = PREVIEWED | {
    ("Account", "available"): "credit",
    ("Account", "balance"): "credit",
    ("Account", "creditLimit"): "credit",
    ("Account", "held"): "credit",
    ("Charge", "amount"): "charge",
    **{("ChargeExplanation", name): "charge" for name in ("oldUnit", "paid", "refunded", "unit")},
    **{("Invoice", name): "charge" for name in ("outstanding", "paid", "total")},
    ("Payment", "amount"): "charge",
    **{("AvailableAction", f"{of}{when}"): of for of in ("cost", "price") for when in ("Now", "AtRenewal")},
    ("ContractPrice", "price"): "price",
    ("Discount", "fixed"): "price",
    ("InsufficientCredit", "short"): "credit",
    **{(of, shows): shows for of in ("Offer", "Order") for shows in ("cost", "margin", "price")},
    ("OrderLine", "cost"): "cost",
    ("OrderLine", "costDiscount"): "cost",
    ("OrderLine", "discount"): "price",
    ("OrderLine", "price"): "price",
    ("OrderLine", "unitPrice"): "price",
    ("Organization", "approvalLimit"): "credit",
    ("Price", "price"): "price",
    **{(of, f"unit{edge}"): edge.lower() for of in ("Subscription", "SubscriptionAddOn") for edge in ("Cost", "Price")},
    **{("UsageMonth", name): name.removeprefix("unit").lower() for name in ("unitPrice", "unitCost", "price", "cost")},
    ("WalletEntry", "amount"): "credit",
    ("WalletEntry", "available"): "credit",
}


def allowed(tier: str, *, sees_costs: bool) -> dict[str, set[str]]:
    """What a tier may see of each kind: the edge below it (a customer: its own) as price, the edge above as cost."""
    at = TIERS.index(tier)
    below = [thing[min(at, 2)] for thing in THINGS]
    has_cost = sees_costs and 0 < at < len(TIERS) - 1
    above = [thing[at - 1] for thing in THINGS] if has_cost else []
    margins = [below[place] - cost for place, cost in enumerate(above)]
    credit = WALLET if at >= TIERS.index("sub-partner") else ()
    charged = [thing[edge] for thing in CHARGED for edge in (min(at, 2), *[at - 1] * has_cost)]
    figures = {"price": below, "cost": above, "margin": margins, "credit": credit, "charge": charged}
    return {kind: {format_minor(minor, "USD") for minor in minors} for kind, minors in figures.items()}


SECRETS: Final = {amount for tier in TIERS for amounts in allowed(tier, sees_costs=True).values() for amount in amounts}


def test_every_field_of_money_says_what_it_shows() -> None:
    """A field of money that is added later must be entered here, or the walk below would not know what to allow."""
    found = {
        (kind.name, name)
        for kind in CORE.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name, definition in kind.fields.items()
        if get_named_type(definition.type).name == "Money"
    }
    assert found == set(SHOWS)


def test_every_amount_tells_its_edge() -> None:
    """The figures are chosen so that one that leaks cannot be taken for one that may be seen."""
    for tier in TIERS:
        mine = set.union(*allowed(tier, sees_costs=True).values())
        assert len(SECRETS - mine) > len(THINGS)
    minors = [minor for thing in THINGS for minor in thing]
    assert len(set(minors)) == len(minors) - 2  # the contract leaves two edges as they are
    assert format_minor(CREDIT, "USD") not in set().union(*(allowed(tier, sees_costs=True)["price"] for tier in TIERS))


@dataclass
class Chain:
    """A four-tier tree with orders, subscriptions, a contract and discounts; tokens are made as they are needed."""

    tree: Planted
    sub: Planted
    order_ids: list[str] = field(default_factory=list)
    tokens: dict[tuple[str, frozenset[Permission]], str] = field(default_factory=dict)

    def who(self, tier: str) -> tuple[str, str]:
        """(organization, token with all permissions) of a tier."""
        return {
            "distributor": (self.tree.distributor_id, self.tree.distributor_token),
            "partner": (self.tree.partner_id, self.tree.partner_token),
            "sub-partner": (self.sub.partner_id, self.sub.partner_token),
            "customer": (self.sub.customer_id, self.sub.customer_token),
        }[tier]

    async def token(self, api: Api, tier: str, permissions: frozenset[Permission]) -> str:
        """A token of a tier that may do just this."""
        key = (tier, permissions)
        if key not in self.tokens:
            owner, names = {"id": self.who(tier)[0]}, sorted(one.name for one in permissions)
            caller = self.tree.distributor_token
            self.tokens[key] = await new_token(api, caller, self.tree, organization=owner, permissions=names)
        return self.tokens[key]


@pytest.fixture(scope="module")
async def chain(api: Api, shop: Workshop) -> Chain:
    """Every edge with prices, a discount and a contract of its own amounts; two orders that have completed."""
    tree = await plant_tree("leaks")
    made = Chain(tree, await grow(api, tree, tree.partner_id))
    path = (await scope_of(tree.distributor_id)).path + "%"
    await database.execute("DELETE FROM price_lists WHERE scope LIKE $1", path)
    for place_, tier in enumerate(TIERS[:-1]):
        _, token = made.who(tier)
        list_id = await make_list(api, token, tree, currency="USD", markupPercent=None, buyer=None)
        prices = [
            price(tree, format_minor(units[place_], "USD"), salesModel=model)
            for model, units in (("YEARLY", YEARLY), ("MONTHLY", MONTHLY))
        ]
        assert (await set_prices(api, token, list_id, *prices))["__typename"] == "SetPricesSuccess"
        off = {"percent": None, "fixed": format_minor(DISCOUNTS[place_], "USD"), "currency": "USD", "code": None}
        await make_discount(api, token, tree, **off)
    agreed = {"planId": tree.plans[BUSINESS], "salesModel": "YEARLY", "amount": format_minor(AGREED[2], "USD")}
    content = contract_input(made.sub, prices=[agreed])
    answer = await succeed(api, made.sub.partner_token, "createContract", content)
    by = {"method": "CONTRACT", "contractId": answer["CreateContractSuccess_contract"]["id"]}
    for content in (seats(made.sub, SEATS), seats(made.sub, AGREED_SEATS, **by)):
        made.order_ids.append((await place(api, made.sub.customer_token, content))["id"])
    await run_all(shop, [tree], *made.order_ids)
    content = wallet_input(await account_of(made.sub.customer_id, 0), amount=format_minor(CREDIT, "USD"))
    await succeed(api, made.sub.partner_token, "topUpWallet", content)
    return made


def money(item: Any, kind: str = "") -> Iterator[tuple[str, str, str]]:
    """(type, field, amount) of all money in an answer, wherever it stands; in events the type is empty."""
    if isinstance(item, list):
        for each in item:
            yield from money(each, kind)
    elif isinstance(item, dict):
        name = item.get("__typename", kind)
        for key, value in item.items():
            if isinstance(value, dict) and set(value) - {"__typename"} == {"amount", "currency"}:
                yield name, key.rpartition("_")[2], value["amount"]
            else:
                yield from money(value, "" if key == "data" else name)


def check(text: str, tier: str, permissions: frozenset[Permission]) -> set[tuple[str, str]]:
    """No amount that is not the viewer's own stands in an answer; (what it shows, amount) of those that do."""
    may = allowed(tier, sees_costs=Permission.COSTS_READ in permissions)
    mine = set.union(*may.values())
    leaked = [amount for amount in SECRETS - mine if f'"{amount}"' in text]
    assert not leaked, (tier, sorted(permissions), leaked, text[:2000])
    seen = set()
    for kind, name, amount in money(orjson.loads(text)):
        if amount == FREE and kind in MAY_BE_FREE:
            continue
        in_event = not kind and name == "price"  # of a wallet it is what was paid in
        shows = "credit" if in_event and amount in may["credit"] else SHOWS.get((kind, name), name)
        assert amount in may[shows], (tier, kind, name, amount)
        seen.add((shows, amount))
    return seen


FIELDS: Final = sorted(
    name
    for name, root in root_fields("query").items()
    if not any(is_required_argument(spec) for spec in root.args.values())
)


FIRST: Final = {name: {"first": 100} for name in FIELDS if "first" in root_fields("query")[name].args}


async def ask_all(api: Api, chain: Chain, token: str) -> str:
    """What every list shows, and the orders by their ids."""
    texts = [(await api.post(token, document("query", name), FIRST.get(name, {}))).text for name in FIELDS]
    found = await api.post(token, document("query", "nodes"), {"ids": chain.order_ids})
    return f"[{','.join([*texts, found.text])}]"


@pytest.mark.parametrize("tier", TIERS)
async def test_each_tier_sees_all_of_its_own_and_nothing_else(api: Api, chain: Chain, tier: str) -> None:
    """With every permission that its kind may have, exactly the amounts of its own edges are found."""
    permissions = GRANTABLE[OrganizationKind(KINDS[tier])]
    text = await ask_all(api, chain, await chain.token(api, tier, permissions))
    seen = check(text, tier, permissions)
    may = allowed(tier, sees_costs=Permission.COSTS_READ in permissions)
    assert {amount for shows, amount in seen if shows == "price"} == may["price"]
    assert {amount for shows, amount in seen if shows == "cost"} == may["cost"]
    assert {amount for shows, amount in seen if shows == "credit"} == may["credit"]
    assert {amount for shows, amount in seen if shows == "charge"} == may["charge"]


ROLES: Final = st.sampled_from(TIERS).flatmap(
    lambda tier: st.tuples(
        st.just(tier),
        st.frozensets(st.sampled_from(sorted(GRANTABLE[OrganizationKind(KINDS[tier])])), min_size=1),
    )
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(role=ROLES, name=st.sampled_from(FIELDS))
async def test_no_role_of_any_tier_sees_another_edge(
    api: Api, chain: Chain, role: tuple[str, frozenset[Permission]], name: str
) -> None:
    """Whatever permissions a token has: no field shows an amount of another edge, nor a cost without COSTS_READ."""
    tier, permissions = role
    token = await chain.token(api, tier, permissions)
    answer = await api.post(token, document("query", name), FIRST.get(name, {}))
    check(answer.text, tier, permissions)
    found = await api.post(token, document("query", "nodes"), {"ids": chain.order_ids})
    check(found.text, tier, permissions)


@pytest.mark.parametrize("tier", TIERS)
async def test_what_a_mutation_answers_leaks_nothing(api: Api, chain: Chain, tier: str) -> None:
    """The order that a tier has just placed is shown to it with its own amounts."""
    _, token = chain.who(tier)
    answer = await api.post(token, document("mutation", "placeOrder"), {"input": seats(chain.sub, SEATS)})
    seen = check(answer.text, tier, GRANTABLE[OrganizationKind(KINDS[tier])])
    assert any(shows == "price" for shows, _ in seen)


@pytest.mark.parametrize("tier", TIERS)
async def test_no_webhook_leaks(chain: Chain, tier: str) -> None:
    """The body of every event of the tree, as its receiver gets it, holds its own edges' amounts and no others."""
    viewer, top = await scope_of(chain.who(tier)[0]), await scope_of(chain.tree.distributor_id)
    events = await database.fetch("SELECT * FROM events WHERE scope >= $1 AND scope < $2", top.lower, top.upper)
    assert {event["type"] for event in events} >= {"order.completed", "price_list.prices_set", "wallet.topped_up"}
    seen = set()
    for event in events:
        text = orjson.dumps(body_for(event, viewer)).decode()
        seen |= check(text, tier, frozenset({Permission.COSTS_READ}))
    assert any(shows == "price" for shows, _ in seen)


async def test_a_tier_above_cannot_read_what_is_asked_below(api: Api, chain: Chain) -> None:
    """Price lists, discounts and prices of contracts further down are not even asked for by their ids."""
    _, token = chain.who("distributor")
    for table, kind in (("price_lists", "PriceList"), ("discounts", "Discount")):
        rows = await database.fetch(
            f"SELECT id FROM {table} WHERE seller_id = $1",  # noqa: S608 - constants
            decode("Organization", chain.sub.partner_id),
        )
        ids = [encode(kind, row["id"]) for row in rows]
        assert ids
        assert await api.ask(token, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}) == [None] * len(
            ids
        )
