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
    filters={
        "name": "name",
        "kind": "kind",
        "reference": "reference",
        "domain": "domain",
        "state": "state",
        "created_at": "created_at",
    },
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
)

EMERGENCY_LOCATIONS: Final = Listing(
    "emergency_locations",
    filters={"organization_id": "organization_id", "name": "name", "country": "country"},
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
)

# SQL: the state that halts an organization `o`: its own, or that of a seller above it; NULL while all are active.
HALTED: Final = """
(SELECT a.state FROM organizations a
 WHERE a.state <> 'ACTIVE' AND a.scope = ANY(ARRAY(
       SELECT array_to_string((string_to_array(o.scope, '.'))[1:depth], '.') || '.'
       FROM generate_series(1, array_length(string_to_array(o.scope, '.'), 1) - 1) AS depth))
 ORDER BY a.state LIMIT 1)
"""


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


# $1 the last one's id, $2 and $3 the actor's subtree.
CHAIN: Final = """
SELECT m.id, m.name, m.kind, m.scope, m.currency, m.time_zone, m.state, m.billing_mode, m.billing_email,
       m.approval_rule, m.approval_above_minor
FROM organizations o
CROSS JOIN LATERAL (SELECT string_to_array(o.scope, '.') AS nodes) AS path
JOIN organizations m ON m.scope = ANY(ARRAY(
       SELECT array_to_string(path.nodes[1:depth], '.') || '.'
       FROM generate_series(1, array_length(path.nodes, 1) - 1) AS depth))
WHERE o.id = $1 AND o.scope >= $2 AND o.scope < $3
ORDER BY length(m.scope)
"""


async def chain_to(actor: Actor, organization_id: UUID) -> list[Record]:
    """An organization of the actor's subtree as the last of its resale chain, which begins at the root.

    Those above the actor are there for the product's own rules, outside any tenancy. NotFound without the last.
    """
    chain = await database.fetch(CHAIN, organization_id, actor.scope.lower, actor.scope.upper)
    if not chain:
        raise NotFound("organization", encode("Organization", organization_id))
    return chain
