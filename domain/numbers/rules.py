"""What a number is, from its digits; what may be searched for; what a row that was held for a time is now."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.numbers.models import NumberKind
from domain.numbers.states import HELD_FOR_A_TIME, NumberState
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_text

MAX_RUN: Final = 100
MAX_SELECTED: Final = 100  # in one call
MAX_EXCHANGES: Final = 20
_NANP: Final = "+1"  # the country code of the North American Numbering Plan: NPA and NXX are its
_NANP_LENGTH: Final = 12
_THREE_DIGITS: Final = re.compile(r"[2-9][0-9]{2}")
_E164: Final = re.compile(r"[+][1-9][0-9]{5,14}")
_DIGITS: Final = re.compile(r"[0-9]{1,15}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def npa_nxx(e164: str) -> tuple[str, str]:
    """Area code and exchange of a number of country code 1; two empty texts for others."""
    return (e164[2:5], e164[5:8]) if e164.startswith(_NANP) and len(e164) == _NANP_LENGTH else ("", "")


def state_at(state: NumberState, free_from: datetime | None, at: datetime) -> NumberState:
    """What a number is at an instant: reservations and quarantines end by themselves, whatever the row says."""
    is_over = state in HELD_FOR_A_TIME and free_from is not None and free_from <= at
    return NumberState.AVAILABLE if is_over else state


@dataclass(frozen=True, slots=True)
class StockSearch:
    """What to look for in stock; None and empty: anything.

    `npa` and `nxx` are area code and exchange; `digits` stand anywhere in the number; `run` wants only numbers that lie
    in an unbroken run of at least so many. `customer_id` is for whom, None for the actor itself.
    """

    npa: str | None = None
    nxx: str | None = None
    country: str | None = None
    rate_center: str | None = None
    digits: str | None = None
    run: int | None = None
    kind: NumberKind | None = None
    plan_id: UUID | None = None
    customer_id: UUID | None = None

    @property
    def prefix(self) -> str:
        """How the numbers wanted begin."""
        return f"{_NANP}{self.npa}{self.nxx or ''}" if self.npa else ""


def check_search(search: StockSearch) -> list[FieldError]:
    """Everything wrong with a search."""
    return list(_check_search(search))


def _check_search(search: StockSearch) -> Iterator[FieldError]:
    for name, value in (("npa", search.npa), ("nxx", search.nxx)):
        if value is not None and not _THREE_DIGITS.fullmatch(value):
            yield FieldError(f"where.{name}", FieldCode.INVALID, "is three digits, the first from 2 to 9")
    if search.nxx is not None and search.npa is None:
        yield FieldError("where.npa", FieldCode.REQUIRED, "an exchange is looked for within an area code")
    if search.country is not None and not _COUNTRY.fullmatch(search.country):
        yield FieldError("where.country", FieldCode.INVALID, "is an ISO 3166 code like US")
    if search.digits is not None and not _DIGITS.fullmatch(search.digits):
        yield FieldError("where.digits", FieldCode.INVALID, "is 1 to 15 digits")
    if search.rate_center is not None:
        yield from check_text("where.rateCenter", search.rate_center, max_length=100)
    if search.run is not None:
        yield from _check_run(search, search.run)
    # What few have of many is looked for in a place: elsewhere millions would be read for a page.
    is_narrow = search.npa or search.rate_center or search.kind not in (None, NumberKind.LOCAL)
    for name, wanted in (("digits", search.digits), ("planId", search.plan_id)):
        if wanted is not None and not is_narrow:
            message = "is looked for within an area code or a rate center, or among numbers that are not local"
            yield FieldError(f"where.{name}", FieldCode.NOT_ALLOWED, message)


def _check_run(search: StockSearch, run: int) -> Iterator[FieldError]:
    if not 2 <= run <= MAX_RUN:  # noqa: PLR2004 - one number alone is no run
        yield FieldError("where.run", FieldCode.OUT_OF_RANGE, f"must be between 2 and {MAX_RUN}")
    # The whole of a place is read to find its runs.
    if search.nxx is None and search.rate_center is None:
        yield FieldError("where.run", FieldCode.NOT_ALLOWED, "is looked for within an NPA-NXX or a rate center")


def check_numbers(path: str, numbers: Sequence[str]) -> list[FieldError]:
    """Whether a list names numbers in E.164, not too many of them."""
    if len(numbers) > MAX_SELECTED:
        return [FieldError(path, FieldCode.TOO_LONG, f"has {len(numbers)} numbers, at most {MAX_SELECTED} at once")]
    message = "is a number in E.164, like +14155550123"
    return [
        FieldError(f"{path}.{place}", FieldCode.INVALID, message)
        for place, number in enumerate(numbers)
        if not _E164.fullmatch(number)
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many numbers of an exchange, whichever; of one SKU if `plan_id` is given."""

    npa: str
    nxx: str
    quantity: int
    plan_id: UUID | None = None


def check_reservation(numbers: Sequence[str], wanted: Sequence[Wanted]) -> list[FieldError]:
    """Everything wrong with what is to be reserved."""
    problems = check_numbers("numbers", numbers)
    if len(wanted) > MAX_EXCHANGES:
        message = f"has {len(wanted)} exchanges, at most {MAX_EXCHANGES} at once"
        return [*problems, FieldError("wanted", FieldCode.TOO_LONG, message)]
    for place, each in enumerate(wanted):
        for name, value in (("npa", each.npa), ("nxx", each.nxx)):
            if not _THREE_DIGITS.fullmatch(value):
                message = "is three digits, the first from 2 to 9"
                problems.append(FieldError(f"wanted.{place}.{name}", FieldCode.INVALID, message))
        if each.quantity < 1 or len(numbers) + sum(other.quantity for other in wanted) > MAX_SELECTED:
            message = f"must be at least 1, and all that is reserved at once at most {MAX_SELECTED}"
            problems.append(FieldError(f"wanted.{place}.quantity", FieldCode.OUT_OF_RANGE, message))
    return problems
