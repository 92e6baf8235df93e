"""What an order may hold, what it lacks, and what it costs."""

from json import dumps
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import Orderability, PlanStatus, ProductStatus, SalesModel
from domain.orders.rules import (
    MAX_LINES,
    LineDraft,
    OrderDraft,
    PricedLine,
    check_complete,
    check_draft,
    price_line,
    sum_tiers,
)
from domain.orders.states import LineState, OrderState, order_state_from
from domain.shared.errors import FieldCode
from domain.subscriptions.rules import MAX_MULTIPLIER

PLAN_ID = UUID(int=1)
PLAN: dict[str, Any] = {
    "name": "Business",
    "product_name": "Cloud Workspace",
    "plan_status": PlanStatus.ACTIVE,
    "sales_models": ["YEARLY", "MONTHLY"],
    "status": ProductStatus.ACTIVE,
    "orderability": Orderability.ORDERABLE,
    "order_otherwise": None,
    "max_quantity": 100,
    "components": [],
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["domain", "location"],
    "properties": {
        "domain": {"type": "string", "minLength": 3},
        "location": {"enum": ["eu", "us"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=4)


def draft(*lines: LineDraft, **changes: Any) -> OrderDraft:
    """A harmless draft of these lines."""
    content: dict[str, Any] = {
        "customer_id": UUID(int=2),
        "lines": lines,
        "sales_model": SalesModel.YEARLY,
        "cycle_multiplier": 1,
        "auto_renew": True,
        "subscription_reference": None,
    }
    return OrderDraft(**content | changes)


def problems(order: OrderDraft, **changes: Any) -> list[tuple[str, FieldCode]]:
    """Where the draft is refused, with one plan known, changed in this way."""
    return [(error.path, error.code) for error in check_draft(order, {PLAN_ID: PLAN | changes})]


def test_a_draft_may_be_unfinished() -> None:
    """No lines and no parameters are fine for a draft: what is missing is asked for at submission."""
    assert problems(draft()) == []
    assert problems(draft(LineDraft(PLAN_ID, 1, {}))) == []


@pytest.mark.parametrize(("quantity", "allowed"), [(-1, False), (0, False), (1, True), (100, True), (101, False)])
def test_a_quantity_lies_between_one_and_the_plans_own_limit(quantity: int, allowed: bool) -> None:
    """1 to max_quantity, both included."""
    expected = [] if allowed else [("lines.0.quantity", FieldCode.OUT_OF_RANGE)]
    assert problems(draft(LineDraft(PLAN_ID, quantity, {}))) == expected


@pytest.mark.parametrize(("multiplier", "allowed"), [(-1, False), (0, False), (1, True), (60, True), (61, False)])
def test_a_billing_cycle_has_one_to_sixty_periods(multiplier: int, allowed: bool) -> None:
    """1 to MAX_MULTIPLIER, both included."""
    assert MAX_MULTIPLIER == 60
    expected = [] if allowed else [("cycleMultiplier", FieldCode.OUT_OF_RANGE)]
    assert problems(draft(cycle_multiplier=multiplier)) == expected


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": ProductStatus.DRAFT}, "not on sale"),
        ({"status": ProductStatus.PAUSED}, "not on sale"),
        ({"status": ProductStatus.ARCHIVED}, "not on sale"),
        ({"orderability": Orderability.RENEW_AND_UPGRADE_ONLY}, "only be renewed or upgraded"),
        ({"orderability": Orderability.CLOSED, "order_otherwise": "Write to the desk."}, "Write to the desk."),
    ],
)
def test_what_is_not_on_sale_is_refused_and_the_other_way_is_named(changes: dict[str, Any], said: str) -> None:
    """A product that is not ACTIVE and ORDERABLE is refused at its line, with the way that is left."""
    (error,) = check_draft(draft(LineDraft(PLAN_ID, 1, {})), {PLAN_ID: PLAN | changes})
    assert (error.path, error.code) == ("lines.0.planId", FieldCode.NOT_ALLOWED)
    assert said in error.message


def test_every_problem_is_named_at_once() -> None:
    """An unknown plan, a bad count and a bad cycle are three errors of one answer."""
    order = draft(LineDraft(UUID(int=9), 1, {}), LineDraft(PLAN_ID, 0, {}), cycle_multiplier=0)
    assert problems(order) == [
        ("cycleMultiplier", FieldCode.OUT_OF_RANGE),
        ("lines.0.planId", FieldCode.NOT_FOUND),
        ("lines.1.quantity", FieldCode.OUT_OF_RANGE),
    ]


def test_an_order_has_a_bounded_size() -> None:
    """Too many lines are one error, and lines beyond the limit are not even looked at; parameters have a limit too."""
    order = draft(*[LineDraft(PLAN_ID, 1, {})] * MAX_LINES, LineDraft(UUID(int=9), 0, {}))
    assert problems(order) == [("lines", FieldCode.TOO_LONG)]
    large = draft(LineDraft(PLAN_ID, 1, {"text": "x" * 17_000}))
    assert problems(large) == [("lines.0.parameters", FieldCode.TOO_LONG)]
    assert problems(draft(subscription_reference="x" * 101)) == [("subscriptionReference", FieldCode.TOO_LONG)]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"domain": "a.example", "location": "eu"}, []),
        (
            {},
            [
                ("lines.0.parameters.domain", FieldCode.REQUIRED),
                ("lines.0.parameters.location", FieldCode.REQUIRED),
            ],
        ),
        ({"domain": "a.example"}, [("lines.0.parameters.location", FieldCode.REQUIRED)]),
        ({"domain": "a", "location": "eu"}, [("lines.0.parameters.domain", FieldCode.INVALID)]),
        ({"domain": 7, "location": "eu"}, [("lines.0.parameters.domain", FieldCode.INVALID)]),
        (
            {"domain": "a.example", "location": "eu", "tags": ["x", 1]},
            [("lines.0.parameters.tags.1", FieldCode.INVALID)],
        ),
        ({"domain": "a.example", "location": "eu", "more": 1}, [("lines.0.parameters", FieldCode.INVALID)]),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_path(
    parameters: dict[str, Any], expected: list[tuple[str, FieldCode]]
) -> None:
    """Provisioning information is held against the product's schema, each fault at its own path, once."""
    found = [(error.path, error.code) for error in check_complete([(parameters, dumps(SCHEMA))])]
    assert sorted(found) == sorted(expected)


