"""What a contract may say, and which days it covers."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import SalesModel
from domain.contracts.models import ContractState
from domain.contracts.rules import (
    MAX_AGREED,
    AgreedPrice,
    ContractDraft,
    Document,
    check_contract,
    check_end,
    covers,
    state_on,
)

PLAN = UUID(int=1)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
PRICE = AgreedPrice(PLAN, SalesModel.YEARLY, Decimal("12.50"))
DRAFT = ContractDraft("C-1", None, FIRST, LAST, 30, Document("c.pdf", "dms:1"), None, [PRICE])


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        ({"ends_on": None, "document": None, "prices": []}, []),
        ({"ends_on": FIRST}, []),
        ({"number": " "}, ["number"]),
        ({"external_reference": "x" * 101}, ["externalReference"]),
        ({"ends_on": FIRST - timedelta(days=1)}, ["endsOn"]),
        ({"notice_days": -1}, ["noticeDays"]),
        ({"document": Document("", "")}, ["document.name", "document.location"]),
        ({"prices": [replace(PRICE, plan_id=UUID(int=2))]}, ["prices.0.planId"]),
        ({"prices": [PRICE, replace(PRICE, amount=Decimal("1.001"))]}, ["prices.1.amount", "prices.1"]),
        ({"prices": [replace(PRICE, amount=Decimal(-1))]}, ["prices.0.amount"]),
        ({"prices": [PRICE, replace(PRICE, sales_model=SalesModel.MONTHLY)]}, []),
    ],
)
def test_every_problem_of_a_contract_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    """A number, a term that ends after it begins, a notice period, prices of plans that the seller can offer."""
    assert [problem.path for problem in check_contract(replace(DRAFT, **changes), "USD", {PLAN})] == paths


def test_a_contract_has_at_most_100_prices() -> None:
    """More is a price list."""
    draft = replace(DRAFT, prices=[PRICE] * (MAX_AGREED + 1))
    assert "prices" in [problem.path for problem in check_contract(draft, "USD", {PLAN})]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (FIRST - timedelta(days=1), ContractState.SCHEDULED),
        (FIRST, ContractState.ACTIVE),
        (LAST, ContractState.ACTIVE),
        (LAST + timedelta(days=1), ContractState.ENDED),
    ],
)
def test_a_contract_covers_its_first_and_its_last_day(on: date, state: ContractState) -> None:
    """Both days belong to the term; without a last day it never ends."""
    assert state_on(on, FIRST, LAST) is state
    assert state_on(on, FIRST, None) is (ContractState.SCHEDULED if on < FIRST else ContractState.ACTIVE)
    assert covers(FIRST, LAST, first=on, last=on) is (state is ContractState.ACTIVE)


def test_all_days_of_an_order_must_be_covered() -> None:
    """An order that outlasts its contract is not covered by it."""
    assert covers(FIRST, LAST, first=FIRST, last=LAST)
    assert not covers(FIRST, LAST, first=FIRST, last=LAST + timedelta(days=1))
    assert not covers(FIRST, LAST, first=FIRST - timedelta(days=1), last=LAST)


@given(st.integers(0, 400), st.integers(-10, 500))
def test_a_notice_keeps_its_period(notice_days: int, ahead: int) -> None:
    """The last day is at least as far ahead as the notice period is long, and within the term."""
    today = date(2026, 3, 1)
    ends_on = today + timedelta(days=ahead)
    problems = check_end(ends_on, today=today, starts_on=FIRST, ends_on=LAST, notice_days=notice_days)
    assert (problems == []) is (ahead >= notice_days and ends_on <= LAST)
