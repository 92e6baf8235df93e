"""Resolvers that create, change and end organizations."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from domain.billing.queries import ACCOUNTS
from domain.onboarding import creating
from domain.onboarding.closing import close_organization as close
from domain.onboarding.onboarding import FirstMember, FirstOrder
from domain.onboarding.onboarding import onboard_customer as onboard
from domain.orders.queries import ORDERS
from domain.orders.rules import OrderDraft
from domain.organizations import actions, updating
from domain.organizations.queries import ORGANIZATIONS
from domain.organizations.rules import Address, Contact, CustomerDraft, PartnerDraft
from resolvers.access import actor_of
from resolvers.changes import changes_of
from resolvers.doors import INVITATION_PREFIX, fresh_secret
from resolvers.keyed import run_once, run_once_with_secret
from resolvers.lists import read_written
from resolvers.orders import acceptance, line_drafts, order_handling, order_terms
from resolvers.people import invitation
from resolvers.references import organization_id
from schema.context import Info
from schema.onboarding import (
    AddGroupAccountInput,
    AddGroupAccountResult,
    AddGroupAccountSuccess,
    AddressInput,
    BillingContactInput,
    CloseOrganizationInput,
    CloseOrganizationResult,
    CloseOrganizationSuccess,
    CreateCustomerInput,
    CreateCustomerResult,
    CreateCustomerSuccess,
    CreatePartnerInput,
    CreatePartnerResult,
    CreatePartnerSuccess,
    FirstMemberInput,
    FirstOrderInput,
    OnboardCustomerInput,
    OnboardCustomerResult,
    OnboardCustomerSuccess,
    ResumeOrganizationInput,
    ResumeOrganizationResult,
    ResumeOrganizationSuccess,
    SuspendOrganizationInput,
    SuspendOrganizationResult,
    SuspendOrganizationSuccess,
    UpdateOrganizationInput,
    UpdateOrganizationResult,
    UpdateOrganizationSuccess,
)


def _contact(given: BillingContactInput) -> Contact:
    return Contact(given.first_name, given.last_name, given.email)


def _address(given: AddressInput) -> Address:
    return Address(given.street, given.postal_code, given.city, given.country)


def _customer(content: CreateCustomerInput) -> CustomerDraft:
    return CustomerDraft(
        name=content.name,
        company=content.company,
        domain=content.domain,
        time_zone=content.time_zone,
        billing_contact=_contact(content.billing_contact),
        address=_address(content.address),
        billing_mode=content.billing_mode,
        currency=content.currency,
        reference=content.reference,
        phone=content.phone,
        notes=content.notes,
        invoice_emails=content.invoice_emails or (),
    )


def _first_order(content: FirstOrderInput) -> FirstOrder:
    lines = line_drafts(content.lines, "order.lines")
    return lambda customer_id: OrderDraft(
        customer_id=customer_id,
        lines=lines,
        sales_model=content.sales_model,
        cycle_multiplier=content.cycle_multiplier,
        auto_renew=content.auto_renew,
        subscription_reference=content.subscription_reference,
        terms=order_terms(content),
        handling=order_handling(content),
    )


def _first_member(info: Info, content: FirstMemberInput | None) -> FirstMember | None:
    return None if content is None else FirstMember(content.email, content.role, fresh_secret(info, INVITATION_PREFIX))


async def create_partner(info: Info, input: CreatePartnerInput) -> CreatePartnerResult:  # noqa: A002 - the argument's public name
    """Create a partner below a distributor or another partner."""
    parent_id = await organization_id(info, input.parent, "parent")
    draft = PartnerDraft(
        name=input.name,
        company=input.company,
        time_zone=input.time_zone,
        currency=input.currency,
        domain=input.domain,
        reference=input.reference,
        phone=input.phone,
        notes=input.notes,
        invoice_emails=input.invoice_emails or (),
    )
    made = await run_once(info, input, lambda: actions.create_partner(actor_of(info), parent_id=parent_id, draft=draft))
    return CreatePartnerSuccess(partner=await read_written(info, "Organization", ORGANIZATIONS, made, "partner"))


async def create_customer(info: Info, input: CreateCustomerInput) -> CreateCustomerResult:  # noqa: A002 - the argument's public name
    """Create a customer at a partner, with its accounts; one with the same name, domain or reference is refused."""
    partner_id, draft = await organization_id(info, input.partner, "partner"), _customer(input)
    made = await run_once(
        info, input, lambda: creating.create_customer(actor_of(info), partner_id=partner_id, draft=draft)
    )
    return CreateCustomerSuccess(customer=await read_written(info, "Organization", ORGANIZATIONS, made, "customer"))


async def onboard_customer(info: Info, input: OnboardCustomerInput) -> OnboardCustomerResult:  # noqa: A002 - the argument's public name
    """Create a customer with its accounts, invite its first member and place its first order: all of it or nothing."""
    partner_id, draft = await organization_id(info, input.partner, "partner"), _customer(input)
    order = _first_order(input.order) if input.order else None
    accepted = acceptance(info, input.order.accepted_terms if input.order else None, "order.acceptedTerms")

    async def act() -> dict[str, Any]:
        made = await onboard(
            actor_of(info),
            partner_id=partner_id,
            draft=draft,
            member=_first_member(info, input.admin),
            order=order,
            acceptance=accepted,
        )
        return {name: str(made_id) if made_id else None for name, made_id in asdict(made).items()}

    made = await run_once_with_secret(info, input, act)
    return OnboardCustomerSuccess(
        customer=await read_written(info, "Organization", ORGANIZATIONS, UUID(made["customer_id"]), "customer"),
        admin=made["invitation_id"] and await invitation(info, UUID(made["invitation_id"]), "admin"),
        order=made["order_id"] and await read_written(info, "Order", ORDERS, UUID(made["order_id"]), "order"),
    )


async def update_organization(info: Info, input: UpdateOrganizationInput) -> UpdateOrganizationResult:  # noqa: A002 - the argument's public name
    """Change the profile of an organization; currency and billing mode stay as they are."""
    target = await organization_id(info, input.organization, "organization")
    changes = changes_of(input, {BillingContactInput: _contact, AddressInput: _address})
    made = await updating.update_organization(actor_of(info), target, changes)
    written = await read_written(info, "Organization", ORGANIZATIONS, made, "organization")
    return UpdateOrganizationSuccess(organization=written)


async def add_group_account(info: Info, input: AddGroupAccountInput) -> AddGroupAccountResult:  # noqa: A002 - the argument's public name
    """Add a group account to a customer, with what groups are subscribed to."""
    customer_id = await organization_id(info, input.customer, "customer")
    made = await run_once(
        info,
        input,
        lambda: creating.add_group_account(actor_of(info), customer_id=customer_id, name=input.name),
    )
    return AddGroupAccountSuccess(account=await read_written(info, "Account", ACCOUNTS, made, "account"))


async def suspend_organization(info: Info, input: SuspendOrganizationInput) -> SuspendOrganizationResult:  # noqa: A002 - the argument's public name
    """Let an organization, and all below it, read only; until it is resumed."""
    target = await organization_id(info, input.organization, "organization")
    made = await updating.suspend_organization(actor_of(info), target)
    written = await read_written(info, "Organization", ORGANIZATIONS, made, "organization")
    return SuspendOrganizationSuccess(organization=written)


async def resume_organization(info: Info, input: ResumeOrganizationInput) -> ResumeOrganizationResult:  # noqa: A002 - the argument's public name
    """Let a suspended organization act again."""
    target = await organization_id(info, input.organization, "organization")
    made = await updating.resume_organization(actor_of(info), target)
    written = await read_written(info, "Organization", ORGANIZATIONS, made, "organization")
    return ResumeOrganizationSuccess(organization=written)


async def close_organization(info: Info, input: CloseOrganizationInput) -> CloseOrganizationResult:  # noqa: A002 - the argument's public name
    """Close an organization for good; refused while it, or one below it, has active subscriptions or orders."""
    made = await close(actor_of(info), await organization_id(info, input.organization, "organization"))
    written = await read_written(info, "Organization", ORGANIZATIONS, made, "organization")
    return CloseOrganizationSuccess(organization=written)
