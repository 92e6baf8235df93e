"""Plants the story's tree, catalog and tokens; repeated, it changes nothing that is there but makes fresh tokens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import bootstrap
from domain.access.actions import create_api_token
from domain.access.permissions import GRANTABLE
from domain.catalog.importing import import_catalog
from domain.catalog.seeds import SHIPPED, products_of, read_catalog, read_story, root_prices
from domain.onboarding.creating import create_customer, create_distributor
from domain.organizations.actions import create_partner
from domain.organizations.models import BillingMode
from domain.organizations.rules import Address, Contact, CustomerDraft, PartnerDraft
from domain.pricing.actions import PriceListSpec, publish_price_list
from domain.pricing.rules import PriceDraft
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind, system_actor
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.shared.tenancy import Scope

PRICES_FROM: Final = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Planted:
    """What stands after seeding: ids as TypeIDs, tokens as secrets, plans by `product/plan` key."""

    distributor_id: str
    partner_id: str
    customer_id: str
    distributor_token: str
    partner_token: str
    customer_token: str
    plans: dict[str, str]


async def plant(story: dict[str, Any] | None = None) -> Planted:
    """Plant the story (by default the one that ships); the database is open."""
    story = story or read_story()
    system = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    distributor = await _distributor(system, story["distributor"])
    partner = await _partner(distributor, story["partner"])
    customer = await _customer(partner, story["customer"])
    plans = await _catalog(distributor, story)
    await _resell(partner, story)
    return Planted(
        distributor_id=encode("Organization", distributor.organization_id),
        partner_id=encode("Organization", partner.organization_id),
        customer_id=encode("Organization", customer.organization_id),
        distributor_token=await _token(distributor),
        partner_token=await _token(partner),
        customer_token=await _token(customer),
        plans={key: encode("Plan", plan_id) for key, plan_id in plans.items()},
    )


async def seed(addresses: bootstrap.Addresses) -> Planted:
    """Bring the database to today's schema and plant the story in it."""
    await bootstrap.migrate(addresses)
    async with bootstrap.database(addresses, pool_size=2):
        return await plant()


async def stock(story: dict[str, Any] | None = None, *, on_product: Callable[[str], None]) -> dict[str, UUID]:
    """Import the catalogs that ship into the story's distributor, which stands already; its plans by `product/plan`.

    The database is open; `on_product` hears of each of the `stock_size()` products.
    """
    story = story or read_story()
    system = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    distributor = await _distributor(system, story["distributor"])
    catalogs = [read_catalog(name) for name in SHIPPED]
    plans: dict[str, UUID] = {}
    for catalog in catalogs:
        await import_catalog(distributor, catalog, plans, on_product=on_product)
    await _sell(distributor, story, catalogs, plans)
    return plans


def stock_size() -> int:
    """How many products the catalogs that ship have."""
    return sum(len(products_of(read_catalog(name))) for name in SHIPPED)


async def seed_all(addresses: bootstrap.Addresses, *, on_product: Callable[[str], None]) -> Planted:
    """As `seed`, with the catalogs that ship."""
    planted = await seed(addresses)
    async with bootstrap.database(addresses, pool_size=2):
        await stock(on_product=on_product)
    return planted


async def plant_distributor(
    addresses: bootstrap.Addresses, *, name: str, time_zone: str, currency: str
) -> dict[str, str]:
    """Plant an operator's own distributor in a migrated database: its id and a token with every permission."""
    async with bootstrap.database(addresses, pool_size=2):
        system = system_actor(bootstrap.utc_now(), bootstrap.new_id)
        made = await create_distributor(system, name=name, time_zone=time_zone, currency=currency)
        return {"organization": encode("Organization", made), "token": await _token(await _acting_for(made))}


async def _acting_for(organization_id: UUID) -> Actor:
    row = await database.fetch_row("SELECT id, kind, scope FROM organizations WHERE id = $1", organization_id)
    if row is None:
        raise LookupError("the organization was just made")
    kind = OrganizationKind(row["kind"])
    return Actor(
        principal="seed",
        organization_id=row["id"],
        organization_kind=kind,
        scope=Scope(row["scope"]),
        permissions=GRANTABLE[kind],
        at=bootstrap.utc_now(),
        new_id=bootstrap.new_id,
    )


