"""Port orders, toll-free orders and RespOrg changes: inputs and results."""

from datetime import date

import strawberry

from domain.porting.states import PortState
from schema.organizations import OrganizationRef


@strawberry.input(description="Where a service is used.")
class ServiceAddressInput:
    """Mirrors columns of domain.porting.rules.PortDraft."""

    street: str | None = strawberry.field(description="Street and number.", default=None)
    postal_code: str | None = strawberry.field(description="Postal code.", default=None)
    city: str | None = strawberry.field(description="City.", default=None)
    region: str | None = strawberry.field(description="State or province.", default=None)
    country: str | None = strawberry.field(description="Country, ISO 3166-1 alpha-2.", default=None)


_NUMBERS = "At most 100 numbers, like +14155550123."
_PLAN = "The SKU that prices the numbers."
_SUBSCRIPTION = "The customer's subscription that gets the numbers."
_LETTER = "The letter of authorization: an upload of the customer for LETTER_OF_AUTHORIZATION."
_TO = "EXCEPTION, FOC_CONFIRMED, PORTED or CANCELLED."
_PIN = (
    "The account's PIN, at most 50 characters; it is kept encrypted, shown to nobody but the desk, and dropped when "
    "all is done."
)


@strawberry.input(description="A port order to save; what is needed to submit it may be said later.")
class CreatePortOrderInput:
    """Mirrors domain.porting.rules.PortDraft."""

    customer: OrganizationRef = strawberry.field(description="Whose numbers they are.")
    numbers: list[str] = strawberry.field(description=_NUMBERS, default_factory=list)
    plan_id: strawberry.ID | None = strawberry.field(description=_PLAN, default=None)
    subscription_id: strawberry.ID | None = strawberry.field(description=_SUBSCRIPTION, default=None)
    losing_carrier: str | None = strawberry.field(description="The carrier that has the numbers.", default=None)
    account_number: str | None = strawberry.field(description="The customer's account there.", default=None)
    pin: str | None = strawberry.field(description=_PIN, default=None)
    billing_number: str | None = strawberry.field(description="The account's billing number.", default=None)
    authorized_person: str | None = strawberry.field(description="Who may decide for the account.", default=None)
    service_address: ServiceAddressInput | None = strawberry.field(description="Where it is used.", default=None)
    upload_id: strawberry.ID | None = strawberry.field(description=_LETTER, default=None)
    requested_on: date | None = strawberry.field(description="The day that is asked for.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="What to say of a port order; what is left out stays as it is, null empties it.")
class UpdatePortOrderInput:
    """What `updatePortOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The port order: a draft, or one with an exception.")
    numbers: strawberry.Maybe[list[str]] = strawberry.field(description=_NUMBERS)
    plan_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_PLAN)
    subscription_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_SUBSCRIPTION)
    losing_carrier: strawberry.Maybe[str | None] = strawberry.field(description="The carrier that has the numbers.")
    account_number: strawberry.Maybe[str | None] = strawberry.field(description="The customer's account there.")
    pin: strawberry.Maybe[str | None] = strawberry.field(description=_PIN)
    billing_number: strawberry.Maybe[str | None] = strawberry.field(description="The account's billing number.")
    authorized_person: strawberry.Maybe[str | None] = strawberry.field(description="Who may decide for the account.")
    service_address: strawberry.Maybe[ServiceAddressInput] = strawberry.field(description="Where it is used, whole.")
    upload_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_LETTER)
    requested_on: strawberry.Maybe[date | None] = strawberry.field(description="The day that is asked for.")


@strawberry.input(description="A port order to hand to the desk.")
class SubmitPortOrderInput:
    """What `submitPortOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The port order.")


@strawberry.input(description="A port order to give up.")
class CancelPortOrderInput:
    """What `cancelPortOrder` takes."""

    id: strawberry.ID = strawberry.field(description="The port order.")


@strawberry.input(description="A port order whose PIN is to be seen.")
class RevealPortPinInput:
    """What `revealPortPin` takes."""

    id: strawberry.ID = strawberry.field(description="The port order.")


@strawberry.input(description="What the losing carrier did, as the desk notes it.")
class AdvancePortOrderInput:
    """Mirrors domain.porting.advancing.Step."""

    id: strawberry.ID = strawberry.field(description="What it is about.")
    to: PortState = strawberry.field(description=_TO)
    foc_date: date | None = strawberry.field(description="The day that was confirmed.", default=None)
    reason: str | None = strawberry.field(description="What is to be corrected.", default=None)


@strawberry.input(description="What the registry did with an order, as the desk notes it.")
class AdvanceTollFreeOrderInput:
    """Mirrors domain.porting.advancing.Step."""

    id: strawberry.ID = strawberry.field(description="What it is about.")
    to: PortState = strawberry.field(description=_TO)
    foc_date: date | None = strawberry.field(description="The day that was confirmed.", default=None)
    reason: str | None = strawberry.field(description="What is to be corrected.", default=None)
    numbers: list[str] = strawberry.field(
        description="The toll-free numbers that are here, as many as were ordered; with PORTED only.",
        default_factory=list,
    )


@strawberry.input(description="What the other RespOrg did, as the desk notes it.")
class AdvanceRespOrgChangeInput:
    """Mirrors domain.porting.advancing.Step."""

    id: strawberry.ID = strawberry.field(description="What it is about.")
    to: PortState = strawberry.field(description=_TO)
    foc_date: date | None = strawberry.field(description="The day that was confirmed.", default=None)
    reason: str | None = strawberry.field(description="What is to be corrected.", default=None)


@strawberry.input(description="Toll-free numbers to order; it is with the desk at once.")
class CreateTollFreeOrderInput:
    """Mirrors domain.porting.rules.PortDraft."""

    customer: OrganizationRef = strawberry.field(description="Whose numbers they will be.")
    quantity: int = strawberry.field(description="How many, 1 to 100.")
    wanted: str | None = strawberry.field(description="What they should look like, like 833 or FLOWERS.", default=None)
    plan_id: strawberry.ID = strawberry.field(description=_PLAN)
    subscription_id: strawberry.ID = strawberry.field(description=_SUBSCRIPTION)
    requested_on: date | None = strawberry.field(description="The day that is asked for.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="Toll-free numbers to bring under our control; it is with the desk at once.")
class CreateRespOrgChangeInput:
    """Mirrors domain.porting.rules.PortDraft."""

    customer: OrganizationRef = strawberry.field(description="Whose numbers they are.")
    numbers: list[str] = strawberry.field(description="At most 100 toll-free numbers, like +18005550123.")
    plan_id: strawberry.ID = strawberry.field(description=_PLAN)
    subscription_id: strawberry.ID = strawberry.field(description=_SUBSCRIPTION)
    current_resp_org: str = strawberry.field(description="The RespOrg that controls them now.")
    authorized_person: str = strawberry.field(description="Who may decide for them.")
    upload_id: strawberry.ID = strawberry.field(description=_LETTER)
    requested_on: date | None = strawberry.field(description="The day that is asked for.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")
