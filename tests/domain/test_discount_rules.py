"""What discounts take off, which an order gets, and what one may be: pure rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.discounts.choosing import MAX_CODES, choose
from domain.discounts.drafts import DiscountDraft, check_discount, code_key
from domain.discounts.models import DiscountDuration
from domain.discounts.rules import Discount, Line, apply_discounts
from domain.shared.money import round_minor

PRODUCT, OTHER_PRODUCT, PLAN, OTHER_PLAN = (UUID(int=number) for number in (11, 12, 21, 22))
LINE = Line(1000, PRODUCT, PLAN)
OTHER = Line(500, OTHER_PRODUCT, OTHER_PLAN)
TODAY = date(2026, 6, 1)


def percent(number: int, text: str, **changes: Any) -> Discount:
    """A percentage off everything, for ever."""
    return replace(
        Discount(UUID(int=number), Decimal(text), None, DiscountDuration.FOREVER, None, None, None), **changes
    )


def fixed(number: int, minor: int, **changes: Any) -> Discount:
    """A fixed amount off everything, for ever."""
    return replace(Discount(UUID(int=number), None, minor, DiscountDuration.FOREVER, None, None, None), **changes)


@pytest.mark.parametrize(
    ("discounts", "expected"),
    [
        ([percent(1, "10")], {1: [100, 50]}),
        ([percent(1, "0.05")], {1: [1, 0]}),  # 0.5 -> 1, 0.25 -> 0: half up, once a line
        ([fixed(1, 300)], {1: [200, 100]}),
        ([fixed(1, 1)], {1: [1, 0]}),
        ([fixed(1, 9999)], {1: [1000, 500]}),
        ([fixed(1, 300, plan_id=PLAN)], {1: [300, 0]}),
        ([percent(1, "50", product_id=OTHER_PRODUCT)], {1: [0, 250]}),
        ([percent(1, "50", product_id=PRODUCT, plan_id=OTHER_PLAN)], {}),
        # Percentages first, whenever they were made; each on what is left.
        ([fixed(1, 150), percent(2, "50")], {2: [500, 250], 1: [100, 50]}),
        ([percent(2, "50"), percent(1, "10")], {1: [100, 50], 2: [450, 225]}),
        ([percent(1, "100"), fixed(2, 10)], {1: [1000, 500]}),
    ],
)
def test_discounts_are_taken_in_one_order(discounts: list[Discount], expected: dict[int, list[int]]) -> None:
    """Percentages, then fixed amounts, the older first: each acts on what is left, in whatever order they come."""
    wanted = {UUID(int=number): parts for number, parts in expected.items()}
    assert apply_discounts([LINE, OTHER], discounts, 1) == wanted
    assert apply_discounts([LINE, OTHER], discounts[::-1], 1) == wanted


@pytest.mark.parametrize(
    ("duration", "cycles", "given_in"),
    [
        (DiscountDuration.ONCE, None, [1]),
        (DiscountDuration.CYCLES, 3, [1, 2, 3]),
        (DiscountDuration.FOREVER, None, [1, 2, 3, 4, 50]),
    ],
)
def test_a_discount_lasts_as_long_as_it_says(
    duration: DiscountDuration, cycles: int | None, given_in: list[int]
) -> None:
    """Once, for n billing cycles from the first on, or for ever."""
    discount = percent(1, "10", duration=duration, cycles=cycles)
    assert [cycle for cycle in (1, 2, 3, 4, 50) if apply_discounts([LINE], [discount], cycle)] == given_in


DISCOUNTS = st.lists(
    st.one_of(
        st.builds(lambda text: percent(1, str(text)), st.decimals("0.0001", 100, places=4)),
        st.builds(lambda minor: fixed(1, minor), st.integers(1, 10**12)),
    ),
    max_size=6,
).map(lambda several: [replace(one, id=UUID(int=place)) for place, one in enumerate(several)])


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8), DISCOUNTS)
def test_nothing_costs_less_than_nothing(amounts: list[int], discounts: list[Discount]) -> None:
    """Whatever is taken off, no line goes below zero, and no part is negative."""
    lines = [Line(amount, PRODUCT, PLAN) for amount in amounts]
    taken = apply_discounts(lines, discounts, 1)
    assert all(part >= 0 for parts in taken.values() for part in parts)
    assert all(sum(parts) <= line.amount_minor for parts, line in zip(zip(*taken.values()), lines))  # noqa: B905 - none taken


@given(st.integers(0, 10**12), st.decimals("0.0001", 100, places=4))
def test_a_percentage_is_rounded_half_up_once_a_line(amount: int, share: Decimal) -> None:
    """The part is the exact share, rounded by the one rule."""
    taken = apply_discounts([Line(amount, PRODUCT, PLAN)], [percent(1, str(share))], 1)
    assert taken.get(UUID(int=1), [0]) == [round_minor(amount * share / 100)]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.integers(1, 10**10))
def test_a_fixed_amount_is_shared_and_sums(amounts: list[int], whole: int) -> None:
    """All of it is taken off, or all that there is."""
    taken = apply_discounts([Line(amount, PRODUCT, PLAN) for amount in amounts], [fixed(1, whole)], 1)
    assert sum(taken.get(UUID(int=1), [])) == min(whole, sum(amounts))


def row(**changes: Any) -> dict[str, Any]:
    """A discount with a code as the database has it."""
    return {
        "id": UUID(int=1), "percent": Decimal(10), "fixed_minor": None, "currency": None, "duration": "ONCE",
        "cycles": None, "product_id": None, "plan_id": None, "code_key": "spring", "edge": 1, "redeemed": 0,
        "redemption_limit": None, "valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1), "ended_at": None,
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_key": "autumn"}, "NOT_FOUND"),
        ({"ended_at": TODAY}, "EXPIRED"),
        ({"valid_from": date(2026, 6, 2)}, "EXPIRED"),
        ({"valid_until": TODAY}, "EXPIRED"),
        ({"redemption_limit": 3, "redeemed": 3}, "EXHAUSTED"),
        ({"plan_id": OTHER_PLAN}, "NOT_APPLICABLE"),
        ({"percent": None, "fixed_minor": 5, "currency": "EUR"}, "NOT_APPLICABLE"),
    ],
)
def test_a_code_that_is_not_given_says_why(changes: dict[str, Any], code: str) -> None:
    """Unknown, expired, exhausted and not applicable are told apart, at the place of the code."""
    chosen, problems = choose(["nothing", " SPRING "], [row(**changes)], [LINE], currency="USD", on=TODAY)
    assert chosen == []
    assert [(problem.path, problem.code) for problem in problems] == [
        ("discountCodes.0", "NOT_FOUND"),
        ("discountCodes.1", code),
    ]


def test_a_code_is_good_on_its_first_day_and_its_last_redemption() -> None:
    """The window is half-open, the limit is how many may redeem it."""
    good = row(valid_from=TODAY, valid_until=date(2026, 6, 2), redemption_limit=3, redeemed=2)
    chosen, problems = choose(["Spring"], [good], [LINE], currency="USD", on=TODAY)
    assert ([one.place for one in chosen], problems) == ([0], [])


def test_a_discount_without_a_code_is_given_or_silently_not() -> None:
    """Every order that it is for gets it; no order is refused for it."""
    by_itself = row(code_key=None)
    for changes, count in ({}, 1), ({"valid_until": TODAY}, 0), ({"plan_id": OTHER_PLAN}, 0):
        chosen, problems = choose([], [by_itself | changes], [LINE], currency="USD", on=TODAY)
        assert (len(chosen), problems) == (count, [])


def test_of_one_code_at_two_sellers_the_one_nearest_the_customer_is_meant() -> None:
    """The chain is looked through from below."""
    near, far = row(id=UUID(int=2), edge=2), row()
    chosen, _ = choose(["spring"], [near, far], [LINE], currency="USD", on=TODAY)
    assert [one.discount.id for one in chosen] == [UUID(int=2)]


def test_codes_are_few_and_named_once() -> None:
    """A code named twice, in whatever case, and more than ten codes are refused."""
    _, problems = choose(["spring", "SPRING"], [row()], [LINE], currency="USD", on=TODAY)
    assert [(problem.path, problem.code) for problem in problems] == [("discountCodes.1", "NOT_ALLOWED")]
    _, problems = choose(["x"] * (MAX_CODES + 1), [], [], currency="USD", on=TODAY)
    assert ("discountCodes", "TOO_LONG") in {(problem.path, problem.code) for problem in problems}


def test_a_draft_without_lines_is_not_refused_what_is_for_a_plan() -> None:
    """What a draft will buy is not known yet."""
    chosen, problems = choose(["spring"], [row(plan_id=OTHER_PLAN)], [], currency="USD", on=TODAY)
    assert (len(chosen), problems) == (1, [])


DRAFT = DiscountDraft(
    name="Spring", buyer_id=None, product_id=None, plan_id=None, code="SPRING", percent=Decimal(10), fixed=None,
    currency=None, duration=DiscountDuration.ONCE, cycles=None, valid_from=TODAY, valid_until=None,
    redemption_limit=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        ({"name": ""}, ["name"]),
        ({"code": " "}, ["code"]),
        ({"code": "x" * 65}, ["code"]),
        ({"percent": None}, ["percent"]),
        ({"fixed": Decimal(1), "currency": "USD"}, ["percent"]),
        ({"percent": Decimal(0)}, ["percent"]),
        ({"percent": Decimal("100.01")}, ["percent"]),
        ({"percent": Decimal("1.00001")}, ["percent"]),
        ({"percent": None, "fixed": Decimal("1.001"), "currency": "USD"}, ["fixed"]),
        ({"percent": None, "fixed": Decimal(0), "currency": "USD"}, ["fixed"]),
        ({"percent": None, "fixed": Decimal(1)}, ["currency"]),
        ({"currency": "USD"}, ["currency"]),
        ({"cycles": 3}, ["cycles"]),
        ({"duration": DiscountDuration.CYCLES}, ["cycles"]),
        ({"duration": DiscountDuration.CYCLES, "cycles": 0}, ["cycles"]),
        ({"valid_until": TODAY}, ["validUntil"]),
        ({"redemption_limit": 0}, ["redemptionLimit"]),
        ({"redemption_limit": 5, "code": None}, ["redemptionLimit"]),
        ({"name": "", "percent": Decimal(-1), "cycles": 1}, ["name", "percent", "cycles"]),
    ],
)
def test_every_problem_of_a_draft_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    """Either a percentage or a fixed amount; cycles where they count; a limit for codes alone."""
    assert [problem.path for problem in check_discount(replace(DRAFT, **changes))] == paths


def test_codes_are_the_same_in_any_case() -> None:
    """Codes are folded: people write them as they like."""
    assert code_key(" Straße10 ") == code_key("STRASSE10")
