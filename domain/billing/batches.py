"""Charging many subscriptions at once: what their customers' accounts cover is written, the others are told apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from domain.billing.charges import Charge
from domain.billing.charging import Subject
from domain.billing.errors import InsufficientCredit
from domain.billing.explaining import explained
from domain.billing.holding import short_of
from domain.billing.models import CreditTerms, EntryKind
from domain.billing.rules import ENTERPRISE_POSITION, FIRST_GROUP_POSITION
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.tenancy import Scope

_CHAINS: Final = "SELECT scope, id FROM organizations WHERE scope = ANY($1)"
# Locked in the order of their ids: two batches wait for each other and never for ever.
_ACCOUNTS: Final = """
SELECT * FROM accounts WHERE organization_id = ANY($1) AND (position = ANY($2) OR id = ANY($3))
ORDER BY id FOR NO KEY UPDATE
"""
_COLUMNS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("id", "seller_id", "buyer_id", "customer_id", "account_id", "group_id"), "uuid"),
    **dict.fromkeys(("subscription_id", "order_id", "order_line_id", "plan_id"), "uuid"),
    **dict.fromkeys(("scope", "seller_scope", "kind", "currency", "description", "reference", "source_key"), "text"),
    **dict.fromkeys(("charged_on", "period_start", "period_end"), "date"),
    "amount_minor": "bigint",
    "explanation": "jsonb",
}
_INSERT: Final = (
    f"INSERT INTO charges ({', '.join(_COLUMNS)}, created_at) SELECT {', '.join(f'n.{name}' for name in _COLUMNS)}, $2 "  # noqa: S608 - constants
    f"FROM jsonb_to_recordset($1::jsonb) AS n({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())}) "
    "ON CONFLICT (source_key) DO NOTHING"
)
_TAKE: Final = """
UPDATE accounts a SET balance_minor = n.balance
FROM unnest($1::uuid[], $2::bigint[]) AS n(id, balance) WHERE a.id = n.id
"""
_ENTRIES: Final = """
INSERT INTO wallet_entries (id, account_id, scope, kind, amount_minor, available_minor, currency, created_by,
                            created_at)
SELECT n.id, n.account_id, n.scope, n.kind, n.amount, n.available, n.currency, $7, $8
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $9::text[])
     AS n(id, account_id, amount, available, currency, kind, scope)
"""


Covers = Callable[[Mapping[str, Any], int], bool]  # whether an account (its row) covers what is owed, minor units


@dataclass(frozen=True, slots=True)
class Entry:
    """What one subscription is charged on every edge, the distributor's first; `source` names it once and for all."""

    about: Subject
    edges: Sequence[Sequence[Charge]]
    source: str

    @property
    def owed_minor(self) -> int:
        """What the customer pays of it."""
        return sum(charge.amount_minor for charge in self.edges[-1]) if self.edges else 0


async def charge_all(actor: Actor, entries: Sequence[Entry]) -> list[bool]:
    """Charge what each customer's account covers, in this order and in the caller's transaction; answers which were.

    An account without credit terms covers everything. What is not covered leaves nothing behind.
    """
    return await _charge(actor, entries, _covers)


async def charge(actor: Actor, *entries: Entry) -> None:
    """As `charge_all`, of one customer: all of it, or InsufficientCredit with what is short for who may see that."""
    covered = await charge_all(actor, entries)
    if not all(covered):
        lacking = [entry for entry, is_covered in zip(entries, covered, strict=True) if not is_covered]
        raise await refusal(actor, *lacking)


async def refusal(actor: Actor, *entries: Entry) -> InsufficientCredit:
    """Why what is not covered was not charged, in the transaction that tried to: the first account that lacks some."""
    accounts = await _accounts(entries)
    places = [_places(entry.about, accounts)[1] or {} for entry in entries]
    owed = sum(entry.owed_minor for entry, place in zip(entries, places, strict=True) if place == places[0])
    return short_of(actor, places[0], owed - _available(places[0]))


async def owe(actor: Actor, entry: Entry) -> None:
    """Charge what has been delivered: that is owed, whatever the account covers by now."""
    await _charge(actor, [entry], lambda _account, _owed: True)


