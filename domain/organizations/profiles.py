"""What an organization says of itself: pure checks of a whole profile, every problem at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from domain.organizations.rules import (
    Address,
    Contact,
    check_address,
    check_contact,
    check_domain,
    check_email,
    check_time_zone,
)
from domain.shared.actor import OrganizationKind
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_optional_text, check_text

MAX_INVOICE_EMAILS: Final = 20
MAX_NOTES: Final = 10_000
_LONGEST_PHONE: Final = 32
# What is chosen when an organization is created and holds from then on (domain.md, Organizations).
FIXED: Final[Mapping[str, str]] = {"currency": "currency", "billing_mode": "billingMode"}
# Kind -> what it cannot be without: path in the input -> field of Profile.
REQUIRED: Final[Mapping[OrganizationKind, Mapping[str, str]]] = {
    OrganizationKind.DISTRIBUTOR: {},
    OrganizationKind.PARTNER: {},
    OrganizationKind.CUSTOMER: {"domain": "domain", "billingContact": "billing_contact", "address": "address"},
}


@dataclass(frozen=True, slots=True)
class Profile:
    """All of an organization that may be changed; `phone` is E.164, `invoice_emails` are beside the contact's."""

    name: str
    company: str
    time_zone: str
    domain: str | None = None
    reference: str | None = None
    billing_contact: Contact | None = None
    address: Address | None = None
    phone: str | None = None
    notes: str | None = None
    invoice_emails: Sequence[str] = ()
    desk_email: str | None = None


def read_phone(text: str) -> str | None:
    """The number in E.164 (`+4366212345`); None when it is none that could be dialled."""
    if len(text) > _LONGEST_PHONE:
        return None
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None


def check_phone(path: str, text: str) -> list[FieldError]:
    """A number that could be dialled from everywhere, country code included."""
    if read_phone(text) is None:
        return [FieldError(path, FieldCode.INVALID, "is not a telephone number like +43 662 12345678")]
    return []


def check_extras(phone: str | None, notes: str | None, invoice_emails: Sequence[str]) -> list[FieldError]:
    """What stands in a profile beside what is required."""
    problems = check_phone("phone", phone) if phone else []
    problems += check_optional_text("notes", notes, max_length=MAX_NOTES)
    if len(invoice_emails) > MAX_INVOICE_EMAILS:
        message = f"has {len(invoice_emails)} addresses, at most {MAX_INVOICE_EMAILS} are allowed"
        return [*problems, FieldError("invoiceEmails", FieldCode.TOO_LONG, message)]
    for place, email in enumerate(invoice_emails):
        problems += check_email(f"invoiceEmails.{place}", email)
        if email.casefold() in {other.casefold() for other in invoice_emails[:place]}:
            problems.append(FieldError(f"invoiceEmails.{place}", FieldCode.ALREADY_EXISTS, "stands there twice"))
    return problems


def check_profile(kind: OrganizationKind, profile: Profile) -> list[FieldError]:
    """Everything wrong with a profile as it would be; a customer's domain, contact and address are required."""
    problems = check_text("name", profile.name, max_length=200)
    problems += check_text("company", profile.company, max_length=200)
    problems += check_time_zone(profile.time_zone)
    problems += check_optional_text("reference", profile.reference, max_length=100)
    problems += [
        FieldError(path, FieldCode.REQUIRED, "a customer has one")
        for path, name in REQUIRED[kind].items()
        if getattr(profile, name) is None
    ]
    if profile.domain is not None:
        problems += check_domain("domain", profile.domain)
    if profile.billing_contact is not None:
        problems += check_contact("billingContact", profile.billing_contact)
    if profile.address is not None:
        problems += check_address("address", profile.address)
    if profile.desk_email is not None:
        problems += check_email("deskEmail", profile.desk_email)
    return problems + check_extras(profile.phone, profile.notes, profile.invoice_emails)


def check_fixed(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[FieldError]:
    """Refuse to change what is fixed; naming the value that it has is no change."""
    return [
        FieldError(FIXED[name], FieldCode.NOT_ALLOWED, f"is fixed when it is created: it stays {current[name]}")
        for name, value in wanted.items()
        if value != current[name]
    ]
