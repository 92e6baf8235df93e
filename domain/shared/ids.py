"""Identity: UUIDv7 inside, TypeIDs (`ord_01h…`) outside; a TypeID says what it names."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from typeid.codecs import base32

from domain.shared.errors import FieldCode, FieldError
from domain.shared.reading import unreadable

PREFIXES: Final[dict[str, str]] = {
    "Organization": "org",
    "ApiToken": "tok",
    "Product": "prd",
    "Plan": "pln",
    "PriceList": "prl",
    "Discount": "dsc",
    "Contract": "ctr",
    "Order": "ord",
    "OrderLine": "oln",
    "Subscription": "sub",
    "Instance": "ins",
    "ProvisioningOperation": "pop",
    "Event": "evt",
    "WebhookEndpoint": "whe",
    "WebhookDelivery": "whd",
    "WebhookAttempt": "wha",
    "Member": "mem",
    "Invitation": "ivt",
    "Session": "ses",
    "Account": "acc",
    "WalletEntry": "wle",
    "Charge": "chg",
    "Invoice": "inv",
    "Payment": "pay",
    "EmergencyLocation": "eml",
    "Category": "cat",
    "OrderType": "oty",
    "TermsDocument": "trm",
    "Ticket": "tck",
    "CredentialLink": "crl",
    "BulkOperation": "bop",
    "Upload": "upl",
    "PortOrder": "por",
    "Number": "num",
    "Backorder": "bko",
}
TYPES: Final[dict[str, str]] = {prefix: kind for kind, prefix in PREFIXES.items()}

_RANDOM_BITS: Final = 80
_NOTHING: Final = UUID(int=0)
_LARGEST_FIRST: Final = "7"  # the first of 26 digits of 5 bits has 3


def encode(kind: str, value: UUID) -> str:
    """Write the TypeID under which a row of `kind` (a key of PREFIXES) is known outside."""
    return f"{PREFIXES[kind]}_{base32.encode(value.bytes)}"


def encoder(kind: str) -> Callable[[UUID], str]:
    """`encode` for one kind, for those who write hundreds."""
    prefix, write = f"{PREFIXES[kind]}_", base32.encode
    return lambda value: prefix + write(value.bytes)


def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of this instant's millisecond: ids from then on are greater (RFC 9562, 5.7)."""
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << _RANDOM_BITS)


def decode_any(text: str) -> tuple[str, UUID]:
    """Read a TypeID of any kind: (kind, uuid). Raises ValueError when it is none of ours."""
    prefix, _, digits = text.partition("_")
    is_too_large = digits[:1] > _LARGEST_FIRST  # which base32 does not say
    try:
        return TYPES[prefix], UUID(bytes=base32.decode("" if is_too_large else digits))
    except (KeyError, ValueError, RuntimeError) as error:
        raise ValueError(f"{text[:80]!r} is not an id") from error


def decode(kind: str, text: str, *, path: str = "id") -> UUID:
    """Read a TypeID of one kind; a bad one is unreadable at `path`, naming what was expected."""
    try:
        found, value = decode_any(text)
    except ValueError:
        found, value = "", _NOTHING
    if found == kind:
        return value
    message = f"expected an id like {PREFIXES[kind]}_…, got {text[:80]!r}"
    unreadable(FieldError(path, FieldCode.INVALID, message))
    return uuid5(_NOTHING, path)  # no row has it, and no other field of the input
