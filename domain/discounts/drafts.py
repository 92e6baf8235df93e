"""What a discount may be: pure checks of a draft, every problem at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.discounts.models import DiscountDuration
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import Money
from domain.shared.texts import check_text

_MAX_NAME: Final = 200
_MAX_CODE: Final = 64
_MAX_CYCLES: Final = 1200
_MAX_LIMIT: Final = 1_000_000_000
_PERCENT_PLACES: Final = 4  # of the column


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """A discount to offer; `fixed` is in major units of `currency`, dates are half-open [valid_from, valid_until)."""

    name: str
    buyer_id: UUID | None
    product_id: UUID | None
    plan_id: UUID | None
    code: str | None
    percent: Decimal | None
    fixed: Decimal | None
    currency: str | None
    duration: DiscountDuration
    cycles: int | None
    valid_from: date
    valid_until: date | None
    redemption_limit: int | None


def code_key(code: str) -> str:
    """Two codes with the same key are the same code."""
    return code.strip().casefold()


def check_discount(draft: DiscountDraft) -> list[FieldError]:
    """Everything wrong with a discount's draft, whatever the database says."""
    problems = check_text("name", draft.name, max_length=_MAX_NAME)
    if draft.code is not None:
        problems += check_text("code", draft.code, max_length=_MAX_CODE)
    return [*problems, *_check_amount(draft), *_check_lasting(draft), *_check_limit(draft)]


def _check_amount(draft: DiscountDraft) -> Iterator[FieldError]:
    if (draft.percent is None) is (draft.fixed is None):
        yield FieldError("percent", FieldCode.REQUIRED, "give either a percentage or a fixed amount")
    elif draft.percent is not None:
        if not 0 < draft.percent <= 100:  # noqa: PLR2004 - percent
            yield FieldError("percent", FieldCode.OUT_OF_RANGE, "must be more than 0 and at most 100")
        elif draft.percent != round(draft.percent, _PERCENT_PLACES):
            yield FieldError("percent", FieldCode.INVALID, f"has more than {_PERCENT_PLACES} decimal places")
    elif draft.fixed is not None and draft.currency is not None:
        yield from _check_fixed(draft.fixed, draft.currency)
    if (draft.fixed is None) is not (draft.currency is None):
        yield FieldError("currency", FieldCode.REQUIRED, "a fixed amount has a currency, a percentage has none")


def _check_fixed(fixed: Decimal, currency: str) -> Iterator[FieldError]:
    try:
        minor = Money.of(fixed, currency).minor
    except ValueError as error:
        yield FieldError("fixed", FieldCode.INVALID, str(error))
    else:
        if minor <= 0:
            yield FieldError("fixed", FieldCode.OUT_OF_RANGE, "must be more than 0")


def _check_lasting(draft: DiscountDraft) -> Iterator[FieldError]:
    if (draft.duration is DiscountDuration.CYCLES) is not (draft.cycles is not None):
        yield FieldError("cycles", FieldCode.REQUIRED, "CYCLES needs their number, ONCE and FOREVER have none")
    elif draft.cycles is not None and not 1 <= draft.cycles <= _MAX_CYCLES:
        yield FieldError("cycles", FieldCode.OUT_OF_RANGE, f"must be between 1 and {_MAX_CYCLES}")
    if draft.valid_until is not None and draft.valid_until <= draft.valid_from:
        yield FieldError("validUntil", FieldCode.OUT_OF_RANGE, f"must lie after {draft.valid_from}")


def _check_limit(draft: DiscountDraft) -> Iterator[FieldError]:
    limit = draft.redemption_limit
    if limit is None:
        return
    if draft.code is None:
        message = "only a discount with a code is redeemed; without one it is given to every order"
        yield FieldError("redemptionLimit", FieldCode.NOT_ALLOWED, message)
    elif not 1 <= limit <= _MAX_LIMIT:
        yield FieldError("redemptionLimit", FieldCode.OUT_OF_RANGE, f"must be between 1 and {_MAX_LIMIT}")
