"""Writing charges to the ledger, each edge's for its two parties, and what they take from the customer's wallet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from domain.billing.charges import Charge
from domain.billing.explaining import explained
from domain.billing.holding import take
from domain.billing.rules import ENTERPRISE_POSITION, FIRST_GROUP_POSITION
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.tenancy import Scope

_CHAIN: Final = "SELECT id, scope FROM organizations WHERE scope = ANY($1) ORDER BY length(scope)"
_ACCOUNTS: Final = """
SELECT id, position, is_invoiced FROM accounts
WHERE organization_id = $1 AND (position = ANY($2) OR id = $3) ORDER BY position
"""
_INSERT: Final = """
INSERT INTO charges (id, seller_id, buyer_id, customer_id, scope, seller_scope, account_id, group_id, kind,
                     amount_minor, currency, charged_on, period_start, period_end, description, explanation,
                     subscription_id, order_id, order_line_id, plan_id, reference, source_key, created_at)
SELECT n.id, n.seller_id, n.buyer_id, $2, n.scope, n.seller_scope, n.account_id, n.group_id, n.kind,
       n.amount_minor, n.currency, $3, n.period_start, n.period_end, $4, n.explanation,
       $5, $6, $7, $8, $9, n.source_key, $10
FROM jsonb_to_recordset($1::jsonb)
     AS n(id uuid, seller_id uuid, buyer_id uuid, scope text, seller_scope text, account_id uuid, group_id uuid,
          kind text, amount_minor bigint, currency text, period_start date, period_end date, explanation jsonb,
          source_key text)
ON CONFLICT (source_key) DO NOTHING
RETURNING account_id, amount_minor
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What charges are for: a subscription of a customer (its path is `scope`), and by which order line.

    `on` is the local date of the charge, `description` what invoices name, `group_id` the account that it lives on
    (None: the customer's first group).
    """

    customer_id: UUID
    scope: str
    on: date
    description: str
    subscription_id: UUID | None
    plan_id: UUID | None = None
    order_id: UUID | None = None
    order_line_id: UUID | None = None
    reference: str | None = None
    group_id: UUID | None = None


async def write_charges(actor: Actor, about: Subject, edges: Sequence[Sequence[Charge]], *, source: str) -> None:
    """Append the charges of every edge, the distributor's first, in the caller's transaction; zeros are left out.

    `source` names what they come from, once and for all: written again, nothing happens, and what differs is ignored.
    What the customer owes is taken from its invoiced account's balance, of what the order held first.
    """
    chain = await database.fetch(_CHAIN, Scope(about.scope).chain)
    group, invoiced = await accounts_for(about)
    rows: list[dict[str, Any]] = []
    for edge, charges in enumerate(edges):
        seller, buyer = chain[edge], chain[edge + 1]
        parties = {
            "seller_id": seller["id"],
            "buyer_id": buyer["id"],
            "scope": buyer["scope"],
            "seller_scope": seller["scope"],
            "account_id": invoiced if buyer["id"] == about.customer_id else None,
            "group_id": group if buyer["id"] == about.customer_id else None,
        }
        for place, charge in enumerate(charges):
            if charge.amount_minor:
                rows.append({"id": actor.new_id(), **parties, **_row(charge), "source_key": f"{source}:{edge}:{place}"})
    if rows:
        await _write(actor, about, rows)


async def accounts_for(about: Subject) -> tuple[UUID | None, UUID | None]:
    """The customer's account that the subject lives on, and the one that is invoiced for it."""
    places = [ENTERPRISE_POSITION, FIRST_GROUP_POSITION]
    found = await database.fetch(_ACCOUNTS, about.customer_id, places, about.group_id)
    if not found:
        return None, None
    group = next((account for account in found if account["id"] == about.group_id), found[min(1, len(found) - 1)])
    return group["id"], group["id"] if group["is_invoiced"] else found[0]["id"]


def _row(charge: Charge) -> Mapping[str, Any]:
    period = charge.period
    return {
        "kind": charge.kind.value,
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        "period_start": period and period.start,
        "period_end": period and period.end,
        "explanation": explained(charge.explanation),
    }


async def _write(actor: Actor, about: Subject, rows: Sequence[Mapping[str, Any]]) -> None:
    written = await database.fetch(
        _INSERT,
        orjson.dumps(rows, default=str).decode(),
        about.customer_id,
        about.on,
        about.description,
        about.subscription_id,
        about.order_id,
        about.order_line_id,
        about.plan_id,
        about.reference,
        actor.at,
    )
    owed: dict[UUID, int] = {}
    for row in written:
        if row["account_id"] is not None:
            owed[row["account_id"]] = owed.get(row["account_id"], 0) + row["amount_minor"]
    for account_id, amount_minor in owed.items():
        await take(actor, account_id, amount_minor, order_id=about.order_id)
