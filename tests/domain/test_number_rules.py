"""What seats allow, what numbers are from their digits, and when what is held is free again: pure rules."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import PlanKind
from domain.numbers.allotting import allot
from domain.numbers.allowance import Allowance, Part, allowance_of, check_selection, to_buy
from domain.numbers.rules import npa_nxx, state_at
from domain.numbers.states import NumberState

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SEAT, SKU, OTHER = (UUID(int=number) for number in (1, 2, 3))
SEATS = Part(SEAT, PlanKind.SEAT, 2, 3)  # three seats, two numbers each
BOUGHT = Part(SKU, PlanKind.NUMBER, 0, 4)


@pytest.mark.parametrize(
    ("parts", "selected", "figures"),
    [
        ([], {}, (0, 0, 0)),
        ([SEATS], {}, (6, 0, 6)),
        ([SEATS], {SKU: 4}, (6, 0, 2)),
        ([SEATS, BOUGHT], {SKU: 7}, (6, 1, 3)),
        ([SEATS, BOUGHT], {SKU: 10}, (6, 4, 0)),
        ([SEATS], {SKU: 9}, (6, 3, 0)),  # seats were taken off a draft since
    ],
)
def test_n2_the_free_numbers_come_first(parts: list[Part], selected: dict[UUID, int], figures: tuple[int, ...]) -> None:
    """(free, chargeable, available)."""
    allowance = allowance_of(parts, selected)
    assert (allowance.free, allowance.chargeable, allowance.available) == figures


@pytest.mark.parametrize(
    ("parts", "other_seats", "selected", "code"),
    [
        ([], 0, {}, None),
        ([BOUGHT], 0, {SKU: 1}, "NOT_ALLOWED"),
        ([BOUGHT], 5, {SKU: 4}, None),
        ([BOUGHT], 5, {SKU: 5}, "EXHAUSTED"),
        ([SEATS], 0, {SKU: 6}, None),
        ([SEATS], 0, {SKU: 6, OTHER: 1}, "EXHAUSTED"),
        ([SEATS, BOUGHT], 0, {SKU: 10}, None),
        ([SEATS, BOUGHT], 0, {SKU: 2, OTHER: 6}, None),
        ([SEATS, BOUGHT], 0, {SKU: 2, OTHER: 7}, "EXHAUSTED"),
    ],
)
def test_n2_a_selection_is_covered_by_seats_and_lines(
    parts: list[Part], other_seats: int, selected: dict[UUID, int], code: str | None
) -> None:
    """Each number is one of the free ones, or of a line of its own SKU; without any seat there are none."""
    problems = check_selection(allowance_of(parts, selected, other_seats=other_seats), "numbers")
    assert [problem.code for problem in problems] == ([code] if code else [])


@pytest.mark.parametrize(
    ("state", "hours", "now"),
    [
        (NumberState.RESERVED, 1, NumberState.RESERVED),
        (NumberState.RESERVED, 0, NumberState.AVAILABLE),
        (NumberState.RESERVED, None, NumberState.RESERVED),
        (NumberState.QUARANTINED, -1, NumberState.AVAILABLE),
        (NumberState.ASSIGNED, None, NumberState.ASSIGNED),
    ],
)
def test_n3_what_is_held_for_a_time_ends_by_itself(state: NumberState, hours: int | None, now: NumberState) -> None:
    """From the instant on that it is free from."""
    free_from = None if hours is None else NOW + timedelta(hours=hours)
    assert state_at(state, free_from, NOW) is now


@pytest.mark.parametrize(
    ("number", "parts"),
    [("+14155550123", ("415", "555")), ("+4366212345678", ("", "")), ("+1415555012", ("", ""))],
)
def test_n1_npa_and_nxx_are_those_of_country_code_1(number: str, parts: tuple[str, str]) -> None:
    """Other numbers have none."""
    assert npa_nxx(number) == parts


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4), st.integers(0, 4))
def test_n2_every_selection_that_is_allowed_finds_its_lines(seats: int, bought: int, own: int, other: int) -> None:
    """No line gets more than it allows, a line of a SKU only numbers of it, and the free ones are used up first."""
    parts = [Part(SKU, PlanKind.NUMBER, 0, bought), Part(SEAT, PlanKind.SEAT, 2, seats)]
    numbers = [(UUID(int=100 + place), SKU if place < own else OTHER) for place in range(own + other)]
    selected = Counter(plan for _, plan in numbers)
    if check_selection(allowance_of(parts, selected, other_seats=1), "numbers"):
        return
    given_to = allot(parts, numbers)
    assert sorted(number for number, _ in given_to) == sorted(number for number, _ in numbers)
    places = Counter(place for _, place in given_to)
    assert places[0] <= bought
    assert places[1] == min(2 * seats, len(numbers))
    plans = dict(numbers)
    assert {plans[number] for number, place in given_to if place == 0} <= {SKU}


@pytest.mark.parametrize(
    ("free", "bought", "has", "added", "buys"),
    [
        (2, {}, [SKU, SKU], [SKU, SKU], {}),
        (1, {}, [SKU, SKU, SKU], [SKU, SKU, SKU], {SKU: 2}),
        (0, {SKU: 1}, [SKU, OTHER], [SKU, OTHER], {OTHER: 1}),
        (1, {}, [SKU, OTHER], [SKU, OTHER], {OTHER: 1}),  # the last of those that were added
        (0, {}, [SKU, OTHER], [OTHER], {OTHER: 1}),  # what was there before is not bought now
    ],
)
def test_n6_what_the_seats_include_is_used_up_first(
    free: int, bought: dict[UUID, int], has: list[UUID], added: list[UUID], buys: dict[UUID, int]
) -> None:
    """Beyond it and what is bought already, as many are bought as are added, by their SKUs."""
    assert to_buy(Allowance(1, free, bought, Counter(has)), added) == buys
