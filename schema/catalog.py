"""Products and plans: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.billing.policies import ProrationPolicy, RefundPolicy
from domain.catalog.models import (
    Charging,
    Orderability,
    PlanKind,
    PlanStatus,
    ProductStatus,
    ProductType,
    SalesModel,
)
from domain.catalog.parts import LimitPer
from domain.shared.actor import Actor, Permission
from domain.shared.filters import Direction
from schema.catalog_groups import Category, OrderType
from schema.catalog_terms import TermsDocument
from schema.filters import KIND, BooleanFilter, IdFilter, TextFilter
from schema.nodes import Node
from schema.offers import Offer
from schema.reading import Read, Reader, column, computed, identity, member, viewed
from schema.scalars import Json, Record


@strawberry.type(description="An add-on that a plan may be sold with.")
class AddOn:
    """Read from `plan_add_ons`; `plan` is loaded when asked for."""

    plan: Annotated["Plan", strawberry.lazy("schema.catalog")] = strawberry.field(description="The add-on's own plan.")
    min_quantity: int = strawberry.field(description="How many there must be at least.")
    max_quantity: int = strawberry.field(description="How many there may be at the most.")
    per: LimitPer = strawberry.field(description="What these limits count for.")


ADD_ON: Final = Reader(
    AddOn,
    {
        "min_quantity": column("min_quantity"),
        "max_quantity": column("max_quantity"),
        "per": member(LimitPer, "per"),
    },
)


@strawberry.type(description="What is in a bundle.")
class BundleComponent:
    """Read from `plan_components`; `plan` is loaded when asked for."""

    plan: Annotated["Plan", strawberry.lazy("schema.catalog")] = strawberry.field(description="What is in it.")
    quantity: int = strawberry.field(description="How many of it are in one bundle.")


BUNDLE_COMPONENT: Final = Reader(BundleComponent, {"quantity": column("quantity")})


@strawberry.type(description="A plan of a product.")
class Plan(Node):
    """Read from `plans`; its product, offers, add-ons and components are loaded when asked for."""

    key: str = strawberry.field(description="Its key, unique within the product.")
    name: str = strawberry.field(description="Its name.")
    rank: int = strawberry.field(description="Upgrades go to a higher rank, downgrades to a lower one.")
    max_quantity: int = strawberry.field(description="How many one line may order at the most.")
    offers: list[Offer] = strawberry.field(
        description="By which sales models you can buy it today, or sell it on; one without a price is not offered."
    )
    status: PlanStatus = strawberry.field(description="Whether it may be chosen.")
    kind: PlanKind = strawberry.field(description="What one of its quantity is.")
    charging: Charging = strawberry.field(description="What is charged.")
    sales_models: list[SalesModel] = strawberry.field(
        description="By what it is meant to be sold; it is where there is a price."
    )
    max_users: int | None = strawberry.field(description="How many users it covers, of plans by the seat; null: any.")
    included_numbers: int = strawberry.field(description="How many telephone numbers each seat has at no charge.")
    trial_days: int = strawberry.field(description="How many days it may be tried before billing starts; 0: none.")
    postponed_billing_months: int = strawberry.field(
        description="How many months may be had for free, to be paid or cancelled after them; 0: none."
    )
    provisioning_hours: int = strawberry.field(
        description="How many hours its provisioner has for what it is asked; then it is given up."
    )
    proration: ProrationPolicy = strawberry.field(
        description="What a change within a term costs for the rest of it; pinned to each subscription at its purchase."
    )
    refund: RefundPolicy = strawberry.field(description="What is refunded of a term that ends early; pinned likewise.")
    full_refund_days: int = strawberry.field(
        description="Until how many days after the purchase all of it is refunded; pinned likewise."
    )
    product: Annotated["Product", strawberry.lazy("schema.catalog")] = strawberry.field(description="Its product.")
    addons: list[AddOn] = strawberry.field(description="What it may be sold with.")
    components: list[BundleComponent] = strawberry.field(description="What is in it, where it is a bundle's plan.")


def _sales_models(record: Record) -> list[SalesModel]:
    return [SalesModel(name) for name in record["sales_models"]]


PLAN: Final = Reader(
    Plan,
    {
        "id": identity("Plan"),
        "key": column("key"),
        "name": column("name"),
        "rank": column("rank"),
        "max_quantity": column("max_quantity"),
        "status": member(PlanStatus, "status"),
        "kind": member(PlanKind, "kind"),
        "charging": member(Charging, "charging"),
        "sales_models": computed(("sales_models",), _sales_models),
        "max_users": column("max_users"),
        "included_numbers": column("included_numbers"),
        "trial_days": column("trial_days"),
        "postponed_billing_months": column("postponed_billing_months"),
        "provisioning_hours": column("provisioning_hours"),
        "proration": member(ProrationPolicy, "proration"),
        "refund": member(RefundPolicy, "refund"),
        "full_refund_days": column("full_refund_days"),
    },
)


@strawberry.type(description="Where an instance can keep its data.")
class DataLocation:
    """Mirrors domain.catalog.product_rules.DataLocation."""

    key: str = strawberry.field(description="Its key, unique within the product; what an order names.")
    name: str = strawberry.field(description="Its name.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")


@strawberry.type(description="A product, offered down the resale chain of the organization that owns it.")
class Product(Node):
    """Read from `products`; plans, groups and terms are loaded when asked for."""

    key: str = strawberry.field(description="Its key, unique at its owner.")
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What it is.")
    type: ProductType = strawberry.field(description="What kind of thing it is.")
    status: ProductStatus = strawberry.field(description="Whether it is on sale.")
    orderability: Orderability = strawberry.field(description="Whether a new order may name it.")
    order_otherwise: str | None = strawberry.field(description="How it is ordered where it cannot be ordered here.")
    parameter_schema: Json = strawberry.field(
        description="What an order line must provide: JSON Schema, Draft 2020-12, of `parameters`."
    )
    is_system: bool = strawberry.field(description="Whether accounts get it by themselves; it is never ordered.")
    created_at: datetime = strawberry.field(description="When it was created.")
    plans: list[Plan] = strawberry.field(description="Its plans that may be chosen, lowest rank first.")
    provisioner: str | None = strawberry.field(
        description="The key of what provides it; null without the permission to manage the catalog."
    )
    data_locations: list[DataLocation] = strawberry.field(description="Where an instance of it can keep its data.")
    categories: list[Category] = strawberry.field(description="The categories it is in.")
    orderTypes: list[OrderType] = strawberry.field(description="The order types that it is ordered by.")  # noqa: N815 - a relation's attribute has its public name
    terms: TermsDocument | None = strawberry.field(description="The terms of service in force today (UTC).")


def _provisioner(viewer: Actor) -> Read:
    is_shown = Permission.CATALOG_MANAGE in viewer.permissions
    return lambda record: record["provisioner"] if is_shown else None


def _data_locations(record: Record) -> list[DataLocation]:
    return [DataLocation(**location) for location in record["data_locations"]]


PRODUCT: Final = Reader(
    Product,
    {
        "id": identity("Product"),
        "key": column("key"),
        "name": column("name"),
        "description": column("description"),
        "type": member(ProductType, "type"),
        "status": member(ProductStatus, "status"),
        "orderability": member(Orderability, "orderability"),
        "order_otherwise": column("order_otherwise"),
        "parameter_schema": column("parameter_schema"),
        "is_system": column("is_system"),
        "created_at": column("created_at"),
        "provisioner": viewed(("provisioner",), _provisioner),
        "data_locations": computed(("data_locations",), _data_locations),
    },
)


@strawberry.input(description="Compares the type.")
class ProductTypeFilter:
    """All given comparisons must hold."""

    eq: ProductType | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[ProductType] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the orderability.")
class OrderabilityFilter:
    """All given comparisons must hold."""

    eq: Orderability | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[Orderability] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the status.")
class ProductStatusFilter:
    """All given comparisons must hold."""

    eq: ProductStatus | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[ProductStatus] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which products.")
class ProductWhere:
    """All given parts must hold."""

    key: TextFilter | None = strawberry.field(description="By key.", default=None)
    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    status: ProductStatusFilter | None = strawberry.field(description="By status.", default=None)
    is_system: BooleanFilter | None = strawberry.field(
        description="By whether accounts get it by themselves; left out is what they do, unless asked for.",
        default=None,
    )
    type: ProductTypeFilter | None = strawberry.field(description="By type.", default=None)
    orderability: OrderabilityFilter | None = strawberry.field(description="By orderability.", default=None)
    category_id: IdFilter | None = strawberry.field(
        description="By category: those that are in it.", default=None, metadata={KIND: "Category"}
    )
    order_type_id: IdFilter | None = strawberry.field(
        description="By order type: those that are of it.", default=None, metadata={KIND: "OrderType"}
    )
    and_: list["ProductWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["ProductWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What products can be sorted by.")
class ProductSortField(Enum):
    """Names of domain.catalog.queries.PRODUCTS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was created.")
    KEY = strawberry.enum_value("KEY", description="Key.")
    TYPE = strawberry.enum_value("TYPE", description="Type, by its name.")
    STATUS = strawberry.enum_value("STATUS", description="Status, by its name.")


@strawberry.input(description="One sort key.")
class ProductSort:
    """Later keys break the ties of earlier ones."""

    field: ProductSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
