"""Money is exact: minor units, one rounding rule, one currency a sum."""

import json
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.money import CURRENCIES, CurrencyMismatch, Money, exponent, round_minor, total

LARGEST_MINOR = 2**63 - 1
MINORS = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
CODES = st.sampled_from(["JPY", "USD", "KWD"])
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("JPY", 0), ("KRW", 0), ("CLP", 0), ("USD", 2), ("EUR", 2), ("MGA", 2), ("KWD", 3), ("BHD", 3), ("TND", 3)],
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    """The number of minor-unit digits is the standard's: 0, 2 or 3."""
    assert exponent(currency) == digits
    assert Money(1, currency).amount == Decimal(1).scaleb(-digits)


def test_the_table_of_currencies_is_well_formed() -> None:
    """Every currency is three capital letters and has 0, 2 or 3 digits; one without an entry has 2."""
    assert all(len(code) == 3 and code.isascii() and code.isalpha() and code.isupper() for code in CURRENCIES)
    assert {exponent(code) for code in CURRENCIES} == {0, 2, 3}
    assert exponent("XTS") == 2


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("365", "USD", 36500),
        ("0.01", "USD", 1),
        ("-19.99", "EUR", -1999),
        ("1000", "JPY", 1000),
        ("1.5e3", "JPY", 1500),
        ("0.005", "KWD", 5),
        ("12.500000", "USD", 1250),
        (Decimal("3.10"), "USD", 310),
        (7, "USD", 700),
        ("92233720368547758.07", "USD", LARGEST_MINOR),
    ],
)
def test_an_amount_is_read_in_major_units(amount: str | Decimal | int, currency: str, minor: int) -> None:
    """An amount in major units becomes an integer of minor units."""
    assert Money.of(amount, currency) == Money(minor, currency)


@given(minor=MINORS, currency=CODES)
def test_reading_what_was_written_gives_the_same_money(minor: int, currency: str) -> None:
    """The major-unit amount has exactly the currency's digits and reads back as the same money."""
    money = Money(minor, currency)
    assert -int(money.amount.as_tuple().exponent) == exponent(currency)
    assert Money.of(money.amount, currency) == Money.of(str(money.amount), currency) == money


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.5", "JPY"),
        ("0.001", "USD"),
        ("0.0001", "KWD"),
        ("1.00000000000000000000000000001", "USD"),
        ("1e-99999999999", "USD"),
    ],
)
def test_an_amount_is_never_rounded_when_read(amount: str, currency: str) -> None:
    """More digits than the currency has are refused, however many they are."""
    with pytest.raises(ValueError, match="has more digits than"):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", ["", "abc", "1,50", "1/2", "NaN", "sNaN", "Infinity", "-Infinity", "1e" + "9" * 40])
def test_what_is_no_finite_number_is_no_amount(amount: str) -> None:
    """A text that is not a finite decimal number is refused as a ValueError."""
    with pytest.raises(ValueError, match="is not an amount"):
        Money.of(amount, "USD")


@pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.08", "1e999999999", "0.1e400"])
def test_an_amount_beyond_64_bits_is_refused_unexpanded(amount: str) -> None:
    """An amount that no ledger column holds is refused before its digits are written out."""
    with pytest.raises(ValueError, match="than a ledger holds"):
        Money.of(amount, "USD")


def test_a_refusal_repeats_only_the_head_of_a_hostile_text() -> None:
    """What a refusal quotes of the input is bounded."""
    with pytest.raises(ValueError, match="is not an amount") as refusal:
        Money.of("x" * 100_000, "USD")
    assert len(str(refusal.value)) < 120


def test_a_float_is_refused_wherever_it_comes_from() -> None:
    """A JSON number that arrived as a float is a programmer's error in every place that takes a number."""
    number = json.loads("1.5")
    with pytest.raises(TypeError, match="never a float"):
        Money.of(number, "USD")
    with pytest.raises(TypeError, match="never a float"):
        Money(100, "USD").times(number)
    with pytest.raises(TypeError, match="never a float"):
        round_minor(number)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("2.4999999999", 2), ("0.49", 0), ("7", 7)],
)
def test_a_tie_is_rounded_away_from_zero(value: str, rounded: int) -> None:
    """Half goes up, on both sides of zero, to odd and even alike."""
    assert round_minor(Decimal(value)) == rounded


