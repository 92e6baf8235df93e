"""What a worker shows on its port of metrics."""

from domain.shared.backlog import backlog, unfinished_bulk, unfinished_operations
from jobs.pump import DATABASE_TROUBLE
from jobs.workshop import Workshop


async def refresh_metrics(shop: Workshop) -> None:
    """Read what waits; while the database is away, what was read last stays."""
    at = shop.now()
    try:
        queues, operations, bulk = await backlog(at), await unfinished_operations(), await unfinished_bulk()
    except DATABASE_TROUBLE:
        return
    show = shop.metrics.show
    show("queue_due", {(row["queue"],): row["due"] for row in queues})
    show("queue_overdue", {(row["queue"],): row["overdue"] for row in queues})
    ages: dict[tuple[str, ...], float] = {
        (row["queue"],): (at - row["oldest"]).total_seconds() if row["oldest"] else 0.0 for row in queues
    }
    show("queue_oldest_seconds", ages)
    show("provisioning_operations", {(row["state"],): row["count"] for row in operations})
    show("bulk_operations", {(row["kind"], row["state"]): row["count"] for row in bulk})
