"""Organizations: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.shared.actor import OrganizationKind
from domain.shared.filters import Direction
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import DateTimeFilter, TextFilter
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


@strawberry.input(description="Which organizations.")
class OrganizationWhere:
    """All given parts must hold."""

    name: TextFilter | None = strawberry.field(description="By account name.", default=None)
    kind: OrganizationKindFilter | None = strawberry.field(description="By tier.", default=None)
    reference: TextFilter | None = strawberry.field(description="By the seller's reference.", default=None)
    domain: TextFilter | None = strawberry.field(description="By domain.", default=None)
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


@strawberry.input(description="The person who gets the invoices.")
class BillingContactInput:
    """Mirrors BillingContact."""

    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: str = strawberry.field(description="E-mail address for invoices.")


@strawberry.input(description="A postal address.")
class AddressInput:
    """Mirrors Address."""

    street: str = strawberry.field(description="Street and number.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="City.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")


@strawberry.input(description="A partner to create.")
class CreatePartnerInput:
    """What `createPartner` takes."""

    parent: OrganizationRef = strawberry.field(description="The distributor or partner right above it.")
    name: str = strawberry.field(description="Account name, unique under its parent.")
    company: str = strawberry.field(description="Company name.")
    time_zone: str = strawberry.field(description="IANA time zone like Europe/Vienna.")
    currency: CurrencyCode | None = strawberry.field(description="Defaults to the parent's.", default=None)
    domain: str | None = strawberry.field(description="A bare host name: no scheme, no www.", default=None)
    reference: str | None = strawberry.field(description="The parent's own reference for it.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="A customer to create, at its partner.")
class CreateCustomerInput:
    """What `createCustomer` takes."""

    partner: OrganizationRef = strawberry.field(description="The partner that sells to it.")
    name: str = strawberry.field(description="Account name, unique under its partner.")
    company: str = strawberry.field(description="Company name, as on invoices.")
    domain: str = strawberry.field(description="Default domain, a bare host name: no scheme, no www.")
    time_zone: str = strawberry.field(description="IANA time zone like Europe/Vienna.")
    billing_contact: BillingContactInput = strawberry.field(description="Who gets the invoices.")
    address: AddressInput = strawberry.field(description="Where the invoices go.")
    currency: CurrencyCode | None = strawberry.field(description="Defaults to the partner's.", default=None)
    reference: str | None = strawberry.field(description="The partner's own reference for it.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The partner was created.")
class CreatePartnerSuccess:
    """The good end of `createPartner`."""

    partner: Organization = strawberry.field(description="The new partner.")


@strawberry.type(description="The customer was created.")
class CreateCustomerSuccess:
    """The good end of `createCustomer`."""

    customer: Organization = strawberry.field(description="The new customer.")


CreatePartnerResult = Annotated[
    CreatePartnerSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreatePartnerResult", description="How `createPartner` can end."),
]
CreateCustomerResult = Annotated[
    CreateCustomerSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateCustomerResult", description="How `createCustomer` can end."),
]
