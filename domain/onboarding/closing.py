"""Closing an organization for good."""

from typing import Final
from uuid import UUID

from domain.organizations.states import OrganizationState
from domain.organizations.updating import lock_organization, move
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict
from domain.shared.tenancy import Scope

# What the closing of an organization would leave without anybody to answer for it, of its whole subtree.
_OPEN: Final = """
SELECT (SELECT count(*) FROM subscriptions WHERE scope >= $1 AND scope < $2 AND NOT is_protected
           AND state NOT IN ('EXPIRED', 'TERMINATED', 'FAILED')) AS subscriptions,
       (SELECT count(*) FROM orders WHERE scope >= $1 AND scope < $2
           AND state IN ('PENDING_APPROVAL', 'APPROVED', 'PROVISIONING', 'INQUIRING', 'CANCELLING')) AS orders
"""


async def close_organization(actor: Actor, organization_id: UUID) -> UUID:
    """ACTIVE | SUSPENDED -> CLOSED; Conflict while it, or anybody below it, has subscriptions or orders under way."""
    async with database.transaction():
        row = await lock_organization(actor, organization_id)
        scope = Scope(row.scope)
        found = await database.fetch_row(_OPEN, scope.lower, scope.upper)
        still = [f"{count} {what}" for what, count in dict(found or {}).items() if count]
        if still:
            message = f"it cannot be closed while there are {' and '.join(still)} under way at it or below it"
            raise Conflict(message, current=row.state.value)
        await move(actor, row, OrganizationState.CLOSED)
        return row.id
