"""Importing a catalog from a readable file, idempotently: what stands already is neither written nor told of."""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from domain.catalog.actions import publish_product
from domain.catalog.groups import CATEGORY, ORDER_TYPE, Grouping, set_group
from domain.catalog.product_rules import GroupDraft
from domain.catalog.seeds import Known, product_spec, products_of
from domain.catalog.terms import digest_of, publish_terms
from domain.shared import database
from domain.shared.actor import Actor

_STEP = 10  # between positions, so that another group fits in


async def import_catalog(
    actor: Actor, catalog: Mapping[str, Any], plans: dict[str, UUID], *, on_product: Callable[[str], None]
) -> None:
    """Publish a file's groups, products, plans and terms as the actor's organization's.

    `plans` has the plans that the file may refer to by `product/plan`; those of the file are added.
    `on_product` hears the name of each product that is through.
    """
    known = Known(
        categories=await _groups(actor, CATEGORY, catalog.get("categories", [])),
        order_types=await _groups(actor, ORDER_TYPE, catalog.get("order_types", [])),
        plans=plans,
    )
    for product in products_of(catalog):
        made = await publish_product(actor, product_spec(product, known))
        plans |= {f"{product['key']}/{key}": plan_id for key, plan_id in made.items()}
        if "terms" in product:
            await _terms(actor, product["key"], product["terms"])
        on_product(product["name"])


async def _groups(actor: Actor, grouping: Grouping, entries: list[dict[str, str]]) -> dict[str, UUID]:
    return {
        entry["key"]: await set_group(actor, grouping, GroupDraft(entry["key"], entry["name"], place * _STEP))
        for place, entry in enumerate(entries, 1)
    }


async def _terms(actor: Actor, product_key: str, text: str) -> None:
    newest = await database.fetch_row(
        "SELECT p.id, t.sha256 FROM products p LEFT JOIN terms_documents t ON t.product_id = p.id "
        "WHERE p.organization_id = $1 AND p.key = $2 ORDER BY t.version DESC NULLS LAST LIMIT 1",
        actor.organization_id,
        product_key,
    )
    if newest is not None and newest["sha256"] != digest_of(text):
        await publish_terms(actor, newest["id"], text=text, valid_from=actor.at.astimezone(UTC).date())
