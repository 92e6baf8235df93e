"""A valid input for every mutation: what the walks over the schema change one leaf at a time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final
from uuid import uuid4

from domain.shared.money import CURRENCIES
from seeding import Planted
from tests.api.bases import (
    AN_ADD_ON,
    catalog_group_input,
    contract_input,
    customer_input,
    discount_input,
    endpoint_input,
    fresh_key,
    group_input,
    invitation_input,
    location_input,
    onboarding_input,
    partner_input,
    plan_input,
    price_list_input,
    prices_input,
    product_input,
    profile_of,
    terms_input,
    token_input,
    update_input,
    wallet_input,
)
from tests.api.desks import DeskTargets, desk_bases, make_desk
from tests.api.drafts import HANDLED, update_order_input
from tests.api.flow import FlowTargets, flow_bases, make_orders
from tests.api.hooks import hook_bases, ping_input, replay_input
from tests.api.invoicing import INVOICE_BASES, new_invoice
from tests.api.phones import NumberTargets, fulfilment, importing, make_numbers, release, reserve
from tests.api.ports import PortTargets, port_bases, port_targets
from tests.api.subscribed import BASES as OF_SUBSCRIPTIONS
from tests.api.subscribed import Subscribed, subscribe_all
from tests.api.uploads import upload_input
from tests.api.walk import making
from tests.house import Api, order_input
from tests.people import PASSWORD, Person, invited, join, reset_token


@dataclass(frozen=True, slots=True)
class Targets:
    """Ids of things that stand in the tree, for the mutations that change one."""

    draft_id: str
    numbers: NumberTargets
    ports: PortTargets
    flow: FlowTargets
    token_id: str
    endpoint_id: str
    account_id: str
    invoice_id: str
    location_id: str
    spare_id: str
    suspended_id: str
    member: Person
    invitation_id: str
    invitation_token: str
    reset_token: str
    price_list_id: str
    discount_id: str
    contract_id: str
    code: str
    product_id: str
    plan_id: str
    addon_id: str
    published_id: str
    part_id: str
    category_id: str
    order_type_id: str
    desk: DeskTargets
    subscribed: Subscribed
    bulk_id: str
    delivery_id: str


_CURRENCIES: Final = cycle(sorted(CURRENCIES - {"CHF", "EUR", "USD"}))


def _unused() -> str:
    """A currency in which the tree's partner has most likely no list for its customer yet: it may have one in each."""
    return next(_CURRENCIES)


Make = Callable[[str, str, dict[str, Any]], Awaitable[str]]


async def make_targets(api: Api, tree: Planted) -> Targets:
    """What stands in the tree: of its customer and its partner, products (a draft, and one on sale) among them."""

    async def make(mutation: str, thing: str, content: dict[str, Any]) -> str:
        answer = await api.ask(tree.partner_token, making(mutation, thing), {"input": content})
        assert thing in answer, answer
        made: str = answer[thing]["id"]
        return made

    member = await join(api, tree.partner_token, tree.partner_id)
    invitation_id, invitation_token, _ = await invited(tree.partner_token, tree.partner_id)
    code = uuid4().hex
    endpoint_id = await make("createWebhookEndpoint", "webhookEndpoint", endpoint_input(tree))
    draft_id = await make("createOrder", "order", order_input(tree, fresh_key()))
    suspended_id = await make("createCustomer", "customer", customer_input(tree))
    await make("suspendOrganization", "organization", {"organization": {"id": suspended_id}})
    return Targets(
        **await _make_goods(make, tree),
        flow=await make_orders(make, tree),
        **await _make_subscribed(make, tree),
        code=code,
        desk=await make_desk(api, tree),
        numbers=await make_numbers(tree, draft_id),
        account_id=await make("addGroupAccount", "account", group_input(tree)),
        location_id=await make("createEmergencyLocation", "emergencyLocation", location_input(tree)),
        suspended_id=suspended_id,
        draft_id=draft_id,
        token_id=await make("createApiToken", "apiToken", token_input(tree)),
        endpoint_id=endpoint_id,
        delivery_id=await make("pingWebhookEndpoint", "webhookDelivery", ping_input(endpoint_id)),
        bulk_id=await make("replayWebhooks", "bulkOperation", replay_input(endpoint_id)),
        member=member,
        invitation_id=invitation_id,
        invitation_token=invitation_token,
        reset_token=await reset_token(member.email),
        price_list_id=await make("createPriceList", "priceList", price_list_input(tree, currency=_unused())),
        discount_id=await make("createDiscount", "discount", discount_input(tree, code=code)),
    )


