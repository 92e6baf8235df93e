"""Making accounts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.billing.models import CreditTerms
from domain.billing.rules import NewAccount
from domain.events.actions import NewEvent, record_with
from domain.events.types import EventType
from domain.organizations.models import Organization
from domain.organizations.rules import name_key
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.writes import Writes

Row = dict[str, Any]  # of `accounts`, by column


def open_accounts(writes: Writes, actor: Actor, customer: Organization, accounts: Sequence[NewAccount]) -> list[Row]:
    """Write accounts of a customer, without credit terms; answers their rows. A name that is taken is the caller's."""
    rows = [_row(actor, customer, account) for account in accounts]
    for row in rows:
        writes.insert("accounts", row)
    record_with(writes, actor, *(account_event(EventType.ACCOUNT_CREATED, row) for row in rows))
    return rows


def _row(actor: Actor, customer: Organization, account: NewAccount) -> Row:
    return {
        "id": actor.new_id(),
        "organization_id": customer.id,
        "scope": customer.scope,
        "kind": account.kind.value,
        "position": account.position,
        "name": account.name.strip(),
        "name_key": name_key(account.name),
        "currency": customer.currency,
        "is_invoiced": account.is_invoiced,
        "credit_terms": CreditTerms.UNLIMITED.value,
        "credit_limit_minor": 0,
        "balance_minor": 0,
        "held_minor": 0,
        "created_at": actor.at,
    }


def account_event(event_type: EventType, row: Row, amount_minor: int | None = None) -> NewEvent:
    """An event of an account (its row); an amount is that of the last edge of its chain, which its two parties see."""
    organization_id: UUID = row["organization_id"]
    data = {
        "account_id": encode("Account", row["id"]),
        "organization_id": encode("Organization", organization_id),
        "kind": row["kind"],
        "name": row["name"],
        "credit_terms": row["credit_terms"],
    }
    edges = row["scope"].count(".") - 1
    tiers = None if amount_minor is None else [*[None] * (edges - 1), amount_minor]
    return NewEvent(event_type, organization_id, row["scope"], row["id"], data, tiers, row["currency"])
