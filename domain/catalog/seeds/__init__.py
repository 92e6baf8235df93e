"""Readable seed files, read into the values that the catalog's actions publish."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from domain.billing.policies import CURRENT, ProrationPolicy, RefundPolicy
from domain.catalog.actions import ProductSpec
from domain.catalog.models import Charging, Orderability, PlanKind, ProductType, SalesModel
from domain.catalog.parts import LimitPer
from domain.catalog.plan_rules import AddOnDraft, ComponentDraft, PlanDraft
from domain.catalog.product_rules import DataLocation, ProductDraft

# The catalogs that `provender seed` imports beside the story, in order: later ones may name plans of earlier ones.
SHIPPED: Final = ("voice", "communications", "marketplace", "instances")
_FORBIDS_MORE: Final = {"type": "object", "additionalProperties": False}
_ONLY_PLAN: Final = "standard"
_OF_PRODUCTS: Final = frozenset(
    {"description", "type", "provisioner", "orderability", "order_otherwise", "categories", "order_types"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may refer to by key: groups that were made, and plans by `product/plan`."""

    categories: Mapping[str, UUID]
    order_types: Mapping[str, UUID]
    plans: dict[str, UUID] = field(default_factory=dict)


def read_story() -> dict[str, Any]:
    """The story's file as TOML has it: distributor, partner, products."""
    return read_catalog("story")


def read_catalog(name: str) -> dict[str, Any]:
    """A file as TOML has it: categories, order_types, products."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def products_of(catalog: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The products of a file, each with its plans; one of `packages` is a product of one plan."""
    return [*catalog.get("products", []), *(_unfolded(package, catalog) for package in catalog.get("packages", []))]


def _unfolded(package: Mapping[str, Any], catalog: Mapping[str, Any]) -> dict[str, Any]:
    written = {**catalog["package_defaults"], **package}
    plan = {name: value for name, value in written.items() if name not in _OF_PRODUCTS}
    product = {name: value for name, value in written.items() if name in _OF_PRODUCTS | {"key", "name"}}
    return {**product, "plans": [{**plan, "key": _ONLY_PLAN, "rank": 1}]}


def product_spec(product: Mapping[str, Any], known: Known) -> ProductSpec:
    """A product of a file as the catalog publishes it. Raises KeyError for a key that nothing has."""
    draft = ProductDraft(
        key=product["key"],
        name=product["name"],
        description=product["description"],
        type=ProductType(product["type"]),
        orderability=Orderability(product.get("orderability", "ORDERABLE")),
        order_otherwise=product.get("order_otherwise"),
        provisioner=product["provisioner"],
        parameter_schema=_FORBIDS_MORE | product.get("parameters", {}),
        data_locations=tuple(DataLocation(**location) for location in product.get("data_locations", [])),
        category_ids=frozenset(known.categories[key] for key in product.get("categories", [])),
        order_type_ids=frozenset(known.order_types[key] for key in product.get("order_types", [])),
    )
    return ProductSpec(draft, [_plan(plan, known) for plan in product["plans"]])


def _plan(plan: Mapping[str, Any], known: Known) -> PlanDraft:
    return PlanDraft(
        key=plan["key"],
        name=plan["name"],
        rank=plan["rank"],
        max_quantity=plan["max_quantity"],
        kind=PlanKind(plan.get("kind", "ITEM")),
        charging=Charging(plan.get("charging", "PREPAID")),
        sales_models=frozenset(SalesModel(name) for name in plan.get("sales_models", plan["prices"])),
        max_users=plan.get("max_users"),
        included_numbers=plan.get("included_numbers", 0),
        trial_days=plan.get("trial_days", 0),
        postponed_billing_months=plan.get("postponed_billing_months", 0),
        provisioning_hours=plan.get("provisioning_hours", 24),
        proration=ProrationPolicy(plan.get("proration", CURRENT.proration)),
        refund=RefundPolicy(plan.get("refund", CURRENT.refund)),
        full_refund_days=plan.get("full_refund_days", CURRENT.full_refund_days),
        addons=tuple(
            AddOnDraft(known.plans[part["plan"]], part["min"], part["max"], LimitPer(part["per"]))
            for part in plan.get("addons", [])
        ),
        components=tuple(
            ComponentDraft(known.plans[part["plan"]], part["quantity"]) for part in plan.get("components", [])
        ),
    )


def root_prices(catalog: Mapping[str, Any]) -> dict[tuple[str, str], dict[SalesModel, Decimal]]:
    """What the distributor asks, in major units: (product key, plan key) -> sales model -> amount."""
    return {
        (product["key"], plan["key"]): {SalesModel(name): Decimal(amount) for name, amount in plan["prices"].items()}
        for product in products_of(catalog)
        for plan in product["plans"]
    }
