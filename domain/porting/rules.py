"""What the other side needs to know before numbers move, and until when they can be held back: pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.organizations.profiles import read_phone
from domain.organizations.rules import check_country
from domain.porting.models import PortKind
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_optional_text, check_text

MAX_NUMBERS: Final = 100
MAX_QUANTITY: Final = 100
MAX_PIN: Final = 50
# domain.md, Numbers: what the losing carrier has prepared cannot be stopped any more.
NOT_CANCELLED_WITHIN: Final = timedelta(hours=48)
# Codes of the North American toll-free numbers.
_TOLL_FREE: Final = ("+1800", "+1822", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
_LENGTHS: Final[Mapping[str, int]] = {
    "wanted": 100,
    "counterpart": 200,
    "account_number": 100,
    "authorized_person": 200,
    "street": 200,
    "postal_code": 20,
    "city": 100,
    "region": 100,
}


@dataclass(frozen=True, slots=True)
class PortDraft:
    """What a customer says, saved incomplete; numbers are as they were typed, the PIN is sealed."""

    numbers: Sequence[str] = ()
    quantity: int | None = None
    wanted: str | None = None
    plan_id: UUID | None = None
    subscription_id: UUID | None = None
    counterpart: str | None = None
    account_number: str | None = None
    pin_sealed: bytes | None = None
    billing_number: str | None = None
    authorized_person: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    upload_id: UUID | None = None
    requested_on: date | None = None


# What must be there at submission, by the names of the inputs where they differ.
_REQUIRED: Final[Mapping[PortKind, Sequence[str]]] = {
    PortKind.PORT_IN: (
        *("numbers", "plan_id", "subscription_id", "counterpart", "account_number", "billing_number"),
        *("authorized_person", "street", "postal_code", "city", "country", "upload_id", "requested_on"),
    ),
    PortKind.TOLL_FREE: ("quantity", "plan_id", "subscription_id"),
    PortKind.RESP_ORG: ("numbers", "plan_id", "subscription_id", "counterpart", "authorized_person", "upload_id"),
}
_ADDRESS: Final = {
    "street": "serviceAddress.street",
    "postal_code": "serviceAddress.postalCode",
    "city": "serviceAddress.city",
    "region": "serviceAddress.region",
    "country": "serviceAddress.country",
}
_PATHS: Final[Mapping[PortKind, Mapping[str, str]]] = {
    PortKind.PORT_IN: {"counterpart": "losingCarrier", **_ADDRESS},
    PortKind.TOLL_FREE: {},
    PortKind.RESP_ORG: {"counterpart": "currentRespOrg"},
}


def check_draft(kind: PortKind, draft: PortDraft) -> list[FieldError]:
    """Everything wrong with what was said; what is missing may come later."""
    problems = _check_numbers(kind, draft.numbers)
    for name, max_length in _LENGTHS.items():
        problems += check_optional_text(path_of(kind, name), getattr(draft, name), max_length=max_length)
    if draft.quantity is not None and not 1 <= draft.quantity <= MAX_QUANTITY:
        problems.append(FieldError("quantity", FieldCode.OUT_OF_RANGE, f"must be between 1 and {MAX_QUANTITY}"))
    if draft.billing_number is not None and read_phone(draft.billing_number) is None:
        problems.append(FieldError("billingNumber", FieldCode.INVALID, "is no telephone number like +14155550123"))
    if draft.country is not None:
        problems += check_country(path_of(kind, "country"), draft.country)
    return problems


def _check_numbers(kind: PortKind, numbers: Sequence[str]) -> list[FieldError]:
    if len(numbers) > MAX_NUMBERS:
        return [FieldError("numbers", FieldCode.TOO_LONG, f"at most {MAX_NUMBERS} are moved at once")]
    problems = []
    seen: set[str] = set()
    for place, text in enumerate(numbers):
        number, path = read_phone(text), f"numbers.{place}"
        if number is None:
            problems.append(FieldError(path, FieldCode.INVALID, "is no telephone number like +14155550123"))
        elif number in seen:
            problems.append(FieldError(path, FieldCode.ALREADY_EXISTS, "is named before"))
        elif kind is PortKind.RESP_ORG and not is_toll_free(number):
            problems.append(FieldError(path, FieldCode.NOT_ALLOWED, "is no toll-free number"))
        seen.add(number or text)
    return problems


def is_toll_free(e164: str) -> bool:
    """Whether a number is one that a RespOrg controls."""
    return e164.startswith(_TOLL_FREE)


def check_pin(pin: str | None) -> list[FieldError]:
    """What a losing carrier asks for is short and can be typed; it is checked before it is sealed."""
    return check_optional_text("pin", pin, max_length=MAX_PIN)


def missing(kind: PortKind, draft: PortDraft) -> list[FieldError]:
    """What must be said before it can be submitted."""
    lacking = [name for name in _REQUIRED[kind] if getattr(draft, name) in (None, "", ())]
    return [FieldError(path_of(kind, name), FieldCode.REQUIRED, "is needed to submit") for name in lacking]


def path_of(kind: PortKind, name: str) -> str:
    """What a field of a draft is called outside."""
    head, *rest = _PATHS[kind].get(name, name).split("_")
    return head + "".join(word.title() for word in rest)


def held_until(confirmed_on: date, time_zone: str) -> datetime:
    """The last instant at which a port can be cancelled: 48 hours before its day begins where the customer is."""
    return datetime.combine(confirmed_on, time(), ZoneInfo(time_zone)) - NOT_CANCELLED_WITHIN


def check_confirmed(confirmed_on: date | None, today: date) -> list[FieldError]:
    """A confirmation names a day that is not over."""
    if confirmed_on is None:
        return [FieldError("focDate", FieldCode.REQUIRED, "a confirmation names its day")]
    if confirmed_on < today:
        return [FieldError("focDate", FieldCode.OUT_OF_RANGE, "is over")]
    return []


def check_reason(reason: str | None) -> list[FieldError]:
    """An exception says what is to be corrected."""
    return check_text("reason", reason or "", max_length=500)
