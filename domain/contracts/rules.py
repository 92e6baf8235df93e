"""What a contract may say and which days it covers: pure decisions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.contracts.models import ContractState
from domain.pricing.rules import check_amount
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_optional_text, check_text

MAX_AGREED: Final = 100  # prices of one contract
_MAX_NUMBER: Final = 64
_MAX_REFERENCE: Final = 100
_MAX_NOTICE_DAYS: Final = 3650
_MAX_DOCUMENT_NAME: Final = 200
_MAX_DOCUMENT_LOCATION: Final = 500


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """A unit price of a contract, in major units."""

    plan_id: UUID
    sales_model: SalesModel
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """The signed paper: its name, and where it lies in the system that keeps it."""

    name: str
    location: str


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """All that a contract says; dates are local to the customer, both included, `ends_on` None is open-ended."""

    number: str
    external_reference: str | None
    starts_on: date
    ends_on: date | None
    notice_days: int
    document: Document | None
    upload_id: UUID | None
    prices: Sequence[AgreedPrice]


def check_contract(draft: ContractDraft, currency: str, plans: Collection[UUID]) -> list[FieldError]:
    """Everything wrong with what a contract says; `plans` are those that its seller can offer."""
    problems = check_text("number", draft.number, max_length=_MAX_NUMBER)
    problems += check_optional_text("externalReference", draft.external_reference, max_length=_MAX_REFERENCE)
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        problems.append(FieldError("endsOn", FieldCode.OUT_OF_RANGE, f"must not lie before {draft.starts_on}"))
    if not 0 <= draft.notice_days <= _MAX_NOTICE_DAYS:
        problems.append(FieldError("noticeDays", FieldCode.OUT_OF_RANGE, f"must be between 0 and {_MAX_NOTICE_DAYS}"))
    if draft.document is not None:
        problems += check_text("document.name", draft.document.name, max_length=_MAX_DOCUMENT_NAME)
        problems += check_text("document.location", draft.document.location, max_length=_MAX_DOCUMENT_LOCATION)
    return [*problems, *_check_prices(draft.prices, currency, plans)]


def _check_prices(prices: Sequence[AgreedPrice], currency: str, plans: Collection[UUID]) -> Iterator[FieldError]:
    if len(prices) > MAX_AGREED:
        yield FieldError("prices", FieldCode.TOO_LONG, f"has {len(prices)} prices, at most {MAX_AGREED} are allowed")
    seen: set[tuple[UUID, SalesModel]] = set()
    for place, price in enumerate(prices[:MAX_AGREED]):
        path = f"prices.{place}"
        if price.plan_id not in plans:
            yield FieldError(f"{path}.planId", FieldCode.NOT_FOUND, "no such plan is offered to you")
        yield from check_amount(f"{path}.amount", price.amount, currency)
        if (price.plan_id, price.sales_model) in seen:
            yield FieldError(path, FieldCode.ALREADY_EXISTS, "this plan and sales model have a price already")
        seen.add((price.plan_id, price.sales_model))


def state_on(on: date, starts_on: date, ends_on: date | None) -> ContractState:
    """Where a contract stands on a local date of its customer."""
    if on < starts_on:
        return ContractState.SCHEDULED
    return ContractState.ENDED if ends_on is not None and ends_on < on else ContractState.ACTIVE


def covers(starts_on: date, ends_on: date | None, *, first: date, last: date) -> bool:
    """Whether every day of an order, from its first to its last, lies in a contract's term."""
    return all(state_on(day, starts_on, ends_on) is ContractState.ACTIVE for day in (first, last))


def earliest_end(today: date, notice_days: int) -> date:
    """The first last day that a notice given today can name."""
    return today + timedelta(days=notice_days)


def check_end(
    last_day: date, *, today: date, starts_on: date, ends_on: date | None, notice_days: int
) -> list[FieldError]:
    """A notice names a day that its period allows, within the contract's term."""
    earliest = max(earliest_end(today, notice_days), starts_on)
    if last_day < earliest:
        message = f"with {notice_days} days of notice it can end on {earliest} at the earliest"
        return [FieldError("endsOn", FieldCode.OUT_OF_RANGE, message)]
    if ends_on is not None and last_day > ends_on:
        return [FieldError("endsOn", FieldCode.OUT_OF_RANGE, f"it ends on {ends_on} already")]
    return []
