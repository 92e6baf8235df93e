"""What a change of plan and quantity is, costs and is refused with: pure rules."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.billing.policies import CURRENT, ProrationPolicy
from domain.billing.quoted import charges_from, kept
from domain.shared.calendar import Term
from domain.subscriptions.changes import ChangeKind, Part, Rest, check_amounts, check_change, kind_of, prorate

YEAR = Rest(Term(date(2020, 11, 16), date(2021, 11, 16)), date(2021, 6, 16), "USD", 12)
LOW = Part(UUID(int=1), 1, 10, (36500, 37000))
HIGH = Part(UUID(int=2), 2, 10, (73000, 74000))
PLAN: dict[str, Any] = {
    "name": "Business", "max_quantity": 50, "status": "ACTIVE", "sales_models": ["YEARLY"], "kind": "SEAT",
    "charging": "PREPAID", "old_kind": "ITEM", "old_charging": "PREPAID", "product_name": "Workspace",
    "product_status": "ACTIVE", "orderability": "ORDERABLE", "order_otherwise": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "kind", "amounts"),
    [
        (LOW, HIGH, ChangeKind.UPGRADE, (153000, 155096)),
        (LOW, replace(LOW, quantity=11), ChangeKind.INCREASE, (15300, 15510)),
        (HIGH, LOW, ChangeKind.DOWNGRADE, (0, 0)),
        (LOW, replace(LOW, quantity=1), ChangeKind.DECREASE, (0, 0)),
        # More of a lower plan: what is more of it; fewer of a higher one: what it costs more than before, if anything.
        (HIGH, replace(LOW, quantity=12), ChangeKind.DOWNGRADE, (30600, 31019)),
        (LOW, replace(HIGH, quantity=6), ChangeKind.UPGRADE, (30600, 31019)),
        (LOW, replace(HIGH, quantity=5), ChangeKind.UPGRADE, (0, 0)),
        (LOW, LOW, None, (0, 0)),
    ],
)
def test_s4_what_costs_more_is_charged_for_the_rest(
    before: Part, after: Part, kind: ChangeKind | None, amounts: tuple[int, int]
) -> None:
    """Upgrades by the difference, increases by what is added, on every edge; what is less is free (B3-S 4)."""
    assert kind_of(before, after) is kind
    charges = prorate(CURRENT, before, after, YEAR)
    assert tuple(charge.amount_minor for charge in charges) == amounts
    assert charges_from(kept([charges])) == [charges]


def test_s4_the_policy_of_the_purchase_decides() -> None:
    """By calendar months the document's own figures, ten times."""
    policies = replace(CURRENT, proration=ProrationPolicy.CALENDAR_MONTHS)
    assert [charge.amount_minor for charge in prorate(policies, LOW, HIGH, YEAR)] == [365000, 370000]


@pytest.mark.parametrize(
    ("changes", "after", "expected"),
    [
        ({}, HIGH, []),
        ({"product_status": "PAUSED"}, HIGH, ["planId"]),
        ({"orderability": "CLOSED", "order_otherwise": "Write to the desk."}, replace(LOW, quantity=11), ["quantity"]),
        ({"orderability": "CLOSED"}, replace(LOW, quantity=9), []),
        ({"orderability": "RENEW_AND_UPGRADE_ONLY"}, HIGH, []),
        ({"status": "ARCHIVED"}, HIGH, ["planId"]),
        ({"status": "ARCHIVED"}, replace(LOW, quantity=11), []),
        ({"sales_models": ["MONTHLY"]}, HIGH, ["planId"]),
        ({"old_charging": "POSTPAID"}, HIGH, ["planId"]),
        ({"kind": "NUMBER"}, HIGH, ["planId"]),
        ({}, replace(LOW, quantity=51), ["quantity"]),
        ({}, replace(LOW, quantity=0), ["quantity"]),
    ],
)
def test_s4_what_cannot_be_had_is_refused(changes: dict[str, Any], after: Part, expected: list[str]) -> None:
    """More of what is not sold any more is not to be had; less always is; what is counted otherwise is ordered."""
    assert [problem.path for problem in check_change(PLAN | changes, LOW, after, "YEARLY")] == expected


def test_m1_amounts_beyond_a_ledger_are_refused() -> None:
    """As for orders."""
    assert check_amounts(HIGH) == []
    assert [problem.path for problem in check_amounts(replace(HIGH, quantity=10**12))] == ["quantity"]
