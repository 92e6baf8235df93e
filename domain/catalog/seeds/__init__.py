"""Readable seed files, read into the values that the catalog's actions publish."""

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from domain.catalog.actions import PlanSpec, ProductSpec
from domain.catalog.models import Orderability, ProductType, SalesModel

_FORBIDS_MORE: Final = {"type": "object", "additionalProperties": False}


def read_story() -> dict[str, Any]:
    """The story's file as TOML has it: distributor, partner, products."""
    return tomllib.loads(files(__name__).joinpath("story.toml").read_text(encoding="utf-8"))


def product_specs(story: dict[str, Any]) -> list[ProductSpec]:
    """The story's products as the catalog publishes them."""
    return [
        ProductSpec(
            key=product["key"],
            name=product["name"],
            description=product["description"],
            type=ProductType(product["type"]),
            orderability=Orderability(product.get("orderability", "ORDERABLE")),
            order_otherwise=product.get("order_otherwise"),
            provisioner=product["provisioner"],
            parameter_schema=_FORBIDS_MORE | product["parameters"],
            plans=[
                PlanSpec(plan["key"], plan["name"], plan["rank"], plan["max_quantity"]) for plan in product["plans"]
            ],
        )
        for product in story["products"]
    ]


def root_prices(story: dict[str, Any]) -> dict[tuple[str, str], dict[SalesModel, Decimal]]:
    """What the distributor asks, in major units: (product key, plan key) -> sales model -> amount."""
    return {
        (product["key"], plan["key"]): {SalesModel(name): Decimal(amount) for name, amount in plan["prices"].items()}
        for product in story["products"]
        for plan in product["plans"]
    }
