"""Organizations: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Final

import strawberry

from domain.organizations.models import ApprovalRule, BillingMode
from domain.organizations.states import OrganizationState
from domain.shared.actor import OrganizationKind
from domain.shared.filters import Direction
from schema.billing import Account
from schema.filters import DateTimeFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import CurrencyCode, Record


@strawberry.type(description="The person who gets the invoices.")
class BillingContact:
    """Mirrors domain.organizations.rules.Contact."""

    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="E-mail address for invoices.")


@strawberry.type(description="A postal address.")
class Address:
    """Mirrors domain.organizations.rules.Address."""

    street: str = strawberry.field(description="Street and number.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="City.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")


@strawberry.type(description="A distributor, partner or customer of the reseller tree.")
class Organization(Node):
    """Read from `organizations`."""

    kind: OrganizationKind = strawberry.field(description="Its tier.")
    name: str = strawberry.field(description="Account name, unique under its seller.")
    company: str = strawberry.field(description="Company name, as on invoices.")
    domain: str | None = strawberry.field(description="Default domain: a bare host name.")
    reference: str | None = strawberry.field(description="Its seller's own reference for it.")
    time_zone: str = strawberry.field(description="IANA time zone: its dates are local to it.")
    currency: CurrencyCode = strawberry.field(description="The currency it is billed in.")
    billing_contact: BillingContact | None = strawberry.field(description="Who gets the invoices; customers have one.")
    address: Address | None = strawberry.field(description="Postal address; customers have one.")
    created_at: datetime = strawberry.field(description="When it was created.")
    state: OrganizationState = strawberry.field(description="Whether it may act, and be sold to.")
    billing_mode: BillingMode | None = strawberry.field(description="Who of it gets invoices; customers have one.")
    phone: str | None = strawberry.field(description="Telephone number, E.164.")
    notes: str | None = strawberry.field(description="What its seller noted, such as what provisioning should know.")
    invoice_emails: list[str] = strawberry.field(description="Who gets the invoices beside the billing contact.")
    desk_email: str | None = strawberry.field(
        description="Who gets the tickets of its desk; null: the billing contact."
    )
    approval_rule: ApprovalRule = strawberry.field(description="Which of its orders wait for approval.")
    approval_limit: Money | None = strawberry.field(
        description="What it may order without approval, where the rule is ABOVE_AMOUNT."
    )
    accounts: list[Account] = strawberry.field(
        description="Its accounts: the enterprise account, then its groups; none without BILLING_READ."
    )


def _billing_contact(record: Record) -> BillingContact | None:
    if record["billing_email"] is None:
        return None
    return BillingContact(
        first_name=record["billing_first_name"], last_name=record["billing_last_name"], email=record["billing_email"]
    )


def _address(record: Record) -> Address | None:
    if record["country"] is None:
        return None
    return Address(
        street=record["street"], postal_code=record["postal_code"], city=record["city"], country=record["country"]
    )


ORGANIZATION: Final = Reader(
    Organization,
    {
        "id": identity("Organization"),
        "kind": member(OrganizationKind, "kind"),
        "name": column("name"),
        "company": column("company"),
        "domain": column("domain"),
        "reference": column("reference"),
        "time_zone": column("time_zone"),
        "currency": column("currency"),
        "billing_contact": computed(("billing_first_name", "billing_last_name", "billing_email"), _billing_contact),
        "address": computed(("street", "postal_code", "city", "country"), _address),
        "created_at": column("created_at"),
        "state": member(OrganizationState, "state"),
        "billing_mode": computed(
            ("billing_mode",), lambda record: record["billing_mode"] and BillingMode(record["billing_mode"])
        ),
        "phone": column("phone"),
        "notes": column("notes"),
        "invoice_emails": column("invoice_emails"),
        "desk_email": column("desk_email"),
        "approval_rule": member(ApprovalRule, "approval_rule"),
        "approval_limit": computed(
            ("approval_above_minor", "currency"),
            lambda record: money(record["approval_above_minor"], record["currency"]),
        ),
    },
)


@strawberry.input(description="Names an organization by its id or by its seller's reference.", one_of=True)
class OrganizationRef:
    """Exactly one is given."""

    id: strawberry.ID | None = strawberry.field(description="Its id.", default=strawberry.UNSET)
    reference: str | None = strawberry.field(description="Its seller's reference for it.", default=strawberry.UNSET)


@strawberry.input(description="Compares the tier.")
class OrganizationKindFilter:
    """All given comparisons must hold."""

    eq: OrganizationKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[OrganizationKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the state of an organization.")
class OrganizationStateFilter:
    """All given comparisons must hold."""

    eq: OrganizationState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[OrganizationState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which organizations.")
class OrganizationWhere:
    """All given parts must hold."""

    name: TextFilter | None = strawberry.field(description="By account name.", default=None)
    kind: OrganizationKindFilter | None = strawberry.field(description="By tier.", default=None)
    reference: TextFilter | None = strawberry.field(description="By the seller's reference.", default=None)
    domain: TextFilter | None = strawberry.field(description="By domain.", default=None)
    state: OrganizationStateFilter | None = strawberry.field(description="By state.", default=None)
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was created.", default=None)
    and_: list["OrganizationWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["OrganizationWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What organizations can be sorted by.")
class OrganizationSortField(Enum):
    """Names of domain.organizations.queries.ORGANIZATIONS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Account name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was created.")


@strawberry.input(description="One sort key.")
class OrganizationSort:
    """Later keys break the ties of earlier ones."""

    field: OrganizationSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