async def _existing(parent_id: UUID | None, name: str) -> UUID | None:
    found: UUID | None = await database.fetch_value(
        "SELECT id FROM organizations WHERE parent_id IS NOT DISTINCT FROM $1 AND name = $2", parent_id, name
    )
    return found


async def _distributor(system: Actor, spec: dict[str, Any]) -> Actor:
    found = await _existing(None, spec["name"]) or await create_distributor(
        system, name=spec["name"], time_zone=spec["time_zone"], currency=spec["currency"]
    )
    return await _acting_for(found)


async def _partner(distributor: Actor, spec: dict[str, Any]) -> Actor:
    draft = PartnerDraft(name=spec["name"], company=spec["name"], time_zone=spec["time_zone"])
    found = await _existing(distributor.organization_id, spec["name"]) or await create_partner(
        distributor, parent_id=distributor.organization_id, draft=draft
    )
    return await _acting_for(found)


async def _customer(partner: Actor, spec: dict[str, Any]) -> Actor:
    draft = CustomerDraft(
        name=spec["name"],
        company=spec["company"],
        domain=spec["domain"],
        time_zone=spec["time_zone"],
        billing_contact=Contact(**spec["billing_contact"]),
        address=Address(**spec["address"]),
        billing_mode=BillingMode(spec["billing_mode"]),
        reference=spec["reference"],
    )
    found = await _existing(partner.organization_id, spec["name"]) or await create_customer(
        partner, partner_id=partner.organization_id, draft=draft
    )
    return await _acting_for(found)


async def _catalog(distributor: Actor, story: dict[str, Any]) -> dict[str, UUID]:
    plans: dict[str, UUID] = {}
    await import_catalog(distributor, story, plans, on_product=lambda _: None)
    await _sell(distributor, story, [story], plans)
    return plans


async def _resell(partner: Actor, story: dict[str, Any]) -> None:
    """Let the partner sell all that it can buy, by its markup."""
    name, currency = story["partner"]["price_list"], story["distributor"]["currency"]
    markup = Decimal(story["partner"]["markup_percent"])
    standing = await database.fetch_value(
        "SELECT markup_percent FROM price_lists WHERE seller_id = $1 AND name = $2", partner.organization_id, name
    )
    if standing != markup:
        await publish_price_list(partner, PriceListSpec(name, currency, markup, []))


async def _sell(
    distributor: Actor, story: dict[str, Any], catalogs: Sequence[Mapping[str, Any]], plans: Mapping[str, UUID]
) -> None:
    """Put the prices of these files on the distributor's list, unless they are there already."""
    prices = [
        PriceDraft(plans[f"{product}/{plan}"], sales_model, amount, PRICES_FROM)
        for catalog in catalogs
        for (product, plan), amounts in root_prices(catalog).items()
        for sales_model, amount in amounts.items()
    ]
    currency, name = story["distributor"]["currency"], story["distributor"]["price_list"]
    if not await _is_priced(distributor, name, currency, prices):
        await publish_price_list(distributor, PriceListSpec(name, currency, None, prices))


async def _is_priced(seller: Actor, name: str, currency: str, prices: Sequence[PriceDraft]) -> bool:
    rows = await database.fetch(
        "SELECT p.plan_id, p.sales_model, p.unit_minor FROM prices p JOIN price_lists l ON l.id = p.price_list_id "
        "WHERE l.seller_id = $1 AND l.name = $2 AND l.currency = $3 AND p.valid_from = $4",
        seller.organization_id,
        name,
        currency,
        PRICES_FROM,
    )
    standing = {(row["plan_id"], row["sales_model"], row["unit_minor"]) for row in rows}
    wanted = {(p.plan_id, p.sales_model.value, Money.of(p.amount, currency).minor) for p in prices}
    return wanted <= standing


async def _token(actor: Actor) -> str:
    token = bootstrap.new_token()
    await create_api_token(
        actor,
        organization_id=actor.organization_id,
        name="story",
        permissions=actor.permissions,
        expires_at=None,
        token=token,
    )
    return token
