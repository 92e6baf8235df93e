"""Trees of organizations with rows of every kind, and what of them is foreign to whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.access.permissions import GRANTABLE
from domain.shared import database
from domain.shared.actor import OrganizationKind, Permission
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import (
    contract_input,
    customer_input,
    discount_input,
    endpoint_input,
    fresh_key,
    location_input,
    partner_input,
    token_input,
    wallet_input,
)
from tests.api.desks import new_ticket
from tests.api.hooks import replay_input
from tests.api.invoicing import new_invoice, payment_input
from tests.api.phones import assign, fresh_number, order_back, stock
from tests.api.uploads import upload_input
from tests.api.walk import document
from tests.house import Api, make_due, order_input, run_jobs
from tests.people import invited, join

# Kind -> table, for every kind of id that has rows in a tenant's tree.
TABLES: Final[Mapping[str, str]] = {
    "Account": "accounts",
    "ApiToken": "api_tokens",
    "BulkOperation": "bulk_operations",
    "Category": "categories",
    "Charge": "charges",
    "Invoice": "invoices",
    "Payment": "payments",
    "Contract": "contracts",
    "Discount": "discounts",
    "EmergencyLocation": "emergency_locations",
    "Event": "events",
    "Instance": "instances",
    "Backorder": "backorders",
    "Number": "numbers",
    "Order": "orders",
    "OrderLine": "order_lines",
    "OrderType": "order_types",
    "Organization": "organizations",
    "Plan": "plans",
    "PriceList": "price_lists",
    "Product": "products",
    "ProvisioningOperation": "provisioning_operations",
    "Subscription": "subscriptions",
    "TermsDocument": "terms_documents",
    "Ticket": "tickets",
    "Upload": "uploads",
    "PortOrder": "ports",
    "WalletEntry": "wallet_entries",
    "WebhookDelivery": "webhook_deliveries",
    "WebhookEndpoint": "webhook_endpoints",
    "Member": "members",
    "Invitation": "invitations",
    "Session": "sessions",
}
SOLD_DOWN: Final = frozenset({"Category", "Number", "OrderType", "Plan", "Product", "TermsDocument"})
EVERYTHING_OF_A_SELLER: Final = [permission.name for permission in Permission]
EVERYTHING_OF_A_CUSTOMER: Final = [
    permission.name for permission in Permission if permission in GRANTABLE[OrganizationKind.CUSTOMER]
]


@dataclass(frozen=True, slots=True)
class World:
    """Each is a tree as its own partner sees it: `sub` is a partner below the `partner`, `neighbour` beside it."""

    partner: Planted
    neighbour: Planted
    sub: Planted
    other: Planted


async def succeed(api: Api, token: str, mutation: str, content: Mapping[str, Any]) -> Any:
    """The first thing a mutation's success shows."""
    answer = await api.ask(token, document("mutation", mutation), {"input": content})
    success = f"{mutation[0].upper()}{mutation[1:]}Success"
    assert answer["__typename"] == success, answer
    return answer


async def grow(api: Api, tree: Planted, parent_id: str) -> Planted:
    """A partner below `parent_id` with a customer of its own; both with tokens that may do all that their kind may."""
    distributor = tree.distributor_token
    content = partner_input(tree, parent={"id": parent_id})
    partner = (await succeed(api, distributor, "createPartner", content))["CreatePartnerSuccess_partner"]
    content = customer_input(tree, partner={"id": partner["id"]})
    customer = (await succeed(api, distributor, "createCustomer", content))["CreateCustomerSuccess_customer"]
    tokens = [
        await new_token(api, distributor, tree, organization={"id": owner}, permissions=permissions)
        for owner, permissions in (
            (partner["id"], EVERYTHING_OF_A_SELLER),
            (customer["id"], EVERYTHING_OF_A_CUSTOMER),
        )
    ]
    return replace(
        tree, partner_id=partner["id"], customer_id=customer["id"], partner_token=tokens[0], customer_token=tokens[1]
    )


async def new_token(api: Api, caller: str, tree: Planted, **changes: Any) -> str:
    """A new token's secret."""
    answer = await succeed(api, caller, "createApiToken", token_input(tree, **changes))
    secret: str = answer["CreateApiTokenSuccess_secret"]
    return secret


async def sell_by_markup(organization_id: str, percent: int) -> None:
    """Give a partner a price list for all its buyers, by a markup on its own cost."""
    await database.execute(
        "INSERT INTO price_lists (id, seller_id, scope, name, currency, markup_percent, created_at) "
        "SELECT gen_random_uuid(), id, scope, 'Retail', 'USD', $2, now() FROM organizations WHERE id = $1",
        decode("Organization", organization_id),
        percent,
    )


async def fill(api: Api, tree: Planted) -> str:
    """An order, a draft, endpoints, tokens, members and invitations at partner and customer; the order's id."""
    await succeed(api, tree.partner_token, "createWebhookEndpoint", endpoint_input(tree, eventTypes=["*"]))
    own = endpoint_input(tree, organization={"id": tree.customer_id}, eventTypes=["*"])
    hook = await succeed(api, tree.customer_token, "createWebhookEndpoint", own)
    replay = replay_input(hook["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"])
    await succeed(api, tree.customer_token, "replayWebhooks", replay)
    await succeed(api, tree.partner_token, "createDiscount", discount_input(tree))
    await succeed(api, tree.partner_token, "createContract", contract_input(tree))
    await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    await new_ticket(tree)
    await succeed(api, tree.partner_token, "createUpload", upload_input(tree))
    port = {"customer": {"id": tree.customer_id}, "idempotencyKey": fresh_key()}
    await succeed(api, tree.partner_token, "createPortOrder", port)
    await succeed(api, tree.partner_token, "topUpWallet", wallet_input(await account_of(tree.customer_id, 0)))
    numbers = await stock(tree, [fresh_number(), fresh_number()])
    await assign(next(iter(numbers)), tree.customer_id)
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    await order_back(placed["PlaceOrderSuccess_order"]["id"], "212", "555")
    for token, organization_id in ((tree.partner_token, tree.partner_id), (tree.customer_token, tree.customer_id)):
        await join(api, token, organization_id)
        await invited(token, organization_id)
    order_id: str = placed["PlaceOrderSuccess_order"]["id"]
    return order_id