@given(st.decimals(-(10**30), 10**30, places=12))
def test_rounding_is_the_standard_half_up(value: Decimal) -> None:
    """The rule agrees with the decimal specification's ROUND_HALF_UP at any size."""
    with localcontext(prec=60):
        assert round_minor(value) == int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(st.fractions())
def test_rounding_moves_by_at_most_half(value: Fraction) -> None:
    """The result is the nearest integer; of two as near, the one further from zero."""
    rounded = round_minor(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    if abs(rounded - value) == Fraction(1, 2):
        assert abs(rounded) > abs(value)
    assert round_minor(-value) == -rounded


@pytest.mark.parametrize(
    ("minor", "factor", "product"),
    [
        (1999, 3, 5997),
        (1000, Decimal("0.0825"), 83),
        (-1000, Decimal("0.0825"), -83),
        (1, Decimal("0.49999999999999999999999999999"), 0),
        (15, Fraction(1, 30), 1),
        (10**18 + 1, Decimal("1.5"), 1_500_000_000_000_000_002),
        (500, 0, 0),
    ],
)
def test_a_product_is_rounded_once(minor: int, factor: Decimal | Fraction | int, product: int) -> None:
    """The product is exact until its one rounding: neither long rates nor shares of a term are rounded before."""
    assert Money(minor, "USD").times(factor) == Money(product, "USD")


@given(minor=MINORS, weights=WEIGHTS, currency=CODES)
def test_allocations_sum_to_the_whole(minor: int, weights: list[int], currency: str) -> None:
    """The parts sum exactly; each is less than one minor unit from its share; a weight of zero gets nothing."""
    whole = Money(minor, currency)
    parts = whole.allocate(weights)
    assert total(parts, currency) == whole
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1
        assert weight or part.minor == 0


@given(minor=MINORS, count=st.integers(1, 40))
def test_equal_weights_prefer_the_earlier_part(minor: int, count: int) -> None:
    """Equal parts differ by one minor unit at most and the earlier ones take what is left over."""
    parts = [abs(part.minor) for part in Money(minor, "USD").allocate([1] * count)]
    assert max(parts) - min(parts) <= 1
    assert all(earlier >= later for earlier, later in pairwise(parts))


@given(minor=MINORS, weights=WEIGHTS)
def test_a_refund_is_split_as_its_charge_was(minor: int, weights: list[int]) -> None:
    """The allocation of a negative amount mirrors that of the positive one."""
    charged = Money(minor, "USD").allocate(weights)
    assert Money(-minor, "USD").allocate(weights) == [-part for part in charged]


def test_the_largest_remainder_gets_the_cent() -> None:
    """What is left over goes to the parts that the division cut most."""
    assert [part.minor for part in Money(100, "USD").allocate([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(10, "USD").allocate([1, 5, 1])] == [2, 7, 1]
    assert [part.minor for part in Money(5, "JPY").allocate([3, 7])] == [2, 3]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 3], [1, -1], [-2]])
def test_weights_without_a_meaning_are_refused(weights: list[int]) -> None:
    """Weights are non-negative and have a positive sum."""
    with pytest.raises(ValueError, match="non-negative with a positive sum"):
        Money(100, "USD").allocate(weights)


@given(left=MINORS, right=MINORS, currency=CODES)
def test_money_of_one_currency_adds_like_its_minor_units(left: int, right: int, currency: str) -> None:
    """Sums, differences, negation and order are those of the minor units."""
    one, other = Money(left, currency), Money(right, currency)
    assert one + other == Money(left + right, currency)
    assert one - other == one + -other == Money(left - right, currency)
    assert (one < other) == (left < right)
    assert total([one, other, one], currency) == Money(2 * left + right, currency)


def test_nothing_sums_to_zero_of_the_named_currency() -> None:
    """A sum over no amounts is zero in the currency asked for."""
    assert total([], "KWD") == Money(0, "KWD")


def test_two_currencies_never_meet_in_one_sum() -> None:
    """Adding, subtracting, comparing or totalling mixed currencies is an error; they are never equal."""
    dollars, euros = Money(100, "USD"), Money(100, "EUR")
    with pytest.raises(CurrencyMismatch, match="USD and EUR"):
        _ = dollars + euros
    with pytest.raises(CurrencyMismatch):
        _ = dollars - euros
    with pytest.raises(CurrencyMismatch):
        _ = dollars < euros
    with pytest.raises(CurrencyMismatch):
        total([dollars, euros], "USD")
    with pytest.raises(CurrencyMismatch):
        total([dollars], "EUR")
    assert dollars != euros