def test_an_order_without_lines_is_not_complete() -> None:
    """At least one line is needed to submit."""
    assert [(error.path, error.code) for error in check_complete([])] == [("lines", FieldCode.REQUIRED)]


def test_a_fault_is_told_in_the_words_of_the_schema() -> None:
    """A pattern alone tells a person little: where the schema titles a field, the message begins with the title."""
    schema = {"properties": {"domain": {"pattern": "^[a-z.]+$", "title": "Mail domain"}, "size": {"maximum": 3}}}
    titled, untitled = check_complete([({"domain": "A b", "size": 4}, dumps(schema))])
    assert titled.message.startswith('Mail domain: "A b"')
    assert untitled.message.startswith("4 is greater")


def test_each_line_is_held_against_its_own_schema() -> None:
    """The path says which line lacks what."""
    lines: list[tuple[dict[str, Any], str]] = [({}, '{"type": "object"}'), ({}, dumps(SCHEMA))]
    assert {error.path.split(".")[1] for error in check_complete(lines)} == {"1"}


@given(AMOUNTS, st.integers(1, 10_000), st.integers(1, MAX_MULTIPLIER))
def test_a_line_costs_unit_by_quantity_by_periods_on_every_edge(units: list[int], quantity: int, periods: int) -> None:
    """The amounts are exact; a one-time price is charged once, whatever the cycle."""
    recurring = price_line(units, quantity, periods, SalesModel.MONTHLY)
    assert recurring.tier_unit_minor == units
    assert recurring.tier_amount_minor == [unit * quantity * periods for unit in units]
    once = price_line(units, quantity, periods, SalesModel.ONE_TIME)
    assert once.tier_amount_minor == [unit * quantity for unit in units]


@given(st.integers(1, 4).flatmap(lambda size: st.lists(st.lists(st.integers(0, 10**9), min_size=size, max_size=size))))
def test_an_order_costs_the_sum_of_its_lines_edge_by_edge(amounts: list[list[int]]) -> None:
    """No edge's money moves to another edge."""
    total = sum_tiers([PricedLine(line, line) for line in amounts])
    assert total == [sum(edge) for edge in zip(*amounts, strict=True)]


D, P, I, C, F, X = (  # noqa: E741 - one letter keeps the table readable
    LineState.DRAFT,
    LineState.PROVISIONING,
    LineState.INQUIRING,
    LineState.COMPLETED,
    LineState.FAILED,
    LineState.CANCELLED,
)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([P], OrderState.PROVISIONING),
        ([D, C], OrderState.PROVISIONING),
        ([P, C, F], OrderState.PROVISIONING),
        ([P, I, C], OrderState.INQUIRING),
        ([C], OrderState.COMPLETED),
        ([C, C], OrderState.COMPLETED),
        ([C, F], OrderState.PARTIALLY_COMPLETED),
        ([C, X], OrderState.PARTIALLY_COMPLETED),
        ([F], OrderState.FAILED),
        ([F, F], OrderState.FAILED),
    ],
)
def test_an_orders_state_follows_from_its_lines(lines: list[LineState], state: OrderState) -> None:
    """Whoever still works decides first; then all, some or none of the lines are there."""
    assert order_state_from(lines) is state
    assert order_state_from(list(reversed(lines))) is state
