"""Creating organizations: their rows; what else a customer or distributor begins with, `domain.onboarding` adds."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from asyncpg import Record, UniqueViolationError
from tortoise.exceptions import IntegrityError

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.models import BillingMode, Organization
from domain.organizations.profiles import Profile, check_extras, read_phone
from domain.organizations.queries import chain_to
from domain.organizations.rules import (
    MAY_CREATE,
    CustomerDraft,
    PartnerDraft,
    check_customer,
    check_partner,
    name_key,
    require_active,
)
from domain.organizations.states import OrganizationState
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Forbidden, Invalid
from domain.shared.ids import encode
from domain.shared.tenancy import ROOT, Scope

_TAKEN = {"organizations_name": "name", "organizations_domain": "domain", "organizations_reference": "reference"}


async def create_partner(actor: Actor, *, parent_id: UUID, draft: PartnerDraft) -> UUID:
    """Create a partner below a distributor or partner of the subtree; a duplicate is ALREADY_EXISTS by field."""
    if problems := check_partner(draft) + check_extras(draft.phone, draft.notes, draft.invoice_emails):
        raise Invalid(problems)
    return (await _create(actor, parent_id, OrganizationKind.PARTNER, draft)).id


async def add_customer(actor: Actor, *, partner_id: UUID, draft: CustomerDraft) -> Organization:
    """Add a customer's row below a partner of the subtree; duplicates are ALREADY_EXISTS naming the field."""
    if problems := check_customer(draft) + check_extras(draft.phone, draft.notes, draft.invoice_emails):
        raise Invalid(problems)
    return await _create(actor, partner_id, OrganizationKind.CUSTOMER, draft)


async def add_distributor(actor: Actor, draft: PartnerDraft) -> Organization:
    """Add the row of the root of a tree."""
    if problems := check_partner(draft):
        raise Invalid(problems)
    return await _insert(actor, None, OrganizationKind.DISTRIBUTOR, draft)


async def _create(
    actor: Actor, parent_id: UUID, kind: OrganizationKind, draft: PartnerDraft | CustomerDraft
) -> Organization:
    async with database.transaction():
        chain = await chain_to(actor, parent_id)
        parent = chain[-1]
        if OrganizationKind(parent["kind"]) not in MAY_CREATE[kind]:
            raise Forbidden(f"a {parent['kind'].lower()} cannot have a {kind.value.lower()} right below it")
        require_active(chain)
        return await _insert(actor, parent, kind, draft)


async def _insert(
    actor: Actor, parent: Record | None, kind: OrganizationKind, draft: PartnerDraft | CustomerDraft
) -> Organization:
    node = await database.fetch_value("SELECT nextval('organization_nodes')")
    scope = (Scope(parent["scope"]) if parent else ROOT).child(node)
    row = Organization(
        id=actor.new_id(),
        kind=kind,
        parent_id=parent["id"] if parent else None,
        scope=scope.path,
        currency=draft.currency or (parent["currency"] if parent else None),
        state=OrganizationState.ACTIVE,
        billing_mode=_billing_mode(draft),
        created_at=actor.at,
        **profile_columns(_profile(draft)),
    )
    try:
        await row.save(force_create=True)
    except IntegrityError as error:
        raise already_exists(error) from error
    await record(actor, NewEvent(EventType.ORGANIZATION_CREATED, row.id, row.scope, row.id, organization_data(row)))
    return row


def _billing_mode(draft: PartnerDraft | CustomerDraft) -> BillingMode | None:
    return draft.billing_mode if isinstance(draft, CustomerDraft) else None


def _profile(draft: PartnerDraft | CustomerDraft) -> Profile:
    """What a draft shares with a profile; a customer's has a contact and an address too."""
    shared = {field.name for field in fields(Profile)} & {field.name for field in fields(draft)}
    return Profile(**{name: getattr(draft, name) for name in shared})


def profile_columns(profile: Profile) -> dict[str, Any]:
    """The columns of a checked profile; an empty reference, phone or note is none."""
    contact, address = profile.billing_contact, profile.address
    return {
        "name": profile.name.strip(),
        "name_key": name_key(profile.name),
        "company": profile.company.strip(),
        "time_zone": profile.time_zone,
        "domain": profile.domain.lower() if profile.domain else None,
        "reference": profile.reference or None,
        "billing_first_name": contact.first_name.strip() if contact else None,
        "billing_last_name": contact.last_name.strip() if contact else None,
        "billing_email": contact.email if contact else None,
        "street": address.street.strip() if address else None,
        "postal_code": address.postal_code.strip() if address else None,
        "city": address.city.strip() if address else None,
        "country": address.country if address else None,
        "phone": read_phone(profile.phone) if profile.phone else None,
        "notes": profile.notes or None,
        "invoice_emails": list(profile.invoice_emails),
        "desk_email": profile.desk_email,
    }


def organization_data(row: Organization) -> dict[str, Any]:
    """What every event of an organization says."""
    return {
        "organization_id": encode("Organization", row.id),
        "kind": row.kind.value,
        "name": row.name,
        "reference": row.reference,
    }


def already_exists(error: IntegrityError) -> Exception:
    """The refusal by field of a name, domain or reference that is taken; other errors as they are."""
    cause = error.__cause__
    if not isinstance(cause, UniqueViolationError) or cause.constraint_name not in _TAKEN:
        return error
    taken = _TAKEN[cause.constraint_name]
    message = f"an organization with this {taken} already exists under the same partner"
    return Invalid([FieldError(taken, FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS)
