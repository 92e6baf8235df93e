"""Creating, changing and ending organizations: inputs and results."""

from typing import Annotated

import strawberry

from domain.access.permissions import Role
from domain.catalog.models import SalesModel
from domain.organizations.models import BillingMode
from schema.billing import Account
from schema.errors import Conflict, InvalidInput, NotFound
from schema.ordering import OrderHandlingInput, OrderLineInput
from schema.orders import Order
from schema.organizations import Organization, OrganizationRef
from schema.people import Invitation
from schema.scalars import CurrencyCode


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
    phone: str | None = strawberry.field(description="Telephone number with its country code.", default=None)
    notes: str | None = strawberry.field(
        description="What to note, such as what provisioning should know.", default=None
    )
    invoice_emails: list[str] | None = strawberry.field(
        description="Who gets the invoices beside the billing contact, at most 20.", default=None
    )
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
    billing_mode: BillingMode = strawberry.field(description="Who gets the invoices; fixed from then on.")
    currency: CurrencyCode | None = strawberry.field(description="Defaults to the partner's.", default=None)
    reference: str | None = strawberry.field(description="The partner's own reference for it.", default=None)
    phone: str | None = strawberry.field(description="Telephone number with its country code.", default=None)
    notes: str | None = strawberry.field(
        description="What to note, such as what provisioning should know.", default=None
    )
    invoice_emails: list[str] | None = strawberry.field(
        description="Who gets the invoices beside the billing contact, at most 20.", default=None
    )
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


@strawberry.input(description="The first order of a new customer.")
class FirstOrderInput(OrderHandlingInput):
    """As `placeOrder` takes it, but for the customer and the key."""

    lines: list[OrderLineInput] = strawberry.field(description="What is bought.")
    sales_model: SalesModel = strawberry.field(description="How often the prices fall due.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this.", default=1)
    auto_renew: bool = strawberry.field(description="Whether its subscriptions renew by themselves.", default=True)
    subscription_reference: str | None = strawberry.field(
        description="Maps its subscriptions to external billing.", default=None
    )
    accepted_terms: list[strawberry.ID] | None = strawberry.field(
        description="The terms in force of the products that have any, by their ids: submitting agrees to them.",
        default=None,
    )


@strawberry.input(description="The first member of a new customer.")
class FirstMemberInput:
    """As `inviteMember` takes it, but for the organization and the key."""

    email: str = strawberry.field(description="Where the invitation goes.")
    role: Role = strawberry.field(description="As what; may do nothing that you may not.", default=Role.ADMIN)


@strawberry.input(description="A customer to create with all that it begins with.")
class OnboardCustomerInput(CreateCustomerInput):
    """What `onboardCustomer` takes: as `createCustomer`, with a first member and a first order."""

    admin: FirstMemberInput | None = strawberry.field(description="Who is invited to it at once.", default=None)
    order: FirstOrderInput | None = strawberry.field(description="What it orders at once.", default=None)


@strawberry.type(description="The customer was created, its first member invited and its order placed.")
class OnboardCustomerSuccess:
    """The good end of `onboardCustomer`."""

    customer: Organization = strawberry.field(description="The new customer.")
    admin: Invitation | None = strawberry.field(description="The first member's invitation; null if none was given.")
    order: Order | None = strawberry.field(description="The submitted order; null if none was given.")


