"""Whom an order's mails go to, and how it is paid: pure decisions on what its writer says (CS, customer details)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.catalog.models import Charging
from domain.orders.models import Order
from domain.organizations.rules import Contact, check_contact
from domain.shared.errors import FieldCode, FieldError


@dataclass(frozen=True, slots=True)
class Handling:
    """`contact` is the customer's person for this order; None: whoever gets its invoices.

    The account manager, who created the order, is mailed what opens the instances in any case, the contact if
    `sends_credentials`. `payment_method` holds the plans to how they are charged; None takes them as they come.
    """

    contact: Contact | None = None
    sends_credentials: bool = False
    payment_method: Charging | None = None

    def contact_email(self, customer: Mapping[str, Any]) -> str | None:
        """Where the customer (its row) is written to about the order."""
        email: str | None = self.contact.email if self.contact else customer["billing_email"]
        return email


NOT_SAID: Final = Handling()


def handling_of(order: Order) -> Handling:
    """How a loaded order is handled."""
    named = order.contact_first_name, order.contact_last_name, order.contact_email
    contact = Contact(*(part or "" for part in named)) if order.contact_email else None
    return Handling(contact, order.sends_credentials, order.payment_method)


def handling_columns(handling: Handling) -> dict[str, str | bool | None]:
    """The same as columns of `orders`."""
    contact, method = handling.contact, handling.payment_method
    return {
        "contact_first_name": contact.first_name.strip() if contact else None,
        "contact_last_name": contact.last_name.strip() if contact else None,
        "contact_email": contact.email if contact else None,
        "sends_credentials": handling.sends_credentials,
        "payment_method": method.value if method else None,
    }


def check_handling(handling: Handling, plans: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What no order of these plans may say."""
    problems = check_contact("contact", handling.contact) if handling.contact else []
    if handling.payment_method is not None:
        other = sorted({plan["name"] for plan in plans if plan["charging"] != handling.payment_method})
        message = "is not paid so: {}"
        problems += [FieldError("paymentMethod", FieldCode.NOT_APPLICABLE, message.format(name)) for name in other]
    return problems


def mailed(*emails: str | None) -> list[str]:
    """Each address once, however it is written."""
    return list({email.casefold(): email for email in reversed(emails) if email}.values())[::-1]
