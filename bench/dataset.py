"""The rows of the read workloads: partners below the planted distributor, customers, orders with three lines each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.shared.ids import encode

PARTNERS: Final = 20
LINES: Final = 3
BATCH: Final = 20_000
ASKED_ORDERS: Final = 1_000
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STATES: Final = ("COMPLETED",) * 17 + ("PROVISIONING", "FAILED", "DRAFT")


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows: orders are spread over the customers by chance."""

    organizations: int
    orders: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the workloads ask about: a partner's place in the tree, and some of its orders."""

    partner_id: UUID
    partner_scope: str
    order_ids: list[str]


async def load(dsn: str, size: Size) -> Loaded:
    """Fill a database that has the planted story only; the figures are the same in every run."""
    connection = await asyncpg.connect(dsn)
    try:
        base = await connection.fetchrow(
            "SELECT id, scope FROM organizations WHERE kind = 'DISTRIBUTOR' ORDER BY created_at LIMIT 1"
        )
        partners, customers = _organizations(base["id"], base["scope"], size.organizations)
        await _copy(connection, "organizations", _ORGANIZATION_COLUMNS, [*partners, *customers])
        plan = await connection.fetchrow(
            "SELECT p.id, p.product_id FROM plans p JOIN products d ON d.id = p.product_id "
            "WHERE NOT d.is_system ORDER BY p.rank, p.id LIMIT 1"
        )
        own: list[str] = []
        for orders, lines in _orders(customers, plan["product_id"], plan["id"], size.orders):
            await _copy(connection, "orders", _ORDER_COLUMNS, orders)
            await _copy(connection, "order_lines", _LINE_COLUMNS, lines)
            own += [encode("Order", row[0]) for row in orders if row[2].startswith(partners[0][3])]
        await connection.execute(f"SELECT setval('organization_nodes', {1_000_000 + size.organizations})")
        await connection.execute(f"SELECT setval('order_numbers', {10_000_000})")
        await connection.execute("VACUUM ANALYZE")
        return Loaded(partners[0][0], partners[0][3], own[:: max(1, len(own) // ASKED_ORDERS)])
    finally:
        await connection.close()


_ORGANIZATION_COLUMNS: Final = [
    "id", "kind", "parent_id", "scope", "name", "name_key", "company", "domain", "time_zone", "currency", "created_at",
]  # fmt: skip
_ORDER_COLUMNS: Final = [
    "id", "organization_id", "scope", "number", "state", "sales_model", "cycle_multiplier", "currency", "auto_renew",
    "subscription_reference", "tier_total_minor", "created_by", "created_at", "submitted_at",
]  # fmt: skip
_LINE_COLUMNS: Final = [
    "id", "order_id", "scope", "position", "product_id", "plan_id", "quantity", "parameters", "state",
    "tier_unit_minor", "tier_amount_minor",
]  # fmt: skip


async def _copy(connection: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, columns=columns, records=rows)


def _organizations(root_id: UUID, root_scope: str, count: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    def row(kind: str, parent: UUID, scope: str, name: str) -> tuple[Any, ...]:
        return (uuid7(), kind, parent, scope, name, name.lower(), name, None, "Europe/Vienna", "USD", _START)

    partners = [
        row("PARTNER", root_id, f"{root_scope}{1_000_000 + place}.", f"Partner {place}") for place in range(PARTNERS)
    ]
    customers = []
    for place in range(count - PARTNERS - 1):
        partner = partners[place % PARTNERS]
        scope = f"{partner[3]}{1_000_000 + PARTNERS + place}."
        customers.append(row("CUSTOMER", partner[0], scope, f"Customer {place}"))
    return partners, customers


def _orders(
    customers: list[tuple[Any, ...]], product_id: UUID, plan_id: UUID, count: int
) -> Iterator[tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """Orders and their lines, a batch at a time: millions of rows would not fit into memory."""
    random = Random(7)  # noqa: S311 - the same rows in every run
    for start in range(0, count, BATCH):
        orders, lines = [], []
        for place in range(start, min(start + BATCH, count)):
            customer = customers[random.randrange(len(customers))]
            at, order_id = _START + timedelta(seconds=place * 20), uuid7()
            state = random.choice(_STATES)
            orders.append(
                (order_id, customer[0], customer[3], f"ORD-{place:07d}", state, "YEARLY", 1, "USD", True,
                 f"ERP-{place}", [322_000, 362_264], "bench", at, at)
            )  # fmt: skip
            lines += [
                (uuid7(), order_id, customer[3], line, product_id, plan_id, 25, "{}", "COMPLETED", [8500, 9563],
                 [212_500, 239_075])
                for line in range(LINES)
            ]  # fmt: skip
        yield orders, lines