async def _make_subscribed(make: Make, tree: Planted) -> dict[str, Any]:
    """A contract of the customer, subscriptions, who may have one of them, and ports that bring numbers to one."""
    contract_id = await make("createContract", "contract", contract_input(tree))
    spare_id = await make("createCustomer", "customer", customer_input(tree))
    subscribed = await subscribe_all(tree, contract_id, spare_id)
    ports = await port_targets(tree)
    return {"contract_id": contract_id, "spare_id": spare_id, "subscribed": subscribed, "ports": ports}


async def _make_goods(make: Make, tree: Planted) -> dict[str, Any]:
    """A drafted bundle with a plan of what is in the published product, its add-on, groups, an invoice."""
    product_id = await make("createProduct", "product", product_input(tree, type="BUNDLE"))
    published_id = await make("createProduct", "product", product_input(tree))
    part_id = await make("createPlan", "plan", plan_input(published_id))
    in_it = [{"planId": part_id, "quantity": 1}]
    await make("publishProduct", "product", {"id": published_id})
    return {
        "invoice_id": await new_invoice(tree),
        "product_id": product_id,
        "published_id": published_id,
        "part_id": part_id,
        "plan_id": await make("createPlan", "plan", plan_input(product_id, components=in_it)),
        "addon_id": await make("createPlan", "plan", plan_input(published_id, **AN_ADD_ON)),
        "category_id": await make("setCategory", "category", catalog_group_input()),
        "order_type_id": await make("setOrderType", "orderType", catalog_group_input()),
    }


def contract_order_input(tree: Planted, targets: Targets) -> dict[str, Any]:
    """A complete order by the tree's contract, with a code and a reference."""
    return order_input(
        tree,
        fresh_key(),
        subscriptionReference="ERP-1",
        method="CONTRACT",
        contractId=targets.contract_id,
        discountCodes=[targets.code],
        **HANDLED,
    )


def whole_product(tree: Planted, targets: Targets) -> dict[str, Any]:
    """A product in a category and of an order type."""
    return product_input(tree, categoryIds=[targets.category_id], orderTypeIds=[targets.order_type_id])


def product_change(tree: Planted, targets: Targets) -> dict[str, Any]:
    """Every field of a product that can be changed."""
    fixed = {"key", "type", "idempotencyKey"}
    content = {name: value for name, value in whole_product(tree, targets).items() if name not in fixed}
    return content | {"id": targets.product_id}


def whole_plan(targets: Targets) -> dict[str, Any]:
    """A plan of a bundle, with an add-on."""
    addon = {"planId": targets.addon_id, "minQuantity": 0, "maxQuantity": 2, "per": "SEAT"}
    return plan_input(targets.product_id, addons=[addon], components=[{"planId": targets.part_id, "quantity": 2}])


def plan_change(targets: Targets) -> dict[str, Any]:
    """Every field of a plan that can be changed."""
    fixed = {"key", "kind", "productId", "idempotencyKey"}
    content = {name: value for name, value in whole_plan(targets).items() if name not in fixed}
    return content | {"id": targets.plan_id}


Base = Callable[[Planted, Targets], dict[str, Any]]


def _changing(make: Callable[[Subscribed], dict[str, Any]]) -> Base:
    """The input that changes the tree's subscription."""
    return lambda _, targets: make(targets.subscribed)