async def account_of(customer_id: str, position: int) -> str:
    """A customer's enterprise account (0), or one of its groups, from 1."""
    sql = "SELECT id FROM accounts WHERE organization_id = $1 AND position = $2"
    return encode("Account", await database.fetch_value(sql, decode("Organization", customer_id), position))


async def forget_others(*trees: Planted) -> None:
    """Take from the queues what other tests have left there: the jobs then run for these trees only."""
    roots = [f"{(await scope_of(tree.distributor_id)).path}%" for tree in trees]
    for queue in ("events", "provisioning_operations", "webhook_deliveries", "bulk_operations"):
        await database.execute(
            f"UPDATE {queue} SET due_at = NULL WHERE due_at IS NOT NULL AND NOT scope LIKE ANY($1)",  # noqa: S608 - a constant
            roots,
        )


async def run_tree(shop: Workshop, tree: Planted) -> None:
    """Run the jobs of one tree until nothing of it is due."""
    await forget_others(tree)
    await run_jobs(shop)


async def run_operations(shop: Workshop, tree: Planted) -> None:
    """Run the jobs of one tree until each operation has ended or waits for data: the sandbox takes its own time."""
    await forget_others(tree)
    for _ in range(200):
        await run_jobs(shop)
        if not await database.fetch_value("SELECT count(*) FROM provisioning_operations WHERE due_at IS NOT NULL"):
            return
        await make_due("provisioning_operations")
    raise AssertionError("the operations never end")


async def run_all(shop: Workshop, trees: Collection[Planted], *order_ids: str) -> None:
    """Run the jobs of these trees until these orders have ended; what waits for its next look is looked at now."""
    await forget_others(*trees)
    ids = [decode("Order", order_id) for order_id in order_ids]
    for _ in range(200):
        await run_jobs(shop)
        if not await database.fetch_value(
            "SELECT count(*) FROM orders WHERE id = ANY($1) AND finished_at IS NULL", ids
        ):
            return
        await make_due("provisioning_operations")
    raise AssertionError("the orders never end")


async def build_world(api: Api, shop: Workshop, tree: Planted, other: Planted) -> World:
    """Two trees with rows of every kind."""
    neighbour = await grow(api, tree, tree.distributor_id)
    sub = await grow(api, tree, tree.partner_id)
    for member in (neighbour, sub):
        await sell_by_markup(member.partner_id, 10)
    placed = [await fill(api, member) for member in (tree, neighbour, sub, other)]
    await run_all(shop, (tree, other), *placed)
    for member in (tree, neighbour, sub, other):
        await succeed(api, member.partner_token, "recordPayment", payment_input(await new_invoice(member)))
    return World(tree, neighbour, sub, other)


async def scope_of(organization_id: str) -> Scope:
    """An organization's place."""
    sql = "SELECT scope FROM organizations WHERE id = $1"
    return Scope(await database.fetch_value(sql, decode("Organization", organization_id)))


_FOREIGN: Final = "(scope >= $1 AND scope < $2 OR scope >= $3 AND scope < $4) AND NOT (scope >= $5 AND scope < $6)"


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a world's two trees lies outside one organization's subtree."""

    roots: tuple[Scope, Scope]
    own: Scope

    @property
    def _bounds(self) -> list[str]:
        return [bound for scope in (*self.roots, self.own) for bound in (scope.lower, scope.upper)]

    async def ids(self) -> dict[str, list[str]]:
        """Every foreign id, by kind; without what its sellers offer it."""
        found = {}
        for kind, table in TABLES.items():
            sql = f"SELECT id FROM {table} WHERE {_FOREIGN} AND scope <> ALL($7) ORDER BY id"  # noqa: S608 - constants
            offered = self.own.chain if kind in SOLD_DOWN else []
            found[kind] = [encode(kind, row["id"]) for row in await database.fetch(sql, *self._bounds, offered)]
        return found

    async def references(self) -> list[str]:
        """References that foreign organizations have, and none of the own subtree."""
        sql = (
            f"SELECT DISTINCT reference FROM organizations WHERE reference IS NOT NULL AND {_FOREIGN} EXCEPT "  # noqa: S608 - constants
            "SELECT reference FROM organizations WHERE scope >= $5 AND scope < $6"
        )
        return [row["reference"] for row in await database.fetch(sql, *self._bounds)]

    async def digest(self) -> dict[str, str]:
        """Table -> digest of all its foreign rows, for every table with a scope."""
        tables = await database.fetch(
            "SELECT table_name FROM information_schema.columns "
            "WHERE column_name = 'scope' AND table_schema = current_schema() ORDER BY 1"
        )
        digests = {}
        for table in (row["table_name"] for row in tables):
            rows = f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t WHERE {_FOREIGN}"  # noqa: S608 - from the catalog
            digests[table] = await database.fetch_value(rows, *self._bounds)
        return digests


async def sight_of(world: World, organization_id: str) -> Sight:
    """What is foreign to one organization of a world."""
    partner, other = world.partner.distributor_id, world.other.distributor_id
    return Sight((await scope_of(partner), await scope_of(other)), await scope_of(organization_id))