@strawberry.input(description="What to change of an organization: what is left out stays as it is.")
class UpdateOrganizationInput:
    """What `updateOrganization` takes."""

    organization: OrganizationRef = strawberry.field(description="Which one.")
    name: strawberry.Maybe[str] = strawberry.field(description="Account name, unique under its seller.")
    company: strawberry.Maybe[str] = strawberry.field(description="Company name, as on invoices.")
    domain: strawberry.Maybe[str | None] = strawberry.field(description="Default domain, a bare host name.")
    reference: strawberry.Maybe[str | None] = strawberry.field(description="Its seller's own reference for it.")
    time_zone: strawberry.Maybe[str] = strawberry.field(description="IANA time zone like Europe/Vienna.")
    billing_contact: strawberry.Maybe[BillingContactInput | None] = strawberry.field(
        description="Who gets the invoices."
    )
    address: strawberry.Maybe[AddressInput | None] = strawberry.field(description="Where the invoices go.")
    phone: strawberry.Maybe[str | None] = strawberry.field(description="Telephone number with its country code.")
    notes: strawberry.Maybe[str | None] = strawberry.field(description="What its seller notes.")
    invoice_emails: strawberry.Maybe[list[str]] = strawberry.field(
        description="Who gets the invoices beside the billing contact, at most 20: all of them."
    )
    desk_email: strawberry.Maybe[str | None] = strawberry.field(
        description="Who gets the tickets of its desk; null: the billing contact."
    )
    currency: strawberry.Maybe[CurrencyCode] = strawberry.field(
        description="Fixed: another one than it has is refused."
    )
    billing_mode: strawberry.Maybe[BillingMode] = strawberry.field(
        description="Fixed: another one than it has is refused."
    )


@strawberry.type(description="The organization was changed.")
class UpdateOrganizationSuccess:
    """The good end of `updateOrganization`."""

    organization: Organization = strawberry.field(description="The organization as it is now.")


@strawberry.input(description="A group to add to a customer.")
class AddGroupAccountInput:
    """What `addGroupAccount` takes."""

    customer: OrganizationRef = strawberry.field(description="Whose group.")
    name: str = strawberry.field(description="What to call it, unique at the customer.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The group was added.")
class AddGroupAccountSuccess:
    """The good end of `addGroupAccount`."""

    account: Account = strawberry.field(description="The new group account.")


@strawberry.input(description="An organization to suspend.")
class SuspendOrganizationInput:
    """What `suspendOrganization` takes."""

    organization: OrganizationRef = strawberry.field(description="One below your own.")


@strawberry.type(description="It, and all below it, can read but not order or change anything.")
class SuspendOrganizationSuccess:
    """The good end of `suspendOrganization`."""

    organization: Organization = strawberry.field(description="The suspended organization.")


@strawberry.input(description="A suspended organization to resume.")
class ResumeOrganizationInput:
    """What `resumeOrganization` takes."""

    organization: OrganizationRef = strawberry.field(description="One below your own.")


@strawberry.type(description="It may act again.")
class ResumeOrganizationSuccess:
    """The good end of `resumeOrganization`."""

    organization: Organization = strawberry.field(description="The resumed organization.")


@strawberry.input(description="An organization to close for good.")
class CloseOrganizationInput:
    """What `closeOrganization` takes."""

    organization: OrganizationRef = strawberry.field(description="One below your own.")


@strawberry.type(description="It is closed for good.")
class CloseOrganizationSuccess:
    """The good end of `closeOrganization`."""

    organization: Organization = strawberry.field(description="The closed organization.")


OnboardCustomerResult = Annotated[
    OnboardCustomerSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("OnboardCustomerResult", description="How `onboardCustomer` can end."),
]

UpdateOrganizationResult = Annotated[
    UpdateOrganizationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdateOrganizationResult", description="How `updateOrganization` can end."),
]

AddGroupAccountResult = Annotated[
    AddGroupAccountSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("AddGroupAccountResult", description="How `addGroupAccount` can end."),
]

SuspendOrganizationResult = Annotated[
    SuspendOrganizationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SuspendOrganizationResult", description="How `suspendOrganization` can end."),
]

ResumeOrganizationResult = Annotated[
    ResumeOrganizationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ResumeOrganizationResult", description="How `resumeOrganization` can end."),
]

CloseOrganizationResult = Annotated[
    CloseOrganizationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CloseOrganizationResult", description="How `closeOrganization` can end."),
]
