"""Creating organizations."""

from typing import Any
from uuid import UUID

from asyncpg import Record, UniqueViolationError
from tortoise.exceptions import IntegrityError

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.models import Organization
from domain.organizations.queries import get_organization
from domain.organizations.rules import (
    MAY_CREATE,
    CustomerDraft,
    PartnerDraft,
    check_customer,
    check_partner,
    name_key,
)
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Forbidden, Invalid
from domain.shared.ids import encode
from domain.shared.tenancy import ROOT, Scope

_TAKEN = {"organizations_name": "name", "organizations_domain": "domain", "organizations_reference": "reference"}


async def create_partner(actor: Actor, *, parent_id: UUID, draft: PartnerDraft) -> UUID:
    """Create a partner below a distributor or partner of the subtree; a duplicate is ALREADY_EXISTS by field."""
    if problems := check_partner(draft):
        raise Invalid(problems)
    profile = {"domain": draft.domain.lower() if draft.domain else None}
    return await _create(actor, parent_id, OrganizationKind.PARTNER, draft, profile)


async def create_customer(actor: Actor, *, partner_id: UUID, draft: CustomerDraft) -> UUID:
    """Create a customer below a partner of the subtree; duplicates are ALREADY_EXISTS naming the field."""
    if problems := check_customer(draft):
        raise Invalid(problems)
    profile = {
        "domain": draft.domain.lower(),
        "billing_first_name": draft.billing_contact.first_name.strip(),
        "billing_last_name": draft.billing_contact.last_name.strip(),
        "billing_email": draft.billing_contact.email,
        "street": draft.address.street.strip(),
        "postal_code": draft.address.postal_code.strip(),
        "city": draft.address.city.strip(),
        "country": draft.address.country,
    }
    return await _create(actor, partner_id, OrganizationKind.CUSTOMER, draft, profile)


async def create_distributor(actor: Actor, *, name: str, time_zone: str, currency: str) -> UUID:
    """Plant the root of a tree: what an operator does once, from the command line."""
    draft = PartnerDraft(name=name, company=name, time_zone=time_zone, currency=currency)
    if problems := check_partner(draft):
        raise Invalid(problems)
    async with database.transaction():
        return await _insert(actor, None, OrganizationKind.DISTRIBUTOR, draft, {})


async def _create(
    actor: Actor, parent_id: UUID, kind: OrganizationKind, draft: PartnerDraft | CustomerDraft, profile: dict[str, Any]
) -> UUID:
    async with database.transaction():
        parent = await get_organization(actor, parent_id)
        if OrganizationKind(parent["kind"]) not in MAY_CREATE[kind]:
            raise Forbidden(f"a {parent['kind'].lower()} cannot have a {kind.value.lower()} right below it")
        return await _insert(actor, parent, kind, draft, profile)


async def _insert(
    actor: Actor,
    parent: Record | None,
    kind: OrganizationKind,
    draft: PartnerDraft | CustomerDraft,
    profile: dict[str, Any],
) -> UUID:
    node = await database.fetch_value("SELECT nextval('organization_nodes')")
    scope = (Scope(parent["scope"]) if parent else ROOT).child(node)
    row = Organization(
        id=actor.new_id(),
        kind=kind,
        parent_id=parent["id"] if parent else None,
        scope=scope.path,
        name=draft.name.strip(),
        name_key=name_key(draft.name),
        company=draft.company.strip(),
        reference=draft.reference or None,
        time_zone=draft.time_zone,
        currency=draft.currency or (parent["currency"] if parent else None),
        created_at=actor.at,
        **profile,
    )
    try:
        await row.save(force_create=True)
    except IntegrityError as error:
        raise _already_exists(error) from error
    data = {
        "organization_id": encode("Organization", row.id),
        "kind": kind.value,
        "name": row.name,
        "reference": row.reference,
    }
    await record(actor, NewEvent(EventType.ORGANIZATION_CREATED, row.id, row.scope, row.id, data))
    return row.id


def _already_exists(error: IntegrityError) -> Exception:
    cause = error.__cause__
    if not isinstance(cause, UniqueViolationError) or cause.constraint_name not in _TAKEN:
        return error
    taken = _TAKEN[cause.constraint_name]
    message = f"an organization with this {taken} already exists under the same partner"
    return Invalid([FieldError(taken, FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS)
