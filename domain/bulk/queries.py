"""Reading bulk operations: those whose kind the actor may start."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.bulk.rules import kinds_for
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Statement


@dataclass(frozen=True, slots=True)
class _OfPermittedKinds(Listing):
    """The subtree's operations of the kinds that the actor has the permissions for."""

    def visible(self, actor: Actor, statement: Statement) -> str:
        """The tenancy predicate, and the kinds."""
        kinds = statement.bind(kinds_for(actor.permissions))
        return f"({Listing.visible(self, actor, statement)} AND kind = ANY({kinds}))"


BULK_OPERATIONS: Final = _OfPermittedKinds(
    "bulk_operations",
    filters={"state": "state", "kind": "kind", "created_at": "created_at"},
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)


async def progress_of(actor: Actor, operation_id: UUID) -> Record | None:
    """How far a visible operation is: equal records mean that nothing has changed."""
    found = await BULK_OPERATIONS.by_ids(actor, [operation_id], ("state", "total", "done", "failed"))
    return found[0] if found else None
