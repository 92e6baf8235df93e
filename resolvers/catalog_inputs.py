"""Inputs of the catalog as the domain's drafts: whole ones, and what a partial one changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

import strawberry

from domain.catalog.plan_rules import AddOnDraft, ComponentDraft, PlanDraft
from domain.catalog.product_rules import DataLocation, ProductDraft
from domain.shared.ids import decode
from schema.catalog_plans import AddOnInput, BundleComponentInput, CreatePlanInput, UpdatePlanInput
from schema.catalog_products import CreateProductInput, DataLocationInput, UpdateProductInput

Convert = Callable[[Any], Any]


def _ids(kind: str, path: str) -> Callable[[Sequence[strawberry.ID]], frozenset[UUID]]:
    return lambda texts: frozenset(decode(kind, text, path=f"{path}.{place}") for place, text in enumerate(texts))


def _locations(locations: Sequence[DataLocationInput]) -> tuple[DataLocation, ...]:
    return tuple(DataLocation(location.key, location.name, location.country) for location in locations)


def _add_ons(add_ons: Sequence[AddOnInput]) -> tuple[AddOnDraft, ...]:
    return tuple(
        AddOnDraft(
            decode("Plan", part.plan_id, path=f"addons.{place}.planId"), part.min_quantity, part.max_quantity, part.per
        )
        for place, part in enumerate(add_ons)
    )


def _components(components: Sequence[BundleComponentInput]) -> tuple[ComponentDraft, ...]:
    return tuple(
        ComponentDraft(decode("Plan", part.plan_id, path=f"components.{place}.planId"), part.quantity)
        for place, part in enumerate(components)
    )


# Field of an input -> (field of the draft, how its value becomes the draft's).
_PRODUCT: Final[Mapping[str, tuple[str, Convert | None]]] = {
    "name": ("name", None),
    "description": ("description", None),
    "provisioner": ("provisioner", None),
    "parameter_schema": ("parameter_schema", None),
    "orderability": ("orderability", None),
    "order_otherwise": ("order_otherwise", None),
    "data_locations": ("data_locations", _locations),
    "category_ids": ("category_ids", _ids("Category", "categoryIds")),
    "order_type_ids": ("order_type_ids", _ids("OrderType", "orderTypeIds")),
}
_PLAN: Final[Mapping[str, tuple[str, Convert | None]]] = {
    "name": ("name", None),
    "rank": ("rank", None),
    "max_quantity": ("max_quantity", None),
    "sales_models": ("sales_models", frozenset),
    "charging": ("charging", None),
    "max_users": ("max_users", None),
    "included_numbers": ("included_numbers", None),
    "trial_days": ("trial_days", None),
    "postponed_billing_months": ("postponed_billing_months", None),
    "provisioning_hours": ("provisioning_hours", None),
    "proration": ("proration", None),
    "refund": ("refund", None),
    "full_refund_days": ("full_refund_days", None),
    "addons": ("addons", _add_ons),
    "components": ("components", _components),
}


def product_draft(content: CreateProductInput) -> ProductDraft:
    """The draft that a whole input describes."""
    return ProductDraft(key=content.key, type=content.type, **_whole(content, _PRODUCT))


def product_changes(content: UpdateProductInput) -> dict[str, Any]:
    """The fields of a draft that a partial input gives."""
    return _given(content, _PRODUCT)


def plan_draft(content: CreatePlanInput) -> PlanDraft:
    """The draft that a whole input describes."""
    return PlanDraft(key=content.key, kind=content.kind, **_whole(content, _PLAN))


def plan_changes(content: UpdatePlanInput) -> dict[str, Any]:
    """The fields of a draft that a partial input gives."""
    return _given(content, _PLAN)


def _whole(content: object, table: Mapping[str, tuple[str, Convert | None]]) -> dict[str, Any]:
    return {name: _converted(getattr(content, given), convert) for given, (name, convert) in table.items()}


def _given(content: object, table: Mapping[str, tuple[str, Convert | None]]) -> dict[str, Any]:
    found = {given: cast("strawberry.Some[Any] | None", getattr(content, given)) for given in table}
    return {
        table[given][0]: _converted(some.value, table[given][1]) for given, some in found.items() if some is not None
    }


def _converted(value: Any, convert: Convert | None) -> Any:
    return value if convert is None else convert(value)
