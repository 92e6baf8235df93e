"""Add-ons, included numbers and bundles, decided without a database."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import Charging, PlanKind, ProductType, SalesModel
from domain.catalog.parts import LimitPer
from domain.catalog.plan_rules import (
    MAX_ADD_ONS,
    MAX_COMPONENTS,
    AddOnDraft,
    ComponentDraft,
    PlanDraft,
    WithAddOns,
    check_addons,
    check_plan,
    expand_bundle,
    included_numbers,
)

EXTRA, NUMBER = UUID(int=1), UUID(int=2)
COUNTS = st.integers(0, 10_000)


def seat(**changes: Any) -> PlanDraft:
    """A harmless plan by the seat."""
    content: dict[str, Any] = {"key": "seat", "name": "Seat", "rank": 1, "max_quantity": 10, "kind": PlanKind.SEAT}
    return PlanDraft(**content | changes)


def faults(draft: PlanDraft, product_type: ProductType = ProductType.APP) -> set[str]:
    """Where a plan is refused."""
    return {problem.path for problem in check_plan(draft, product_type)}


def limit(plan_id: UUID, low: int, high: int, per: LimitPer = LimitPer.SUBSCRIPTION) -> AddOnDraft:
    """The limits of an add-on."""
    return AddOnDraft(plan_id, low, high, per)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, set()),
        ({"key": "Not a key"}, {"key"}),
        ({"key": "x" * 65}, {"key"}),
        ({"name": ""}, {"name"}),
        ({"rank": -1}, {"rank"}),
        ({"rank": 1_000_001}, {"rank"}),
        ({"max_quantity": 0}, {"maxQuantity"}),
        ({"max_users": 0}, {"maxUsers"}),
        ({"included_numbers": 101}, {"includedNumbers"}),
        ({"kind": PlanKind.ITEM, "max_users": 5}, {"maxUsers"}),
        ({"charging": Charging.POSTPAID}, {"salesModels"}),
        ({"charging": Charging.POSTPAID, "sales_models": frozenset({SalesModel.MONTHLY})}, set()),
        ({"addons": [limit(EXTRA, 0, 1, LimitPer.SEAT)]}, set()),
        ({"addons": [limit(EXTRA, 0, 0)]}, {"addons.0.maxQuantity"}),
        ({"addons": [limit(EXTRA, -1, 1)]}, {"addons.0.minQuantity"}),
        ({"kind": PlanKind.ITEM, "addons": [limit(EXTRA, 0, 1, LimitPer.SEAT)]}, {"addons.0.per"}),
        ({"kind": PlanKind.ADD_ON, "addons": [limit(EXTRA, 0, 1)]}, {"addons"}),
        ({"addons": [limit(UUID(int=n), 0, 1) for n in range(MAX_ADD_ONS + 1)]}, {"addons"}),
        ({"components": [ComponentDraft(EXTRA, 1)]}, {"components"}),
    ],
)
def test_a_plan_is_refused_with_every_fault(changes: dict[str, Any], refused: set[str]) -> None:
    """Each rule of a plan names the field that breaks it."""
    assert faults(seat(**changes)) == refused


def test_c4_a_bundle_is_made_of_a_few_things() -> None:
    """At least one, at most twenty, each once and at least one of it."""
    bundle = ProductType.BUNDLE
    assert faults(seat(), bundle) == {"components"}
    many = [ComponentDraft(UUID(int=n), 1) for n in range(MAX_COMPONENTS + 1)]
    assert faults(seat(components=many), bundle) == {"components"}
    assert faults(seat(components=many[:-1]), bundle) == set()
    assert faults(seat(components=[ComponentDraft(EXTRA, 0)]), bundle) == {"components.0.quantity"}


@given(low=COUNTS, more=COUNTS, seats=st.integers(1, 1_000), chosen=st.integers(0, 20_000_000))
def test_c4_addons_are_within_their_limits(low: int, more: int, seats: int, chosen: int) -> None:
    """A limit per seat counts for each of them, one per subscription for all: both ends are within."""
    for per, turns in ((LimitPer.SEAT, seats), (LimitPer.SUBSCRIPTION, 1)):
        ordered = [WithAddOns("lines.0", [limit(EXTRA, low, low + more, per)], seats)]
        is_refused = bool(check_addons(ordered, {EXTRA: chosen}))
        assert is_refused is not (low * turns <= chosen <= (low + more) * turns)


def test_c4_plans_take_an_addon_together() -> None:
    """Two plans that take up to 2 and up to 3 of the same take up to 5; what nothing takes is not counted."""
    ordered = [WithAddOns("lines.0", [limit(EXTRA, 0, 2)], 1), WithAddOns("lines.1", [limit(EXTRA, 1, 3)], 1)]
    assert check_addons(ordered, {EXTRA: 5, NUMBER: 100}) == []
    assert [problem.path for problem in check_addons(ordered, {EXTRA: 6})] == ["lines.0"]
    assert [problem.path for problem in check_addons(ordered, {})] == ["lines.0"]


@given(st.lists(st.tuples(COUNTS, st.integers(0, 100)), max_size=10))
def test_c4_numbers_are_included_by_the_seat(seats: list[tuple[int, int]]) -> None:
    """K for each seat of a plan that includes k; the order of the plans does not matter."""
    assert included_numbers(seats) == sum(included for count, included in seats for _ in range(count))
    assert included_numbers(reversed(seats)) == included_numbers(seats)


@given(st.dictionaries(st.uuids(), st.integers(1, 1_000), max_size=20), st.integers(1, 1_000))
def test_c4_a_bundle_unfolds_to_its_components(contents: dict[UUID, int], quantity: int) -> None:
    """So many bundles are so many times what is in one, each thing once."""
    components = [ComponentDraft(plan_id, count) for plan_id, count in contents.items()]
    assert expand_bundle(components, quantity) == {plan_id: count * quantity for plan_id, count in contents.items()}
