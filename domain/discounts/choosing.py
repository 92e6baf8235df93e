"""Which discounts an order gets: those given to every order, and those its codes name; pure decisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from domain.discounts.drafts import code_key
from domain.discounts.models import DiscountDuration
from domain.discounts.rules import Discount, Line, acts_on
from domain.shared.errors import FieldCode, FieldError

MAX_CODES: Final = 10
Row: TypeAlias = Mapping[str, Any]  # of `discounts`, with `edge`: the place of the seller in the chain, from 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A discount that an order gets, on one edge of its chain; `place` is that of its code, None without one."""

    discount: Discount
    edge: int
    place: int | None


def terms(row: Row) -> Discount:
    """What a row of `discounts` takes off."""
    return Discount(
        id=row["id"],
        percent=row["percent"],
        fixed_minor=row["fixed_minor"],
        duration=DiscountDuration(row["duration"]),
        cycles=row["cycles"],
        product_id=row["product_id"],
        plan_id=row["plan_id"],
    )


def choose(
    codes: Sequence[str], found: Sequence[Row], lines: Sequence[Line], *, currency: str, on: date
) -> tuple[list[Chosen], list[FieldError]]:
    """The discounts of an order placed on a local date, and what is wrong with its codes.

    `found` are those without a code, of every seller of the chain, and those that the codes name. Of two with one code
    the one nearest the customer is meant. An order without lines yet is refused none for what it is for.
    """
    by_code: dict[str, Row] = {}
    chosen = []
    for row in sorted(found, key=lambda row: row["edge"]):
        if row["code_key"] is not None:
            by_code[row["code_key"]] = row
        elif not _why_not(row, lines, currency=currency, on=on):
            chosen.append(Chosen(terms(row), row["edge"], None))
    problems = list(_check_list(codes))
    for place, code in enumerate(codes[:MAX_CODES]):
        named = by_code.get(code_key(code))
        if named is None:
            problems.append(FieldError(_path(place), FieldCode.NOT_FOUND, "there is no such code for this order"))
        elif reason := _why_not(named, lines, currency=currency, on=on):
            problems.append(FieldError(_path(place), *reason))
        else:
            chosen.append(Chosen(terms(named), named["edge"], place))
    return chosen, problems


def exhausted(place: int) -> FieldError:
    """What is said of a code that has been redeemed as often as it may be."""
    return FieldError(_path(place), FieldCode.EXHAUSTED, "this code has been redeemed as often as it may be")


def _path(place: int) -> str:
    return f"discountCodes.{place}"


def _check_list(codes: Sequence[str]) -> Iterator[FieldError]:
    if len(codes) > MAX_CODES:
        message = f"has {len(codes)} codes, at most {MAX_CODES} are allowed"
        yield FieldError("discountCodes", FieldCode.TOO_LONG, message)
    keys = [code_key(code) for code in codes[:MAX_CODES]]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            yield FieldError(_path(place), FieldCode.NOT_ALLOWED, "is named twice")


def _why_not(row: Row, lines: Sequence[Line], *, currency: str, on: date) -> tuple[FieldCode, str] | None:
    """Why a discount is not given to an order, None if it is."""
    until = row["valid_until"]
    if row["ended_at"] is not None or on < row["valid_from"] or (until is not None and on >= until):
        return FieldCode.EXPIRED, f"this code is not good on {on}"
    limit = row["redemption_limit"]
    if limit is not None and row["redeemed"] >= limit:
        return FieldCode.EXHAUSTED, exhausted(0).message
    is_for_these = not lines or any(acts_on(terms(row), line) for line in lines)
    if row["currency"] not in (None, currency) or not is_for_these:
        return FieldCode.NOT_APPLICABLE, "this code is for nothing that is ordered here"
    return None