async def _charge(actor: Actor, entries: Sequence[Entry], covers: Covers) -> list[bool]:
    accounts = await _accounts(entries)
    taken: list[tuple[dict[str, Any], int, int]] = []
    covered, rows = [], []
    paths = {path for entry in entries for path in Scope(entry.about.scope).chain}
    ids = {row["scope"]: row["id"] for row in await database.fetch(_CHAINS, list(paths))}
    for entry in entries:
        group, invoiced = _places(entry.about, accounts)
        is_covered = invoiced is None or covers(invoiced, entry.owed_minor)
        if invoiced is not None and is_covered:
            _take(invoiced, entry.owed_minor, taken)
        covered.append(is_covered)
        if is_covered:
            rows += _rows(actor, entry, ids, [place["id"] if place else None for place in (group, invoiced)])
    await _write(actor, rows, taken)
    return covered


async def _accounts(entries: Sequence[Entry]) -> dict[UUID, list[dict[str, Any]]]:
    """The accounts that are concerned, locked, by customer and in their order."""
    customers = list({entry.about.customer_id for entry in entries})
    groups = [entry.about.group_id for entry in entries if entry.about.group_id]
    places = [ENTERPRISE_POSITION, FIRST_GROUP_POSITION]
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await database.fetch(_ACCOUNTS, customers, places, groups):
        found.setdefault(row["organization_id"], []).append(dict(row))
    return {customer: sorted(rows, key=lambda row: row["position"]) for customer, rows in found.items()}


def _places(
    about: Subject, accounts: Mapping[UUID, Sequence[dict[str, Any]]]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The account that a subscription lives on, and the one that is invoiced for it."""
    own = accounts.get(about.customer_id, ())
    if not own:
        return None, None
    group = next((account for account in own if account["id"] == about.group_id), own[min(1, len(own) - 1)])
    return group, group if group["is_invoiced"] else own[0]


def _available(account: Mapping[str, Any]) -> int:
    available: int = account["balance_minor"] - account["held_minor"] + account["credit_limit_minor"]
    return available


def _covers(account: Mapping[str, Any], owed: int) -> bool:
    return account["credit_terms"] == CreditTerms.UNLIMITED or owed <= _available(account)


def _take(account: dict[str, Any], owed: int, taken: list[tuple[dict[str, Any], int, int]]) -> None:
    if owed:
        account["balance_minor"] -= owed
        taken.append((account, owed, _available(account)))


def _rows(actor: Actor, entry: Entry, ids: Mapping[str, UUID], places: Sequence[UUID | None]) -> list[dict[str, Any]]:
    group_id, account_id = places
    about, chain = entry.about, Scope(entry.about.scope).chain
    shared = {
        "customer_id": about.customer_id,
        "charged_on": about.on,
        "description": about.description,
        "subscription_id": about.subscription_id,
        "order_id": about.order_id,
        "order_line_id": about.order_line_id,
        "plan_id": about.plan_id,
        "reference": about.reference,
    }
    rows = []
    for edge, charges in enumerate(entry.edges):
        is_last = edge == len(chain) - 2
        parties = {
            "seller_id": ids[chain[edge]],
            "buyer_id": ids[chain[edge + 1]],
            "scope": chain[edge + 1],
            "seller_scope": chain[edge],
            "account_id": account_id if is_last else None,
            "group_id": group_id if is_last else None,
        }
        for place, charge in enumerate(charges):
            if charge.amount_minor:
                source = {"id": actor.new_id(), "source_key": f"{entry.source}:{edge}:{place}"}
                rows.append({**shared, **parties, **source, **_amount(charge)})
    return rows


def _amount(charge: Charge) -> dict[str, Any]:
    return {
        "kind": charge.kind.value,
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        "period_start": charge.period and charge.period.start,
        "period_end": charge.period and charge.period.end,
        "explanation": explained(charge.explanation),
        **(asdict(charge.of) if charge.of else {}),
    }


async def _write(
    actor: Actor, rows: Sequence[Mapping[str, Any]], taken: Sequence[tuple[dict[str, Any], int, int]]
) -> None:
    if rows:
        await database.execute(_INSERT, orjson.dumps(rows, default=str).decode(), actor.at)
    if not taken:
        return
    changed = {account["id"]: account["balance_minor"] for account, _, _ in taken}
    await database.execute(_TAKE, list(changed), list(changed.values()))
    await database.execute(
        _ENTRIES,
        [actor.new_id() for _ in taken],
        [account["id"] for account, _, _ in taken],
        [-owed for _, owed, _ in taken],
        [available for _, _, available in taken],
        [account["currency"] for account, _, _ in taken],
        [(EntryKind.CHARGE if owed > 0 else EntryKind.REFUND).value for _, owed, _ in taken],
        actor.principal,
        actor.at,
        [account["scope"] for account, _, _ in taken],
    )
