"""What makes a valid organization: pure checks of a draft, every problem at once."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from domain.shared.actor import OrganizationKind
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import CURRENCIES
from domain.shared.texts import check_optional_text, check_text

_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_EMAIL: Final = re.compile(
    r"[^@\s\x00-\x1f\x7f-\x9f]{1,64}@(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
# ISO 3166-1 alpha-2, officially assigned.
_COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - a list of 249 strings is no better to read
)
# Which kind of organization may stand right below which.
MAY_CREATE: Final = {
    OrganizationKind.PARTNER: frozenset({OrganizationKind.DISTRIBUTOR, OrganizationKind.PARTNER}),
    OrganizationKind.CUSTOMER: frozenset({OrganizationKind.PARTNER}),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """The person who gets the invoices."""

    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """What is needed to create a partner; `currency` None takes the parent's."""

    name: str
    company: str
    time_zone: str
    currency: str | None = None
    domain: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """What is needed to create a customer (ORION, "Fill out all the customer information")."""

    name: str
    company: str
    domain: str
    time_zone: str
    billing_contact: Contact
    address: Address
    currency: str | None = None
    reference: str | None = None


def name_key(name: str) -> str:
    """Two names with the same key are the same name."""
    return " ".join(name.split()).casefold()[:200]


def check_domain(path: str, domain: str) -> list[FieldError]:
    """A bare host name: no scheme, no path, no leading `www.`; the message says which was found."""
    if "://" in domain:
        return [FieldError(path, FieldCode.INVALID, "must be a bare host name: leave out the scheme (http://)")]
    if "/" in domain:
        return [FieldError(path, FieldCode.INVALID, "must be a bare host name: leave out the path")]
    if domain.lower().startswith("www."):
        return [FieldError(path, FieldCode.INVALID, "must be a bare host name: leave out www.")]
    if not _HOST.fullmatch(domain.lower()):
        return [FieldError(path, FieldCode.INVALID, "is not a host name like example.com")]
    return []


def check_email(path: str, email: str) -> list[FieldError]:
    """An address with a local part and a host; whether it exists, only mail can tell."""
    if not _EMAIL.fullmatch(email):
        return [FieldError(path, FieldCode.INVALID, "is not an e-mail address")]
    return []


def check_country(path: str, country: str) -> list[FieldError]:
    """A country that is officially assigned a code."""
    if country not in _COUNTRIES:
        return [FieldError(path, FieldCode.INVALID, "is not an ISO 3166 country code like AT")]
    return []


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_common(draft: PartnerDraft | CustomerDraft) -> list[FieldError]:
    problems = check_text("name", draft.name, max_length=200)
    problems += check_text("company", draft.company, max_length=200)
    problems += check_optional_text("reference", draft.reference, max_length=100)
    if draft.time_zone not in _time_zones():
        problems.append(FieldError("timeZone", FieldCode.INVALID, "is not an IANA time zone like Europe/Vienna"))
    if draft.currency is not None and draft.currency not in CURRENCIES:
        problems.append(FieldError("currency", FieldCode.INVALID, "is not an ISO 4217 currency code like EUR"))
    return problems


def check_partner(draft: PartnerDraft) -> list[FieldError]:
    """Everything wrong with a partner's draft."""
    problems = _check_common(draft)
    if draft.domain is not None:
        problems += check_domain("domain", draft.domain)
    return problems


def check_customer(draft: CustomerDraft) -> list[FieldError]:
    """Everything wrong with a customer's draft."""
    contact, address = draft.billing_contact, draft.address
    problems = _check_common(draft)
    problems += check_domain("domain", draft.domain)
    problems += check_text("billingContact.firstName", contact.first_name, max_length=100)
    problems += check_text("billingContact.lastName", contact.last_name, max_length=100)
    problems += check_email("billingContact.email", contact.email)
    problems += check_text("address.street", address.street, max_length=200)
    problems += check_text("address.postalCode", address.postal_code, max_length=20)
    problems += check_text("address.city", address.city, max_length=100)
    if address.country not in _COUNTRIES:
        message = "is not an ISO 3166 country code like AT"
        problems.append(FieldError("address.country", FieldCode.INVALID, message))
    return problems
