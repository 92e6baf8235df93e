"""The catalogs that ship: whole, by the source documents, and valid by the rules of the catalog."""

import re
from typing import Any
from uuid import UUID

import pytest

from domain.catalog.models import Orderability, PlanKind, ProductType
from domain.catalog.plan_rules import check_plan
from domain.catalog.product_rules import check_product
from domain.catalog.seeds import SHIPPED, Known, product_spec, products_of, read_catalog
from tests.domain.voice_packages import PACKAGES


class AnyId(dict[str, UUID]):
    """Knows every key."""

    def __missing__(self, key: str) -> UUID:
        return UUID(int=abs(hash(key)))


def slug(name: str) -> str:
    """The key by which a package of the source is known here."""
    return re.sub("[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")


def by_order_type(catalog: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The products of each order type, of those too that have none."""
    found: dict[str, list[dict[str, Any]]] = {entry["key"]: [] for entry in catalog["order_types"]}
    for product in products_of(catalog):
        for key in product["order_types"]:
            found[key].append(product)
    return found


def test_c1_every_order_type_and_package_of_hosted_voice_is_there() -> None:
    """The ten order types with all their packages, and nothing under them that the source does not have."""
    found = by_order_type(read_catalog("voice"))
    assert set(found) == set(PACKAGES)
    for order_type, packages in PACKAGES.items():
        orderable = {product["key"] for product in found[order_type] if "orderability" not in product}
        assert orderable == {slug(name) for name in packages}
    assert sum(len(packages) for packages in PACKAGES.values()) == 84


@pytest.mark.parametrize("order_type", ["local-number-portability", "sip-trunking"])
def test_c6_what_is_ordered_another_way_says_which(order_type: str) -> None:
    """Porting is the desk's and trunks have a form of their own: both are closed, and say so."""
    [product] = by_order_type(read_catalog("voice"))[order_type]
    assert product["orderability"] == "CLOSED"
    assert "desk" in product["order_otherwise"]


@pytest.mark.parametrize("name", ["story", *SHIPPED])
def test_shipped_catalogs_keep_the_rules(name: str) -> None:
    """What ships could have been made through the API."""
    catalog = read_catalog(name)
    groups = {group: AnyId() for group in ("categories", "order_types")}
    for product in products_of(catalog):
        spec = product_spec(product, Known(**groups, plans=AnyId()))
        assert check_product(spec.product) == []
        assert [problem for plan in spec.plans for problem in check_plan(plan, spec.product.type)] == []
        assert len({plan.rank for plan in spec.plans}) == len(spec.plans)


def test_shipped_catalogs_show_the_breadth_of_the_sources() -> None:
    """Every product type, plan kind and way to be had is there; keys are used once."""
    products = [product for name in ("story", *SHIPPED) for product in products_of(read_catalog(name))]
    keys = [product["key"] for product in products]
    assert len(keys) == len(set(keys))
    assert {product["type"] for product in products} == {kind.value for kind in ProductType}
    assert {product.get("orderability", "ORDERABLE") for product in products} == {way.value for way in Orderability}
    plans = [plan for product in products for plan in product["plans"]]
    assert {plan.get("kind", "ITEM") for plan in plans} == {kind.value for kind in PlanKind}
    assert {plan.get("charging", "PREPAID") for plan in plans} == {"PREPAID", "POSTPAID"}