BASES: Final[Mapping[str, Base]] = {
    "cancelBackorder": lambda _, targets: {"id": targets.numbers.backorder_id},
    "fulfilBackorder": lambda _, targets: fulfilment(targets.numbers),
    "importNumbers": lambda tree, targets: importing(tree, targets.numbers.upload_id),
    "releaseNumbers": lambda _, targets: release(targets.numbers),
    "reserveNumbers": lambda _, targets: reserve(targets.numbers),
    **flow_bases(),
    **hook_bases(),
    **port_bases(),
    **desk_bases(),
    "addGroupAccount": lambda tree, _: group_input(tree),
    "archivePlan": lambda _, targets: {"id": targets.plan_id},
    "archiveProduct": lambda _, targets: {"id": targets.product_id},
    "createPlan": lambda _, targets: whole_plan(targets),
    "createProduct": whole_product,
    "pauseProduct": lambda _, targets: {"id": targets.published_id},
    "publishProduct": lambda _, targets: {"id": targets.product_id},
    "publishTerms": lambda _, targets: terms_input(targets.product_id),
    "setCategory": lambda *_: catalog_group_input(),
    "setOrderType": lambda *_: catalog_group_input(),
    "updatePlan": lambda _, targets: plan_change(targets),
    "updateProduct": product_change,
    "closeOrganization": lambda _, targets: {"organization": {"id": targets.spare_id}},
    "createEmergencyLocation": lambda tree, _: location_input(tree),
    "grantCredit": lambda _, targets: wallet_input(targets.account_id),
    "onboardCustomer": lambda tree, _: onboarding_input(tree),
    "removeEmergencyLocation": lambda _, targets: {"id": targets.location_id},
    "resumeOrganization": lambda _, targets: {"organization": {"id": targets.suspended_id}},
    "setCreditTerms": lambda _, targets: {
        "accountId": targets.account_id,
        "terms": "POSTPAID",
        "creditLimit": "1000000.00",
        "idempotencyKey": fresh_key(),
    },
    "suspendOrganization": lambda _, targets: {"organization": {"id": targets.spare_id}},
    **INVOICE_BASES,
    "topUpWallet": lambda _, targets: wallet_input(targets.account_id),
    "updateEmergencyLocation": lambda tree, targets: (
        {"id": targets.location_id}
        | {key: value for key, value in location_input(tree).items() if key not in {"organization", "idempotencyKey"}}
    ),
    "updateOrganization": lambda _, targets: update_input(targets.spare_id),
    "cancelOrder": lambda _, targets: {"id": targets.draft_id},
    "createApiToken": lambda tree, _: token_input(tree),
    "createContract": lambda tree, _: contract_input(tree),
    "createCustomer": lambda tree, _: customer_input(tree, **profile_of("c")),
    "createDiscount": lambda tree, _: discount_input(tree),
    "createOrder": contract_order_input,
    "createPartner": lambda tree, _: partner_input(tree, **profile_of("p")),
    "createPriceList": lambda tree, _: price_list_input(tree),
    "createWebhookEndpoint": lambda tree, _: endpoint_input(tree),
    "deleteWebhookEndpoint": lambda _, targets: {"id": targets.endpoint_id},
    "endContract": lambda _, targets: {"id": targets.contract_id, "endsOn": "2999-12-31"},
    "endDiscount": lambda _, targets: {"id": targets.discount_id},
    "placeOrder": contract_order_input,
    "revokeApiToken": lambda _, targets: {"id": targets.token_id},
    "setPrices": lambda tree, targets: prices_input(tree, targets.price_list_id),
    "updateOrder": lambda tree, targets: update_order_input(tree, targets.draft_id, targets.contract_id, targets.code),
    "submitOrder": lambda _, targets: {"id": targets.draft_id, "idempotencyKey": fresh_key()},
    "signIn": lambda tree, targets: {
        "email": targets.member.email,
        "password": PASSWORD,
        "organizationId": tree.partner_id,
        "device": "a browser",
    },
    "refreshSession": lambda _, targets: {"refreshToken": targets.member.refresh_token},
    "signOut": lambda _, targets: {"id": targets.member.session_id},
    "requestPasswordReset": lambda _, targets: {"email": targets.member.email},
    "resetPassword": lambda _, targets: {"token": targets.reset_token, "password": f"{PASSWORD} again"},
    "acceptInvitation": lambda _, targets: {
        "token": targets.invitation_token,
        "name": "Ines Invited",
        "password": PASSWORD,
        "device": "a browser",
    },
    "inviteMember": lambda tree, _: invitation_input(tree),
    "resendInvitation": lambda _, targets: {"id": targets.invitation_id, "idempotencyKey": fresh_key()},
    "revokeInvitation": lambda _, targets: {"id": targets.invitation_id},
    "updateMember": lambda _, targets: {"id": targets.member.member_id, "role": "SALES"},
    "removeMember": lambda _, targets: {"id": targets.member.member_id},
    "createUpload": lambda tree, _: upload_input(tree),
    "updateContract": lambda tree, targets: {
        "id": targets.contract_id,
        "externalReference": "ERP-78",
        "document": {"name": "second.pdf", "location": "dms:4712"},
        "prices": contract_input(tree)["prices"],
    },
    **{name: _changing(make) for name, make in OF_SUBSCRIPTIONS.items()},
}
