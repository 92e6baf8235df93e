"""References by id or by the seller's own reference, resolved within the actor's subtree."""

from uuid import UUID

from domain.organizations.queries import by_reference
from domain.shared.ids import decode
from resolvers.access import actor_of
from schema.context import Info
from schema.organizations import OrganizationRef


async def organization_id(info: Info, ref: OrganizationRef, path: str) -> UUID:
    """The organization that `ref` at `path` names; NotFound when a reference names none of the subtree."""
    if isinstance(ref.id, str):
        return decode("Organization", ref.id, path=f"{path}.id")
    record = await by_reference(actor_of(info), ref.reference or "")
    found: UUID = record["id"]
    return found
