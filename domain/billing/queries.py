"""Reading accounts, wallets and the ledger."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.billing.rules import FIRST_GROUP_POSITION, MAX_ACCOUNTS, invoiced_position
from domain.organizations.models import BillingMode
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

ACCOUNTS: Final = Listing(
    "accounts",
    filters={"organization_id": "organization_id", "kind": "kind", "name": "name", "created_at": "created_at"},
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
)
WALLET_ENTRIES: Final = Listing(
    "wallet_entries",
    filters={"account_id": "account_id", "order_id": "order_id", "kind": "kind", "created_at": "created_at"},
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)
CHARGES: Final = Listing(
    "charges",
    filters={
        "kind": "kind",
        "buyer_id": "buyer_id",
        "customer_id": "customer_id",
        "account_id": "account_id",
        "group_id": "group_id",
        "subscription_id": "subscription_id",
        "order_id": "order_id",
        "invoice_id": "invoice_id",
        "reference": "reference",
        "charged_on": "charged_on",
        "created_at": "created_at",
    },
    sorts={"CHARGED_ON": ("charged_on", ColumnType.DATE), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
    visibility=Visibility.PARTIES,
)


async def accounts_of(actor: Actor, organization_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the accounts of visible organizations: the enterprise account, then the groups.

    None without the permission to see them.
    """
    if Permission.BILLING_READ not in actor.permissions:
        return []
    names = ", ".join(sorted({*columns, "id", "organization_id"}))
    sql = (
        f"SELECT a.* FROM unnest($1::uuid[]) AS wanted(id) CROSS JOIN LATERAL (SELECT {names} FROM accounts "  # noqa: S608 - constants
        "WHERE organization_id = wanted.id AND scope >= $2 AND scope < $3 "
        f"ORDER BY position LIMIT {MAX_ACCOUNTS}) AS a"
    )
    return await database.fetch(sql, list(organization_ids), actor.scope.lower, actor.scope.upper)


_INVOICED: Final = """
SELECT id, name, scope, currency, credit_terms <> 'UNLIMITED' AS is_limited,
       balance_minor::numeric - held_minor + credit_limit_minor AS available_minor
FROM accounts WHERE organization_id = $1 AND position = $2
"""


async def invoiced_account(customer_id: UUID, billing_mode: str | None) -> Record | None:
    """The account that is invoiced for what a customer's orders bring, with what is left on it (minor units)."""
    if billing_mode is None:
        return None
    position = invoiced_position(BillingMode(billing_mode), FIRST_GROUP_POSITION)
    return await database.fetch_row(_INVOICED, customer_id, position)
