"""Exact money: integer minor units with an ISO 4217 currency, one rounding rule, allocations that sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

# ISO 4217, table A.1: the codes by how many minor-unit digits they have; funds, metals and test codes left out.
_CODES_BY_DIGITS: Final[dict[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
        CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
        HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
        MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR
        SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU
        UZS VES WST XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DIGITS: Final = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}
_DEFAULT_DIGITS: Final = 2
CURRENCIES: Final = frozenset(_DIGITS)

# The default context silently rounds to 28 digits and underflows to zero; moving the point must do neither.
_UNROUNDED: Final = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LARGEST_MINOR: Final = 2**63 - 1
_SHOWN_CHARACTERS: Final = 80
# A JSON number arrives as a float whatever the annotations say.
_NO_FLOATS: Final = "money is never a float"


class CurrencyMismatch(ArithmeticError):
    """Two currencies met in one sum: a programmer's error, never an expected one."""


def exponent(currency: str) -> int:
    """Tell how many minor-unit digits the currency has (ISO 4217): 0, 2 or 3; an unknown one counts as 2."""
    return _DIGITS.get(currency, _DEFAULT_DIGITS)


def round_minor(value: Decimal | Fraction | int) -> int:
    """Round by the one rule: half up, away from zero at the tie; applied once a line, to any number of digits."""
    numerator, denominator = _exact(value).as_integer_ratio()
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def format_minor(minor: int, currency: str) -> str:
    """The amount in major units as text, with exactly the currency's digits: what `str(Money(…).amount)` is, faster."""
    digits = exponent(currency)
    if not digits:
        return str(minor)
    sign, absolute = ("-", -minor) if minor < 0 else ("", minor)
    whole, rest = divmod(absolute, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in integer minor units of its currency (cents for USD, yen for JPY)."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | Decimal | int, currency: str) -> "Money":
        """Read a major-unit amount.

        ValueError when the text is no number, when it has more digits than the currency (it is never rounded), and
        when the minor units do not fit in 64 bits, which is what a ledger's column holds.
        """
        scaled = _read(amount).scaleb(exponent(currency), _UNROUNDED)
        # The size is compared first: to write out 1e999999999 as an integer would take the machine's memory.
        if scaled.copy_abs() > _LARGEST_MINOR:
            raise ValueError(f"{_shown(amount)} is more {currency} than a ledger holds")
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{_shown(amount)} has more digits than {currency} has minor units")
        return cls(int(scaled), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's digits."""
        return Decimal(self.minor).scaleb(-exponent(self.currency), _UNROUNDED)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def times(self, factor: Decimal | Fraction | int) -> "Money":
        """Multiply by a count, a rate or a share of a term (`Fraction(days_left, days)`), exactly, rounded once."""
        return Money(round_minor(self.minor * _exact(factor)), self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by weights with the largest remainder: the parts always sum to the whole.

        Ties go to the earlier part. Weights are non-negative with a positive sum (ValueError otherwise).
        """
        whole_weight = sum(weights)
        if whole_weight <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative with a positive sum")
        sign, whole = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [whole * weight // whole_weight for weight in weights]
        remainders = [whole * weight % whole_weight for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in by_remainder[: whole - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot meet in one sum")
        return other


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum amounts of one currency; zero of `currency` when there are none, CurrencyMismatch when they differ."""
    return sum(amounts, Money(0, currency))


def _read(amount: str | Decimal | int) -> Decimal:
    if isinstance(amount, float):
        raise TypeError(_NO_FLOATS)
    try:
        number = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"{_shown(amount)} is not an amount") from error
    if not number.is_finite():
        raise ValueError(f"{_shown(amount)} is not an amount")
    return number


def _exact(value: Decimal | Fraction | int) -> Fraction:
    if isinstance(value, float):
        raise TypeError(_NO_FLOATS)
    return Fraction(value)


def _shown(amount: str | Decimal | int) -> str:
    return repr(str(amount)[:_SHOWN_CHARACTERS])
