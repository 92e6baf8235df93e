"""Reading instances and operations."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

OPERATIONS: Final = Listing(
    "provisioning_operations",
    filters={"state": "state", "instance_id": "instance_id", "created_at": "created_at"},
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)


async def instance_of(instance_id: UUID) -> Record | None:
    """One instance for the product's own workers, outside any tenancy."""
    return await database.fetch_row("SELECT * FROM instances WHERE id = $1", instance_id)


async def provisioner_of_operation(operation_id: UUID) -> str | None:
    """The key of the provisioner that an operation was given to; for callbacks, outside any tenancy."""
    found: str | None = await database.fetch_value(
        "SELECT i.provisioner FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id WHERE o.id = $1",
        operation_id,
    )
    return found


async def is_newest(operation_id: UUID) -> bool:
    """Whether nothing was asked of its instance after this operation: what is told of an older one is history."""
    found: bool = await database.fetch_value(
        "SELECT o.generation = i.generation FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
        "WHERE o.id = $1",
        operation_id,
    )
    return found


async def is_asking(operation_id: UUID) -> bool:
    """Whether an operation waits for data right now."""
    sql = "SELECT state = 'NEEDS_INPUT' FROM provisioning_operations WHERE id = $1"
    return bool(await database.fetch_value(sql, operation_id))
