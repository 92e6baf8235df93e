"""Reading the reseller tree."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.errors import NotFound
from domain.shared.ids import encode
from domain.shared.listing import Listing

ORGANIZATIONS: Final = Listing(
    "organizations",
    filters={"name": "name", "kind": "kind", "reference": "reference", "domain": "domain", "created_at": "created_at"},
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
)


async def get_organization(actor: Actor, organization_id: UUID) -> Record:
    """One organization of the actor's subtree; NotFound otherwise."""
    found = await ORGANIZATIONS.by_ids(actor, [organization_id])
    if not found:
        raise NotFound("organization", encode("Organization", organization_id))
    return found[0]


async def by_reference(actor: Actor, reference: str) -> Record:
    """The organization that its seller knows by this reference, within the subtree; NotFound unless exactly one."""
    # PostgreSQL has no NUL in texts: nobody has such a reference.
    found = (
        []
        if "\x00" in reference
        else await database.fetch(
            "SELECT * FROM organizations WHERE reference = $1 AND scope >= $2 AND scope < $3 LIMIT 2",
            reference,
            actor.scope.lower,
            actor.scope.upper,
        )
    )
    if len(found) != 1:
        raise NotFound("organization with reference", reference[:100])
    return found[0]


async def chain_of(scope_chain: list[str]) -> list[Record]:
    """The organizations of a resale chain, from the root down: for the product's own rules, outside any tenancy."""
    return await database.fetch(
        "SELECT id, name, kind, scope, currency, time_zone FROM organizations "
        "WHERE scope = ANY($1) ORDER BY length(scope)",
        scope_chain,
    )
