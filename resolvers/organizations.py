"""Resolvers of organizations."""

import strawberry

from domain.organizations import actions
from domain.organizations.queries import ORGANIZATIONS
from domain.organizations.rules import Address, Contact, CustomerDraft, PartnerDraft
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_by_id, read_page, read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.organizations import (
    CreateCustomerInput,
    CreateCustomerResult,
    CreateCustomerSuccess,
    CreatePartnerInput,
    CreatePartnerResult,
    CreatePartnerSuccess,
    Organization,
    OrganizationSort,
    OrganizationWhere,
)
from schema.pages import After, Before, Connection, First, Last, page_request


async def organization(info: Info, id: strawberry.ID) -> Organization | None:  # noqa: A002 - the argument's public name
    """One organization of your subtree; null if there is none."""
    return await read_by_id(info, "Organization", ORGANIZATIONS, id)


async def organizations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: OrganizationWhere | None = None,
    sort: list[OrganizationSort] | None = None,
) -> Connection[Organization]:
    """The organizations of your subtree, your own included; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Organization", ORGANIZATIONS, request, where=where, sort=sort)


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
    )
    made = await run_once(info, input, lambda: actions.create_partner(actor_of(info), parent_id=parent_id, draft=draft))
    return CreatePartnerSuccess(partner=await read_written(info, "Organization", ORGANIZATIONS, made, "partner"))


async def create_customer(info: Info, input: CreateCustomerInput) -> CreateCustomerResult:  # noqa: A002 - the argument's public name
    """Create a customer at a partner; one with the same name, domain or reference there is refused."""
    partner_id = await organization_id(info, input.partner, "partner")
    contact, address = input.billing_contact, input.address
    draft = CustomerDraft(
        name=input.name,
        company=input.company,
        domain=input.domain,
        time_zone=input.time_zone,
        billing_contact=Contact(contact.first_name, contact.last_name, contact.email),
        address=Address(address.street, address.postal_code, address.city, address.country),
        currency=input.currency,
        reference=input.reference,
    )
    made = await run_once(
        info, input, lambda: actions.create_customer(actor_of(info), partner_id=partner_id, draft=draft)
    )
    return CreateCustomerSuccess(customer=await read_written(info, "Organization", ORGANIZATIONS, made, "customer"))
